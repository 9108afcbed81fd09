/* The editor of scoring models: rows are moved without leaving the place, facts and criteria go to the formula with a click. */
"use strict";
{
  const form = document.querySelector("form[data-model-form]");
  const formula = form?.elements.formula;

  /** A moved row's button keeps the focus; a new row's name takes it. */
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.elt?.id !== "criteria") return;
    const act = detail.requestConfig?.parameters?.act ?? detail.requestConfig?.formData?.get("act");
    const place = detail.elt.querySelector("[data-focus]");
    (place?.nextElementSibling ?? (act ? detail.elt.querySelector("[data-focused]") : null))?.focus();
    document.body.dispatchEvent(new CustomEvent("portolan:rows"));
  });

  form?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button || !formula) return;
    const { selectionStart: begin, selectionEnd: end, value } = formula;
    const before = value.slice(0, begin);
    const word = (/\w$/.test(before) ? " " : "") + button.dataset.insert;
    formula.focus();
    formula.setRangeText(word, begin, end, "end");
    formula.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
