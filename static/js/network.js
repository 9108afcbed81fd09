/* What the server answers, or does not: toasts, refusals, the end of a session. Nothing typed is ever lost to it. */
"use strict";
{
  const body = document.body;
  const region = () => document.getElementById("messages");

  const icon = () => {
    const found = document.querySelector("svg.ico")?.cloneNode(true) ?? document.createElement("span");
    const use = found.querySelector("use");
    use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#i-warn"));
    return found;
  };

  /** Say something above the content. `text` may follow the sentence in bold. */
  const banner = (sentence, text = "", { tone = "bad", id = "", link = null } = {}) => {
    if (id) document.getElementById(id)?.remove();
    const box = document.createElement("div");
    box.className = `banner ${tone}`;
    box.setAttribute("role", tone === "bad" ? "alert" : "status");
    if (id) box.id = id;
    const inner = document.createElement("div");
    const strong = document.createElement("b");
    strong.textContent = sentence;
    inner.append(strong, ` ${text} `);
    if (link) {
      const a = document.createElement("a");
      Object.assign(a, { href: link.href, textContent: link.text, target: "_blank", rel: "opener" });
      inner.append(a);
    }
    box.append(icon(), inner);
    region()?.append(box);
    box.scrollIntoView({ block: "nearest" });
  };
  const clear = (...ids) => ids.forEach((id) => document.getElementById(id)?.remove());

  /* Toasts leave after 6 s, not while the pointer or the focus is on them. */
  const expire = (toast) => {
    if (toast.dataset.expires || toast.classList.contains("bad")) return;
    toast.dataset.expires = "yes";
    const leave = () => {
      if (!toast.isConnected) return;
      if (toast.matches(":hover") || toast.contains(document.activeElement)) return void setTimeout(leave, 1500);
      toast.classList.add("leaving");
      setTimeout(() => toast.remove(), 300);
    };
    setTimeout(leave, 6000);
  };
  const toasts = document.getElementById("toasts");
  if (toasts) {
    const all = () => toasts.querySelectorAll("[data-toast]").forEach(expire);
    new MutationObserver(all).observe(toasts, { childList: true, subtree: true });
    all();
  }

  /* A request that only keeps the page fresh fails quietly. */
  const quiet = (event) =>
    Boolean(event.detail.elt?.closest?.("[data-quiet]") && event.detail.requestConfig?.verb === "get");
  const reconnecting = (is) => {
    for (const fresh of document.querySelectorAll("[data-fresh]")) {
      fresh.classList.toggle("stale", is || fresh.hasAttribute("data-late"));
      fresh.dataset.state = is ? "reconnecting" : "";
    }
  };
  const what = (event) => (event.detail.requestConfig?.verb === "get" ? "Not loaded" : "Not saved");
  const kept = (event) => (event.detail.requestConfig?.verb === "get" ? "" : "Your text is kept here. ");

  const signedOut = () =>
    banner("You were signed out.", "Your text is kept.", {
      id: "signed-out",
      tone: "warn",
      link: { href: body.dataset.signIn, text: "Sign in in a new tab, then save again." },
    });
  document.addEventListener("portolan:signed-out", signedOut);

  const turnedAway = new WeakSet();
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status >= 500) return;
    const landed = xhr.responseURL ? new URL(xhr.responseURL, location.href).pathname : "";
    if (xhr.status === 401 || (landed === body.dataset.signIn && location.pathname !== landed)) {
      event.detail.shouldSwap = false;
      turnedAway.add(xhr);
      signedOut();
      return;
    }
    /* A whole page is not swapped into a part of this one, unless a part of it was asked for; of an error page, its
       sentence is shown. */
    const isPart = xhr.status < 300 && event.detail.requestConfig?.elt.hasAttribute("hx-select");
    if (/^\s*<!doctype html/i.test(xhr.responseText) && event.detail.target !== body && !isPart) {
      event.detail.shouldSwap = false;
      turnedAway.add(xhr);
      const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
      const section = page.querySelector("[data-error]");
      if (section) {
        banner(`${section.querySelector("h1")?.textContent}.`, section.querySelector("p")?.textContent, {
          id: "refused",
        });
      } else {
        banner(`${what(event)}: the answer was another page than expected.`, "Reload the page and try again.", {
          id: "refused",
        });
      }
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status < 500) return;
    if (quiet(event)) return reconnecting(true);
    banner(`${what(event)}: the server could not finish.`, `${kept(event)}Try again. (Error ${status})`, {
      id: "refused",
    });
  });
  const unanswered = (event) => {
    if (quiet(event)) return reconnecting(true);
    banner(`${what(event)}: the server did not answer.`, `${kept(event)}Try again.`, { id: "refused" });
  };
  document.addEventListener("htmx:sendError", unanswered);
  document.addEventListener("htmx:timeout", unanswered);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful || turnedAway.has(event.detail.xhr)) return;
    reconnecting(false);
    if (!quiet(event)) clear("refused", "signed-out");
  });

  /* Signing in again, in another tab, changes the token against forgery: every tab is told, and can save again. */
  if ("BroadcastChannel" in window) {
    const channel = new BroadcastChannel("portolan");
    const token = () => JSON.parse(body.getAttribute("hx-headers") || "{}")["x-csrftoken"];
    channel.addEventListener("message", ({ data }) => {
      if (!data.user) return;
      if (data.user !== body.dataset.user) {
        if (body.dataset.user) {
          banner("Somebody else signed in in this browser.", "Copy what you typed, then reload the page.", {
            id: "signed-out",
          });
        }
        return;
      }
      body.setAttribute("hx-headers", JSON.stringify({ "x-csrftoken": data.token }));
      document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => (input.value = data.token));
      clear("signed-out");
    });
    if (body.dataset.user && token()) channel.postMessage({ user: body.dataset.user, token: token() });
  }
}
