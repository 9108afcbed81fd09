/* Cards between classes: dragged, moved with the arrow keys, or chosen in their list. */
"use strict";
{
  const board = () => document.getElementById("classes");
  const send = (card, level) => {
    const values = { item: card.dataset.item, seen: card.dataset.seen, level };
    htmx.ajax("POST", board().dataset.move, { values, target: "#classes", swap: "outerHTML" });
  };

  document.addEventListener("change", ({ target }) => {
    const card = target.closest?.(".class-card");
    if (card && target.name === "level") send(card, target.value);
  });

  document.addEventListener("keydown", (event) => {
    const card = event.target.matches?.(".class-card[draggable]") ? event.target : null;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!card || event.altKey || event.ctrlKey || event.metaKey) return;
    if (step) {
      const columns = [...board().querySelectorAll("[data-level]")];
      const to = columns[columns.indexOf(card.closest("[data-level]")) + step];
      event.preventDefault();
      if (to) send(card, to.dataset.level);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const cards = [...card.closest("ul").querySelectorAll(".class-card")];
      cards[cards.indexOf(card) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    } else if (event.key === "Enter") card.querySelector("a")?.click();
  });

  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.(".class-card[draggable]");
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const column = dragged && event.target.closest?.("[data-level]");
    for (const each of board()?.querySelectorAll(".over") ?? []) each.classList.toggle("over", each === column);
    if (!column) return;
    event.preventDefault();
    column.classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const column = dragged && event.target.closest?.("[data-level]");
    if (!column) return;
    event.preventDefault();
    if (column !== dragged.closest("[data-level]")) send(dragged, column.dataset.level);
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    for (const each of board()?.querySelectorAll(".over") ?? []) each.classList.remove("over");
  });

  /* The moved card keeps the keyboard. */
  document.addEventListener("htmx:afterSettle", () => board()?.querySelector("[data-moved]")?.focus());
}
