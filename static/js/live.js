/* A dashboard follows the facts while it is open: its tiles ask for news every 3 s, and the rest of the page comes along when
   they have moved. In a hidden tab nothing is asked; when nothing moves for long, less often. */
"use strict";
{
  const SOON = 3000;
  const LATER = 10000;
  const QUIET_AFTER = 10 * 60 * 1000;
  let movedAt = Date.now();
  let timer = 0;

  const tiles = () => document.querySelector("[data-live]");
  const wait = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, Date.now() - movedAt > QUIET_AFTER ? LATER : SOON);
  };
  const ask = () => {
    const live = tiles();
    if (live && !document.hidden && window.htmx) window.htmx.trigger(live, "portolan:poll");
    wait();
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));

  /** The page says until when its figures contain every change, also where none of them moved. */
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.elt?.matches?.("[data-live]") || !detail.successful) return;
    const asOf = detail.xhr.getResponseHeader("Portolan-As-Of");
    const time = document.querySelector("[data-fresh] time");
    if (asOf && time) time.dateTime = asOf;
  });

  /** Takes the new page's body in place of the old one; what was opened stays open, and the focus stays where it was. */
  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [old, fresh] = [document, page].map((place) => place.querySelector("[data-live-body]"));
    if (!old || !fresh) return;
    const key = (details) => details.closest("[id]")?.id;
    const open = new Set([...old.querySelectorAll("details[open]")].map(key));
    fresh.querySelectorAll("details").forEach((details) => (details.open = open.has(key(details))));
    const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const height = old.offsetHeight;
    old.style.minHeight = `${height}px`;
    old.replaceChildren(...fresh.childNodes);
    if (focused) old.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    window.htmx.process(old);
    document.dispatchEvent(new Event("htmx:afterSettle"));
    setTimeout(() => (old.style.minHeight = ""), 1500);
  };
  let soon = 0;
  document.addEventListener("portolan:rolled-up", () => {
    movedAt = Date.now();
    clearTimeout(soon);
    soon = setTimeout(refresh, 400);
  });
  wait();
}
