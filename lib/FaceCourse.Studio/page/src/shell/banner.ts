/** One line above the notebook for what the reader has to know now: the server is gone, the kernel died, scripts are off. */
import { fill, h, icon } from "../dom";

export interface Notice {
  tone: "bad" | "warn" | "calm";
  text: string;
  actions?: { label: string; act: () => unknown }[];
  /** With a cross that takes the notice away. */
  closable?: boolean;
}

// The most pressing first.
const order = ["server", "save", "kernel", "trust", "draft", "done"] as const;
export type NoticeName = (typeof order)[number];

export class Banner {
  readonly node = h("div", { class: "fc-banners", role: "region", "aria-label": "Notices", "aria-live": "polite" });
  private readonly notices = new Map<NoticeName, Notice>();

  show(name: NoticeName, notice: Notice): void {
    const now = this.notices.get(name);
    if (now && now.text === notice.text && now.tone === notice.tone) return;
    this.notices.set(name, notice);
    this.draw();
  }

  hide(name: NoticeName): void {
    if (this.notices.delete(name)) this.draw();
  }

  private draw(): void {
    const shown = order.filter(name => this.notices.has(name)).slice(0, 2);
    fill(this.node, ...shown.map(name => {
      const notice = this.notices.get(name)!;
      return h("div", { class: `fc-banner fc-${notice.tone}`, "data-notice": name },
        h("span", { class: "fc-banner-text" }, notice.text),
        ...(notice.actions ?? []).map(action => h("button", { class: "fc-button", type: "button", onclick: () => void action.act() }, action.label)),
        notice.closable && h("button", { class: "fc-tool", type: "button", "aria-label": "Close this notice", onclick: () => this.hide(name) }, icon("close")));
    }));
  }
}
