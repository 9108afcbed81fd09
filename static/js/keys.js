/* The keyboard: shortcuts, rows, and the palette (Ctrl K). Single keys rest while typing and can be turned off (WCAG 2.1.4). */
"use strict";
{
  const root = document.documentElement;
  const palette = document.getElementById("palette");
  const typing = (element) => element.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]") !== null;
  /** A ticked box keeps the focus: letters are shortcuts there, what presses it is not. */
  const pressing = (event) => event.target.matches?.("input") && (event.key === "Enter" || event.key === " ");
  const shown = (element) => element.checkVisibility?.() ?? true;

  /* ── Palette ── */
  const places = [...document.querySelectorAll(".side a[data-go]")];
  if (palette) {
    const input = palette.querySelector("input");
    const list = palette.querySelector("[data-palette-places]");
    const commands = [...document.querySelectorAll(".page-head .actions :is(a, button)[data-key]")];
    const row = (icon, text, hint, act) => {
      const option = document.createElement("a");
      option.setAttribute("role", "option");
      option.tabIndex = -1;
      if (typeof act === "string") option.href = act;
      else option.addEventListener("click", act);
      if (icon) option.append(icon.cloneNode(true));
      const words = document.createElement("span");
      words.textContent = text;
      const keys = document.createElement("span");
      keys.className = "hint";
      for (const key of hint) keys.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      option.append(words, keys);
      list.append(option);
    };
    for (const place of places) {
      row(place.querySelector("svg"), place.title, ["G", place.dataset.go.toUpperCase()], place.href);
    }
    for (const command of commands) {
      const words = [...command.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim());
      row(command.querySelector("svg"), words.join(" "), [command.dataset.key.toUpperCase()], () => {
        palette.close();
        command.click();
      });
    }

    const options = () => [...palette.querySelectorAll('[role="option"]')].filter((option) => !option.hidden);
    const pick = (option) => {
      palette
        .querySelectorAll('[aria-selected="true"]')
        .forEach((other) => other.setAttribute("aria-selected", "false"));
      if (!option) return input.removeAttribute("aria-activedescendant");
      option.id ||= `option-${Math.random().toString(36).slice(2)}`;
      option.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    };
    const narrow = () => {
      const words = input.value.trim().toLowerCase();
      for (const option of list.querySelectorAll('[role="option"]')) {
        option.hidden = !option.querySelector("span").textContent.toLowerCase().includes(words);
      }
      list.hidden = !list.querySelector('[role="option"]:not([hidden])');
      if (!words) palette.querySelector("#palette-found").replaceChildren();
      pick(options()[0]);
    };
    const open = (text = "") => {
      if (palette.open) return;
      input.value = text;
      narrow();
      palette.showModal();
      input.focus();
      if (text) input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    input.addEventListener("input", narrow);
    palette.addEventListener("htmx:afterSettle", () => pick(options()[0]));
    palette.addEventListener("keydown", (event) => {
      const now = options().findIndex((option) => option.getAttribute("aria-selected") === "true");
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        pick(options().at((now + step + options().length) % options().length));
      } else if (event.key === "Enter" && options().length) {
        // What was found a moment ago may not be marked yet; it is what the person sees.
        event.preventDefault();
        options()[Math.max(now, 0)].click();
      }
    });
    document.addEventListener("click", (event) => {
      const opener = event.target.closest?.("[data-palette-open]");
      if (!opener) return;
      event.preventDefault();
      open(opener.querySelector("input")?.value);
    });
    document.querySelector(".find input")?.addEventListener("input", ({ target }) => {
      const text = target.value;
      target.value = "";
      open(text);
    });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        open();
      }
    });
  }

  /* ── Help: the letters of the places that this person has ── */
  const letters = document.querySelector("#shortcuts [data-places]");
  if (letters && places.length) {
    letters.replaceChildren(
      ...places.map((place) => {
        const span = document.createElement("span");
        span.append(
          Object.assign(document.createElement("kbd"), { textContent: place.dataset.go.toUpperCase() }),
          place.title,
        );
        return span;
      }),
    );
  }

  /* ── Rows ── */
  const rows = () =>
    [...document.querySelectorAll("table[data-rows] tbody tr")].filter((row) => row.querySelector("a.t") && shown(row));
  const move = (step) => {
    const all = rows();
    if (!all.length) return false;
    const now = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(all.length - 1, Math.max(0, now + step))];
    next.querySelector("a.t").focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  };
  const inRows = () => document.activeElement?.closest?.("table[data-rows] tbody tr");

  /* ── Single keys ── */
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = event.target.closest?.("form") ?? document.querySelector("form[data-guard]");
      if (form?.getAttribute("method") === "post") {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || pressing(event)) return;
    if (document.querySelector("dialog[open]") || root.dataset.keys === "off") return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const done = act(key, event);
    if (done) event.preventDefault();
  });

  const act = (key, event) => {
    if (going && Date.now() - going < 1500) {
      going = 0;
      const place = places.find((link) => link.dataset.go === key);
      if (place) location.assign(place.href);
      return Boolean(place);
    }
    if (key === "g") {
      going = Date.now();
      return true;
    }
    if (key === "?") {
      document.getElementById("shortcuts")?.showModal();
      return true;
    }
    if (key === "[") {
      document.querySelector('[data-act="rail"]')?.click();
      return true;
    }
    if (key === "/") {
      const field = document.querySelector('.main input[type="search"]') ?? document.querySelector(".find input");
      if (field && shown(field)) field.focus();
      else document.querySelector("a[data-palette-open]")?.click();
      return true;
    }
    if (key === "j" || (key === "ArrowDown" && inRows())) return move(1);
    if (key === "k" || (key === "ArrowUp" && inRows())) return move(-1);
    if (key === "e" && inRows()) {
      const here = document.activeElement.closest("[data-edit], a.cell-edit");
      const cell = here ?? inRows().querySelector("[data-edit], a.cell-edit");
      cell?.click();
      return Boolean(cell);
    }
    /* Plus lies on the key of “=”, with Shift on some keyboards. */
    const sign = { "+": "+", "=": "+", "-": "-" }[key];
    if (sign || (/^[a-z]$/.test(key) && !event.shiftKey)) {
      const marked = [...document.querySelectorAll(`[data-key="${sign ?? key}"]`)].filter(shown).at(-1);
      marked?.click();
      return Boolean(marked);
    }
    return false;
  };
}
