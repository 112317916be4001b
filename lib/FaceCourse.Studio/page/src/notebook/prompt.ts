/** Left of a code cell: a button that runs it and tells how it stands, in place of JupyterLab's [3]. */
import type { IInputPrompt } from "@jupyterlab/cells";
import { NotebookPanel } from "@jupyterlab/notebook";
import { Widget } from "@lumino/widgets";
import { h, icon } from "../dom";

/** Bubbles from a prompt whose button was pressed; the notebook runs the cell it comes from. */
export const runCellEvent = "fc-run-cell";

class RunPrompt extends Widget implements IInputPrompt {
  private count: string | null = null;
  private readonly number = h("span", { class: "fc-run-number", "aria-hidden": "true" });
  private readonly button = h("button", {
    class: "fc-run", type: "button", tabindex: -1, "aria-label": "Run this cell", title: "Run this cell (Shift+Enter)",
    onclick: () => this.node.dispatchEvent(new CustomEvent(runCellEvent, { bubbles: true })),
  }, icon("play"), this.number);

  constructor() {
    super();
    this.addClass("jp-InputPrompt");
    this.node.append(this.button);
  }

  get executionCount(): string | null { return this.count; }

  set executionCount(value: string | null) {
    this.count = value;
    const state = value === "*" ? "running" : value ? "done" : "new";
    this.node.dataset.state = state;
    this.number.textContent = state === "done" ? value : "";
    this.button.setAttribute("aria-label", state === "running" ? "This cell is running" : state === "done" ? `Run this cell again (it was run number ${value})` : "Run this cell");
  }
}

export class ContentFactory extends NotebookPanel.ContentFactory {
  override createInputPrompt(): IInputPrompt { return new RunPrompt(); }
}
