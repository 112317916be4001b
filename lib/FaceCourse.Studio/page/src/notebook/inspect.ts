/** What stands at the cursor, in a small window beside it: the kernel's documentation. */
import type { NotebookPanel } from "@jupyterlab/notebook";
import { MimeModel } from "@jupyterlab/rendermime";
import { Widget } from "@lumino/widgets";
import { h } from "../dom";

let close: (() => void) | null = null;

export async function inspect(panel: NotebookPanel): Promise<void> {
  close?.();
  const editor = panel.content.activeCell?.editor, kernel = panel.sessionContext.session?.kernel;
  if (!editor || !kernel) return;
  const code = editor.model.sharedModel.getSource(), position = editor.getCursorPosition();
  const reply = await kernel.requestInspect({ code, cursor_pos: editor.getOffsetAt(position), detail_level: 0 });
  if (reply.content.status !== "ok" || !reply.content.found) return;
  const model = new MimeModel({ data: reply.content.data as any, trusted: false });
  const mime = panel.content.rendermime.preferredMimeType(model.data, "any");
  if (!mime) return;
  const shown = panel.content.rendermime.createRenderer(mime);
  await shown.renderModel(model);

  const window_ = h("div", { class: "fc-inspect", role: "tooltip" });
  document.body.append(window_);
  Widget.attach(shown, window_);
  const at = editor.getCoordinateForPosition(position);
  if (at) {
    const box = window_.getBoundingClientRect();
    window_.style.left = `${Math.max(12, Math.min(at.left, innerWidth - box.width - 12))}px`;
    window_.style.top = at.bottom + box.height + 12 < innerHeight ? `${at.bottom + 6}px` : `${Math.max(12, at.top - box.height - 6)}px`;
  }
  const leave = (event: Event): void => {
    if (event.type !== "keydown" && event.target instanceof Node && window_.contains(event.target)) return;
    if (event instanceof KeyboardEvent && ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    close?.();
  };
  const listened = ["keydown", "pointerdown", "wheel"] as const;
  for (const name of listened) document.addEventListener(name, leave, true);
  close = () => {
    close = null;
    for (const name of listened) document.removeEventListener(name, leave, true);
    shown.dispose();
    window_.remove();
  };
}
