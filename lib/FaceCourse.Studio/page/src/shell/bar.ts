/** The line above the notebook: where you are, how the kernel and the save stand, and what can be done. */
import { fill, h, icon } from "../dom";
import { isDark } from "./theme";

export interface BarActions {
  runAll(): void; interrupt(): void; restart(): void; reset(): void; toggleSteps(): void;
  toggleMap(): void; toggleSide(): void; theme(): void; help(): void; save(): void;
}

export type KernelState = "starting" | "idle" | "busy" | "restarting" | "dead" | "away";

const kernelWords: Record<KernelState, string> = {
  starting: "Kernel starting", idle: "Ready", busy: "Running", restarting: "Kernel restarting", dead: "Kernel stopped", away: "Not connected",
};

export class Bar {
  readonly node: HTMLElement;
  private readonly kernel = h("span", { class: "fc-kernel", role: "status" });
  private readonly saved = h("span", { class: "fc-saved", role: "status" });
  private readonly interrupt: HTMLButtonElement;
  private readonly step: HTMLButtonElement;
  private readonly theme: HTMLButtonElement;

  constructor(title: string, actions: BarActions, notebook: boolean) {
    const tool = (name: Parameters<typeof icon>[0], label: string, act: () => void, extra = "", words?: string): HTMLButtonElement =>
      h("button", { class: `fc-tool ${extra}`, type: "button", "aria-label": label, title: label, onclick: act }, icon(name), words && h("span", { class: "fc-tool-words" }, words));
    this.interrupt = tool("stop", "Interrupt the running cell (I, I)", actions.interrupt, "fc-interrupt", "Stop");
    this.interrupt.hidden = true;
    this.step = tool("step", "Step mode: one key runs a step and glides on (S)", actions.toggleSteps, "fc-step-toggle", "Step");
    this.step.setAttribute("aria-pressed", "false");
    this.theme = tool("moon", "Dark or light (T)", actions.theme);
    document.addEventListener("fc-theme", () => this.drawTheme());
    this.drawTheme();
    this.node = h("header", { class: "fc-bar" },
      notebook && tool("menu", "The lecture's sections", actions.toggleMap, "fc-map-toggle"),
      h("a", { class: "fc-bar-title", href: "/" }, title),
      notebook && this.kernel,
      notebook && this.saved,
      h("span", { class: "fc-space" }),
      notebook && this.interrupt,
      notebook && tool("all", "Run all cells", actions.runAll, "fc-run-all", "Run all"),
      notebook && this.step,
      notebook && tool("restart", "Restart the kernel (0, 0)", actions.restart, "fc-restart"),
      notebook && tool("reset", "Reset this notebook to the original", actions.reset, "fc-reset"),
      this.theme,
      notebook && tool("help", "Keys (?)", actions.help, "fc-help-open"),
      notebook && tool("panel", "Panel: contents, quiz, data, machine", actions.toggleSide, "fc-side-toggle"));
  }

  setKernel(state: KernelState): void {
    this.kernel.dataset.state = state;
    fill(this.kernel, h("i", { "aria-hidden": "true" }), kernelWords[state]);
    this.interrupt.hidden = state !== "busy";
  }

  setSaved(text: string, bad = false): void {
    this.saved.textContent = text;
    this.saved.classList.toggle("fc-bad", bad);
  }

  setStepping(on: boolean): void { this.step.setAttribute("aria-pressed", String(on)); }

  private drawTheme(): void { fill(this.theme, icon(isDark() ? "sun" : "moon")); }
}
