/* Cells that are links: opened in place with script, pages with one field without. And what a long table leaves to script. */
"use strict";
{
  const plain = (event) =>
    !event.defaultPrevented && !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

  const opening = new WeakSet();
  const open = (link) => {
    const cell = link.closest("td, th");
    if (opening.has(cell)) return;
    opening.add(cell);
    htmx
      .ajax("GET", link.href, { source: link, target: cell, swap: "outerHTML" })
      .finally(() => opening.delete(cell));
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.cell-edit");
    if (!link || !plain(event)) return;
    event.preventDefault();
    open(link);
  });

  /* Of several radio buttons, the chosen one is where the keyboard is. */
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (!target.querySelector?.(".bad")) target.querySelector?.("form[data-cell] input[type=radio]:checked")?.focus();
  });

  /* The picker opens at once, so that the arrow keys choose in it instead of saving at every step. */
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    const select = target.querySelector?.("form[data-cell] select");
    try {
      if (select && select === document.activeElement) select.showPicker();
    } catch {
      return; // not in every browser, and not without a press before
    }
  });

  /* A saved row comes back whole: its cell is tinted, and takes the focus unless the person has gone on. */
  document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
    if (!target.matches?.("[data-row]")) return;
    name(target);
    const path = detail.pathInfo?.requestPath ?? "";
    const cell = [...target.querySelectorAll("a.cell-edit")].find((link) => link.pathname + link.search === path);
    cell?.classList.add("saved");
    if (document.activeElement === document.body) cell?.focus();
  });

  /* Health: a good one is saved at once, a bad one asks why. G, A, R choose. */
  const LETTERS = { g: "green", a: "amber", r: "red" };
  const ask = (radio) => {
    const form = radio.form;
    const why = form.querySelector("[name=health_note]");
    if (["amber", "red"].includes(radio.value)) why?.focus();
    else form.requestSubmit();
  };
  document.addEventListener("click", ({ target }) => {
    /* A click with the arrow keys has no place; those only choose. */
    if (target.matches?.(".health-cell input[type=radio]")) return;
    const label = target.closest?.(".health-cell label");
    const radio = label?.querySelector("input[type=radio]");
    if (radio) setTimeout(() => radio.checked && ask(radio));
  });
  document.addEventListener("keydown", (event) => {
    const radio = event.target.closest?.(".health-cell input[type=radio]");
    const wanted = LETTERS[event.key.toLowerCase()];
    if (!radio || !wanted || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const chosen = radio.form.querySelector(`input[value="${wanted}"]`);
    chosen.checked = true;
    ask(chosen);
  });

  /* Records on a phone change `display`, which costs a table its roles in some browsers; here they are given back. Times get
     their full stamp. */
  const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };
  const name = (part) => {
    for (const element of [part, ...part.querySelectorAll("thead, tbody, tfoot, tr, td, th")]) {
      const role = ROLES[element.tagName] ?? (element.scope === "col" ? "columnheader" : "rowheader");
      if (!element.hasAttribute("role")) element.setAttribute("role", role);
    }
    for (const time of part.querySelectorAll("time:not([title])")) time.title = new Date(time.dateTime).toLocaleString();
  };
  const nameAll = () => document.querySelectorAll("table.stack:not([role])").forEach(name);
  nameAll();
  document.addEventListener("htmx:afterSettle", nameAll);
}
