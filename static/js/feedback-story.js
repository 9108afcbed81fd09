/* The third pane of the inbox: the draft of a story beside the item. From 1181 px it is a part of the page, below that a
   drawer. Esc closes it; what was typed is not lost without a question, and the focus goes back to where it came from. */
"use strict";
if (document.getElementById("story")) {
  const story = document.getElementById("story");
  const pane = document.getElementById("story-pane");
  const drawer = document.getElementById("story-drawer");
  const wide = matchMedia("(min-width: 1181px)");
  const isOpen = () => !pane.hidden || drawer.open;
  const form = () => story.querySelector("#story-form");
  const values = () =>
    form() && JSON.stringify([...new FormData(form())].filter(([name]) => !["csrfmiddlewaretoken", "form_token"].includes(name)));
  let first = null; // what the form held when it came
  let opener = null;

  const isTyped = () => form() !== null && (values() !== first || form().querySelector(".field.bad") !== null);
  const asked = () => window.portolanAsk({ confirm: "Discard what you typed?", confirmVerb: "Discard" });

  /** Put the story where the width of the window has its place. */
  const place = () => {
    if (wide.matches) {
      drawer.close();
      pane.append(story);
      pane.hidden = false;
    } else {
      pane.hidden = true;
      drawer.append(story);
      if (!drawer.open) drawer.showModal();
    }
    pane.closest(".inbox").classList.toggle("with-story", wide.matches);
  };
  const shut = () => {
    story.replaceChildren();
    first = null;
    drawer.close();
    pane.hidden = true;
    pane.closest(".inbox").classList.remove("with-story");
    const item = document.querySelector('#inbox-list a.t[aria-current="true"]');
    const back = opener?.isConnected && opener.checkVisibility() ? opener : item;
    (back?.checkVisibility() ? back : document.querySelector("#item [data-key=s]"))?.focus();
    opener = null;
  };
  const leave = async () => {
    if (!isTyped() || (await asked())) shut();
  };

  document.addEventListener("htmx:beforeRequest", ({ target }) => {
    if (target.matches?.("[data-over-story]") && !story.contains(target)) opener = document.activeElement;
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== story || !story.querySelector("[data-story]")) return;
    const wasOpen = isOpen();
    const isPoll = detail.requestConfig?.verb === "get";
    place();
    first = values();
    if (!wasOpen || !isPoll) (story.querySelector(".field.bad :is(input, textarea, select)") ?? story.querySelector("#story-title")).focus({ preventScroll: wide.matches });
  });
  document.addEventListener("portolan:story-left", shut);

  /* Another story, or the same anew: what was typed asks first. */
  document.addEventListener("htmx:confirm", async (event) => {
    if (!event.target.matches?.("[data-over-story]") || !isOpen() || !isTyped()) return;
    event.preventDefault();
    if (await asked()) event.detail.issueRequest(true);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-story-close]")) leave();
  });
  /* A click on the backdrop closes dialogs (shell.js); here it asks first. */
  drawer.addEventListener("click", (event) => {
    if (event.target !== drawer) return;
    event.stopPropagation();
    const box = drawer.getBoundingClientRect();
    if (event.clientX < box.left || event.clientY < box.top) leave();
  });
  /* Beside the key, for gestures that go back; of the key alone, a browser may close a dialog in spite of this event. */
  drawer.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen() && !event.defaultPrevented) {
      if (document.querySelector("dialog[open]:not(#story-drawer), [popover]:popover-open")) return;
      event.preventDefault();
      leave();
    }
  });
  /* S on ticked items: before the page's own key, which is about the item that is read. */
  document.addEventListener(
    "keydown",
    (event) => {
      const { key, target } = event;
      if (key.toLowerCase() !== "s" || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (target.closest?.("input:not([type=checkbox]), select, textarea")) return;
      if (document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
      const button = document.querySelector("[data-chosen]:not([hidden]) [data-over-story]");
      if (!button) return;
      event.preventDefault();
      button.click();
    },
    { capture: true },
  );
  wide.addEventListener("change", () => isOpen() && place());
}
