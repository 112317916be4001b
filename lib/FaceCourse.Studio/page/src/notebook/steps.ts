/** Step mode: the text and the cell it leads to are one step; one key runs it and glides to the next. */
import type { Cell } from "@jupyterlab/cells";
import { Notebook, NotebookActions, NotebookPanel } from "@jupyterlab/notebook";
import { Signal } from "@lumino/signaling";
import { calm } from "../dom";
import { isLoader } from "./loader";

// What the bar at the foot of the page covers, and some air.
const barRoom = 96;

export class Steps {
  readonly changed = new Signal<this, void>(this);
  on = false;
  busy = false;
  private readonly notebook: Notebook;

  constructor(private readonly panel: NotebookPanel) {
    this.notebook = panel.content;
    this.notebook.activeCellChanged.connect(() => this.mark());
    this.notebook.model?.cells.changed.connect(() => requestAnimationFrame(() => this.mark()));
  }

  /** Cells grouped into steps: everything up to and with a code cell that does something; what follows the last one is the last step. */
  get all(): Cell[][] {
    const steps: Cell[][] = [];
    let step: Cell[] = [];
    for (const cell of this.notebook.widgets) {
      step.push(cell);
      if (cell.model.type === "code" && !isLoader(cell)) { steps.push(step); step = []; }
    }
    if (step.length) steps.push(step);
    return steps;
  }

  /** Index of the step that holds the active cell. */
  get current(): number {
    const active = this.notebook.activeCell;
    return Math.max(0, this.all.findIndex(step => step.includes(active!)));
  }

  toggle(on = !this.on): void {
    this.on = on;
    this.panel.toggleClass("fc-stepping", on);
    if (on) this.glideTo(this.current, false);
    this.mark();
  }

  /** Runs the current step's cell, then glides to the next step; stays where a cell fails. */
  async go(): Promise<void> {
    if (this.busy) return;
    const at = this.current;
    const step = this.all[at];
    const cell = step?.[step.length - 1];
    if (!cell) return;
    this.busy = true;
    this.changed.emit();
    try {
      let ok = true;
      if (cell.model.type === "code") {
        this.activate(cell);
        this.bringIn(cell);
        ok = await NotebookActions.runCells(this.notebook, [cell], this.panel.sessionContext);
      }
      if (ok && this.on && this.current === at) this.glideTo(at + 1, true);
    } finally {
      this.busy = false;
      this.changed.emit();
    }
  }

  back(): void { this.glideTo(this.current - 1, false); }

  /** @param beside leave the end of the step before in view: its output is what the reader just asked for. */
  private glideTo(index: number, beside: boolean): void {
    const steps = this.all;
    if (index >= steps.length) {
      this.scrollTo(this.scroller.scrollHeight);
      return;
    }
    const step = steps[Math.max(0, index)];
    this.activate(step[step.length - 1]);
    this.mark();
    // After a frame, in which the outputs of the cell that just ran take their place.
    requestAnimationFrame(() => {
      const view = this.scroller.getBoundingClientRect(), first = step[0].node.getBoundingClientRect().top;
      // As low as that, but the whole step above the bar with the button, where it fits.
      const free = view.height - barRoom - (step[step.length - 1].node.getBoundingClientRect().bottom - first);
      const above = beside ? Math.max(view.height * 0.28, Math.min(view.height * 0.42, free)) : 24;
      this.scrollTo(this.scroller.scrollTop + first - view.top - above);
    });
  }

  private activate(cell: Cell): void {
    const index = this.notebook.widgets.indexOf(cell);
    this.notebook.deselectAll();
    this.notebook.mode = "command";
    this.notebook.activeCellIndex = index;
    cell.node.focus({ preventScroll: true });
  }

  private bringIn(cell: Cell): void {
    const view = this.scroller.getBoundingClientRect(), box = cell.node.getBoundingClientRect();
    if (box.top < view.top + 16 || box.top > view.bottom - 160) this.scrollTo(this.scroller.scrollTop + box.top - view.top - view.height * 0.25);
  }

  private scrollTo(top: number): void { this.scroller.scrollTo({ top, behavior: calm() ? "auto" : "smooth" }); }

  private get scroller(): HTMLElement { return this.notebook.node.querySelector<HTMLElement>(".jp-WindowedPanel-outer") ?? this.notebook.node; }

  private mark(): void {
    const at = this.current;
    this.all.forEach((step, index) => {
      for (const cell of step) cell.node.dataset.step = index < at ? "past" : index === at ? "now" : "ahead";
    });
    this.changed.emit();
  }
}
