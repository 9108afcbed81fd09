/* Shares of a project: what they sum to, while they are typed. The server checks again. */
"use strict";
{
  const form = document.querySelector("form[data-shares]");
  const output = form?.querySelector("[data-sum]");
  const sum = () => {
    const shares = [...form.querySelectorAll('input[name^="share_"]')].map((input) => Number(input.value) || 0);
    const hundredths = Math.round(shares.reduce((total, share) => total + share, 0) * 100);
    const gap = (10000 - hundredths) / 100;
    output.textContent =
      hundredths === 0
        ? ""
        : gap === 0
          ? "100%"
          : `${hundredths / 100}%, ${Math.abs(gap)} ${gap > 0 ? "missing" : "too much"}`;
    output.classList.toggle("neg-text", hundredths !== 0 && gap !== 0);
  };
  form?.addEventListener("input", sum);
  if (form) sum();
}
