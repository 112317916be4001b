/** The lecture's sections as a map: where you are, what is done. */
import { address, Section, titleOf } from "../course/api";
import type { Quiz } from "../course/quiz";
import type { ProgressBook } from "../course/progress";
import { fill, h, icon } from "../dom";

/** A ring that fills; the number for those who cannot see it stands in the link's text. */
export function ring(share: number): HTMLElement {
  const round = 2 * Math.PI * 8;
  return h("span", { class: share >= 1 ? "fc-ring fc-full" : "fc-ring", "aria-hidden": "true", html:
    `<svg viewBox="0 0 20 20"><circle cx="10" cy="10" r="8"/><circle class="fc-ring-done" cx="10" cy="10" r="8" stroke-dasharray="${(share * round).toFixed(2)} ${round.toFixed(2)}"/>${share >= 1 ? '<path d="M6.5 10.300l2.4 2.4 4.6-5"/>' : ""}</svg>` });
}

/** Cells run and exercises right, together, from 0 to 1. */
export function shareDone(section: Section, book: ProgressBook): number {
  const done = book.of(section.file), all = section.codeCells + section.exercises;
  return all === 0 ? 0 : Math.min(1, (Math.min(done.run, section.codeCells) + Math.min(done.right, section.exercises)) / all);
}

export function inWords(section: Section, book: ProgressBook): string {
  const done = book.of(section.file);
  if (!done.run && !done.right) return "Not begun";
  const cells = `${Math.min(done.run, section.codeCells)} of ${section.codeCells} cells run`;
  return section.exercises ? `${cells}, ${Math.min(done.right, section.exercises)} of ${section.exercises} exercises right` : cells;
}

export class CourseMap {
  private quiz: Quiz | null = null;
  readonly node = h("nav", { class: "fc-map", "aria-label": "The lecture's sections" });

  constructor(private readonly sections: Section[], private readonly book: ProgressBook, private readonly here: string | null) {
    book.changed.connect(() => this.draw());
    this.draw();
  }

  showQuiz(quiz: Quiz): void {
    this.quiz = quiz;
    quiz.changed.connect(() => this.draw());
    this.draw();
  }

  private draw(): void {
    const focused = (document.activeElement as HTMLElement | null)?.getAttribute("href");
    const total = this.sections.reduce((sum, section) => sum + shareDone(section, this.book), 0) / Math.max(1, this.sections.length);
    fill(this.node,
      h("a", { class: "fc-map-title", href: "/" }, h("strong", {}, "Face recognition"), h("span", {}, "A companion to the lecture")),
      h("ol", {}, ...this.sections.map(section => h("li", {},
        h("a", { href: address(section.file), class: "fc-map-link", "aria-current": section.file === this.here ? "page" : null, title: inWords(section, this.book) },
          h("span", { class: "fc-map-number" }, String(section.number ?? "")),
          h("span", { class: "fc-map-name" }, section.section),
          ring(shareDone(section, this.book)),
          h("span", { class: "fc-hidden" }, `, ${inWords(section, this.book)}`))))),
      h("p", { class: "fc-map-total" }, `${Math.round(total * 100)} % of the course done${this.quiz ? `, quiz ${this.quiz.score.right} of ${this.quiz.score.of}` : ""}`));
    // A redraw must not take the keyboard away from somebody who is walking through the list.
    if (focused) this.node.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }
}

/** The start page: what this is, and the way in. */
export function cover(sections: Section[], book: ProgressBook): HTMLElement {
  const last = sections.find(section => section.file === book.last);
  const first = sections[0];
  const begin = last ?? first;
  return h("main", { class: "fc-cover", id: "content", tabindex: -1 },
    h("header", {},
      h("p", { class: "fc-kicker" }, "Convolutional networks · week 4"),
      h("h1", {}, "Face recognition"),
      h("p", { class: "fc-lead" }, "The lecture, to try out. Change a number, run the cell, and see what the network sees: encodings, thresholds, activations, painted pictures. Everything runs on this computer."),
      begin && h("p", {}, h("a", { class: "fc-button fc-primary fc-large", href: address(begin.file) }, last ? `Continue with ${titleOf(last)}` : `Begin with ${titleOf(begin)}`, icon("right")))),
    h("ol", { class: "fc-cards", "aria-label": "Sections" }, ...sections.map(section => h("li", {},
      h("a", { href: address(section.file), class: "fc-card" },
        h("span", { class: "fc-card-number" }, String(section.number ?? "")),
        h("span", { class: "fc-card-name" }, section.section),
        h("span", { class: "fc-card-done" }, ring(shareDone(section, book)), inWords(section, book)))))),
    !sections.length && h("p", {}, "There are no notebooks in the course folder: start the course from a checkout, or say where it is with --root."));
}
