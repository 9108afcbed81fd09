/* Scoring sessions: an open page follows the session, votes are chosen by number keys, lists to tick are narrowed by typing.
   The poll swaps the state alone. When the session itself has moved on (revealed, another round, other items) the body is
   fetched too, but never over something that is typed and not saved. */
"use strict";
{
  const EVERY = 2000;
  const live = () => document.getElementById("live");
  const body = () => document.getElementById("session-body");

  /* ── Following ── */
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, EVERY);
  };
  const ask = () => {
    if (live() && window.htmx && !document.hidden) window.htmx.trigger(live(), "portolan:poll");
    wait();
  };
  if (live()) {
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
    wait();
  }

  /* ── What is typed and not saved ── */
  const round = (element) => element.dataset.state.split("-", 2).join("-");
  const saved = new WeakMap();
  const isUnsaved = (field) =>
    field.type !== "radio" && field.tagName !== "SELECT" && field.value !== (saved.get(field) ?? field.defaultValue);
  const fields = (cell) => [...cell.querySelectorAll("input:not([type=radio]), textarea")];
  const pending = () => document.querySelector("#voting [data-cell-of].htmx-request") !== null;
  const dirty = () => {
    const voting = document.getElementById("voting");
    return voting !== null && (pending() || fields(voting).some((field) => field.name.includes("-") && isUnsaved(field)));
  };
  const sent = new WeakMap();
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { target } = event;
    if (!target.matches?.("[data-cell-of]")) return;
    /* A round that is over takes no vote: what was typed stays until the page is shown anew. */
    if (round(live()) !== round(body())) return void event.preventDefault();
    sent.set(target, fields(target).map((field) => [field, field.value]));
  });
  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (!target.matches?.("[data-cell-of]")) return;
    target.classList.toggle("bad", !detail.successful);
    if (detail.successful) (sent.get(target) ?? []).forEach(([field, value]) => saved.set(field, value));
  });

  /* Finishing, leaving and revealing wait until the last vote is saved. */
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.target.matches?.("[data-after-votes]")) return;
    event.preventDefault();
    const { target: form } = event;
    form.toggleAttribute("data-held", true);
    const go = (tries) => {
      if (pending() && tries) return void setTimeout(go, 100, tries - 1);
      form.toggleAttribute("data-held", false);
      event.detail.issueRequest(true);
    };
    setTimeout(go, 0, 50);
  });

  /* ── The session has moved on ── */
  const words = (state) => {
    if (state.startsWith("revealed")) return "The votes are revealed.";
    if (state.startsWith("closed")) return "The session is closed.";
    return state.split("-")[1] === body().dataset.state.split("-")[1] ? "The items have changed." : "Another round has begun.";
  };
  const notice = () => document.getElementById("session-notice");
  const show = async () => {
    for (let tries = 50; pending() && tries; tries--) await new Promise((done) => setTimeout(done, 100));
    notice().replaceChildren();
    const focused = body().contains(document.activeElement) ? document.activeElement : null;
    const name = focused?.name;
    await window.htmx.ajax("GET", location.href, {
      source: body(),
      target: "#session-body",
      swap: "outerHTML",
    });
    if (name) body().querySelector(`[name="${CSS.escape(name)}"]`)?.focus({ preventScroll: true });
  };
  const follow = () => {
    if (!live() || !body() || live().dataset.state === body().dataset.state) return;
    if (!dirty()) return void show();
    if (notice().firstChild) return;
    notice().append(document.getElementById("session-moved").content.cloneNode(true));
    notice().querySelector("[data-words]").textContent = words(live().dataset.state);
  };
  document.addEventListener("htmx:afterSettle", follow);
  document.addEventListener("click", ({ target }) => target.closest?.("[data-show-session]") && show());

  /* ── Number keys choose a level, and go on to the next criterion ── */
  const cells = () => [...document.querySelectorAll("#voting fieldset.vote-cell")];
  const enter = (cell) =>
    (cell?.querySelector("input[type=radio]:checked") ?? cell?.querySelector("input"))?.focus({ preventScroll: false });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
    const { target } = event;
    if (target.matches?.("input:not([type=radio]), textarea, select")) return;
    if (target.matches?.("input[type=radio]") && !target.closest("[data-levels]")) return;
    const open = (cell) => cell.matches("[data-levels]") && !cell.querySelector("input[type=radio]:checked")?.value;
    const cell = target.closest?.("[data-levels]") ?? (target === document.body ? cells().find(open) : null);
    const radio = cell?.querySelectorAll('input[type=radio]:not([value=""])')[Number(event.key) - 1];
    if (!radio) return;
    event.preventDefault();
    if (!radio.checked) {
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const next = cells()[cells().indexOf(cell) + 1];
    if (next) enter(next);
    else radio.focus();
  });

  /* ── Lists to tick ── */
  for (const list of document.querySelectorAll("[data-pick-list]")) {
    const boxes = [...list.querySelectorAll(".picks label")];
    const count = () => {
      const ticked = boxes.filter((box) => box.querySelector("input").checked).length;
      list.querySelector("[data-pick-count]").textContent = `${ticked} ticked`;
    };
    list.addEventListener("change", count);
    list.querySelector("[data-pick-find]")?.addEventListener("input", ({ target }) => {
      const wanted = target.value.trim().toLowerCase();
      for (const box of boxes)
        box.hidden = !box.textContent.toLowerCase().includes(wanted) && !box.querySelector("input").checked;
    });
    list.querySelector("[data-pick-find]")?.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    count();
  }
}
