/* The form of a dependency: what it moves stands beside it, and a loop blocks saving until there is a way out. */
"use strict";
{
  const formOf = (element) => element.closest("form");
  const again = (form) => form.querySelector(".effects")?.dispatchEvent(new Event("portolan:look-again"));

  /* The drawer puts the buttons outside the form, tied to it by `form=`. */
  const submitsOf = (form) =>
    [...document.querySelectorAll("button.primary, button.danger")].filter((button) => button.form === form && button.type === "submit");

  document.addEventListener("htmx:afterSwap", (event) => {
    const region = event.target.closest?.(".effects");
    if (!region) return;
    const form = formOf(region);
    const isBlocked = region.querySelector("[data-blocked]") !== null;
    for (const button of submitsOf(form)) button.disabled = isBlocked;
  });

  document.addEventListener("click", (event) => {
    const swap = event.target.closest?.("[data-swap-ends]");
    const soft = event.target.closest?.("[data-make-soft]");
    if (!swap && !soft) return;
    const form = formOf(swap ?? soft);
    if (swap) {
      const one = form.elements.predecessor;
      const other = form.elements.successor;
      [one.value, other.value] = [other.value, one.value];
    } else form.elements.slip_policy.value = "none";
    again(form);
  });
}
