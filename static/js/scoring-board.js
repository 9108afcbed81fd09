/* The board: cells opened and saved by keyboard, the list re-ranked around them, and how firm ranks are, filled in a moment later. */
"use strict";
{
  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const table = () => document.querySelector("table[data-board]");
  const isCell = (element) => element?.matches?.("table[data-board] a.cell-edit");
  const openForm = () => document.querySelector("form.score-cell[data-open]");
  const grid = () =>
    [...(table()?.tBodies[0].rows ?? [])].map((row) => [...row.querySelectorAll("a.cell-edit")]).filter((cells) => cells.length);
  const placeOf = (cell) => {
    const rows = grid();
    const row = rows.findIndex((cells) => cells.includes(cell));
    return [rows, row, rows[row]?.indexOf(cell) ?? -1];
  };
  const focus = (cell) => {
    cell?.focus();
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
    return Boolean(cell);
  };

  /* ── Open, leave ── */
  const links = new WeakMap(); // open form -> the cell that it stands in for
  const valueOf = (form) => form.querySelector("#score-value");
  const isDirty = (form) => {
    const cell = links.get(form);
    return valueOf(form).value.trim() !== cell.dataset.value || form.elements.comment.value !== cell.dataset.comment;
  };
  const open = (cell, text, atComment = false) => {
    const other = openForm();
    if (other) leave(other);
    const template = document.querySelector(`template[data-cell-of="${cell.dataset.of}"]`);
    if (!template) return void location.assign(cell.href);
    const form = template.content.firstElementChild.cloneNode(true);
    form.setAttribute("action", cell.href);
    form.setAttribute("hx-post", cell.href);
    form.setAttribute("data-open", "");
    form.elements.seen.value = cell.dataset.seen;
    form.elements.comment.value = cell.dataset.comment;
    const field = form.querySelector("#score-value");
    field.value = cell.dataset.value;
    links.set(form, cell);
    cell.hidden = true;
    cell.after(form);
    htmx.process(form);
    if (atComment) return void form.elements.comment.focus();
    field.focus();
    if (text !== undefined && field.matches("input")) field.value = text;
    else field.select?.();
  };
  const leave = (form) => {
    const cell = links.get(form);
    form.remove();
    cell.hidden = false;
    /* Somebody else has changed it: what stands here is no longer true. */
    if (form.hasAttribute("data-stale")) again();
    return cell;
  };
  const again = () => htmx.ajax("GET", location.href, { target: "#board-table", swap: "outerHTML" });

  /* ── Save: where the keyboard is afterwards is settled before the list is ranked anew ── */
  let next = null; // id of the cell that gets the focus once the table is there again
  const save = (form, to) => {
    if (form.hasAttribute("data-sending")) return;
    if (!isDirty(form)) return void focus(document.getElementById((leave(form), to)));
    next = to;
    form.requestSubmit();
  };

  document.addEventListener("click", (event) => {
    const cell = event.target.closest?.("table[data-board] a.cell-edit");
    if (!cell || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(cell);
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form.score-cell");
    if (form) return inForm(event, form);
    if (isCell(event.target)) return onCell(event, event.target);
    return undefined;
  }, { capture: true });

  const handled = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  const inForm = (event, form) => {
    const cell = links.get(form);
    const { key } = event;
    if (key === "Escape") return handled(event), focus(leave(form));
    if (key === "F2" && event.shiftKey) return handled(event), form.elements.comment.focus();
    if (key === "Enter") return handled(event), save(form, cell.id);
    if (key !== "Tab") return event.stopPropagation();
    const cells = grid().flat();
    const to = cells[cells.indexOf(cell) + (event.shiftKey ? -1 : 1)];
    return handled(event), save(form, (to ?? cell).id);
  };
  const onCell = (event, cell) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
    const { key } = event;
    const way = ARROWS[key];
    if (way) {
      const [rows, r, c] = placeOf(cell);
      handled(event);
      return focus(rows[r + way[0]]?.[c + way[1]]);
    }
    if (key === "F2") return handled(event), open(cell, undefined, event.shiftKey);
    if (key === "Enter") return handled(event), open(cell);
    if (document.documentElement.dataset.keys === "off") return undefined;
    if (key.toLowerCase() === "r") {
      const [, item, criterion] = cell.id.split("-");
      const { ratersBase, query } = table().dataset;
      return handled(event), byRater(`${ratersBase}${item}/${criterion}/?${query}`, cell);
    }
    if (key.toLowerCase() === "e") return handled(event), open(cell);
    if (/^[0-9.,−-]$/.test(key)) return handled(event), open(cell, key);
    if (key === "Delete" || key === "Backspace") {
      handled(event);
      open(cell, "");
      const form = openForm();
      if (form) {
        valueOf(form).value = "";
        save(form, cell.id);
      }
    }
    return undefined;
  };

  /* Leaving an open cell by pointer saves what was changed, and stays where the pointer went. */
  document.addEventListener("focusout", ({ target }) => {
    const form = target.closest?.("form.score-cell");
    if (!form) return;
    setTimeout(() => {
      if (!form.isConnected || !document.hasFocus() || form.contains(document.activeElement)) return;
      if (form.hasAttribute("data-sending") || form.querySelector(".err")) return;
      if (isDirty(form)) save(form, isCell(document.activeElement) ? document.activeElement.id : null);
      else leave(form);
    });
  });

  /* A refusal keeps the cell open; of somebody else's change, the next try is over what there is now. */
  document.addEventListener("htmx:afterSettle", () => {
    const form = openForm();
    const error = form?.querySelector("#score-error.err");
    if (!error) return;
    form.classList.add("bad");
    if (error.dataset.version !== undefined) {
      form.elements.seen.value = error.dataset.version;
      form.setAttribute("data-stale", "");
    }
    next = null;
    valueOf(form).focus();
  });

  /* ── The table comes back: bars stay, paler, until they are drawn anew ── */
  let bars = new Map();
  let votes = null;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.id !== "board-table" || !detail.shouldSwap) return;
    bars = new Map([...document.querySelectorAll("[data-firm]")].map((cell) => [cell.dataset.firm, [...cell.childNodes]]));
    votes = document.querySelector("#board-table.has-raters [data-raters-of]")?.textContent ?? null;
  });
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    const board = document.getElementById("board-table");
    if (!board || target !== board) return;
    if (votes !== null) showVotes(votes);
    for (const cell of board.querySelectorAll("[data-firm]")) {
      const kept = bars.get(cell.dataset.firm);
      if (!kept?.length || cell.childNodes.length) continue;
      cell.append(...kept);
      cell.classList.add("stale");
    }
    bars = new Map();
    if (next) focus(document.getElementById(next));
    next = null;
  });
  const showVotes = (of) => {
    document.getElementById("board-table").classList.add("has-raters");
    const head = document.querySelector("[data-raters-of]");
    if (head) head.textContent = of;
  };

  /* ── How firm ranks are ── */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, xhr } = event.detail.requestConfig ? event.detail : {};
    if (event.detail.requestConfig?.elt?.id !== "firm-loader") return;
    event.detail.shouldSwap = false;
    if (xhr.status !== 200 || !elt?.isConnected) return;
    const part = new DOMParser().parseFromString(xhr.responseText, "text/html").body.firstElementChild;
    if (!part) return;
    for (const cell of document.querySelectorAll("[data-firm]")) cell.classList.remove("stale");
    const waiting = new Map([...document.querySelectorAll("[data-firm]")].map((cell) => [cell.dataset.firm, cell]));
    const filled = new Set();
    for (const made of part.querySelectorAll("[data-for]")) {
      waiting.get(made.dataset.for)?.replaceChildren(...made.childNodes);
      filled.add(made.dataset.for);
    }
    for (const [name, cell] of waiting) if (!filled.has(name)) cell.replaceChildren();
    if (part.dataset.ratersOf !== undefined) showVotes(part.dataset.ratersOf);
    else document.getElementById("board-table").classList.remove("has-raters");
    const soft = document.getElementById("soft");
    if (soft) soft.textContent = part.querySelector("[data-soft]")?.textContent ?? "";
  });

  /* ── Who gave which score: a popover that begins at what was pressed, and saves as an open cell does ── */
  const pop = () => document.getElementById("rater-pop");
  const byRater = async (href, source) => {
    const other = openForm();
    if (other) leave(other);
    await htmx.ajax("GET", href, { source: pop(), target: "#rater-pop", swap: "innerHTML" });
    if (!pop().childElementCount) return;
    pop().showPopover({ source });
    (pop().querySelector("#reconciled-value") ?? pop().querySelector("a, button") ?? pop()).focus();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-by-rater]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    byRater(link.href, link);
  });
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.id === "board-table") return pop()?.matches(":popover-open") && pop().hidePopover();
    const error = pop()?.querySelector("#score-error.err");
    if (error?.dataset.version !== undefined) pop().querySelector("[name=seen]").value = error.dataset.version;
    return undefined;
  });

  /* ── Around the table ── */
  document.addEventListener("change", ({ target }) => {
    target.closest?.("form[data-choose]")?.requestSubmit();
  });
  document.addEventListener("click", ({ target }) => {
    for (const menu of document.querySelectorAll("details.chip-menu[open]")) if (!menu.contains(target)) menu.open = false;
  });
}
