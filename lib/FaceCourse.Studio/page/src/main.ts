import "./styles/index";
import { ServiceManager } from "@jupyterlab/services";
import { course, CourseError, fileOf, Progress, Section, settings } from "./course/api";
import { ProgressBook } from "./course/progress";
import { h } from "./dom";
import { Bar } from "./shell/bar";
import { Banner } from "./shell/banner";
import { Frame } from "./shell/frame";
import { cover } from "./shell/map";
import { startTheme, switchTheme } from "./shell/theme";
import { showNotebook } from "./page";

/** What fills the page when there is nothing else to show. */
function sorry(title: string, text: string): void {
  document.body.replaceChildren(h("main", { class: "fc-sorry" }, h("h1", {}, title), h("p", {}, text), h("p", {}, h("button", { class: "fc-button fc-primary", onclick: () => location.reload() }, "Try again"))));
}

async function start(): Promise<void> {
  startTheme();
  let sections: Section[], progress: Progress;
  try {
    [sections, progress] = await Promise.all([course.sections(), course.progress()]);
  } catch (error) {
    if (error instanceof CourseError && (error.status === 401 || error.status === 403)) sorry("This page needs its key", "Open the address that the terminal printed when the course was started: it ends in ?token=… .");
    else sorry("The course does not answer", `Is it still running? Start it again with "dotnet run --project lib/FaceCourse.Studio". (${error instanceof Error ? error.message : error})`);
    return;
  }
  const book = new ProgressBook(progress);
  addEventListener("pagehide", () => void book.flush());
  const file = fileOf(location.pathname);
  if (file === null) showCover(sections, book);
  else await showNotebook(file, sections, book, new ServiceManager({ serverSettings: settings, standby: "when-hidden" }));
}

function showCover(sections: Section[], book: ProgressBook): void {
  document.title = "Face recognition · FaceCourse";
  document.body.classList.add("fc-at-cover");
  const nothing = (): void => {};
  const bar = new Bar("FaceCourse", { runAll: nothing, interrupt: nothing, restart: nothing, reset: nothing, toggleSteps: nothing, toggleSide: nothing, toggleMap: nothing, help: nothing, save: nothing, theme: switchTheme }, false);
  new Frame(bar.node, null, new Banner().node, null, [], cover(sections, book));
}

void start();
