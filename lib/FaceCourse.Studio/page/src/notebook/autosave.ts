/** Saves a moment after every change; keeps a draft in the browser while the server is away. */
import type { Context } from "@jupyterlab/docregistry";
import type { INotebookModel } from "@jupyterlab/notebook";
import { Signal } from "@lumino/signaling";

export type SaveState = "saved" | "changed" | "saving" | "failed";

interface Draft { time: number; cells: { id: string; cell_type: string; source: string }[] }

const quiet = 1200;      // ms without a change before a save
const longest = 6000;    // ms that a change may wait while a cell keeps printing

export class Autosave {
  readonly changed = new Signal<this, SaveState>(this);
  state: SaveState = "saved";
  /** Why the last save failed, in the server's words. */
  reason = "";
  /** Whether that was an answer of the server's, and not silence. */
  answered = false;
  private timer = 0;
  private since = 0;
  private saved: string;
  private running: Promise<void> | null = null;
  private readonly key: string;

  constructor(private readonly context: Context<INotebookModel>) {
    this.key = `facecourse:draft:${context.path}`;
    this.saved = this.fingerprint();
    context.model.contentChanged.connect(() => this.schedule());
    document.addEventListener("visibilitychange", () => { if (document.hidden) void this.save(); });
    // The request may not outlive the page, so what is not saved is also written down here, at once.
    addEventListener("pagehide", () => { if (this.isChanged()) { this.keepDraft(); void this.save(); } });
    addEventListener("online", () => void this.retry());
  }

  /** Saves now, if there is anything to save. */
  async save(): Promise<void> {
    clearTimeout(this.timer);
    this.since = 0;
    if (this.running) {
      await this.running;
      return this.isChanged() ? this.save() : undefined;
    }
    if (!this.isChanged()) {
      this.context.model.dirty = false;
      return this.become("saved");
    }
    this.running = this.write().finally(() => this.running = null);
    return this.running;
  }

  /** Tries again after a failure. */
  async retry(): Promise<void> {
    if (this.state === "failed") await this.save();
  }

  /** Takes the present content for saved: after the notebook was read again. */
  rebase(): void {
    clearTimeout(this.timer);
    this.saved = this.fingerprint();
    this.dropDraft();
    this.become("saved");
  }

  /** Changes that never reached the server, or null: their time, and how to put them back. */
  draft(): { time: Date; restore: () => void } | null {
    let draft: Draft | null = null;
    try { draft = JSON.parse(localStorage.getItem(this.key) ?? "null"); } catch { /* not ours */ }
    if (!draft?.cells) return null;
    const there = new Map([...this.context.model.cells].map(cell => [cell.id, cell.sharedModel]));
    if (draft.cells.every(cell => there.get(cell.id)?.getSource() === cell.source)) { this.dropDraft(); return null; }
    return { time: new Date(draft.time), restore: () => this.restore(draft) };
  }

  dropDraft(): void { try { localStorage.removeItem(this.key); } catch { /* private window */ } }

  // A cell that is not there was added while nothing could be saved: it goes where it was, after the one before it.
  private restore(draft: Draft): void {
    const notebook = this.context.model.sharedModel;
    let next = 0;
    for (const cell of draft.cells) {
      const at = notebook.cells.findIndex(one => one.id === cell.id);
      if (at >= 0) notebook.cells[at].setSource(cell.source);
      else notebook.insertCell(next, { ...cell, metadata: cell.cell_type === "code" ? { trusted: true } : {} } as any);
      next = (at >= 0 ? at : next) + 1;
    }
  }

  private async write(): Promise<void> {
    const now = this.fingerprint();
    this.become("saving");
    try {
      await this.context.save();
      this.saved = now;
      this.dropDraft();
      this.become(this.isChanged() ? "changed" : "saved");
      if (this.state === "changed") this.schedule();
    } catch (error) {
      this.answered = (error as any)?.response !== undefined;
      this.reason = (error instanceof Error ? error.message : String(error)).replace(/[.\s]*$/, ".");
      this.keepDraft();
      this.become("failed");
      this.timer = window.setTimeout(() => void this.retry(), 4000);
    }
  }

  private schedule(): void {
    if (this.state === "saved") this.become("changed");
    const now = Date.now();
    this.since ||= now;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), Math.max(0, Math.min(quiet, this.since + longest - now)));
  }

  private isChanged(): boolean { return this.fingerprint() !== this.saved; }

  // Only cells count: a kernel that tells its language changes the notebook's metadata, but that is no work of the student's.
  private fingerprint(): string {
    return JSON.stringify([...this.context.model.cells].map(cell => {
      const { metadata, ...rest } = cell.toJSON() as any;
      return rest;
    }));
  }

  private keepDraft(): void {
    const draft: Draft = { time: Date.now(), cells: [...this.context.model.cells].map(cell => ({ id: cell.id, cell_type: cell.type, source: cell.sharedModel.getSource() })) };
    try { localStorage.setItem(this.key, JSON.stringify(draft)); } catch { /* full or private: the banner already says that nothing is saved */ }
  }

  private become(state: SaveState): void {
    if (this.state === state) return;
    this.state = state;
    this.changed.emit(state);
  }
}
