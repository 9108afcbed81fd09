/* Forms beside the page they are called from. A link marked `data-drawer` leads to a page with one form; with script that form
   opens in a drawer, is sent from there, and comes back into it with what was refused. `data-drawer="stay"` shows the page
   anew after a save, instead of going where the form leads. */
"use strict";
{
  const plain = (event) =>
    !event.defaultPrevented && !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const values = (form) =>
    JSON.stringify([...new FormData(form)].filter(([key]) => !["csrfmiddlewaretoken", "form_token", "expected_plan"].includes(key)));
  const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["x-csrftoken"] ?? "";
  /* By attribute: a form with a field named “method” has no property of that name. */
  const isPost = (form) => form.getAttribute("method") === "post";
  const made = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  let drawer = null; // the one that is open: dialog, form, what it held at first, the link that opened it

  /** What a page with a form is made of, for a drawer. */
  const parts = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const main = page.getElementById("main");
    return {
      title: main?.querySelector("h1")?.textContent.trim() ?? "",
      lede: main?.querySelector(".lede")?.textContent.trim() ?? "",
      form: main?.querySelector("form.form"),
      banners: [...(main?.querySelectorAll("#main > .banner") ?? [])],
      leave: main?.querySelector('form[action$="/archive/"]'),
    };
  };

  const fill = (dialog, { title, lede, form, banners, leave }) => {
    const adopted = document.importNode(form, true);
    adopted.removeAttribute("data-guard"); // leaving the drawer asks by itself
    adopted.id = "drawer-form";
    const foot = adopted.querySelector(".form-foot");
    const footer = made("footer");
    if (leave) {
      const put = document.importNode(leave, true);
      put.removeAttribute("hx-post");
      put.querySelector("button").className = "btn quiet danger";
      footer.append(put);
    }
    footer.append(made("span", { className: "push" }));
    for (const button of [...(foot?.children ?? [])]) {
      if (button.matches("button")) button.setAttribute("form", "drawer-form");
      if (button.matches("a.btn") && isPost(form)) button.setAttribute("data-leave", "");
      footer.append(button);
    }
    foot?.remove();
    const heading = made("div", { className: "grow" }, made("h2", { id: "drawer-title", textContent: title }));
    if (lede) heading.append(made("p", { className: "note", textContent: lede }));
    const close = made("button", { type: "button", className: "icon-btn" });
    close.setAttribute("aria-label", "Close");
    close.setAttribute("data-leave", "");
    close.innerHTML = '<svg class="ico" viewBox="0 0 16 16" aria-hidden="true"><path d="m4 4 8 8M12 4l-8 8"/></svg>';
    const body = made("div", { className: "body" }, ...banners.map((b) => document.importNode(b, true)), adopted);
    dialog.replaceChildren(made("header", {}, heading, close), body, footer);
    htmx.process(dialog);
    return adopted;
  };
  const focusIn = (dialog) =>
    (
      dialog.querySelector(".bad :is(input, select, textarea)") ??
      dialog.querySelector("#drawer-form input[type=radio]:checked") ??
      dialog.querySelector("#drawer-form :is(input:not([type=hidden]), select, textarea)")
    )?.focus();

  const open = async (link) => {
    if (drawer) return;
    link.setAttribute("aria-busy", "true");
    let answer, text;
    try {
      answer = await fetch(link.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      text = await answer.text();
    } catch {
      return void location.assign(link.href);
    } finally {
      link.removeAttribute("aria-busy");
    }
    const page = parts(text);
    if (!page.form) return void location.assign(link.href);
    const dialog = made("dialog", { className: "drawer" });
    dialog.setAttribute("aria-labelledby", "drawer-title");
    document.body.append(dialog);
    const form = fill(dialog, page);
    const address = form.getAttribute("action") || link.href;
    drawer = { dialog, form, link, address, first: values(form) };
    dialog.showModal();
    focusIn(dialog);
    /* Not the event `cancel`: a browser may close a dialog in spite of it. */
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      leave();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      drawer = null;
      link.focus();
    });
  };

  /** Close; unsaved changes ask first. */
  const leave = async () => {
    if (!drawer) return;
    const { dialog, form, first } = drawer;
    const isSafe = !isPost(form) || values(form) === first;
    if (isSafe || (await window.portolanAsk({ confirm: "Discard what you typed?", confirmVerb: "Discard" }))) dialog.close();
  };

  const send = async (submitter) => {
    const { dialog, form, link, address } = drawer;
    if (form.hasAttribute("data-sending")) return;
    form.setAttribute("data-sending", "");
    submitter?.setAttribute("aria-busy", "true");
    let answer, text;
    try {
      answer = await fetch(address, {
        method: "POST",
        body: new FormData(form),
        headers: { "HX-Request": "true", "X-CSRFToken": token() },
        credentials: "same-origin",
      });
      text = await answer.text();
    } catch {
      return refuse(dialog, "Not saved: the server did not answer. Your text is kept here. Try again.");
    } finally {
      form.removeAttribute("data-sending");
      submitter?.removeAttribute("aria-busy");
    }
    const to = answer.headers.get("HX-Redirect");
    if (answer.ok && (to || answer.headers.has("HX-Refresh"))) {
      dialog.remove();
      if (!to || link.dataset.drawer === "stay" || new URL(to, location).pathname === location.pathname)
        return location.reload();
      return location.assign(to);
    }
    if (answer.status === 401) {
      document.dispatchEvent(new Event("portolan:signed-out"));
      return refuse(dialog, "Not saved: you were signed out. Your text is kept here. Sign in in another tab, then save again.");
    }
    const page = parts(text);
    if (page.form) {
      drawer.form = fill(dialog, page);
      return focusIn(dialog);
    }
    const told = new DOMParser().parseFromString(text, "text/html").body.textContent.trim();
    const short = answer.status < 500 && told.length < 400;
    refuse(dialog, short ? told : `Not saved: the server could not finish. Your text is kept here. Try again. (Error ${answer.status})`);
  };
  const refuse = (dialog, sentence) => {
    dialog.querySelector(".body > .banner.bad")?.remove();
    const banner = made("div", { className: "banner bad below" }, made("b", { textContent: sentence }));
    banner.setAttribute("role", "alert");
    dialog.querySelector(".body").prepend(banner);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-drawer]");
    if (link && plain(event)) {
      event.preventDefault();
      link.closest("[popover]")?.hidePopover();
      open(link);
      return;
    }
    if (drawer && event.target.closest?.("[data-leave]")) {
      event.preventDefault();
      leave();
    }
  });
  /* Before the page's own guard, which stands aside once the submission is prevented. */
  document.addEventListener(
    "submit",
    (event) => {
      if (!drawer || event.target !== drawer.form) return;
      if (!isPost(drawer.form)) {
        /* A filter: words that say nothing stay out of the address. */
        for (const field of drawer.form.elements) if (field.name && !field.value) field.disabled = true;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      send(event.submitter);
    },
    { capture: true },
  );
  /* A click on the backdrop closes dialogs (shell.js); here it asks first. */
  document.addEventListener(
    "click",
    (event) => {
      if (!drawer || event.target !== drawer.dialog) return;
      const box = drawer.dialog.getBoundingClientRect();
      if (event.clientX >= box.left && event.clientY >= box.top) return;
      event.stopImmediatePropagation();
      leave();
    },
    { capture: true },
  );
}
