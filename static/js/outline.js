/* A project's outline by keyboard: Alt Shift and an arrow moves the activity that has the focus, which it keeps. */
"use strict";
{
  const WAYS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "outdent", ArrowRight: "indent" };
  let moved = null; // the row whose name takes the focus when the outline is back

  document.addEventListener("keydown", (event) => {
    const way = WAYS[event.key];
    const row = event.target.closest?.("#outline tbody tr");
    if (!way || !row || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("form[data-cell]")) return;
    const button = row.querySelector(`.moves button[value="${way}"]`);
    if (!button) return;
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    moved = row.id;
    button.click();
  });
  document.addEventListener("htmx:afterSettle", () => {
    const link = moved && document.getElementById(moved)?.querySelector("a.t");
    moved = null;
    link?.focus();
  });
}
