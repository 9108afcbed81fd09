/* While somebody types into the grid of allocations: where a person passes what there is of them over all projects, and what
   a role has left. The server says the same when the page is read; `data-limits` has its numbers, in thousandths of an FTE. */
"use strict";
{
  const limitsOf = new WeakMap();
  const text = (number) => String(number / 1000).replace("-", "−");

  const judge = (table) => {
    const form = table.closest("form[data-limits]");
    if (!form) return;
    if (!limitsOf.has(form)) limitsOf.set(form, JSON.parse(form.dataset.limits));
    const limits = limitsOf.get(form);
    const heads = [...table.tHead.rows[1].cells];
    const months = heads.map((cell) => cell.dataset.month);
    const given = { person: new Map(), role: new Map() };
    const rows = [...table.querySelectorAll("tbody tr:not(.grp)")];
    for (const row of rows)
      for (const what of ["person", "role"]) {
        const pk = row.dataset[what];
        if (!pk) continue;
        [...row.cells].forEach((cell, x) => {
          const number = cell.querySelector("input")?.gridNumber ?? 0;
          const key = `${pk}/${months[x]}`;
          given[what].set(key, (given[what].get(key) ?? 0) + number);
        });
      }
    for (const row of rows) {
      const limit = limits.person[row.dataset.person];
      const over = [];
      [...row.cells].forEach((cell, x) => {
        const input = cell.querySelector("input");
        if (!input || !limit) return;
        const [available, elsewhere] = limit[months[x]];
        const whole = elsewhere + given.person.get(`${row.dataset.person}/${months[x]}`);
        const isOver = whole > available && (input.gridNumber ?? 0) > 0;
        if (isOver) over.push(heads[x].textContent);
        if (isOver !== cell.classList.contains("over"))
          cell.title = isOver ? `${text(whole)} FTE over all projects, ${text(available)} there` : "";
        cell.classList.toggle("over", isOver);
      });
      const words = row.querySelector("[data-over]");
      if (words && limit) words.textContent = over.length ? `Over in ${over.join(", ")}` : "";
    }
    for (const row of table.querySelectorAll("tr[data-left]")) {
      const limit = limits.role[row.dataset.left];
      for (const cell of row.querySelectorAll("td[data-month]")) {
        const [available, elsewhere] = limit[cell.dataset.month];
        const asked = elsewhere + (given.role.get(`${row.dataset.left}/${cell.dataset.month}`) ?? 0);
        cell.textContent = text(available - asked);
        cell.title = `${text(asked)} FTE asked for over all projects, ${text(available)} there`;
        cell.classList.toggle("over", asked > available);
      }
    }
  };
  document.addEventListener("grid:change", ({ target }) => judge(target));
  /* A new row is where the person goes on; a wrong cell even more so. */
  const first =
    document.querySelector("#allocations td.bad input") ?? document.querySelector("#allocations tr[data-new] input");
  first?.focus();
}
