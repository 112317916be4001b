/** Right of the notebook: what is on this page, its exercises, the quiz, the data and the machine. */
import { course, Status } from "../course/api";
import { fill, h, icon, size } from "../dom";

export interface Heading { text: string; level: number; go: () => void; node: HTMLElement }

export interface ExerciseLine { name: string; right: boolean; tried: boolean; go: () => void }

const places: Record<string, string> = { cache: "in the cache", mirror: "from a mirror folder", npm: "from npm", npmRestore: "comes from npm at first use", download: "to download", missing: "missing" };

export class Side {
  readonly node = h("aside", { class: "fc-side", "aria-label": "Beside the notebook" });
  readonly quiz = h("section", { class: "fc-quiz", hidden: true });
  private readonly contents = h("section", { hidden: true });
  private readonly exercises = h("section", { hidden: true });
  private readonly data = h("section", { hidden: true });
  private readonly machine = h("section", { hidden: true });
  private headings: Heading[] = [];
  private open = new Set<string>();

  constructor(actions: { restart(): void; reset(): void; runAll(): void; help(): void }, private readonly file: string, private readonly poll: () => void) {
    const action = (name: Parameters<typeof icon>[0], label: string, act: () => void): HTMLElement => h("li", {}, h("button", { type: "button", class: "fc-link", onclick: act }, icon(name), label));
    // On a phone the bar has no room for these.
    const tools = h("section", { class: "fc-side-tools" }, h("h2", {}, "This notebook"), h("ul", { class: "fc-lines" },
      action("all", "Run all cells", actions.runAll), action("restart", "Restart the kernel", actions.restart), action("reset", "Reset to the original", actions.reset), action("help", "Keys", actions.help)));
    this.node.append(tools, this.contents, this.exercises, this.quiz, this.data, this.machine);
  }

  setContents(headings: Heading[]): void {
    const same = headings.length === this.headings.length && headings.every((heading, i) => heading.node === this.headings[i].node && heading.text === this.headings[i].text);
    if (same) return;
    this.headings = headings;
    this.contents.hidden = headings.length === 0;
    fill(this.contents, h("h2", {}, "On this page"), h("ol", { class: "fc-toc" }, ...headings.map(heading =>
      h("li", { "data-level": heading.level }, h("button", { type: "button", class: "fc-link", onclick: heading.go }, heading.text)))));
  }

  /** Marks the heading that is being read: the last one above a third of the view. */
  spy(view: DOMRect): void {
    let now = 0;
    this.headings.forEach((heading, i) => { if (heading.node.getBoundingClientRect().top < view.top + view.height / 3) now = i; });
    this.contents.querySelectorAll("button").forEach((button, i) => {
      if (i !== now) { button.removeAttribute("aria-current"); return; }
      if (button.hasAttribute("aria-current")) return;
      button.setAttribute("aria-current", "location");
      // A long list scrolls by itself; the panel around it stays where the reader left it.
      const list = button.closest("ol")!, line = button.parentElement!;
      list.scrollTop = Math.max(0, line.offsetTop - list.offsetTop - list.clientHeight / 2);
    });
  }

  setExercises(lines: ExerciseLine[]): void {
    this.exercises.hidden = lines.length === 0;
    const right = lines.filter(line => line.right).length;
    fill(this.exercises, h("h2", {}, "Your turn", h("span", { class: "fc-count" }, `${right} of ${lines.length}`)), h("ul", { class: "fc-lines" }, ...lines.map(line =>
      h("li", { class: line.right ? "fc-right" : line.tried ? "fc-tried" : "" },
        h("button", { type: "button", class: "fc-link", onclick: line.go },
          h("span", { class: "fc-mark", "aria-hidden": "true" }, line.right ? icon("check") : ""), line.name,
          h("span", { class: "fc-hidden" }, line.right ? ", right" : line.tried ? ", not yet right" : ", not tried yet"))))));
  }

  setStatus(status: Status): void {
    // A list that is being read or clicked is not redrawn under the reader's hand unless something changed.
    this.drawData(status);
    this.drawMachine(status);
  }

  private drawData(status: Status): void {
    const { assets, downloads } = status;
    this.data.hidden = false;
    const title = h("h2", {}, "Weights and data", assets && h("span", { class: "fc-count" }, `${assets.found} of ${assets.total}`));
    if (!assets) { replace(this.data, title, h("p", { class: "fc-quiet" }, "Looking at what is there …")); return; }
    const busy = new Map(downloads.map(download => [download.name, download]));
    const missing = assets.items.filter(item => !item.found);
    const running = downloads.map(download => h("div", { class: "fc-download" },
      h("span", { class: "fc-download-name" }, download.name),
      download.error
        ? h("span", { class: "fc-bad", role: "alert" }, download.error)
        : h("progress", { max: download.total || 1, value: download.received, "aria-label": `${download.name}: ${size(download.received)} of ${size(download.total)}` }),
      !download.error && h("span", { class: "fc-quiet" }, `${size(download.received)} of ${size(download.total)} · ${size(download.bytesPerSecond)}/s`),
      !download.error && h("button", { class: "fc-tool", type: "button", "aria-label": `Stop fetching ${download.name}`, onclick: () => void course.stopAsset(download.name).then(this.poll) }, icon("close"))));
    const list = (id: string, label: string, items: typeof missing, button: boolean) => items.length > 0 && this.folded(id, `${label} (${items.length})`,
      h("ul", { class: "fc-assets" }, ...items.map(item => h("li", {},
        h("span", { class: "fc-asset-name" }, item.name),
        h("span", { class: "fc-quiet" }, `${item.what ? `${item.what} · ` : ""}${item.bytes ? size(item.bytes) : ""}${item.licence ? ` · ${item.licence}` : ""} · ${places[item.place] ?? item.place}`),
        button && item.place !== "missing" && !busy.has(item.name) && h("button", { class: "fc-tool", type: "button", "aria-label": `Fetch ${item.name}`, title: "Fetch", onclick: () => void course.fetchAsset(item.name).then(this.poll) }, icon("download"))))));
    replace(this.data, title,
      h("progress", { class: "fc-share", max: assets.total || 1, value: assets.found, "aria-label": `${assets.found} of ${assets.total} files are there` }),
      ...running,
      list("missing", "Not here yet", missing, true),
      list("found", "Here", assets.items.filter(item => item.found), false));
  }

  private drawMachine(status: Status): void {
    this.machine.hidden = false;
    replace(this.machine, h("h2", {}, "Machine"),
      h("p", { class: "fc-fact" }, h("b", {}, status.device.kind === "cpu" ? "CPU" : status.device.kind.toUpperCase()), ` ${status.device.name}`,
        status.device.memory ? h("span", { class: "fc-quiet" }, ` · ${size(status.device.memory)}`) : null),
      h("ul", { class: "fc-kernels" }, ...status.memory.kernels.map(kernel => h("li", {},
        h("span", {}, kernel.path === this.file ? "This notebook" : kernel.path.replace(/^.*\//, "").replace(/\.ipynb$/, "") || "Spare kernel"),
        h("span", { class: "fc-quiet" }, kernel.bytes === null ? "" : size(kernel.bytes)),
        kernel.path !== this.file && kernel.path !== "" && h("button", { class: "fc-tool", type: "button", "aria-label": `Stop the kernel of ${kernel.path}`, title: "Stop this kernel and free its memory", onclick: () => void course.stopKernel(kernel.id).then(this.poll) }, icon("close"))))));
  }

  private folded(id: string, label: string, content: HTMLElement): HTMLElement {
    const details = h("details", { open: this.open.has(id) }, h("summary", {}, label), content);
    details.addEventListener("toggle", () => { if (details.open) this.open.add(id); else this.open.delete(id); });
    return details;
  }
}

// Redrawn only when something changed: a status comes every few seconds, and the focus must stay where it is.
function replace(section: HTMLElement, ...children: Parameters<typeof fill>[1][]): void {
  const fresh = h("section");
  fill(fresh, ...children);
  if (fresh.innerHTML !== section.innerHTML) section.replaceChildren(...fresh.childNodes);
}
