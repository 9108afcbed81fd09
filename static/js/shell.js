/* The frame: theme, sidebar, dialogs, copy buttons, and times that age while the page is open. */
"use strict";
{
  const root = document.documentElement;

  /** Remember a choice of this browser; the server reads it, so that the next page is right at its first paint. */
  const remember = (name, value) => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `portolan_${name}=${value}; path=/; max-age=${value ? 31536000 : 0}; samesite=lax${secure}`;
    if (value) root.dataset[name] = value;
    else delete root.dataset[name];
  };

  const isDark = () =>
    (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

  const acts = {
    theme() {
      remember("theme", isDark() ? "light" : "dark");
      document.dispatchEvent(new Event("portolan:theme"));
    },
    rail() {
      remember("side", root.dataset.side === "rail" ? "" : "rail");
    },
    shortcuts() {
      document.getElementById("shortcuts")?.showModal();
    },
    keys(box) {
      remember("keys", box.checked ? "" : "off");
    },
  };
  document.querySelectorAll('[data-act="keys"]').forEach((box) => (box.checked = root.dataset.keys !== "off"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    document.dispatchEvent(new Event("portolan:theme")),
  );

  document.addEventListener("click", (event) => {
    const from = (selector) => event.target.closest?.(selector);
    const act = from("[data-act]");
    if (act) acts[act.dataset.act]?.(act);
    const opener = from("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    if (from("[data-close]")) from("dialog")?.close();
    const copier = from("[data-copy]");
    if (copier) copy(copier);
    if (event.target.matches?.("dialog[open]") && outside(event)) event.target.close();
  });

  /** A click on a dialog's own box but beyond its edges is a click on the backdrop. */
  const outside = ({ target, clientX, clientY }) => {
    const box = target.getBoundingClientRect();
    return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
  };

  const copy = async (button) => {
    const source = document.querySelector(button.dataset.copy);
    const text = source?.value ?? source?.textContent.trim() ?? "";
    try {
      await navigator.clipboard.writeText(text);
      button.lastChild.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source);
      button.lastChild.textContent = "Press Ctrl C";
    }
  };

  /** The words of the filter `ago` (core/templatetags/portolan.py), while they are still about minutes and hours. */
  const reword = () => {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const seconds = Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000);
      if (seconds < -5 || seconds >= 86400) continue;
      if (seconds < 60) time.textContent = `${Math.max(0, seconds)} s ago`;
      else if (seconds < 3600) time.textContent = `${Math.floor(seconds / 60)} min ago`;
      else time.textContent = `${Math.floor(seconds / 3600)} h ago`;
    }
  };
  setInterval(reword, 5000);
}
