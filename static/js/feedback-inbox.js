/* The inbox by keyboard: J and K go through the list and open what they reach; E is done and goes to the next. */
"use strict";
{
  const links = () => [...document.querySelectorAll("#inbox-list a.t")];
  const current = () => links().findIndex((link) => link.getAttribute("aria-current") === "true");
  const narrow = () => matchMedia("(max-width: 760px)").matches;

  const mark = (link) => {
    for (const other of links()) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    link.scrollIntoView({ block: "nearest" });
    name();
  };
  /** The item that follows, for the buttons that go on to it. */
  const name = () => {
    const all = links();
    const next = all[current() + 1] ?? all[current() - 1];
    for (const field of document.querySelectorAll("[data-next]")) field.value = next?.dataset.id ?? "";
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#inbox-list a.t");
    if (!link) return;
    if (narrow()) {
      // On a phone the item takes the whole page.
      event.preventDefault();
      event.stopPropagation();
      location.assign(link.href);
    } else mark(link);
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.("input:not([type=checkbox]), select, textarea")) return;
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (!step) return;
    const all = links();
    const link = all[Math.max(0, Math.min(all.length - 1, current() + step))];
    if (!link) return;
    event.preventDefault();
    link.focus({ preventScroll: true });
    link.click();
  });
  document.addEventListener("htmx:afterSettle", name);
  name();
}
