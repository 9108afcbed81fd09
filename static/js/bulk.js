/* Ticking rows of a list, and doing one thing to all that are ticked. The acts themselves are pages. */
"use strict";
{
  const bar = document.getElementById("bulk");
  const ticked = new Set();
  let last = null;
  const rows = () => [...document.querySelectorAll("table.projects tbody tr[data-row]")];
  const idOf = (row) => row.querySelector("a.t").dataset.id ?? row.querySelector("a.t").getAttribute("href").replace("/", "");
  const box = (label) => {
    const input = Object.assign(document.createElement("input"), { type: "checkbox", className: "tickbox" });
    input.setAttribute("aria-label", label);
    return input;
  };

  /** Give each row its box; rows that htmx brought anew have none. */
  const equip = () => {
    for (const row of rows()) {
      if (row.querySelector(".tickbox") || row.classList.contains("archived")) continue;
      const link = row.querySelector("a.t");
      const input = box(`Select ${link.textContent}`);
      input.checked = ticked.has(idOf(row));
      link.before(input);
    }
    const head = document.querySelector("table.projects thead th");
    if (head && !head.querySelector(".tickbox") && document.querySelector("tbody .tickbox")) {
      const all = box("Select all on this page");
      all.dataset.all = "";
      head.prepend(all);
    }
    const present = new Set(rows().map(idOf));
    for (const id of ticked) if (!present.has(id)) ticked.delete(id);
    show();
  };

  const show = () => {
    const all = document.querySelector(".tickbox[data-all]");
    const boxes = [...document.querySelectorAll("tbody .tickbox")];
    if (all) {
      all.checked = boxes.length > 0 && boxes.every((input) => input.checked);
      all.indeterminate = !all.checked && ticked.size > 0;
    }
    for (const row of rows()) {
      if (ticked.has(idOf(row))) row.setAttribute("aria-selected", "true");
      else row.removeAttribute("aria-selected");
    }
    bar.hidden = !ticked.size;
    bar.querySelector("[data-count]").textContent = `${ticked.size} selected`;
    const query = [...ticked].map((id) => `id=${id}`).join("&");
    for (const link of bar.querySelectorAll("a[data-act-on]")) link.href = `${link.dataset.actOn}?${query}`;
  };

  const tick = (row, on, extend = false) => {
    const all = rows();
    const here = all.indexOf(row);
    const from = extend && last?.isConnected ? all.indexOf(last) : here;
    for (const one of all.slice(Math.min(from, here), Math.max(from, here) + 1)) {
      const input = one.querySelector(".tickbox");
      if (!input) continue;
      input.checked = on;
      if (on) ticked.add(idOf(one));
      else ticked.delete(idOf(one));
    }
    last = row;
    show();
  };
  const clear = () => {
    ticked.clear();
    document.querySelectorAll(".tickbox").forEach((input) => (input.checked = false));
    show();
  };

  document.addEventListener("click", (event) => {
    const input = event.target.closest?.(".tickbox");
    if (input?.hasAttribute("data-all")) {
      const on = input.checked;
      for (const row of rows()) tick(row, on);
    } else if (input) tick(input.closest("tr"), input.checked, event.shiftKey);
    else if (event.target.closest?.("#bulk [data-clear]")) clear();
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && ticked.size && !event.target.closest?.("form[data-cell]")) return clear();
    const typing = event.target.closest?.("input:not(.tickbox), select, textarea");
    if (event.key.toLowerCase() !== "x" || typing || document.documentElement.dataset.keys === "off") return;
    const row = document.activeElement?.closest?.("table.projects tbody tr");
    const input = row?.querySelector(".tickbox");
    if (input) {
      event.preventDefault();
      tick(row, !input.checked, event.shiftKey);
    }
  });
  document.addEventListener("htmx:afterSettle", equip);
  equip();
}
