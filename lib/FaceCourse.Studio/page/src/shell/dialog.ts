/** Modal windows: the browser's own <dialog>, which holds the focus and closes with Escape. */
import { h, icon } from "../dom";
import type { Shortcut } from "../notebook/keys";

/** Asks before something that cannot be taken back: true when the reader agrees, false when not, null when the question was waved away (Escape). */
export function confirm(title: string, text: string, agree: string, refuse = "Cancel"): Promise<boolean | null> {
  return new Promise(resolve => {
    const dialog = h("dialog", { class: "fc-dialog", "aria-labelledby": "fc-dialog-title" },
      h("h2", { id: "fc-dialog-title" }, title),
      h("p", {}, text),
      h("form", { method: "dialog", class: "fc-dialog-buttons" },
        h("button", { class: "fc-button", value: "no" }, refuse),
        h("button", { class: "fc-button fc-primary", value: "yes", autofocus: true }, agree)));
    dialog.addEventListener("close", () => { resolve(dialog.returnValue === "yes" ? true : dialog.returnValue === "no" ? false : null); dialog.remove(); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

const names: Record<string, string> = { Accel: navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" };

function keyCaps(keys: string): Node[] {
  return keys.split(" then ").flatMap((press, i) => [
    ...(i ? [document.createTextNode(" then ")] : []),
    ...press.split(" ").map(key => h("kbd", {}, names[key] ?? key)),
  ]);
}

/** The list of shortcuts, grouped. */
export function showHelp(shortcuts: Shortcut[]): void {
  const groups = [...new Set(shortcuts.map(shortcut => shortcut.group))];
  const dialog = h("dialog", { class: "fc-dialog fc-help", "aria-labelledby": "fc-help-title" },
    h("header", {}, h("h2", { id: "fc-help-title" }, "Keys"),
      h("form", { method: "dialog" }, h("button", { class: "fc-tool", "aria-label": "Close" }, icon("close")))),
    h("p", {}, "Single letters work while a cell, not its text, has the focus: press Esc first."),
    h("div", { class: "fc-help-groups" }, ...groups.map(group => h("section", {}, h("h3", {}, group),
      h("dl", {}, ...shortcuts.filter(shortcut => shortcut.group === group).flatMap(shortcut => [
        h("dt", {}, ...shortcut.keys.flatMap((keys, i) => [...(i ? [document.createTextNode(", ")] : []), ...keyCaps(keys)])), h("dd", {}, shortcut.says)]))))));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
}
