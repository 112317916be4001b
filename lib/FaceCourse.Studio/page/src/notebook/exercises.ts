/** Which "your turn" cells a notebook has, and which outputs say "right": read from the cells, so it needs no kernel. */
import type { Cell, ICodeCellModel } from "@jupyterlab/cells";
import type { Notebook } from "@jupyterlab/notebook";

export interface ExerciseCell { name: string; cell: Cell; right: boolean | null }

// The course's own, YourTurn.CountTriplets(…), and those a lecturer writes into a cell, Exercise.Named("…").
const named = /YourTurn\.(\w+)\(|Exercise\.Named\(\s*"([^"]+)"/g;

const words = (method: string): string => method.replace(/(?<!^)[A-Z]/g, " $&").toLowerCase();

/** The exercises of one cell in order; right is null for one that was not checked. */
export function exercisesOf(cell: Cell): ExerciseCell[] {
  if (cell.model.type !== "code") return [];
  const names = [...cell.model.sharedModel.getSource().matchAll(named)].map(match => match[1] ? words(match[1]) : match[2]);
  if (!names.length) return [];
  const outputs = (cell.model as ICodeCellModel).outputs;
  const verdicts: boolean[] = [];
  for (let i = 0; i < outputs.length; i++) {
    const text = String(outputs.get(i).data["text/plain"] ?? "");
    if (text.startsWith("Right:")) verdicts.push(true);
    else if (text.startsWith("Not yet:")) verdicts.push(false);
  }
  return names.map((name, i) => ({ name, cell, right: verdicts[i] ?? null }));
}

export const allExercises = (notebook: Notebook): ExerciseCell[] => notebook.widgets.flatMap(exercisesOf);
