/** The section's questions in the side panel, one at a time. */
import type { QuizQuestion } from "../course/api";
import type { Quiz } from "../course/quiz";
import { fill, h, icon } from "../dom";

export class QuizPanel {
  private at: number;
  private chosen: number | null = null;
  private readonly questions: QuizQuestion[];
  private readonly whole: boolean;

  constructor(private readonly node: HTMLElement, private readonly quiz: Quiz, section: number | null) {
    const own = section === null ? [] : quiz.of(section);
    // A section without a question of its own offers the whole quiz, from the first one that is not yet right.
    this.whole = own.length === 0;
    this.questions = this.whole ? quiz.questions : own;
    this.at = Math.max(0, this.questions.findIndex(question => !quiz.answer(question.id)?.right));
    quiz.changed.connect(() => this.draw());
    this.draw();
  }

  private draw(): void {
    const { right, of } = this.quiz.score;
    this.node.hidden = of === 0;
    const question = this.questions[this.at];
    fill(this.node,
      h("h2", {}, "Quiz", h("span", { class: "fc-count", title: "Right, of the lecture's questions" }, `${right} of ${of}`)),
      question && this.card(question));
  }

  private card(question: QuizQuestion): HTMLElement {
    const given = this.quiz.answer(question.id);
    const chosen = this.chosen ?? given?.choice ?? null;
    const judged = given && this.chosen === null;
    const name = `fc-quiz-${question.id}`;
    const form = h("form", { class: "fc-question", onsubmit: (event: Event) => { event.preventDefault(); this.check(question); } },
      h("fieldset", {},
        h("legend", {}, this.whole && h("span", { class: "fc-quiet" }, `Section ${question.section} `), question.text),
        ...question.choices.map((choice, i) => h("label", { class: judged && i === given.choice ? (given.right ? "fc-right" : "fc-wrong") : "" },
          h("input", { type: "radio", name, value: i, checked: i === chosen, onchange: () => { this.chosen = i; this.clearVerdict(); } }),
          h("span", {}, choice.text)))),
      h("div", { class: "fc-verdict", role: "status" }, ...(judged ? this.verdict(question, given.choice) : [])),
      h("div", { class: "fc-question-foot" },
        h("button", { class: "fc-button fc-primary", type: "submit" }, "Check"),
        h("span", { class: "fc-space" }),
        this.questions.length > 1 && this.turn("left", "Previous question", this.at - 1),
        this.questions.length > 1 && h("span", { class: "fc-quiet" }, `${this.at + 1} of ${this.questions.length}`),
        this.questions.length > 1 && this.turn("right", "Next question", this.at + 1)));
    return form;
  }

  private verdict(question: QuizQuestion, choice: number): Node[] {
    const { right, why } = question.choices[choice];
    return [h("p", {}, h("b", {}, right ? "✓ Right. " : "✗ Not yet. "), why), ...(right ? [h("p", {}, question.explanation)] : [])];
  }

  private turn(arrow: "left" | "right", label: string, to: number): HTMLElement {
    return h("button", { class: "fc-tool", type: "button", "aria-label": label, disabled: to < 0 || to >= this.questions.length, onclick: () => {
      this.at = to;
      this.chosen = null;
      this.draw();
      const button = this.node.querySelector<HTMLElement>(`button[aria-label="${label}"]:not(:disabled)`) ?? this.node.querySelector<HTMLElement>("input");
      button?.focus();
    } }, icon(arrow));
  }

  private check(question: QuizQuestion): void {
    const picked = this.node.querySelector<HTMLInputElement>("input:checked");
    if (!picked) {
      fill(this.node.querySelector<HTMLElement>(".fc-verdict")!, h("p", {}, "Choose an answer first."));
      return;
    }
    this.chosen = null;
    void this.quiz.give(question, Number(picked.value));
    this.node.querySelector<HTMLElement>("button[type=submit]")?.focus();
  }

  // Another choice is not judged yet; only the words go, so that the arrow keys keep their place among the choices.
  private clearVerdict(): void {
    fill(this.node.querySelector<HTMLElement>(".fc-verdict")!);
    for (const label of this.node.querySelectorAll("label")) label.className = "";
  }
}
