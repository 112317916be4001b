/** Charts: plotly.js draws application/vnd.plotly.v1+json. The library is large, so it comes with the first chart. */
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { Widget } from "@lumino/widgets";

export const plotlyMime = "application/vnd.plotly.v1+json";

let library: Promise<any> | null = null;

export function plotly(): Promise<any> {
  return library ??= import("plotly.js-dist-min").then(module => (window as any).Plotly = module.default);
}

const ink = (): string => getComputedStyle(document.documentElement).getPropertyValue("--fc-ink-soft").trim();

class Chart extends Widget implements IRenderMime.IRenderer {
  private observer: ResizeObserver | null = null;

  constructor() {
    super();
    this.addClass("fc-chart");
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const figure = model.data[plotlyMime] as any;
    const words = model.data["text/plain"];
    this.node.setAttribute("role", "img");
    this.node.setAttribute("aria-label", typeof words === "string" && words ? words : "A chart.");
    // The room is there before the library is: nothing jumps when the chart appears.
    this.node.style.minHeight = `${figure.layout?.height ?? 420}px`;
    const Plotly = await plotly();
    if (this.isDisposed) return;
    const copy = structuredClone(figure);
    copy.layout = { ...copy.layout, font: { ...copy.layout?.font, color: ink() } };
    await Plotly.newPlot(this.node, copy.data, copy.layout, { ...copy.config, responsive: false });
    if (copy.frames) await Plotly.addFrames(this.node, copy.frames);
    this.node.dataset.drawn = "true";
    this.node.style.minHeight = "";
    this.observer ??= new ResizeObserver(() => {
      // Compared with what plotly drew: the box may have found its width only while the chart was being made.
      const drawn = (this.node as any)._fullLayout?.width ?? 0;
      if (this.node.clientWidth && Math.abs(this.node.clientWidth - drawn) >= 1) void Plotly.Plots.resize(this.node);
    });
    this.observer.observe(this.node);
  }

  override dispose(): void {
    this.observer?.disconnect();
    if (this.node.dataset.drawn) (window as any).Plotly?.purge(this.node);
    super.dispose();
  }
}

export const plotlyFactory: IRenderMime.IRendererFactory = {
  safe: true,
  mimeTypes: [plotlyMime],
  defaultRank: 40,
  createRenderer: () => new Chart(),
};

/** Gives charts that are drawn the ink of the theme that was just chosen. */
export function recolourCharts(): void {
  for (const chart of document.querySelectorAll<HTMLElement>(".fc-chart[data-drawn]")) void (window as any).Plotly?.relayout(chart, { "font.color": ink() });
}
