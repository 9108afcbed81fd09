/* The budget grid: a form that is also a spreadsheet. Without script every cell is a plain input, and the server reads the same. */
"use strict";
{
  const table = document.querySelector("[data-money-grid]");
  const form = table?.closest("form");
  const rows = () => [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td.c input")]);
  const grid = table ? rows() : [];
  const width = grid[0]?.length ?? 0;
  const place = new Map();
  grid.forEach((cells, r) => cells.forEach((cell, c) => place.set(cell, [r, c])));

  /* As finance/algorithms/amounts.py reads it: an amount has two decimals at most, so a sign before three last digits groups. */
  const read = (text) => {
    let words = text.replace(/[\u00a0\u202f\s]+/g, " ").trim();
    if (!words || words === "-" || words === "–") return null;
    const negative = /^\(.*\)$/.test(words);
    if (negative) words = words.slice(1, -1).trim();
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
    const value = Number(`${whole.replace(/\D/g, "") || "0"}.${fraction || "0"}`);
    return negative || /[-−–]/.test(match[1] + match[2]) ? -value : value;
  };
  const shown = (value) =>
    (value < 0 ? "−" : "") +
    Math.abs(value).toLocaleString(document.documentElement.lang || "en", {
      minimumFractionDigits: Number.isInteger(Math.round(value * 100) / 100) ? 0 : 2,
      maximumFractionDigits: 2,
    });

  /* Sums are in cents, so that they are exact. */
  const total = (cells) => cells.reduce((sum, cell) => sum + Math.round((read(cell.value) || 0) * 100), 0) / 100;
  const currencyOf = (cells) => {
    const row = cells[0]?.closest("tr");
    return row?.querySelector("[name$=-currency]")?.value.trim().toUpperCase() || row?.dataset.currency;
  };
  const state = form?.querySelector("[data-grid-state]");
  const refresh = () => {
    let dirty = 0;
    for (const cells of grid) {
      for (const cell of cells) {
        const is = cell.value.trim() !== cell.dataset.was && read(cell.value) !== read(cell.dataset.was);
        const wrong = Number.isNaN(read(cell.value));
        cell.parentElement.classList.toggle("dirty", is);
        cell.parentElement.classList.toggle("wrong", wrong);
        dirty += is ? 1 : 0;
      }
      const sum = cells[0]?.closest("tr").querySelector("[data-row-sum]");
      if (sum) sum.textContent = cells.some((cell) => cell.value.trim()) ? shown(total(cells)) : "";
    }
    const own = grid.filter((cells) => currencyOf(cells) === table.dataset.currency);
    table.querySelectorAll("[data-column-sum]").forEach((output, c) => {
      output.textContent = shown(total(own.map((cells) => cells[c])));
    });
    table.querySelector("[data-whole-sum]").textContent = shown(total(own.flat()));
    if (state) state.textContent = dirty ? `${dirty} cell${dirty === 1 ? "" : "s"} changed, not saved` : "Nothing changed";
  };

  /* One cell has the focus; Shift and the arrows stretch a range from it. */
  let anchor = null;
  let editing = false;
  let before = "";
  let end = null;

  /* Changes come in steps: each may be undone and done again as one. */
  const undone = [];
  const done = [];
  /* What the focused cell holds now was not typed: leaving it is no change. */
  const settle = () => {
    if (anchor) before = anchor.value;
    refresh();
  };
  const write = (changes) => {
    const step = changes.filter(([cell, text]) => cell && cell.value !== text).map(([cell, text]) => [cell, cell.value, text]);
    if (!step.length) return;
    step.forEach(([cell, , text]) => (cell.value = text));
    done.push(step);
    undone.length = 0;
    settle();
  };
  const step = (from, to, pick) => {
    const last = from.pop();
    if (!last) return;
    last.forEach((change) => (change[0].value = change[pick]));
    to.push(last);
    settle();
    last[0][0].focus();
  };

  const range = () => {
    if (!anchor) return [];
    const [r1, c1] = place.get(anchor);
    const [r2, c2] = place.get(end ?? anchor);
    return grid
      .slice(Math.min(r1, r2), Math.max(r1, r2) + 1)
      .map((cells) => cells.slice(Math.min(c1, c2), Math.max(c1, c2) + 1));
  };
  const mark = () => {
    table.querySelectorAll("td.c.in-range").forEach((cell) => cell.classList.remove("in-range"));
    const cells = range().flat();
    if (cells.length > 1) cells.forEach((cell) => cell.parentElement.classList.add("in-range"));
  };
  const go = (r, c) => {
    const cell = grid[r]?.[c];
    cell?.focus();
    return Boolean(cell);
  };
  const commit = (cell) => {
    if (cell.value !== before) {
      const text = cell.value;
      cell.value = before;
      write([[cell, text]]);
    }
    editing = false;
    cell.parentElement.classList.remove("editing");
  };

  const fill = (way) => {
    const cells = range();
    if (!cells.length) return;
    if (way === "down") {
      write(cells.slice(1).flatMap((row) => row.map((cell, c) => [cell, cells[0][c].value])));
      return;
    }
    /* Of a single cell: across all months after it. */
    if (cells[0].length > 1) write(cells.flatMap((row) => row.slice(1).map((cell) => [cell, row[0].value])));
    else write(cells.flatMap(([cell]) => grid[place.get(cell)[0]].slice(place.get(cell)[1] + 1).map((other) => [other, cell.value])));
  };
  const paste = (cell, text) => {
    const [r, c] = place.get(cell);
    const block = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    const cells = range();
    /* One value goes into every cell of the range, as in a spreadsheet. */
    if (block.length === 1 && block[0].length === 1 && cells.flat().length > 1) {
      write(cells.flat().map((each) => [each, block[0][0].trim()]));
      return;
    }
    write(block.flatMap((line, dr) => line.map((value, dc) => [grid[r + dr]?.[c + dc], value.trim()])));
    const beyond = block.length + r - grid.length;
    const wide = Math.max(...block.map((line) => line.length)) + c - width;
    if (state && (beyond > 0 || wide > 0)) state.textContent += `; what was pasted past the edge was left out`;
    end = grid[Math.min(r + block.length, grid.length) - 1][Math.min(c + block[0].length, width) - 1];
    mark();
  };

  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const onKey = (event) => {
    const cell = event.target;
    const [r, c] = place.get(cell);
    const command = event.ctrlKey || event.metaKey;
    const key = event.key;
    const handled = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (command && !event.altKey) {
      const letter = key.toLowerCase();
      if (letter === "z" && !editing) return handled(), step(...(event.shiftKey ? [undone, done, 2] : [done, undone, 1]));
      if (letter === "y" && !editing) return handled(), step(undone, done, 2);
      if (letter === "r") return handled(), commit(cell), fill("across");
      if (letter === "d") return handled(), commit(cell), fill("down");
      return undefined;
    }
    if (key === "F2") return handled(), edit(cell);
    if (key === "Escape") {
      handled();
      cell.value = before;
      editing = false;
      cell.parentElement.classList.remove("editing");
      cell.select();
      return refresh();
    }
    if (key === "Enter") {
      handled();
      commit(cell);
      return go(r + (event.shiftKey ? -1 : 1), c) || cell.select();
    }
    if (key === "Delete" && !editing) return handled(), write(range().flat().map((each) => [each, ""]));
    const way = ARROWS[key];
    if (!way || (editing && way[1])) return undefined;
    handled();
    if (event.shiftKey) {
      const [er, ec] = place.get(end ?? cell);
      end = grid[er + way[0]]?.[ec + way[1]] ?? end;
      return mark();
    }
    commit(cell);
    return go(r + way[0], c + way[1]);
  };
  const edit = (cell) => {
    editing = true;
    cell.parentElement.classList.add("editing");
    cell.setSelectionRange(cell.value.length, cell.value.length);
  };

  if (table && width) {
    table.addEventListener("focusin", ({ target }) => {
      if (!place.has(target)) return;
      anchor = target;
      end = null;
      editing = false;
      before = target.value;
      target.select();
      mark();
    });
    table.addEventListener("focusout", ({ target }) => place.has(target) && commit(target));
    table.addEventListener("keydown", (event) => place.has(event.target) && onKey(event));
    table.addEventListener("input", refresh);
    table.addEventListener("dblclick", ({ target }) => place.has(target) && edit(target));
    table.addEventListener("mousedown", (event) => {
      const cell = event.target.closest("td.c")?.querySelector("input");
      if (!cell || !event.shiftKey || !anchor || cell === anchor) return;
      event.preventDefault();
      end = cell;
      mark();
    });
    table.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text/plain");
      if (!place.has(event.target) || (editing && !/[\t\n]/.test(text))) return;
      event.preventDefault();
      paste(event.target, text);
    });
    table.addEventListener("copy", (event) => {
      const cells = range();
      if (!place.has(event.target) || editing) return;
      event.preventDefault();
      event.clipboardData.setData("text/plain", cells.map((row) => row.map((cell) => cell.value).join("\t")).join("\n"));
    });
    form.querySelectorAll("[data-grid]").forEach((button) => {
      /* The press must not take the focus from the cell that it is about. */
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => {
        if (button.dataset.grid === "undo") step(done, undone, 1);
        else fill(button.dataset.grid);
      });
    });
    refresh();
    table.querySelector("[aria-invalid]")?.focus();
  }
}
