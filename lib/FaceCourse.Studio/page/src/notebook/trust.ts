/** A notebook from elsewhere opens with its scripts off: here it is asked for, and given, trust. */
import type { ICodeCellModel } from "@jupyterlab/cells";
import type { INotebookModel } from "@jupyterlab/notebook";

/** True when every output may run its scripts. A cell without outputs has nothing to hide. */
export function isTrusted(model: INotebookModel): boolean {
  return [...model.cells].every(cell => cell.type !== "code" || cell.trusted || (cell as ICodeCellModel).outputs.length === 0);
}

/** Lets every output run; they are drawn anew. */
export function trust(model: INotebookModel): void {
  for (const cell of model.cells) cell.trusted = true;
}
