/** A cell's error, told apart from what a program merely writes to standard error: JupyterLab draws both alike. */
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { RenderedText } from "@jupyterlab/rendermime";

export const errorMime = "application/vnd.jupyter.error";

class ErrorText extends RenderedText {
  constructor(options: IRenderMime.IRendererOptions) {
    // The traceback comes beside the error, as the text that it would be on a terminal.
    super({ ...options, mimeType: "application/vnd.jupyter.stderr" });
    this.node.dataset.mimeType = errorMime;
  }
}

export const errorFactory: IRenderMime.IRendererFactory = {
  safe: true,
  mimeTypes: [errorMime],
  defaultRank: 100,
  createRenderer: options => new ErrorText(options),
};
