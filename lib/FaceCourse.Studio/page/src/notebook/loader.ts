/** The cell that loads the library in other hosts and has nothing to do in this one: folded, no step, and no part of the progress. */
import type { Cell } from "@jupyterlab/cells";

// The server leaves out the same cells when it counts.
export const isLoader = (cell: Cell): boolean => cell.model.type === "code" && /^\/\/ In \.NET Interactive or VS Code/.test(cell.model.sharedModel.getSource());
