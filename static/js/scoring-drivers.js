/* The impact grid by keyboard, and the questions of a comparison. Without script both are links and forms. */
"use strict";
{
  const typing = (element) => element.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]");
  const plain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;

  /* ── Grid ── */
  const told = document.getElementById("impact-levels");
  const scales = new Map((told ? JSON.parse(told.textContent) : []).map((scale) => [String(scale.criterion), scale]));
  const grid = () => document.querySelector("[data-impact-grid]");
  const cellsOf = (row) => [...row.querySelectorAll("[data-impact]")];

  /* One cell is in the order of Tab, the others are reached by arrows. */
  const rove = (chosen) => {
    for (const cell of grid()?.querySelectorAll("[data-impact]") ?? []) cell.tabIndex = cell === chosen ? 0 : -1;
  };
  if (grid()) rove(grid().querySelector("[data-impact]"));
  document.addEventListener("focusin", ({ target }) => {
    const cell = target.closest?.("[data-impact]");
    if (cell) rove(cell);
  });

  const move = (cell, down, right) => {
    const rows = [...grid().tBodies[0].rows];
    const row = rows.indexOf(cell.closest("tr"));
    const column = cellsOf(rows[row]).indexOf(cell);
    const next = rows[row + down] && cellsOf(rows[row + down])[column + right];
    next?.focus();
    next?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const saving = new Set();
  const save = (cell, value) => {
    const place = cell.closest("td");
    if (saving.has(place.id) || cell.dataset.value === value) return;
    saving.add(place.id);
    cell.setAttribute("aria-busy", "true");
    htmx
      .ajax("POST", cell.dataset.impact + location.search, {
        source: cell,
        swap: "none",
        values: { value, seen: cell.dataset.seen },
      })
      .finally(() => {
        saving.delete(place.id);
        const now = document.querySelector(`#${CSS.escape(place.id)} [data-impact]`);
        now?.removeAttribute("aria-busy");
        if (!now) return;
        if (document.activeElement === document.body || !document.activeElement.isConnected) now.focus();
        else now.tabIndex = -1;
      });
  };

  /** The value that a key stands for: the first letter of a level where no other begins so, or its number. */
  const valueOf = (scale, key) => {
    if (/^[0-9]$/.test(key)) return scale.levels[Number(key)]?.[0];
    const named = scale.levels.filter(([, name]) => name.toLowerCase().startsWith(key.toLowerCase()));
    return named.length === 1 ? named[0][0] : undefined;
  };

  const open = (cell) => {
    const scale = scales.get(cell.dataset.criterion);
    if (!scale) return false;
    const place = cell.closest("td");
    const field = document.createElement(scale.levels.length ? "select" : "input");
    field.setAttribute("aria-label", cell.getAttribute("aria-label"));
    if (scale.levels.length) {
      for (const [value, name] of [["", "– missing"], ...scale.levels]) field.add(new Option(name, value));
    } else {
      Object.assign(field, { type: "number", step: "any", min: scale.lowest, max: scale.highest });
    }
    field.value = cell.dataset.value;
    cell.hidden = true;
    place.append(field);
    field.focus();
    let closed = false;
    const close = (keep) => {
      if (closed) return;
      closed = true;
      const value = field.value;
      field.remove();
      cell.hidden = false;
      cell.focus();
      if (keep) save(cell, value);
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        close(event.key === "Enter");
      }
    });
    field.addEventListener("change", () => field.tagName === "SELECT" && field.matches(":focus") && close(true));
    field.addEventListener("blur", () => close(false));
    try {
      field.showPicker?.();
    } catch {
      return true; // not in every browser, and not without a press before
    }
    return true;
  };

  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  document.addEventListener(
    "keydown",
    (event) => {
      const cell = event.target.closest?.("a[data-impact]");
      if (!cell || !plain(event)) return;
      const { key } = event;
      if (ARROWS[key]) move(cell, ...ARROWS[key]);
      else if (key === "Delete" || key === "Backspace") save(cell, "");
      else if (key === "Enter") {
        if (!open(cell)) return;
      } else if (/^[a-z0-9]$/i.test(key)) {
        const value = valueOf(scales.get(cell.dataset.criterion), key);
        if (value === undefined) return;
        save(cell, value);
      } else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
  document.addEventListener("click", (event) => {
    const cell = event.target.closest?.("a[data-impact]");
    if (!cell || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (open(cell)) event.preventDefault();
  });

  /* ── Questions ── */
  const steps = () => [...document.querySelectorAll("[data-pairwise] .steps button")];
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const buttons = steps();
    const inside = target === document.body || target.closest?.("[data-pairwise], #main");
    if (!plain(event) || typing(target) || !inside || document.querySelector("dialog[open]")) return;
    if (/^[1-7]$/.test(key) && buttons.length) {
      if (document.documentElement.dataset.keys === "off" && !target.closest(".steps")) return;
      event.preventDefault();
      buttons[Number(key) - 1].click();
    } else if ((key === "ArrowLeft" || key === "ArrowRight") && buttons.length) {
      event.preventDefault();
      const now = buttons.indexOf(document.activeElement);
      const chosen = buttons.findIndex((button) => button.getAttribute("aria-pressed") === "true");
      const start = chosen < 0 ? 3 : chosen;
      const next = now < 0 ? start : now + (key === "ArrowRight" ? 1 : -1);
      buttons[Math.max(0, Math.min(buttons.length - 1, next))].focus();
    } else if (key === "ArrowUp" || key === "ArrowDown") {
      const link = document.querySelector(`[data-pair="${key === "ArrowUp" ? "before" : "after"}"]`);
      if (!link) return;
      event.preventDefault();
      link.click();
    }
  });

  /* A new question is where the reader goes on. */
  document.addEventListener("htmx:afterSettle", () => {
    const asked = document.querySelector("[data-pairwise] [data-asked]");
    if (document.activeElement === document.body) asked?.focus({ preventScroll: true });
  });
}
