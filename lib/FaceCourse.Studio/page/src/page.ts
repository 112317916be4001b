/** One notebook on the page: the notebook itself, and all that stands around it kept in step with it. */
import type { Cell } from "@jupyterlab/cells";
import { NotebookActions } from "@jupyterlab/notebook";
import type { ServiceManager } from "@jupyterlab/services";
import { MessageLoop } from "@lumino/messaging";
import { BoxPanel, Widget } from "@lumino/widgets";
import { address, course, CourseError, Section, titleOf } from "./course/api";
import { Quiz } from "./course/quiz";
import type { ProgressBook } from "./course/progress";
import { calm, h, icon } from "./dom";
import { Autosave } from "./notebook/autosave";
import { allExercises, exercisesOf } from "./notebook/exercises";
import { bindKeys, Shortcut } from "./notebook/keys";
import { isLoader } from "./notebook/loader";
import { open, Opened } from "./notebook/open";
import { runCellEvent } from "./notebook/prompt";
import { Steps } from "./notebook/steps";
import { isTrusted, trust } from "./notebook/trust";
import { Banner } from "./shell/banner";
import { Bar, KernelState } from "./shell/bar";
import { confirm, showHelp } from "./shell/dialog";
import { Frame } from "./shell/frame";
import { CourseMap } from "./shell/map";
import { Heading, Side } from "./shell/side";
import { QuizPanel } from "./shell/quiz";
import { stepBar } from "./shell/stepbar";
import { switchTheme } from "./shell/theme";
import { KernelWatch, restartKernel, watchKernel } from "./shell/kernel";
import { watchServer } from "./shell/server";

export async function showNotebook(file: string, sections: Section[], book: ProgressBook, manager: ServiceManager.IManager): Promise<void> {
  const section = sections.find(one => one.file === file);
  const at = section ? sections.indexOf(section) : -1;
  const title = section ? titleOf(section) : file.replace(/^.*\//, "").replace(/\.ipynb$/, "");
  document.title = `${title} · FaceCourse`;

  const banner = new Banner();
  let opened: Opened | null = null, steps: Steps | null = null, autosave: Autosave | null = null, kernel: KernelWatch | null = null, shortcuts: Shortcut[] = [];
  const go = (to: Section | undefined): void => { if (to) location.assign(address(to.file)); };

  const actions = {
    runAll: () => { if (opened) void NotebookActions.runAll(opened.panel.content, opened.panel.sessionContext); },
    interrupt: () => void opened?.context.sessionContext.session?.kernel?.interrupt(),
    restart: async () => {
      if (!opened || !await confirm("Restart the kernel?", "All variables are forgotten. What you wrote, and the outputs you see, stay.", "Restart")) return;
      try {
        await restartKernel(opened.context.sessionContext);
        banner.hide("kernel");
      } catch (error) {
        banner.show("kernel", { tone: "bad", text: `The kernel did not start: ${(error as Error).message}`, closable: true });
      }
    },
    reset: async () => {
      if (!opened || !autosave || !await confirm("Reset this notebook?", "Your changes, the outputs and the progress of this notebook go, and the original comes back. (The server keeps your last version in work/.before-reset.)", "Reset")) return;
      try {
        await autosave.save();
        await course.reset(file);
        await opened.context.revert();
        autosave.rebase();
        book.forget(file);
        await restartKernel(opened.context.sessionContext);
        opened.panel.content.activeCellIndex = 0;
        refresh();
        banner.show("done", { tone: "calm", text: "The original is back.", closable: true });
      } catch (error) {
        banner.show("done", { tone: "bad", text: `The notebook was not reset: ${(error as Error).message}`, closable: true });
      }
    },
    toggleSteps: () => steps?.toggle(),
    toggleMap: () => frame.toggleMap(),
    toggleSide: () => frame.toggleSide(),
    theme: switchTheme,
    help: () => showHelp(shortcuts),
    save: () => void autosave?.save(),
  };
  const bar = new Bar(title, actions, true);
  const poll = (): void => server.ask();
  const side = new Side(actions, file, poll);
  const map = new CourseMap(sections, book, file);
  const frame = new Frame(bar.node, map.node, banner.node, side.node);
  const server = watchServer(banner, status => side.setStatus(status), () => { void autosave?.retry(); void book.flush(); void kernel?.recover(); });
  bar.setKernel("starting");
  // Never in the notebook's way: without its questions the panel simply lacks the card.
  Quiz.load().then(quiz => { new QuizPanel(side.quiz, quiz, section?.number ?? null); map.showQuiz(quiz); }, () => {});
  frame.host.append(h("p", { class: "fc-opening" }, "Opening …"));

  try {
    opened = await open(file, manager);
  } catch (error) {
    const missing = (error as any)?.response?.status === 404;
    frame.host.replaceChildren(h("div", { class: "fc-sorry" },
      h("h1", {}, missing ? "There is no such notebook" : "The notebook could not be opened"),
      h("p", {}, missing ? `The course folder has no ${file}. Choose a section from the map.` : (error as Error).message)));
    return;
  }
  const { panel, context } = opened;
  const notebook = panel.content;

  // Lumino lays its widgets out by hand and has to be told when its room changes.
  const box = new BoxPanel({ direction: "top-to-bottom", spacing: 0 });
  box.addClass("fc-box");
  box.addWidget(panel);
  frame.host.replaceChildren();
  Widget.attach(box, frame.host);
  new ResizeObserver(() => MessageLoop.sendMessage(box, Widget.ResizeMessage.UnknownSize)).observe(frame.host);
  (notebook.layout as any).footer?.dispose();
  (notebook.layout as any).footer = new Widget({ node: footer(sections[at - 1], sections[at + 1]) });
  notebook.node.setAttribute("aria-label", title);

  for (const cell of notebook.widgets) {
    if (!isLoader(cell)) continue;
    cell.inputHidden = true;
    cell.addClass("fc-loader");
  }
  autosave = new Autosave(context);
  steps = new Steps(panel);
  frame.host.after(stepBar(steps));
  steps.changed.connect(() => bar.setStepping(steps!.on));
  shortcuts = bindKeys(panel, opened.completion, {
    ...actions, step: () => void steps!.go(), stepBack: () => steps!.back(), isStepping: () => steps!.on,
    previous: () => go(sections[at - 1]), next: () => go(sections[at + 1]),
  });
  frame.host.addEventListener(runCellEvent, event => {
    const cell = notebook.widgets.find(one => one.node.contains(event.target as Node));
    if (!cell) return;
    notebook.deselectAll();
    notebook.activeCellIndex = notebook.widgets.indexOf(cell);
    notebook.mode = "command";
    void NotebookActions.runCells(notebook, [cell], context.sessionContext);
  });

  NotebookActions.executed.connect((_, done) => {
    if (done.notebook !== notebook || done.cell.model.type !== "code") return;
    if (done.success && !isLoader(done.cell)) book.ran(file, done.cell.model.id);
    for (const exercise of exercisesOf(done.cell)) if (exercise.right) book.solved(file, exercise.name);
    drawExercises();
  });

  autosave.changed.connect((_, state) => {
    bar.setSaved({ saved: "Saved", changed: "", saving: "Saving …", failed: "Not saved" }[state], state === "failed");
    // A server that does not answer has its own banner.
    if (state === "failed" && autosave!.answered) banner.show("save", { tone: "bad", text: `Not saved: ${autosave!.reason} Your changes are kept in this browser, and saving is tried again every few seconds.`, actions: [{ label: "Save now", act: () => autosave!.retry() }] });
    else banner.hide("save");
  });
  kernel = watchKernel(context.sessionContext, banner, (state: KernelState) => bar.setKernel(state), () => void NotebookActions.runAllAbove(notebook, context.sessionContext));

  const offerTrust = (): void => {
    if (isTrusted(context.model)) banner.hide("trust");
    else banner.show("trust", {
      tone: "warn", text: "This notebook comes from elsewhere. Its scripts are off, so charts and sliders may be missing. Trust it only if you know where it is from.",
      actions: [{ label: "Trust and run its scripts", act: async () => {
        try {
          await autosave!.save();
          await course.trust(context.path);
          trust(context.model);
          banner.hide("trust");
        } catch (error) {
          banner.show("trust", { tone: "bad", text: `It could not be trusted: ${(error as CourseError).message}`, closable: true });
        }
      } }],
    });
  };
  offerTrust();
  context.model.contentChanged.connect(() => { if (isTrusted(context.model)) banner.hide("trust"); });

  const draft = autosave.draft();
  if (draft) {
    banner.show("draft", {
      tone: "warn", text: `Changes from ${draft.time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })} did not reach the server.`,
      actions: [{ label: "Bring them back", act: () => { draft.restore(); banner.hide("draft"); } }, { label: "Drop them", act: () => { autosave!.dropDraft(); banner.hide("draft"); } }],
    });
  }

  const scroller = notebook.node.querySelector<HTMLElement>(".jp-WindowedPanel-outer") ?? notebook.node;
  const show = (node: HTMLElement, cell?: Cell): void => {
    if (cell) { notebook.deselectAll(); notebook.activeCellIndex = notebook.widgets.indexOf(cell); }
    const top = node.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop - 20;
    scroller.scrollTo({ top, behavior: calm() ? "auto" : "smooth" });
    document.body.classList.remove("fc-side-open");
    cell?.node.focus({ preventScroll: true });
  };
  const drawExercises = (): void => side.setExercises(allExercises(notebook).map(exercise => ({
    name: exercise.name[0].toUpperCase() + exercise.name.slice(1).replace(/[-_]+/g, " "), right: exercise.right === true || book.isRight(file, exercise.name), tried: exercise.right !== null, go: () => show(exercise.cell.node, exercise.cell),
  })));
  const drawContents = (): void => {
    const headings: Heading[] = notebook.widgets.flatMap(cell => cell.model.type === "markdown"
      ? [...cell.node.querySelectorAll<HTMLElement>(".jp-RenderedMarkdown h2, .jp-RenderedMarkdown h3")].map(node => ({
          // KaTeX writes each formula twice, once for the eye and once for the ear.
          text: heading(node), level: Number(node.tagName[1]), node, go: () => show(node, cell) }))
      : []);
    side.setContents(headings);
    side.spy(scroller.getBoundingClientRect());
  };
  const refresh = (): void => { drawContents(); drawExercises(); };
  let frameAsked = false;
  scroller.addEventListener("scroll", () => {
    if (frameAsked) return;
    frameAsked = true;
    requestAnimationFrame(() => { frameAsked = false; side.spy(scroller.getBoundingClientRect()); });
  }, { passive: true });

  book.visit(file);
  refresh();
  // Markdown is drawn a moment after its cells are there, and whenever one was edited.
  let later = 0;
  new MutationObserver(changes => {
    if (changes.every(change => (change.target as Element).closest?.(".jp-OutputArea, .cm-editor"))) return;
    clearTimeout(later);
    later = window.setTimeout(refresh, 200);
  }).observe(notebook.node, { childList: true, subtree: true });
  notebook.activeCellIndex = 0;
  notebook.mode = "command";
  if (!matchMedia("(pointer: coarse)").matches) frame.focusContent();
  document.documentElement.dataset.ready = "true";
}

function heading(node: HTMLElement): string {
  const copy = node.cloneNode(true) as HTMLElement;
  for (const gone of copy.querySelectorAll(".katex-html, annotation, .jp-InternalAnchorLink")) gone.remove();
  return copy.textContent?.trim() ?? "";
}

function footer(before: Section | undefined, after: Section | undefined): HTMLElement {
  return h("nav", { class: "fc-turn", "aria-label": "Previous and next notebook" },
    before ? h("a", { href: address(before.file), rel: "prev" }, icon("left"), h("span", {}, h("small", {}, "Previous"), titleOf(before))) : h("span"),
    after ? h("a", { href: address(after.file), rel: "next" }, h("span", {}, h("small", {}, "Next"), titleOf(after)), icon("right")) : h("a", { href: "/" }, h("span", {}, h("small", {}, "The end"), "Back to the start"), icon("right")));
}
