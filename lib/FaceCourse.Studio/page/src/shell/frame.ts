/** The page's parts in their places; drawers on narrow screens. */
import { h } from "../dom";

export class Frame {
  readonly host = h("div", { class: "fc-host" });
  private readonly shade = h("div", { class: "fc-shade", onclick: () => this.closeDrawers() });

  constructor(bar: HTMLElement, private readonly map: HTMLElement | null, banners: HTMLElement, private readonly side: HTMLElement | null, extra: HTMLElement[] = [], main?: HTMLElement) {
    const centre = main ?? h("main", { class: "fc-main", id: "content", tabindex: -1 }, banners, this.host, ...extra);
    document.body.append(
      h("a", { class: "fc-skip", href: "#content", onclick: (event: Event) => { event.preventDefault(); this.focusContent(); } }, "Skip to the notebook"),
      h("div", { class: map ? "fc-frame" : "fc-frame fc-alone" }, bar, ...(map ? [map] : []), centre, ...(side ? [side] : [])), this.shade);
    if (read("map") === "closed") document.body.classList.add("fc-map-closed");
    if (read("side") === "closed") document.body.classList.add("fc-side-closed");
    addEventListener("keydown", event => { if (event.key === "Escape") this.closeDrawers(); });
  }

  toggleMap(): void { if (this.map) this.toggle("map", this.map, matchMedia("(max-width: 860px)").matches); }

  toggleSide(): void { if (this.side) this.toggle("side", this.side, matchMedia("(max-width: 1180px)").matches); }

  focusContent(): void {
    const cell = this.host.querySelector<HTMLElement>(".jp-Cell.jp-mod-active") ?? document.getElementById("content");
    cell?.focus();
  }

  // Wide: the column goes and comes, and the choice is kept. Narrow: a drawer over the page.
  private toggle(name: "map" | "side", node: HTMLElement, narrow: boolean): void {
    if (narrow) {
      const opened = document.body.classList.toggle(`fc-${name}-open`);
      document.body.classList.remove(name === "map" ? "fc-side-open" : "fc-map-open");
      const shown = (which: string): HTMLElement | undefined => [...node.querySelectorAll<HTMLElement>(which)].find(one => one.getClientRects().length);
      if (opened) (shown("[aria-current=page]") ?? shown("a, button"))?.focus();
    } else {
      write(name, document.body.classList.toggle(`fc-${name}-closed`) ? "closed" : "open");
    }
  }

  private closeDrawers(): void {
    const open = (["map", "side"] as const).find(name => document.body.classList.contains(`fc-${name}-open`));
    if (!open) return;
    document.body.classList.remove("fc-map-open", "fc-side-open");
    // The keyboard goes back to where it came from, not to nowhere with the drawer.
    document.querySelector<HTMLElement>(`.fc-${open}-toggle`)?.focus();
  }
}

const read = (name: string): string | null => { try { return localStorage.getItem(`facecourse:${name}`); } catch { return null; } };
const write = (name: string, value: string): void => { try { localStorage.setItem(`facecourse:${name}`, value); } catch { /* private window */ } };
