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
        const secret = Object.assign(document.createElement("input"), { type: "hidden", name: "csrfmiddlewaretoken", value: token() });
        const button = Object.assign(document.createElement("button"), { className: "btn sm", textContent: "Undo " });
        button.dataset.key = "z";
        button.append(Object.assign(document.createElement("kbd"), { textContent: "Z" }));
        form.append(secret, button);
        form.addEventListener("submit", async (event) => {
          event.preventDefault();
          event.stopPropagation();
          const answer = await send(undo, {});
          toast.remove();
          if (!answer.ok) return tell((await answer.text()).replace(/<[^>]*>/g, " ").trim());
          await line.load();
        });
        toast.append(form);
      }
      document.getElementById("toasts").append(toast);
    };

    /** Shows what some days for an activity would move, and saves them when the person agrees. */
    const propose = async (id, start, finish) => {
      const task = gantt.getTask(id);
      const values = { start: iso(start), finish: iso(finish) };
      try {
        const answer = await send(at(root.dataset.previewUrl, id), values);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (!answer.ok) throw new Error(page.body.textContent.trim().slice(0, 400));
        effects.replaceChildren(...page.body.childNodes);
        dialog.querySelector("h2").textContent = `Move ${task.text}?`;
        dialog.querySelector("[data-save]").hidden = effects.querySelector("[data-blocked]") !== null;
        dialog.returnValue = "";
        dialog.showModal();
        await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
        if (dialog.returnValue === "yes") {
          const saved = await send(at(root.dataset.changeUrl, id), {
            ...values,
            version: task.version,
            expected_plan: effects.querySelector("[name=expected_plan]")?.value ?? "",
          });
          const text = await saved.text();
          if (!saved.ok) throw new Error(new DOMParser().parseFromString(text, "text/html").body.textContent.trim().slice(0, 400));
          const { text: told, undo } = JSON.parse(text);
          tell(told, undo);
        }
      } catch (error) {
        tell(error instanceof TypeError ? "Not moved: the server did not answer. Try again." : error.message);
      }
      await line.load();
      line.host.focus();
    };
    const proposeBar = (task) => propose(task.id, task.start_date, task.type === "milestone" ? task.start_date : new Date(+task.end_date - 432e5));
    gantt.attachEvent("onAfterTaskDrag", (id) => void proposeBar(gantt.getTask(id)));

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
