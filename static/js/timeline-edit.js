/* Edits on the timeline: a bar that was dragged is saved after its effects were shown; a drawn link opens the form that shows them. */
"use strict";
{
  const line = window.portolanTimeline;
  const gantt = window.gantt;
  if (line) {
    const { root } = line;
    const at = (url, id) => url.replace("/0/", `/${id}/`);
    const iso = (day) => new Date(line.number(day) * 864e5).toISOString().slice(0, 10);
    const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["x-csrftoken"] ?? "";
    const send = (url, values) =>
      fetch(url, { method: "POST", body: new URLSearchParams(values), headers: { "HX-Request": "true", "X-CSRFToken": token() }, credentials: "same-origin" });
    const dialog = document.getElementById("g-effects");
    const effects = dialog?.querySelector("[data-effects-of]");

    const tell = (text, undo) => {
      const toast = document.createElement("div");
      toast.className = undo ? "toast" : "toast bad";
      toast.dataset.toast = "";
      const words = document.createElement("div");
      words.textContent = text;
      toast.append(words);
      if (undo) {
        const form = Object.assign(document.createElement("form"), { action: undo, method: "post" });
        const button = Object.assign(document.createElement("button"), { className: "btn sm", textContent: "Undo " });
        button.dataset.key = "z";
        button.append(Object.assign(document.createElement("kbd"), { textContent: "Z" }));
        form.append(button);
        toast.append(form);
      }
      document.getElementById("toasts").append(toast);
    };
    const told = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html").body.textContent.trim().slice(0, 400);

    /** Brings the rows, and what the page says of them around the picture, to what holds now; with it the notices that wait. */
    const refresh = async () => {
      const around = async () => {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const id of ["timeline-facts", "timeline-table"]) {
          const [now, then] = [document.getElementById(id), page.getElementById(id)];
          if (!now || !then) continue;
          now.replaceWith(document.importNode(then, true));
          htmx.process(document.getElementById(id));
        }
        document.getElementById("toasts").append(...[...page.querySelectorAll("#toasts [data-toast]")].map((toast) => document.importNode(toast, true)));
      };
      await Promise.all([line.load(), around().catch(() => {})]);
    };

    /* What the notice of a move takes back is seen here, not on another page. */
    document.getElementById("toasts").addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      const form = event.target;
      const toast = form.closest("[data-toast]");
      toast.hidden = true;
      try {
        const answer = await send(form.getAttribute("action"), {});
        toast.remove();
        if (!answer.ok) tell(await told(answer));
      } catch {
        toast.hidden = false;
        return tell("Not undone: the server did not answer. Try again.");
      }
      await refresh();
    }, { capture: true });

    /** Shows what some days for an activity would move, and saves them when the person agrees. */
    const propose = async (id, start, finish) => {
      const task = gantt.getTask(id);
      const values = { start: iso(start), finish: iso(finish) };
      try {
        const answer = await send(at(root.dataset.previewUrl, id), values);
        if (!answer.ok) throw new Error(await told(answer));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        effects.replaceChildren(...page.body.childNodes);
        dialog.querySelector("h2").textContent = `Move ${task.text}?`;
        dialog.querySelector("[data-save]").hidden = effects.querySelector("[data-blocked]") !== null;
        dialog.returnValue = "";
        dialog.showModal();
        await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
        if (dialog.returnValue !== "yes") line.draw();
        else {
          const saved = await send(at(root.dataset.changeUrl, id), {
            ...values,
            version: task.version,
            expected_plan: effects.querySelector("[name=expected_plan]")?.value ?? "",
          });
          if (!saved.ok) throw new Error(await told(saved));
          const { text, undo } = await saved.json();
          tell(text, undo);
          await refresh();
        }
      } catch (error) {
        tell(error instanceof TypeError ? "Not moved: the server did not answer. Try again." : error.message);
        await refresh();
      }
      line.host.focus({ preventScroll: true });
    };
    /* Dropped where it lay: nothing is asked. */
    gantt.attachEvent("onAfterTaskDrag", (id) => {
      const task = gantt.getTask(id);
      const last = task.type === "milestone" ? task.start_date : new Date(+task.end_date - 432e5);
      if (line.number(task.start_date) !== task.begin || (task.type !== "milestone" && line.number(last) !== task.finish)) return void propose(task.id, task.start_date, last);
      Object.assign(task, line.extent(task.kind, task.begin, task.finish));
      gantt.refreshTask(id);
    });

    const link = document.getElementById("g-drawer");
    const open = (url) => {
      link.href = url;
      link.click();
    };
    gantt.attachEvent("onBeforeLinkAdd", (id, drawn) => {
      if (!line.state.data || line.state.data.links.some(([known]) => String(known) === String(id))) return true;
      if (![drawn.source, drawn.target].every((end) => Number.isInteger(Number(end)))) return false;
      const back = encodeURIComponent(location.pathname);
      open(`${root.dataset.linkUrl}?predecessor=${drawn.source}&successor=${drawn.target}&link_type=${["fs", "ss", "ff", "sf"][drawn.type]}&back=${back}`);
      return false;
    });
    const edit = (id) => {
      const task = gantt.getTask(id);
      if (task.isGroup) return;
      if (task.kind === "project") location.assign(at(root.dataset.projectUrl, task.project));
      else if (root.hasAttribute("data-may-edit")) open(at(root.dataset.editUrl, id));
    };
    gantt.attachEvent("onTaskDblClick", (id) => {
      if (id) edit(id);
      return false;
    });
    Object.assign(line, { propose, edit });
  }
}
