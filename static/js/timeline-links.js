/* Links between the bars of a timeline, a path each. The library would build fifteen elements for a link and measure the page as it
   does; where hundreds of links are near, that is more work than all the bars. */
"use strict";
{
  const line = window.portolanTimeline;
  const gantt = window.gantt;
  if (line) {
    /* Links are there for this many rows beyond what is seen; each STRIDE of rows brings those that came near. */
    const [BEYOND, STRIDE] = [24, 8];
    /* Pixels: from a bar to the first corner, of a corner, of a tip, from the middle of a milestone to its point. */
    const [OUT, ROUND, TIP, POINT] = [24, 4, 7, 9];
    const SIDES = [["finish", "start"], ["start", "start"], ["finish", "finish"], ["start", "finish"]];
    const make = (name, values) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
      return made;
    };
    const picture = make("svg", { class: "links", role: "group", "aria-label": "Links" });
    const tips = { plain: make("path", { class: "tip", "aria-hidden": "true" }), critical: make("path", { class: "tip critl", "aria-hidden": "true" }) };
    picture.append(tips.plain, tips.critical);
    /* Links whose two rows are shown, and of these the ones drawn. */
    let known = [];
    const drawn = new Map();
    let [tall, near, asked, isStale] = [0, null, 0, true];

    const edge = (task, side) => {
      const at = gantt.posFromDate(side === "start" ? task.start_date : task.end_date);
      return Math.round(task.type === "milestone" ? at + (side === "start" ? -POINT : POINT) : at);
    };
    /** The corners of a link: it leaves a bar, and comes to the other, by so many pixels. */
    const corners = ({ type, source, target, from, to }) => {
      const [one, other] = SIDES[type];
      const row = gantt.config.row_height;
      const middle = (place) => place * row + Math.floor(row / 2);
      const [x, y, endX, endY] = [edge(source, one), middle(from), edge(target, other), middle(to)];
      const [leaves, comes] = [one === "finish" ? 1 : -1, other === "finish" ? 1 : -1];
      const [out, back] = [x + leaves * OUT, endX + comes * OUT];
      const turns = (at) => [[x, y], [at, y], [at, endY], [endX, endY]];
      if (leaves === comes) return turns(leaves > 0 ? Math.max(out, back) : Math.min(out, back));
      if ((back - out) * leaves >= 0) return turns(out);
      const between = y + Math.sign(endY - y) * Math.ceil(row / 2);
      return [[x, y], [out, y], [out, between], [back, between], [back, endY], [endX, endY]];
    };
    const shape = (link) => {
      const points = corners(link);
      const [tipX, tipY] = points.at(-1);
      const back = TIP * (SIDES[link.type][1] === "finish" ? 1 : -1);
      points.at(-1)[0] += back;
      let path = `M${points[0]}`;
      for (let place = 1; place < points.length - 1; place += 1) {
        const [[beforeX, beforeY], [x, y], [afterX, afterY]] = points.slice(place - 1, place + 2);
        const [byX, byY, onX, onY] = [x - beforeX, y - beforeY, afterX - x, afterY - y];
        const round = Math.min(ROUND, Math.abs(byX + byY) / 2, Math.abs(onX + onY) / 2);
        const after = [x + Math.sign(onX) * round, y + Math.sign(onY) * round];
        path += `L${x - Math.sign(byX) * round},${y - Math.sign(byY) * round}Q${x},${y},${after}`;
      }
      return { path: `${path}L${points.at(-1)}`, tip: `M${tipX},${tipY}l${back},-4v8z` };
    };
    /** Which rows the ends of each link stand in. */
    const place = () => {
      const rows = new Map();
      for (let row = gantt.getVisibleTaskCount() - 1; row >= 0; row -= 1) {
        const task = gantt.getTaskByIndex(row);
        if (!task.unscheduled) rows.set(task.id, row);
      }
      known = [];
      for (const { source, target, type, drives } of line.state.links) {
        const [from, to] = [rows.get(source), rows.get(target)];
        if (from === undefined || to === undefined) continue;
        known.push({ source: gantt.getTask(source), target: gantt.getTask(target), type, drives, from, to, low: Math.min(from, to), high: Math.max(from, to) });
      }
      tall = line.host.clientHeight;
      isStale = false;
    };
    const put = (link) => {
      const isCritical = Boolean(link.drives && line.shows.critical);
      const { path, tip } = shape(link);
      const [one, other] = SIDES[link.type];
      const told = `From the ${one} of ${link.source.text} to the ${other} of ${link.target.text}`;
      const way = make("path", { class: isCritical ? "way critl" : "way", d: path, role: "img", "aria-label": told });
      drawn.set(link, { way, tip, isCritical });
      return way;
    };
    const draw = (top) => {
      const height = gantt.config.row_height;
      const [first, last] = [Math.floor(top / height) - BEYOND, Math.ceil((top + tall) / height) + BEYOND];
      near = [top - STRIDE * height, top + STRIDE * height];
      for (const [link, { way }] of drawn) {
        if (link.high >= first && link.low <= last) continue;
        way.remove();
        drawn.delete(link);
      }
      const come = known.filter((link) => link.high >= first && link.low <= last && !drawn.has(link));
      picture.prepend(...come.map(put));
      const all = [...drawn.values()];
      tips.plain.setAttribute("d", all.map(({ tip, isCritical }) => (isCritical ? "" : tip)).join(""));
      tips.critical.setAttribute("d", all.map(({ tip, isCritical }) => (isCritical ? tip : "")).join(""));
    };
    const again = () => {
      asked = 0;
      const bars = gantt.$task_bars;
      if (!bars || !line.state.data) return;
      if (picture.nextElementSibling !== bars) bars.before(picture);
      for (const { way } of drawn.values()) way.remove();
      drawn.clear();
      if (!line.shows.links) known = [];
      else if (isStale) place();
      draw(gantt.getScrollState().y);
    };
    const soon = () => (asked ||= requestAnimationFrame(again));
    const afresh = () => {
      isStale = true;
      soon();
    };
    gantt.attachEvent("onGanttRender", afresh);
    gantt.attachEvent("onDataRender", afresh);
    /* A bar that is dragged takes its links along. */
    gantt.attachEvent("onTaskDrag", () => void soon());
    gantt.attachEvent("onAfterTaskDrag", () => void soon());
    gantt.attachEvent("onGanttScroll", (left, top) => {
      if (near && !asked && (top < near[0] || top > near[1])) draw(top);
    });
  }
}
