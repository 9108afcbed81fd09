/* The timeline of projects: rows from the server's data, drawn by dhtmlx-gantt; links stand in timeline-links.js, and what it cannot draw
   in timeline-layers.js. */
"use strict";
{
  const root = document.querySelector("[data-timeline]");
  const gantt = window.gantt;
  if (root && gantt) {
    const host = root.querySelector(".gantt-host");
    const frame = root.querySelector(".gantt-wrap");
    const DAY = 864e5;
    const ROW = 29;
    /* Days are numbers from 1970; the picture counts in local midnights. */
    const date = (number) => {
      const utc = new Date(number * DAY);
      return new Date(utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate());
    };
    const number = (day) => Math.round(Date.UTC(day.getFullYear(), day.getMonth(), day.getDate()) / DAY);
    const words = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
    const escape = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
    const shows = { critical: true, baseline: true, links: true, foreign: true };
    const ZOOMS = {
      quarter: [5, [{ unit: "year", step: 1, format: "%Y" }, { unit: "quarter", step: 1, format: (day) => `Q${Math.floor(day.getMonth() / 3) + 1}` }]],
      month: [22, [{ unit: "month", step: 1, format: "%M %Y" }, { unit: "week", step: 1, format: (day) => String(day.getDate()) }]],
      week: [70, [{ unit: "month", step: 1, format: "%F %Y" }, { unit: "week", step: 1, format: (day) => words.format(day) }]],
      day: [26, [{ unit: "month", step: 1, format: "%F %Y" }, { unit: "day", step: 1, format: (day) => String(day.getDate()) }]],
    };
    ZOOMS.quarter[0] = 60;
    const ORDER = ["quarter", "month", "week", "day"];
    const state = { data: null, links: [], beside: new Set(), zoom: "month", group: "project", find: "", hits: null, folded: false, drawn: false };
    const narrow = matchMedia("(max-width: 760px)");

    const klass = (task) =>
      [
        task.foreign ? "foreign" : "",
        shows.links && state.beside.has(task.id) ? "beside" : "",
        task.type === "project" ? "" : task.status === "done" || task.status === "cancelled" ? "done" : task.critical && shows.critical ? "crit" : "plain",
      ].join(" ");
    const extent = (kind, start, finish) => ({ start_date: date(start), end_date: kind === "milestone" ? date(finish) : date(finish + 1) });
    const rows = () => {
      const groups = new Map();
      const found = [];
      for (const row of state.data.rows) {
        const [id, parent, project, text, kind, status, start, finish, progress, critical, float, slip, was, until, owner, team, manual, foreign, version] = row;
        if (foreign && !shows.foreign) continue;
        const isWork = kind === "task" || kind === "milestone";
        let above = parent;
        if (state.group !== "project") {
          if (!isWork) continue;
          const name = state.group === "team" ? team || "No team" : state.data.people[owner]?.[1] ?? "Nobody yet";
          if (!groups.has(name)) groups.set(name, { id: `g${groups.size}`, text: name, type: "project", open: !state.folded, isGroup: true, slip: null });
          above = groups.get(name).id;
        }
        const task = { id, parent: above, project, text, kind, status, progress, critical, float, slip, owner, manual, foreign, version, open: !state.folded };
        task.type = kind === "milestone" ? "milestone" : isWork ? "task" : "project";
        if (start === null) task.unscheduled = true;
        else Object.assign(task, { ...extent(kind, start, finish), begin: start, finish });
        if (until !== null) Object.assign(task, { was: date(was ?? until), until: date(kind === "milestone" ? until : until + 1) });
        found.push(task);
      }
      const summed = new Map([...groups.values()].map((group) => [group.id, group]));
      for (const { parent, begin, finish } of found) {
        const group = summed.get(parent);
        if (!group || begin === undefined) continue;
        group.begin = Math.min(group.begin ?? begin, begin);
        group.finish = Math.max(group.finish ?? finish, finish);
      }
      for (const group of groups.values()) {
        if (group.begin === undefined) group.unscheduled = true;
        else Object.assign(group, extent("project", group.begin, group.finish));
      }
      return [...groups.values(), ...found];
    };
    const links = (tasks) => {
      const known = new Set(tasks.map((task) => task.id));
      return state.data.links
        .filter(([, one, other]) => known.has(one) && known.has(other))
        .map(([, source, target, type, drives]) => ({ source, target, type, drives }));
    };

    Object.assign(gantt.config, {
      row_height: ROW,
      bar_height: 15,
      scale_height: 44,
      show_progress: true,
      fit_tasks: false,
      min_column_width: 22,
      static_background: true,
      show_errors: false,
      show_unscheduled: true,
      readonly: !root.hasAttribute("data-may-edit") && !root.hasAttribute("data-may-link"),
      drag_move: root.hasAttribute("data-may-edit"),
      drag_resize: root.hasAttribute("data-may-edit"),
      drag_progress: false,
      drag_links: root.hasAttribute("data-may-link"),
      details_on_dblclick: false,
      details_on_create: false,
      round_dnd_dates: false,
      time_step: 1440,
    });
    /* A phone has room for names and bars; the other columns stand in the table below. */
    const NAME = { name: "text", label: "Project and activity", tree: true, width: 208, resize: true, template: (task) => escape(task.text) };
    const BESIDE = [
        { name: "owner", label: "Owner", width: 52, align: "center", template: (task) => {
          const person = state.data.people[task.owner];
          return person ? `<span class="avatar sm" title="${escape(person[1])}">${escape(person[0])}</span>` : "";
        } },
        { name: "ends", label: "Ends", width: 72, align: "right", template: (task) => (task.finish === undefined ? "–" : words.format(date(task.finish))) },
        { name: "slip", label: "Slip", width: 62, align: "right", template: (task) =>
          task.slip === null || task.slip === undefined ? "" : task.slip > 0 ? `<span class="late">+${task.slip} d</span>` : `<span class="even">${task.slip ? `−${-task.slip} d` : 0}</span>` },
    ];
    const columns = () => {
      gantt.config.columns = narrow.matches ? [{ ...NAME, label: "Activity", width: 150 }] : [NAME, ...BESIDE];
      gantt.config.grid_width = gantt.config.columns.reduce((sum, { width }) => sum + width, 0);
    };
    columns();
    /* Pixels of a day decide whether a name fits into its bar. */
    const fits = (task) => gantt.posFromDate(task.end_date) - gantt.posFromDate(task.start_date) > task.text.length * 6 + 8;
    const T = gantt.templates;
    T.task_class = (start, end, task) => klass(task);
    T.task_row_class = (start, end, task) => (task.type === "project" ? "prj" : "");
    T.grid_row_class = (start, end, task) => `${task.type === "project" ? "gantt_row_project" : ""} ${task.foreign ? "foreign" : ""}`;
    T.task_text = (start, end, task) => (task.type === "project" || !fits(task) ? "" : escape(task.text));
    T.rightside_text = (start, end, task) => {
      if (task.type === "project") return "";
      const name = task.type === "milestone" || !fits(task) ? escape(task.text) : "";
      const late = task.slip > 0 && task.critical && shows.critical ? `<span class="s">+${task.slip} d</span>` : "";
      return name + late;
    };
    gantt.attachEvent("onBeforeTaskDisplay", (id) => !state.hits || state.hits.has(Number(id) || id));
    /** What the search shows: rows that hold the words, and what stands above them. Each row is met once. */
    const seek = (tasks) => {
      state.hits = state.find ? new Set() : null;
      root.querySelector(".g-none").hidden = true;
      if (!state.find) return;
      const known = new Map(tasks.map((task) => [task.id, task]));
      for (const task of tasks) {
        if (!task.text.toLowerCase().includes(state.find)) continue;
        for (let one = task; one && !state.hits.has(one.id); one = known.get(one.parent)) state.hits.add(one.id);
      }
      for (const id of state.hits) {
        const above = known.get(known.get(id).parent);
        if (above) above.open = above.$open = true;
      }
      root.querySelector(".g-none").hidden = state.hits.size > 0;
      root.querySelector("[data-sought]").textContent = state.find;
    };
    /* Ids come from the page as texts. */
    gantt.attachEvent("onBeforeTaskDrag", (id) => {
      const task = gantt.getTask(id);
      return !task.isGroup && task.type !== "project" && !task.foreign;
    });

    const scale = (word) => {
      state.zoom = word;
      const [width, scales] = ZOOMS[word];
      gantt.config.min_column_width = width;
      gantt.config.scales = scales;
      for (const button of root.querySelectorAll("[data-zoom]")) button.setAttribute("aria-pressed", String(button.dataset.zoom === word));
    };
    const zoom = (word) => {
      scale(word);
      if (state.drawn) again();
    };
    const step = (by) => zoom(ORDER[Math.min(ORDER.length - 1, Math.max(0, ORDER.indexOf(state.zoom) + by))]);
    const today = () => gantt.showDate(new Date(+date(state.data.today) - 14 * DAY));
    /** Days from the first to the last, with room for names. */
    const extend = (tasks) => {
      let [first, last] = [Infinity, -Infinity];
      for (const { start_date: start, end_date: end, was, until } of tasks) {
        if (start) [first, last] = [Math.min(first, start), Math.max(last, end)];
        if (until) [first, last] = [Math.min(first, was), Math.max(last, until)];
      }
      if (first === Infinity) first = last = Date.now();
      gantt.config.start_date = gantt.date.week_start(new Date(first - 7 * DAY));
      gantt.config.end_date = new Date(last + (state.zoom === "quarter" ? 100 : 21) * DAY);
    };
    /** Where the person stands: the day in the middle and the row on top, to come back to. */
    const place = () => {
      const { x, y } = gantt.getScrollState();
      const half = (gantt.$task?.clientWidth ?? 0) / 2;
      const middle = state.drawn ? gantt.dateFromPos(x + half) : null;
      return () => gantt.scrollTo(gantt.posFromDate(middle) - half, y);
    };
    /** Puts the rows of the data into the picture. */
    const draw = () => {
      const tasks = rows();
      const back = place();
      seek(tasks);
      extend(tasks);
      const tall = Math.min(Math.max(tasks.length * ROW + 64, 200), Math.max(420, Math.round(innerHeight * 0.78)));
      host.style.height = `${tall}px`;
      if (!state.drawn) gantt.init(host);
      const selected = gantt.getState().selected_task;
      gantt.clearAll();
      state.links = links(tasks);
      /* Where a link leaves or comes on the right, the name stands above it. */
      state.beside = new Set(state.links.flatMap(({ source, target, type }) => [[source], [], [source, target], [target]][type]));
      gantt.parse({ data: tasks });
      if (selected && gantt.isTaskExists(selected)) gantt.selectTask(selected);
      if (state.drawn) back();
      else today();
      state.drawn = true;
    };
    /** Shows the rows that are there in another way. */
    const again = () => {
      const back = place();
      extend(gantt.getTaskByTime());
      gantt.config.show_links = shows.links;
      gantt.render();
      back();
    };
    const load = async () => {
      if (!state.drawn) frame.dataset.state = "loading";
      root.querySelector(".g-failed").hidden = true;
      try {
        const answer = await fetch(root.dataset.timeline, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        if (!answer.ok || answer.redirected) throw new Error(answer.status === 409 ? (await answer.json()).detail : "The server could not answer. Your data is safe.");
        state.data = await answer.json();
      } catch (error) {
        frame.dataset.state = "failed";
        root.querySelector("[data-why]").textContent = error instanceof TypeError ? "The server did not answer. Look at your connection, then try again." : error.message;
        root.querySelector(".g-failed").hidden = false;
        return;
      }
      frame.dataset.state = "ready";
      draw();
    };
    const show = (id) => {
      if (!gantt.isTaskExists(id)) return;
      for (let up = gantt.getParent(id); up && gantt.isTaskExists(up); up = gantt.getParent(up)) gantt.open(up);
      gantt.showTask(id);
      gantt.selectTask(id);
      host.focus();
    };
    window.portolanTimeline = { root, host, state, shows, date, number, words, load, draw, step, today, extent };

    document.addEventListener("click", (event) => {
      const button = event.target.closest?.("[data-zoom], [data-toggle], [data-step], [data-today], [data-fold], [data-again], [data-show], [data-unfind]");
      if (!button) return;
      const { zoom: word, toggle, step: by, show: id } = button.dataset;
      if (word) zoom(word);
      else if (by) step(Number(by));
      else if (id) show(Number(id));
      else if ("today" in button.dataset) today();
      else if ("again" in button.dataset) load();
      else if ("unfind" in button.dataset) {
        field.value = "";
        find();
        field.focus();
      }
      else if ("fold" in button.dataset) {
        state.folded = !state.folded;
        button.textContent = state.folded ? "Expand all" : "Collapse all";
        for (const task of gantt.getTaskByTime()) task.$open = task.open = !state.folded;
        again();
      } else if (toggle) {
        shows[toggle] = !shows[toggle];
        button.setAttribute("aria-pressed", String(shows[toggle]));
        if (toggle === "foreign") draw();
        else again();
      }
    });
    root.querySelector("[data-group]").addEventListener("change", ({ target }) => {
      state.group = target.value;
      draw();
    });
    const field = root.querySelector("[data-find]");
    const find = () => {
      state.find = field.value.trim().toLowerCase();
      if (!state.drawn) return;
      seek(gantt.getTaskByTime());
      gantt.render();
    };
    field.addEventListener("input", find);
    narrow.addEventListener("change", () => {
      columns();
      if (!state.drawn) return;
      gantt.init(host);
      draw();
    });
    scale(state.zoom);
    /* The other scripts of the page stand ready before the first rows come. */
    document.addEventListener("DOMContentLoaded", load);
  }
}
