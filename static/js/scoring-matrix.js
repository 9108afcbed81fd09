/* Bubbles put elsewhere by hand: while one is dragged it follows the pointer along the axes that are criteria; let go, it is
   saved. The table below does the same by keyboard and without script. */
"use strict";
{
  const FAR = 5; // a press that moves less is a click
  let pointed = null;
  let drag = null;

  const host = () => document.querySelector("#matrix .plot");
  const watch = () => {
    const plot = host();
    const matrix = plot?.closest("#matrix");
    if (!plot || plot.dataset.watched || !plot.on || !matrix.dataset.move) return;
    plot.dataset.watched = "yes";
    plot.on("plotly_hover", ({ points }) => (pointed = points[0] ?? null));
    plot.on("plotly_unhover", () => {
      if (!drag) pointed = null;
    });
    plot.addEventListener("pointerdown", begin, { capture: true });
    plot.addEventListener("click", swallow, { capture: true });
  };

  const begin = (event) => {
    if (!pointed || event.button || event.ctrlKey || event.metaKey) return;
    const matrix = host().closest("#matrix");
    const { curveNumber, pointNumber } = pointed;
    const trace = host().data[curveNumber];
    drag = {
      curveNumber,
      pointNumber,
      fromX: event.clientX,
      fromY: event.clientY,
      x: trace.x[pointNumber],
      y: trace.y[pointNumber],
      data: trace.customdata[pointNumber],
      movesX: matrix.dataset.movesX === "yes",
      movesY: matrix.dataset.movesY === "yes",
      isMoved: false,
    };
    drag.beginX = drag.x;
    drag.beginY = drag.y;
    addEventListener("pointermove", move);
    addEventListener("pointerup", drop, { once: true });
    addEventListener("keydown", leave, { capture: true });
  };

  const move = (event) => {
    if (Math.hypot(event.clientX - drag.fromX, event.clientY - drag.fromY) > FAR) drag.isMoved = true;
    if (!drag.isMoved) return;
    const { xaxis, yaxis } = host()._fullLayout;
    const box = host().getBoundingClientRect();
    if (drag.movesX) drag.x = xaxis.p2d(event.clientX - box.left - xaxis._offset);
    if (drag.movesY) drag.y = yaxis.p2d(event.clientY - box.top - yaxis._offset);
    drag.frame ??= requestAnimationFrame(show);
  };

  const show = () => {
    if (!drag) return;
    drag.frame = null;
    const trace = host().data[drag.curveNumber];
    const [x, y] = [[...trace.x], [...trace.y]];
    x[drag.pointNumber] = drag.x;
    y[drag.pointNumber] = drag.y;
    window.Plotly.restyle(host(), { x: [x], y: [y] }, [drag.curveNumber]);
  };

  const end = () => {
    removeEventListener("pointermove", move);
    removeEventListener("keydown", leave, { capture: true });
    const done = drag;
    drag = null;
    return done;
  };

  const drop = () => {
    const done = end();
    if (!done?.isMoved) return;
    dropped = performance.now();
    const matrix = host().closest("#matrix");
    const values = { item: done.data[1], x_seen: done.data[2], y_seen: done.data[3] };
    if (done.movesX) values.x = done.x;
    if (done.movesY) values.y = done.y;
    htmx.ajax("POST", matrix.dataset.move, { values, target: "#matrix", swap: "outerHTML" });
  };

  /* Escape puts it back. */
  const leave = (event) => {
    if (event.key !== "Escape" || !drag) return;
    event.stopPropagation();
    drag.x = drag.beginX;
    drag.y = drag.beginY;
    show();
    end();
  };

  /* The click that ends a drag opens nothing. */
  let dropped = -1000;
  const swallow = (event) => {
    if (performance.now() - dropped < 400) event.stopPropagation();
  };

  document.addEventListener("portolan:drawn", watch);
  document.addEventListener("htmx:afterSettle", watch);
  watch();
}
