/* The timeline by keyboard: rows with the arrows, Enter opens, Alt with an arrow moves. T, + and − are keys of the page (keys.js). */
"use strict";
{
  const line = window.portolanTimeline;
  const gantt = window.gantt;
  if (line) {
    const { host } = line;
    const told = document.getElementById("g-told");
    const now = () => gantt.getState().selected_task;
    const pick = (id) => {
      if (!id || !gantt.isTaskExists(id)) return;
      gantt.selectTask(id);
      gantt.showTask(id);
    };
    gantt.attachEvent("onTaskSelected", (id) => {
      const task = gantt.getTask(id);
      const when = task.start_date ? `${line.words.format(task.start_date)} to ${line.words.format(line.date(task.finish))}` : "without dates";
      told.textContent = [task.text, when, task.slip > 0 ? `${task.slip} days late` : "", task.critical ? "critical" : ""].filter(Boolean).join(", ");
    });
    const moved = (by, isEnd) => {
      const task = gantt.getTask(now());
      if (!line.root.hasAttribute("data-may-edit") || task.type === "project" || task.foreign || !task.start_date) return;
      const day = (date, days) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
      const last = task.type === "milestone" ? task.start_date : line.date(task.finish);
      line.propose(task.id, isEnd ? task.start_date : day(task.start_date, by), day(last, by));
    };
    const acts = {
      ArrowDown: () => pick(now() ? gantt.getNext(now()) : gantt.getTaskByIndex(0)?.id),
      ArrowUp: () => pick(now() ? gantt.getPrev(now()) : gantt.getTaskByIndex(0)?.id),
      Home: () => pick(gantt.getTaskByIndex(0)?.id),
      End: () => pick(gantt.getTaskByIndex(gantt.getVisibleTaskCount() - 1)?.id),
      ArrowRight: () => (gantt.hasChild(now()) && !gantt.getTask(now()).$open ? gantt.open(now()) : pick(gantt.getChildren(now())[0])),
      ArrowLeft: () => (gantt.hasChild(now()) && gantt.getTask(now()).$open ? gantt.close(now()) : pick(gantt.getParent(now()))),
      Enter: () => line.edit(now()),
    };
    host.addEventListener("keydown", (event) => {
      if (!line.state.data || event.ctrlKey || event.metaKey) return;
      const { key } = event;
      if (event.altKey) {
        if (!["ArrowLeft", "ArrowRight"].includes(key) || !now()) return;
        event.preventDefault();
        moved(key === "ArrowRight" ? 1 : -1, event.shiftKey);
        return;
      }
      const act = acts[key];
      if (!act || (!now() && ["ArrowLeft", "ArrowRight", "Enter"].includes(key))) return;
      event.preventDefault();
      act();
    });
  }
}
