/* Forms: one submission at a time, no loss of what was typed, a question before what is hard to undo, cells edited in place. */
"use strict";
{
  const values = (form) =>
    JSON.stringify(
      [...new FormData(form)].filter(
        ([name, value]) =>
          typeof value === "string" &&
          !["csrfmiddlewaretoken", "form_token", "version"].includes(name) &&
          form.elements[name]?.type !== "password",
      ),
    );

  /* One submission at a time. The server, too, saves a form sent twice only once. */
  const buttons = (form) => form.querySelectorAll("button:not([type=button]), input[type=submit]");
  const release = (form) => {
    form.removeAttribute("data-sending");
    buttons(form).forEach((button) => button.removeAttribute("aria-busy"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") === "dialog") return;
    if (form.hasAttribute("data-sending")) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (form.getAttribute("method") !== "post" || form.hasAttribute("hx-post")) return;
    form.setAttribute("data-sending", "");
    (event.submitter ?? buttons(form)[0])?.setAttribute("aria-busy", "true");
  });
  document.addEventListener("htmx:beforeRequest", ({ target }) => {
    const form = target.matches?.("form") ? target : target.type === "submit" ? target.form : null;
    if (form?.getAttribute("method") !== "post") return;
    form.setAttribute("data-sending", "");
    buttons(form).forEach((button) => button.setAttribute("aria-busy", "true"));
  });
  document.addEventListener("htmx:afterRequest", ({ target }) => {
    const form = target.closest?.("form");
    if (form) release(form);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));

  /* Unsaved changes: leaving asks; an interrupted save keeps the text in this tab and offers it back. */
  const initial = new WeakMap();
  const guarded = () => document.querySelectorAll("form[data-guard]");
  const watch = () => guarded().forEach((form) => initial.has(form) || initial.set(form, values(form)));
  const isDirty = (form) => initial.has(form) && initial.get(form) !== values(form);
  const draftKey = (form) => `portolan:draft:${location.pathname}#${form.getAttribute("action") ?? ""}`;
  const refused = document.querySelector(".field.bad, .conflict, [data-guard] .banner.bad");
  watch();
  document.addEventListener("htmx:afterSettle", watch);
  addEventListener("beforeunload", (event) => {
    const unsaved = [...guarded()].some((form) => !form.hasAttribute("data-sending") && (isDirty(form) || refused));
    if (unsaved) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.target.matches("form[data-guard]")) return;
    sessionStorage.setItem(draftKey(event.target), JSON.stringify({ at: Date.now(), values: values(event.target) }));
  });

  const onErrorPage = document.querySelector("[data-error], [data-sign-in-form]");
  const isSaved = document.querySelector("#toasts .toast") !== null;
  const offerDraft = (form) => {
    const kept = sessionStorage.getItem(draftKey(form));
    if (!kept || refused || isSaved) return;
    const draft = JSON.parse(kept);
    if (draft.values === values(form)) return;
    const box = document.createElement("div");
    box.className = "banner warn";
    box.setAttribute("role", "status");
    const text = document.createElement("div");
    const at = new Date(draft.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    text.innerHTML = "<b>Not saved last time.</b> ";
    text.append(`What you typed at ${at} is kept.`);
    const actions = document.createElement("div");
    actions.className = "actions";
    const button = (words, act) => {
      const made = Object.assign(document.createElement("button"), {
        type: "button",
        className: "btn sm",
        textContent: words,
      });
      made.addEventListener("click", () => {
        act();
        box.remove();
      });
      actions.append(made);
    };
    button("Put it back", () => restore(form, JSON.parse(draft.values)));
    button("Discard", () => sessionStorage.removeItem(draftKey(form)));
    box.append(text, actions);
    document.getElementById("messages")?.append(box);
  };
  const restore = (form, pairs) => {
    const seen = {};
    for (const [name, value] of pairs) (seen[name] ??= []).push(value);
    for (const field of form.elements) {
      if (!field.name || ["hidden", "password", "file", "submit"].includes(field.type)) continue;
      const kept = seen[field.name] ?? [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = kept.includes(field.value);
      else if (field.multiple) [...field.options].forEach((option) => (option.selected = kept.includes(option.value)));
      else if (kept.length) field.value = kept[0];
    }
    form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  };
  if (!onErrorPage) {
    guarded().forEach(offerDraft);
    /* Another page than the form's, or a notice of what was done: what was sent was saved. */
    const here = refused || isSaved ? [] : [...guarded()].map(draftKey);
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith("portolan:draft:") && !here.includes(key)) sessionStorage.removeItem(key);
    }
  }

  /* The question before an act. */
  const dialog = document.getElementById("confirm");
  const ask = ({ confirm, confirmText = "", confirmVerb = "Go on" }) =>
    new Promise((answer) => {
      dialog.querySelector("#confirm-title").textContent = confirm;
      dialog.querySelector("#confirm-text").textContent = confirmText;
      dialog.querySelector("#confirm-text").hidden = !confirmText;
      dialog.querySelector("#confirm-verb").textContent = confirmVerb;
      dialog.returnValue = "";
      dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
      dialog.showModal();
    });
  window.portolanAsk = ask;
  const confirmed = new WeakSet();
  document.addEventListener(
    "submit",
    async (event) => {
      const { target: form, submitter } = event;
      const asker = submitter?.dataset.confirm ? submitter : form.dataset.confirm ? form : null;
      if (!asker || confirmed.delete(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      form.toggleAttribute("data-held", true);
      const isMeant = await ask(asker.dataset);
      form.toggleAttribute("data-held", false);
      if (!isMeant) return;
      confirmed.add(form);
      form.requestSubmit(submitter ?? undefined);
    },
    { capture: true },
  );
  /* What a poll brings waits while a form in its place is asked about or about to be sent: it would be gone. */
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.querySelector?.("[data-held]")) detail.shouldSwap = false;
  });
  document.addEventListener(
    "click",
    async (event) => {
      const link = event.target.closest?.("a[data-confirm]");
      if (!link) return;
      event.preventDefault();
      if (await ask(link.dataset)) location.assign(link.href);
    },
    { capture: true },
  );

  /* Cells: htmx fetches the open cell and saves it; here are focus, Esc, and saving on the way out. */
  const atRest = new WeakMap();
  const holder = (inside) => inside.closest("td, th, [data-cell-holder]");
  document.addEventListener("htmx:beforeSwap", (event) => {
    const cell = event.detail.target;
    if (event.detail.shouldSwap && cell?.querySelector?.("[data-edit], a.cell-edit"))
      lastClosed = { id: cell.id, html: cell.outerHTML };
  });
  let lastClosed = null;
  document.addEventListener("htmx:afterSettle", (event) => {
    const form = event.target.querySelector?.("form[data-cell]");
    if (form) {
      if (lastClosed) atRest.set(form, lastClosed.html);
      initial.set(form, values(form));
      const field = form.querySelector("input:not([type=hidden]), select, textarea");
      field?.focus();
      field?.select?.();
    } else if (event.target.matches?.("td, th, [data-cell-holder]")) {
      event.target.querySelector("[data-edit], a.cell-edit")?.focus();
    }
  });
  const closeCell = (form) => {
    const html = atRest.get(form);
    const cell = holder(form);
    if (!html || !cell) return void location.reload();
    const rest = document.createElement("template");
    rest.innerHTML = html;
    const made = rest.content.firstElementChild;
    made.querySelectorAll(".htmx-request").forEach((element) => element.classList.remove("htmx-request"));
    cell.replaceWith(made);
    htmx.process(made);
    made.querySelector("[data-edit], a.cell-edit")?.focus();
  };
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form[data-cell]");
    if (!form || !["Escape", "Enter"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") closeCell(form);
    else form.requestSubmit();
  });
  document.addEventListener("change", ({ target }) => {
    if (target.matches?.("form[data-cell] select")) target.form.requestSubmit();
  });
  document.addEventListener("focusout", ({ target }) => {
    const form = target.closest?.("form[data-cell]");
    if (!form) return;
    setTimeout(() => {
      if (!form.isConnected || !document.hasFocus() || form.contains(document.activeElement)) return;
      if (form.hasAttribute("data-sending")) return;
      if (isDirty(form)) form.requestSubmit();
      else if (!form.classList.contains("bad")) closeCell(form);
    });
  });
}
