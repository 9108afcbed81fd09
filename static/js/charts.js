/* Draws the figures that the server made (core/charts.py), in the tokens of the present theme. Plotly is fetched only where
   there is one. A colour in a figure is var(--token), var(--token,0.3) with that opacity, or var(--token,30%): opaque, that
   share of it on the paper. */
"use strict";
{
  const figures = new Map();
  let plotly = null;

  /* Plotly brings style sheets of its own and knows of no nonce; while its script runs, they are given the page's. */
  const { nonce } = document.currentScript;
  const lendNonce = () => {
    const create = document.createElement;
    document.createElement = function (name, ...rest) {
      const element = create.call(this, name, ...rest);
      if (nonce && String(name).toLowerCase() === "style") element.nonce = nonce;
      return element;
    };
    return () => (document.createElement = create);
  };
  const load = () =>
    (plotly ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      const takeBack = lendNonce();
      script.src = document.body.dataset.plotly;
      script.addEventListener("load", () => {
        takeBack();
        resolve(window.Plotly);
      });
      script.addEventListener("error", () => {
        takeBack();
        reject(new Error("Plotly did not load"));
      });
      document.head.append(script);
    }));

  /* Tokens are resolved by the browser: what a probe of that colour computes to. */
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
    willReadFrequently: true,
  });
  let resolved = new Map();
  const colour = (text) => {
    if (!resolved.has(text)) {
      const [, token, opacity, percent] = text.match(/^var\(--([\w-]+)(?:,\s*([\d.]+)(%)?)?\)$/) ?? [];
      const paint = (name, alpha) => {
        probe.style.color = `var(--${name})`;
        canvas.globalAlpha = alpha;
        canvas.fillStyle = getComputedStyle(probe).color;
        canvas.fillRect(0, 0, 1, 1);
      };
      if (percent) paint("paper", 1);
      paint(token, percent ? opacity / 100 : 1);
      const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
      resolved.set(text, `rgba(${red},${green},${blue},${percent ? 1 : (opacity ?? 1)})`);
    }
    return resolved.get(text);
  };
  const font = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--font-${name}`).trim();
  const translate = (value) => {
    if (typeof value === "string") {
      if (value.startsWith("var(--font-")) return font(value.slice(11, -1));
      return value.startsWith("var(--") ? colour(value) : value;
    }
    if (Array.isArray(value)) return value.map(translate);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, translate(inner)]));
    }
    return value;
  };

  /** On a narrow screen: fewer ticks and no minor labels (`layout.meta.narrow` says what changes), never scaled text. */
  const fitted = (layout, width) => {
    if (width >= 420) return layout;
    const narrow = layout.meta?.narrow ?? {};
    const axes = Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key));
    const fewer = Object.fromEntries(axes.map((key) => [key, { ...layout[key], nticks: 4, ...narrow[key] }]));
    return {
      ...layout,
      ...fewer,
      ...Object.fromEntries(Object.entries(narrow).filter(([key]) => !axes.includes(key))),
    };
  };

  const render = (host) => {
    const { data, layout } = translate(figures.get(host));
    const config = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false };
    return window.Plotly.react(host, data, { ...fitted(layout, host.clientWidth), autosize: true }, config);
  };
  const open = ({ points }) => {
    const to = [points[0]?.customdata].flat()[0];
    if (typeof to === "string" && /^[/?]/.test(to)) location.assign(to);
  };
  const draw = async (host) => {
    try {
      await load();
      await render(host);
      if (host.dataset.drawn) return;
      host.dataset.drawn = "yes";
      host.on("plotly_click", open);
      host.on("plotly_hover", ({ points }) => host.classList.toggle("opens", Boolean(points[0]?.customdata)));
      host.on("plotly_unhover", () => host.classList.remove("opens"));
      host.dispatchEvent(new CustomEvent("portolan:drawn", { bubbles: true }));
    } catch {
      host.hidden = true; // the same data stands below as a table
      host.closest("figure")?.querySelector("details")?.setAttribute("open", "");
    }
  };

  const soon = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        soon.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: "600px" },
  );
  const find = () => {
    for (const host of document.querySelectorAll("[data-figure]")) {
      if (figures.has(host)) continue;
      const source = document.getElementById(host.dataset.figure);
      if (!source) continue;
      figures.set(host, JSON.parse(source.textContent));
      soon.observe(host);
    }
    for (const host of figures.keys()) if (!host.isConnected) figures.delete(host);
  };
  const drawn = () => [...figures.keys()].filter((host) => host.dataset.drawn);
  const redraw = () => {
    resolved = new Map();
    drawn().forEach(render);
  };
  find();
  document.addEventListener("htmx:afterSettle", find);
  document.addEventListener("portolan:theme", redraw);

  /* Paper is white: charts are redrawn in the light theme and scaled to the printed column. */
  let theme = null;
  addEventListener("beforeprint", () => {
    theme = document.documentElement.dataset.theme ?? "";
    document.documentElement.dataset.theme = "light";
    redraw();
    for (const svg of document.querySelectorAll(".plot .main-svg")) {
      svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
    }
  });
  addEventListener("afterprint", () => {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    document.querySelectorAll(".plot .main-svg").forEach((svg) => svg.removeAttribute("viewBox"));
    redraw();
  });
}
