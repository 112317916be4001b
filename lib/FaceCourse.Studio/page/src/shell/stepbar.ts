/** The pill at the foot of the page in step mode: back, how far, go. */
import { fill, h, icon } from "../dom";
import type { Steps } from "../notebook/steps";

export function stepBar(steps: Steps): HTMLElement {
  const where = h("span", { class: "fc-step-where" });
  const go = h("button", { class: "fc-button fc-primary", type: "button", onclick: () => void steps.go() });
  const node = h("div", { class: "fc-stepbar", role: "group", "aria-label": "Step mode", hidden: true },
    h("button", { class: "fc-tool", type: "button", "aria-label": "One step back (Shift+Space)", onclick: () => steps.back() }, icon("left")),
    where, go,
    h("button", { class: "fc-tool", type: "button", "aria-label": "Leave step mode (S)", onclick: () => steps.toggle(false) }, icon("close")));
  steps.changed.connect(() => {
    node.hidden = !steps.on;
    if (!steps.on) return;
    const all = steps.all, at = steps.current;
    const code = all[at]?.at(-1)?.model.type === "code";
    where.textContent = `Step ${at + 1} of ${all.length}`;
    go.disabled = steps.busy;
    fill(go, steps.busy ? "Running …" : code ? "Run and go on" : at + 1 < all.length ? "Go on" : "To the end", !steps.busy && h("kbd", {}, "Space"));
  });
  return node;
}
