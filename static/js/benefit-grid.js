/* A grid of fields takes what is copied from a spreadsheet: rows go down, columns to the right, from where it is pasted. */
"use strict";
document.addEventListener("paste", (event) => {
  const start = event.target.closest?.("[data-paste-grid] input");
  const text = event.clipboardData?.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "") ?? "";
  if (!start || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const rows = [...start.closest("tbody").rows];
  const fields = (row) => [...row.querySelectorAll("input")];
  const first = rows.indexOf(start.closest("tr"));
  const column = fields(rows[first]).indexOf(start);
  let last = start;
  text.split("\n").forEach((line, down) => {
    line.split("\t").forEach((value, across) => {
      const field = rows[first + down] && fields(rows[first + down])[column + across];
      if (!field) return;
      field.value = value.trim();
      field.dispatchEvent(new Event("input", { bubbles: true }));
      last = field;
    });
  });
  last.focus();
});
document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-paste-grid] input");
  const step = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
  if (!field || !step || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...field.closest("tbody").rows];
  const row = rows[rows.indexOf(field.closest("tr")) + step];
  event.preventDefault();
  row?.querySelectorAll("input")[[...field.closest("tr").querySelectorAll("input")].indexOf(field)]?.focus();
});
