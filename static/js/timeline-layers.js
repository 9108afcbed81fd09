/* What the timeline's library does not draw: ghosts of the baseline below the bars in sight, and the line of today. */
"use strict";
{
  const line = window.portolanTimeline;
  const gantt = window.gantt;
  if (line) {
    /* Marks stand this many rows beyond what is seen, so that most scrolling finds them there. */
    const BEYOND = 40;
    let asked = 0;
    let there = null;
    const put = (area, name, left, top, width) => {
      const mark = document.createElement("div");
      mark.className = name;
      mark.style.left = `${left}px`;
      if (top !== null) mark.style.top = `${top}px`;
      if (width !== null) mark.style.width = `${width}px`;
      area.append(mark);
      return mark;
    };
    const draw = () => {
      asked = 0;
      const area = gantt.$task_bg?.parentNode;
      if (!area || !line.state.data) return;
      area.querySelectorAll(".ghost, .nowline").forEach((mark) => mark.remove());
      if (line.shows.baseline) {
        const height = gantt.config.row_height;
        const top = gantt.getScrollState().y;
        const count = gantt.getVisibleTaskCount();
        const first = Math.max(0, Math.floor(top / height) - BEYOND);
        const last = Math.min(count, Math.ceil((top + line.host.clientHeight) / height) + BEYOND);
        there = [first && first * height, last === count ? Infinity : last * height - line.host.clientHeight];
        for (let place = first; place < last; place += 1) {
          const task = gantt.getTaskByIndex(place);
          if (!task?.until || task.type === "project" || task.unscheduled) continue;
          const at = gantt.getTaskTop(task.id);
          if (task.type === "milestone") {
            if (+task.until !== +task.start_date) put(area, "ghost ms", gantt.posFromDate(task.until) - 5, at + 10, null);
          } else {
            const left = gantt.posFromDate(task.was);
            put(area, "ghost", left, at + 22, Math.max(2, gantt.posFromDate(task.until) - left));
          }
        }
      }
      const day = line.date(line.state.data.today);
      const now = put(area, "nowline", gantt.posFromDate(day), null, null);
      now.style.height = `${gantt.getVisibleTaskCount() * gantt.config.row_height}px`;
      const word = document.createElement("b");
      word.textContent = line.words.format(day);
      now.append(word);
    };
    const soon = () => (asked ||= requestAnimationFrame(draw));
    gantt.attachEvent("onGanttRender", soon);
    gantt.attachEvent("onDataRender", soon);
    gantt.attachEvent("onGanttScroll", (left, top) => {
      if (line.shows.baseline && there && (top < there[0] || top > there[1])) soon();
    });
  }
}
