/* Parked rows: tick many at once, and go on to the next row when one has left. */
"use strict";
{
  const boxes = () => [...document.querySelectorAll('[data-pick] input[name="picked"]')];
  const show = () => {
    const all = boxes();
    const ticked = all.filter((box) => box.checked).length;
    const head = document.querySelector("[data-pick-all]");
    if (head) {
      head.checked = ticked > 0 && ticked === all.length;
      head.indeterminate = ticked > 0 && ticked < all.length;
    }
    for (const box of all) {
      if (box.checked) box.closest("tr").setAttribute("aria-selected", "true");
      else box.closest("tr").removeAttribute("aria-selected");
    }
    const bar = document.querySelector("[data-pick-bar]");
    if (!bar) return;
    bar.hidden = ticked === 0 && !bar.querySelector(".err");
    bar.querySelector("[data-pick-count]").textContent = `${ticked} selected`;
  };
  document.addEventListener("change", ({ target }) => {
    if (target.matches?.("[data-pick-all]")) boxes().forEach((box) => (box.checked = target.checked));
    if (target.closest?.("[data-pick]")) show();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox]), select, textarea");
    if (event.key !== "Escape" || typing || !boxes().some((box) => box.checked)) return;
    boxes().forEach((box) => (box.checked = false));
    show();
  });
  let next = null;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.matches?.("[data-pick] tr")) next = detail.target.nextElementSibling ?? detail.target.previousElementSibling;
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    show();
    if (!next || detail.xhr?.status !== 200) return;
    const field = next.querySelector("input:not([type=checkbox], [type=hidden])");
    next = null;
    field?.focus();
  });
  show();
}
