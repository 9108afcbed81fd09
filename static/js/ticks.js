/* Ticking rows: says how many are chosen and shows what can be done with them. X ticks the row that is read, or has the focus. */
"use strict";
{
  const count = () => {
    for (const bar of document.querySelectorAll("[data-chosen]")) {
      const ticked = bar.closest("form").querySelectorAll(".tickbox:checked").length;
      bar.hidden = !ticked;
      bar.querySelector("[data-count]").textContent = `${ticked} chosen`;
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches?.(".tickbox")) count();
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
    if (event.key.toLowerCase() !== "x" || event.target.closest?.("input:not(.tickbox), select, textarea")) return;
    const row = (document.querySelector("a.t[aria-current=true]") ?? document.activeElement)?.closest("li, tr");
    const box = row?.querySelector(".tickbox");
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
    count();
  });
  document.addEventListener("htmx:afterSettle", count);
  count();
}
