/** What the student has done: kept by the server, changed here, sent a moment later. */
import { Signal } from "@lumino/signaling";
import { course, Progress } from "./api";

export class ProgressBook {
  readonly changed = new Signal<this, void>(this);
  private unsent: Progress = {};
  private timer = 0;
  private sending = false;

  constructor(private state: Progress) {}

  get last(): string | undefined { return this.state.last; }

  /** How many distinct cells of a notebook were run, and exercises were right. */
  of(file: string): { run: number; right: number } {
    const one = this.state.notebooks?.[file];
    const count = (marks?: Record<string, boolean | null>): number => Object.values(marks ?? {}).filter(Boolean).length;
    return { run: count(one?.run), right: count(one?.right) };
  }

  isRight(file: string, exercise: string): boolean { return this.state.notebooks?.[file]?.right?.[exercise] === true; }

  visit(file: string): void { this.add({ last: file }); }

  ran(file: string, cell: string): void {
    if (!this.state.notebooks?.[file]?.run?.[cell]) this.add({ notebooks: { [file]: { run: { [cell]: true } } } });
  }

  solved(file: string, exercise: string): void {
    if (!this.isRight(file, exercise)) this.add({ notebooks: { [file]: { right: { [exercise]: true } } } });
  }

  /** After a reset, which empties the notebook's part on the server too. */
  forget(file: string): void {
    if (this.state.notebooks) this.state.notebooks[file] = {};
    this.changed.emit();
  }

  /** Sends what is not yet sent; quietly tries again later when the server is away. */
  async flush(): Promise<void> {
    if (this.sending || !Object.keys(this.unsent).length) return;
    const part = this.unsent;
    this.unsent = {};
    this.sending = true;
    try {
      const whole = await course.addProgress(part);
      this.state = merge(whole, this.unsent);
      this.changed.emit();
    } catch {
      this.unsent = merge(part, this.unsent);
      this.later(4000);
    } finally {
      this.sending = false;
    }
  }

  private add(part: Progress): void {
    this.state = merge(this.state, part);
    this.unsent = merge(this.unsent, part);
    this.later(400);
    this.changed.emit();
  }

  private later(delay: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.flush(), delay);
  }
}

function merge<T>(base: T, part: any): T {
  const result: any = { ...base };
  for (const [key, value] of Object.entries(part)) result[key] = value && typeof value === "object" ? merge(result[key] ?? {}, value) : value;
  return result;
}
