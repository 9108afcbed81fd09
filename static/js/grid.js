/* A form that is a spreadsheet: arrows, Enter, F2 and Esc, a range with Shift, copy and paste, fill, clear, undo, sums.

   <table data-grid>: its cells are `td > input`, but for those with a class; without script they are a plain form.
     data-scale="1000"  smallest part that is counted: 1000 for FTE in thousandths, 100 for amounts in cents.
     data-places="0"    decimals that sums show at least.
     data-currency      rows in another one (data-currency, or a field whose name ends in -currency) are in no sum.
   [data-was] of a cell is what is kept of it, where that is not what it showed at first.
   [data-sum="row"] in a row, [data-sum="col"] (of a column, in tfoot), [data-sum="all"], and [data-sum="group"] (of a
   column, over the rows with the same data-group) show sums.
   [data-grid-fill="right|down"], [data-grid-undo] and [data-grid-changes] outside the table: buttons, and a count, with
   what it says of none in `data-none`.
   After every change the table gets the event `grid:change`; `input.gridNumber` is the cell's number, or null. */
"use strict";
{
  const NONE = new Set(["", "-", "–", "—"]);
  /* null: nothing; NaN: no number. Two figures or fewer after the last sign are decimals, as are more where there is one sign
     alone: 0,125. */
  const shareOf = (text, scale) => {
    let plain = text.replace(/[\s\u00a0\u202f$€£]/g, "").replace("−", "-");
    if (NONE.has(plain)) return null;
    const isPercent = plain.endsWith("%");
    if (isPercent) plain = plain.slice(0, -1);
    const signs = plain.match(/[.,]/g) ?? [];
    const last = Math.max(plain.lastIndexOf("."), plain.lastIndexOf(","));
    const isDecimal = last >= 0 && !(signs.length > 1 && plain.length - last - 1 === 3);
    const whole = (isDecimal ? plain.slice(0, last) : plain).replace(/[.,]/g, "");
    const number = Number(isDecimal ? `${whole || 0}.${plain.slice(last + 1) || 0}` : whole);
    return Math.round((number * scale) / (isPercent ? 100 : 1));
  };
  /* As finance/algorithms/amounts.py reads it: an amount has two decimals at most, so a sign before three last digits groups. */
  const amountOf = (text) => {
    let words = text.replace(/[\u00a0\u202f\s]+/g, " ").trim();
    if (NONE.has(words)) return null;
    const isNegative = /^\(.*\)$/.test(words);
    if (isNegative) words = words.slice(1, -1).trim();
    const match = /^([-+−–]?)\s*(?:[$€£¥₹]|[A-Z]{3})?\s*([-−–]?)\s*(\d[\d.,'’ ]*|[.,]\d+)\s*(?:[$€£¥₹]|[A-Z]{3})?$/.exec(words);
    if (!match) return NaN;
    let whole = match[3].trim();
    let fraction = "";
    const tail = /^(.*)[.,](\d{0,2})$/.exec(whole);
    if (tail && !/[.,]\d{0,2}[.,]/.test(whole)) {
      if (tail[1].includes(whole[tail[1].length])) return NaN;
      [whole, fraction] = [tail[1], tail[2]];
    }
    if (whole && !/^\d+$/.test(whole) && !/^[1-9]\d{0,2}([.,'’ ])\d{3}(\1\d{3})*$/.test(whole)) return NaN;
    const cents = Math.round(Number(`${whole.replace(/\D/g, "") || "0"}.${fraction || "0"}`) * 100);
    return isNegative || /[-−–]/.test(match[1] + match[2]) ? -cents : cents;
  };
  /* Only cells that ask for a number have one; a note is text. */
  const isNumeric = (input) => input.inputMode === "decimal";
  const numberOf = (text, scale) => (scale === 100 ? amountOf(text) : shareOf(text, scale));

  const grids = new WeakMap();
  class Grid {
    constructor(table) {
      this.table = table;
      this.scale = Number(table.dataset.scale ?? 1000);
      this.places = Number(table.dataset.places ?? 0);
      this.past = [];
      this.future = [];
      this.editing = false;
      this.anchor = null;
      this.read();
      this.sum();
    }

    read() {
      this.rows = [...this.table.tBodies]
        .flatMap((body) => [...body.rows])
        .map((row) => [...row.cells].map((cell) => cell.querySelector(":scope > input:not([class], [type=hidden])")))
        .filter((row) => row.some(Boolean));
      this.places_ = new Map();
      this.rows.forEach((row, y) => row.forEach((input, x) => input && this.places_.set(input, [y, x])));
    }

    at(y, x) {
      return this.rows[y]?.[x] ?? null;
    }

    place(input) {
      return this.places_.get(input);
    }

    go(input, down, right, extend) {
      const [y, x] = this.place(input);
      let next = null;
      for (let row = y + down, column = x + right; row >= 0 && row < this.rows.length; row += down, column += right) {
        next = this.at(row, column);
        if (next || column < 0 || column > (this.rows[row]?.length ?? 0)) break;
      }
      if (!next) return;
      if (extend) this.anchor ??= input;
      else this.anchor = null;
      this.moving = true;
      next.focus();
      this.moving = false;
      this.showRange(next);
    }

    range(input) {
      const [y2, x2] = this.place(input);
      const [y1, x1] = this.anchor ? this.place(this.anchor) : [y2, x2];
      return [Math.min(y1, y2), Math.min(x1, x2), Math.max(y1, y2), Math.max(x1, x2)];
    }

    inRange(input) {
      const [top, left, bottom, right] = this.range(input);
      const found = [];
      for (let y = top; y <= bottom; y++)
        for (let x = left; x <= right; x++) if (this.at(y, x)) found.push([this.at(y, x), y, x]);
      return found;
    }

    showRange(input) {
      this.table.querySelectorAll("td.in-range").forEach((cell) => cell.classList.remove("in-range"));
      if (!this.anchor || this.anchor === input) return;
      for (const [cell] of this.inRange(input)) cell.parentElement.classList.add("in-range");
    }

    /** Set several cells as one step that can be undone. */
    set(pairs, redoing = null) {
      const changed = pairs.filter(([input, text]) => input && !input.readOnly && input.value !== text);
      if (!changed.length) return;
      const before = changed.map(([input]) => [input, input.value]);
      for (const [input, text] of changed) {
        input.value = text;
        input.dataset.held = text;
      }
      (redoing ?? this.past).push(before);
      if (!redoing) this.future.length = 0;
      this.changed();
    }

    back(from, to) {
      const step = from.pop();
      if (!step) return;
      this.set(step, to);
      step[0][0].focus();
    }

    edit(input, isEditing) {
      this.editing = isEditing;
      input.parentElement.classList.toggle("editing", isEditing);
    }

    /** What was typed into a cell becomes a step when the person leaves it. */
    leave(input) {
      this.edit(input, false);
      const held = input.dataset.held ?? input.defaultValue;
      if (held === input.value) return;
      this.past.push([[input, held]]);
      this.future.length = 0;
      input.dataset.held = input.value;
      this.sum();
    }

    changed() {
      this.sum();
      this.table.dispatchEvent(new CustomEvent("grid:change", { bubbles: true }));
    }

    /** Whether a row is in the sums: amounts of other currencies are not. */
    counts(line) {
      const own = this.table.dataset.currency;
      const typed = line.querySelector("[name$=-currency]")?.value.trim().toUpperCase();
      return !own || (typed || line.dataset.currency) === own;
    }

    isChanged(input) {
      const was = input.dataset.was ?? input.defaultValue;
      if (input.value.trim() === was) return false;
      return !isNumeric(input) || numberOf(input.value, this.scale) !== numberOf(was, this.scale);
    }

    sum() {
      const columns = new Map();
      const groups = new Map();
      let all = 0;
      let changes = 0;
      for (const row of this.rows) {
        let whole = 0;
        const line = row.find(Boolean).closest("tr");
        const isCounted = this.counts(line);
        row.forEach((input, x) => {
          if (!input) return;
          const read = isNumeric(input) ? numberOf(input.value, this.scale) : null;
          const number = read || 0;
          input.gridNumber = Number.isNaN(read) ? null : read;
          const isChanged = this.isChanged(input);
          input.parentElement.classList.toggle("changed", isChanged);
          input.parentElement.classList.toggle("wrong", Number.isNaN(read));
          changes += isChanged;
          whole += number;
          if (isCounted) columns.set(x, (columns.get(x) ?? 0) + number);
          const group = `${line.dataset.group ?? ""}/${x}`;
          groups.set(group, (groups.get(group) ?? 0) + number);
        });
        if (isCounted) all += whole;
        this.write(line.querySelector('[data-sum="row"]'), whole);
      }
      for (const cell of this.table.querySelectorAll('[data-sum="col"]')) this.write(cell, columns.get(cell.cellIndex) ?? 0);
      for (const cell of this.table.querySelectorAll('[data-sum="group"]')) {
        const group = cell.closest("tr").dataset.group ?? "";
        const keys = [...groups.keys()].filter((key) => key.startsWith(`${group}/`));
        const whole = keys.reduce((sum, key) => sum + groups.get(key), 0);
        this.write(cell, cell.hasAttribute("data-whole") ? whole : (groups.get(`${group}/${cell.cellIndex}`) ?? 0));
      }
      this.table.querySelectorAll('[data-sum="all"]').forEach((cell) => this.write(cell, all));
      const form = this.table.closest("form");
      for (const place of form?.querySelectorAll("[data-grid-changes]") ?? [])
        place.textContent = changes ? `${changes} ${changes === 1 ? "cell" : "cells"} changed` : (place.dataset.none ?? "");
      for (const button of form?.querySelectorAll("[data-grid-undo]") ?? []) button.disabled = !this.past.length;
    }

    write(cell, number) {
      if (!cell) return;
      const most = Math.round(Math.log10(this.scale));
      const least = this.scale === 100 && number % 100 ? 2 : this.places;
      const options = { minimumFractionDigits: least, maximumFractionDigits: most };
      const text = (number / this.scale).toLocaleString(document.documentElement.lang, options);
      cell.textContent = number ? text.replace("-", "−") : "–";
    }

    fill(input, way) {
      const [top, left, bottom, right] = this.range(input);
      const one = top === bottom && left === right;
      const pairs = [];
      if (way === "down") {
        const last = one ? this.rows.length - 1 : bottom;
        for (let y = top + 1; y <= last; y++)
          for (let x = left; x <= right; x++)
            if (!one || !this.at(y, x)?.closest("tr.new")) pairs.push([this.at(y, x), this.at(top, x)?.value ?? ""]);
      } else {
        const last = one ? this.rows[top].length - 1 : right;
        for (let y = top; y <= bottom; y++)
          for (let x = left + 1; x <= last; x++) pairs.push([this.at(y, x), this.at(y, left)?.value ?? ""]);
      }
      this.set(pairs);
    }

    paste(input, text) {
      const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
      const [top, left, bottom, right] = this.range(input);
      const pairs = [];
      if (lines.length === 1 && lines[0].length === 1) {
        for (const [cell] of this.inRange(input)) pairs.push([cell, lines[0][0].trim()]);
      } else {
        const high = Math.max(lines.length, bottom - top + 1);
        const wide = Math.max(lines[0].length, right - left + 1);
        for (let y = 0; y < high; y++)
          for (let x = 0; x < wide; x++) {
            const line = lines[y % lines.length];
            pairs.push([this.at(top + y, left + x), (line[x % lines[0].length] ?? "").trim()]);
          }
      }
      this.set(pairs);
      if (pairs.every(([cell]) => cell)) return;
      for (const place of this.table.closest("form")?.querySelectorAll("[data-grid-changes]") ?? [])
        place.textContent += "; what was pasted past the edge was left out";
    }

    text(input) {
      const [top, left, bottom, right] = this.range(input);
      const lines = [];
      for (let y = top; y <= bottom; y++)
        lines.push(
          Array.from({ length: right - left + 1 }, (_, x) => this.at(y, left + x)?.value ?? "").join("\t"),
        );
      return lines.join("\n");
    }
  }

  const gridOf = (input) => {
    const table = input?.closest?.("table[data-grid]");
    if (!table || input.tagName !== "INPUT") return null;
    if (!grids.has(table)) grids.set(table, new Grid(table));
    return grids.get(table).places_.has(input) ? grids.get(table) : null;
  };
  const setUp = () => {
    for (const table of document.querySelectorAll("table[data-grid]"))
      if (!grids.has(table)) {
        grids.set(table, new Grid(table));
        table.querySelector("[aria-invalid=true]")?.focus();
      }
  };
  setUp();
  document.addEventListener("htmx:afterSettle", setUp);

  let last = null; // where the buttons beside the grid act
  document.addEventListener("focusin", ({ target }) => {
    const grid = gridOf(target);
    if (!grid) return;
    last = target;
    grid.editing = false;
    if (!grid.moving) {
      grid.anchor = null;
      grid.showRange(target);
    }
    target.select();
  });
  document.addEventListener("focusout", ({ target }) => gridOf(target)?.leave(target));
  document.addEventListener("input", ({ target }) => grids.get(target.closest?.("table[data-grid]"))?.changed());
  document.addEventListener("dblclick", ({ target }) => gridOf(target)?.edit(target, true));
  document.addEventListener("mousedown", (event) => {
    const grid = gridOf(event.target);
    if (!grid || !event.shiftKey || gridOf(document.activeElement) !== grid) return;
    event.preventDefault();
    grid.anchor ??= document.activeElement;
    grid.moving = true;
    event.target.focus();
    grid.moving = false;
    grid.showRange(event.target);
  });

  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const pressed = (grid, input, event) => {
    const { key, shiftKey } = event;
    const command = event.ctrlKey || event.metaKey;
    if (event.altKey || event.isComposing) return false;
    if (command) {
      const letter = key.toLowerCase();
      if (letter === "z" && !shiftKey) {
        grid.leave(input);
        grid.back(grid.past, grid.future);
      } else if (letter === "y" || (letter === "z" && shiftKey)) grid.back(grid.future, grid.past);
      else if (letter === "d") grid.fill(input, "down");
      else if (letter === "r" && !shiftKey) grid.fill(input, "right");
      else return false;
      return true;
    }
    if (ARROWS[key]) {
      const [down, right] = ARROWS[key];
      if (right && (grid.editing || (!isNumeric(input) && input.selectionStart === input.selectionEnd))) return false;
      grid.go(input, down, right, shiftKey);
      return true;
    }
    if (key === "Enter") {
      grid.go(input, shiftKey ? -1 : 1, 0, false);
      grid.leave(input);
      return true;
    }
    if (key === "F2") {
      grid.edit(input, !grid.editing);
      if (grid.editing) input.setSelectionRange(input.value.length, input.value.length);
      else input.select();
      return true;
    }
    if (key === "Escape") {
      const held = input.dataset.held ?? input.defaultValue;
      if (input.value === held && !grid.anchor) return false;
      input.value = held;
      grid.anchor = null;
      grid.edit(input, false);
      grid.showRange(input);
      input.select();
      grid.changed();
      return true;
    }
    if ((key === "Delete" || key === "Backspace") && !grid.editing && (grid.anchor || key === "Delete")) {
      grid.set(grid.inRange(input).map(([cell]) => [cell, ""]));
      return true;
    }
    return false;
  };
  document.addEventListener("keydown", (event) => {
    const grid = gridOf(event.target);
    if (!grid || !pressed(grid, event.target, event)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("copy", (event) => {
    const grid = gridOf(document.activeElement);
    if (!grid?.anchor) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", grid.text(document.activeElement));
  });
  document.addEventListener("paste", (event) => {
    const grid = gridOf(event.target);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!grid || (!grid.anchor && !/[\t\n]/.test(text.trimEnd()))) return;
    event.preventDefault();
    grid.paste(event.target, text);
  });
  /* The press must not take the focus from the cell that it is about. */
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.("[data-grid-fill], [data-grid-undo]")) event.preventDefault();
  });
  document.addEventListener("click", ({ target }) => {
    const fill = target.closest?.("[data-grid-fill]");
    const undo = target.closest?.("[data-grid-undo]");
    const table = (fill ?? undo)?.closest("form")?.querySelector("table[data-grid]");
    if (!table) return;
    const grid = grids.get(table);
    if (undo) grid.back(grid.past, grid.future);
    else if (last && gridOf(last) === grid) {
      grid.fill(last, fill.dataset.gridFill);
      last.focus();
    }
  });
}
