/** The lecture's questions: asked of the server, answers kept there and shared with the quiz cards inside notebooks. */
import { Signal } from "@lumino/signaling";
import { course, QuizAnswer, QuizQuestion } from "./api";

// The cards inside notebooks keep their answers under this name, with or without a server, and send this event.
const shared = "facecourse-quiz";

export class Quiz {
  readonly changed = new Signal<this, void>(this);
  private sending = new Set<string>();

  private constructor(readonly questions: QuizQuestion[], private answers: Record<string, QuizAnswer>) {
    this.tellCards();
    addEventListener(shared, () => void this.hearCards());
    addEventListener("storage", event => { if (event.key === shared) void this.hearCards(); });
    void this.hearCards();
  }

  static async load(): Promise<Quiz> {
    const { questions, answers } = await course.quiz();
    return new Quiz(questions, answers);
  }

  answer(id: string): QuizAnswer | undefined { return this.answers[id]; }

  of(section: number): QuizQuestion[] { return this.questions.filter(question => question.section === section); }

  get score(): { right: number; of: number } {
    return { right: this.questions.filter(question => this.answers[question.id]?.right).length, of: this.questions.length };
  }

  /** Judges at once; what the server keeps follows. */
  async give(question: QuizQuestion, choice: number): Promise<void> {
    const before = this.answers[question.id], right = question.choices[choice].right;
    this.answers[question.id] = { choice, right, tries: (before?.tries ?? 0) + 1, rightAtFirst: before?.rightAtFirst ?? right };
    this.changed.emit();
    this.tellCards();
    await this.send(question.id, choice);
  }

  private async send(id: string, choice: number): Promise<void> {
    if (this.sending.has(id)) return;
    this.sending.add(id);
    try {
      this.answers[id] = await course.answer(id, choice);
    } catch {
      // The answer stays in the browser, and is sent when the page is opened again.
    } finally {
      this.sending.delete(id);
    }
  }

  // A card in a notebook was answered: its answer has more tries than ours.
  private async hearCards(): Promise<void> {
    const cards = read();
    for (const question of this.questions) {
      const theirs = cards[question.id], mine = this.answers[question.id];
      if (!theirs || (mine && mine.tries >= theirs.tries) || !question.choices[theirs.choice]) continue;
      this.answers[question.id] = { ...theirs };
      this.changed.emit();
      await this.send(question.id, theirs.choice);
    }
  }

  private tellCards(): void {
    const cards = read();
    let news = false;
    for (const [id, answer] of Object.entries(this.answers)) {
      if (cards[id] && cards[id].tries >= answer.tries) continue;
      cards[id] = answer;
      news = true;
    }
    if (!news) return;
    try { localStorage.setItem(shared, JSON.stringify(cards)); } catch { return; }
    dispatchEvent(new Event(shared));
  }
}

function read(): Record<string, QuizAnswer> {
  try { return JSON.parse(localStorage.getItem(shared) ?? "{}") ?? {}; } catch { return {}; }
}
