// plotly.js travels gzipped in this page; every chart waits for it.
(async function () {
  const bytes = Uint8Array.from(atob(document.getElementById("plotly-gzip").textContent), c => c.charCodeAt(0));
  const code = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  (0, eval)(code);
  const ink = () => getComputedStyle(document.body).color;
  for (const box of document.querySelectorAll(".course-chart")) {
    const figure = JSON.parse(box.firstElementChild.textContent);
    figure.layout = Object.assign({}, figure.layout, { font: Object.assign({}, figure.layout && figure.layout.font, { color: ink() }) });
    await window.Plotly.newPlot(box, figure);
    box.dataset.drawn = "true";
  }
  // The page changes between light and dark by itself; the charts' text has to be told.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const box of document.querySelectorAll(".course-chart")) window.Plotly.relayout(box, { "font.color": ink() });
  });
})();
