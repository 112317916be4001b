/** The notebook's commands and their keys: JupyterLab's, and a few of the course's own. */
import type { CompletionHandler } from "@jupyterlab/completer";
import { NotebookActions, NotebookPanel } from "@jupyterlab/notebook";
import { CommandRegistry } from "@lumino/commands";
import { inspect } from "./inspect";

/** What the page does beside the notebook. */
export interface PageActions {
  save(): void; interrupt(): void; restart(): void; step(): void; stepBack(): void; toggleSteps(): void; isStepping(): boolean;
  previous(): void; next(): void; help(): void; theme(): void;
}

export interface Shortcut { keys: string[]; says: string; group: string }

// Command mode keys hold only while a cell itself has the focus: a slider or button inside an output keeps its own keys.
const commandMode = ".jp-Notebook.jp-mod-commandMode .jp-Cell:focus";
const editMode = ".jp-Notebook.jp-mod-editMode .jp-InputArea-editor";
const anywhere = ".jp-Notebook";

/** Adds the commands and listens to the keyboard; answers the list that the help shows. */
export function bindKeys(panel: NotebookPanel, completion: CompletionHandler, page: PageActions): Shortcut[] {
  const commands = new CommandRegistry();
  const notebook = panel.content, session = panel.sessionContext;
  const shortcuts: Shortcut[] = [];
  let count = 0;

  const bind = (group: string, says: string | null, selector: string, keys: string[], execute: () => unknown): void => {
    const id = `fc:${count++}`;
    commands.addCommand(id, { execute: execute as any });
    for (const key of keys) commands.addKeyBinding({ command: id, selector, keys: key.split(" then ") });
    // One that says nothing belongs to the one before: "Cell above, cell below".
    if (says) shortcuts.push({ group, says, keys: [keys[0]] });
    else if (says === "") shortcuts.at(-1)!.keys.push(keys[0]);
  };

  const run = "Running";
  const stepping = (otherwise: () => unknown) => () => page.isStepping() ? page.step() : otherwise();
  bind(run, "Run the cell and go to the next", anywhere, ["Shift Enter"], stepping(() => NotebookActions.runAndAdvance(notebook, session)));
  bind(run, "Run the cell and stay", anywhere, ["Ctrl Enter", "Accel Enter"], () => NotebookActions.run(notebook, session));
  bind(run, "Run the cell and add one below", anywhere, ["Alt Enter"], () => NotebookActions.runAndInsert(notebook, session));
  bind(run, "Step mode on or off", commandMode, ["S"], () => page.toggleSteps());
  bind(run, "In step mode: run this step and glide on", commandMode, ["Space"], stepping(() => NotebookActions.selectBelow(notebook)));
  bind(run, "In step mode: one step back", commandMode, ["Shift Space"], () => page.isStepping() ? page.stepBack() : NotebookActions.selectAbove(notebook));
  bind(run, "Interrupt", commandMode, ["I then I"], () => page.interrupt());
  bind(run, "Restart the kernel", commandMode, ["0 then 0"], () => page.restart());

  const move = "Moving";
  bind(move, "Edit the cell", commandMode, ["Enter"], () => { notebook.mode = "edit"; });
  bind(move, "Leave the editor", editMode, ["Escape"], () => { notebook.mode = "command"; });
  bind(move, "Cell above, cell below", commandMode, ["ArrowUp", "K"], () => NotebookActions.selectAbove(notebook));
  bind(move, "", commandMode, ["ArrowDown", "J"], () => NotebookActions.selectBelow(notebook));
  bind(move, "Previous notebook, next notebook", commandMode, ["["], () => page.previous());
  bind(move, "", commandMode, ["]"], () => page.next());

  const look = "The page";
  bind(look, "Dark or light", commandMode, ["T"], () => page.theme());
  shortcuts.push({ group: look, says: "These keys", keys: ["?"] });

  const edit = "Changing";
  bind(edit, "Complete (Tab, too, after a letter)", ".jp-Notebook.jp-mod-editMode .jp-InputArea-editor", ["Ctrl Space"], () => completion.invoke());
  bind(edit, "What is this? (documentation at the cursor)", ".jp-Notebook.jp-mod-editMode .jp-InputArea-editor", ["Shift Tab"], () => inspect(panel));
  bind(edit, "Add a cell above, below", commandMode, ["A"], () => NotebookActions.insertAbove(notebook));
  bind(edit, "", commandMode, ["B"], () => NotebookActions.insertBelow(notebook));
  bind(edit, "Delete the cell", commandMode, ["D then D"], () => NotebookActions.deleteCells(notebook));
  bind(edit, "Undo a change of cells", commandMode, ["Z"], () => NotebookActions.undo(notebook));
  bind(edit, "", commandMode, ["Shift Z"], () => NotebookActions.redo(notebook));
  bind(edit, "Make it text, make it code", commandMode, ["M"], () => NotebookActions.changeCellType(notebook, "markdown"));
  bind(edit, "", commandMode, ["Y"], () => NotebookActions.changeCellType(notebook, "code"));
  bind(edit, "Cut, copy, paste the cell", commandMode, ["X"], () => NotebookActions.cut(notebook));
  bind(edit, "", commandMode, ["C"], () => NotebookActions.copy(notebook));
  bind(edit, "", commandMode, ["V"], () => NotebookActions.paste(notebook));
  bind(edit, "Split the cell at the cursor", editMode, ["Ctrl Shift -"], () => NotebookActions.splitCell(notebook));
  bind(edit, "Join the selected cells", commandMode, ["Shift M"], () => NotebookActions.mergeCells(notebook));
  bind(edit, "Line numbers on or off", commandMode, ["Shift L"], () => NotebookActions.toggleAllLineNumbers(notebook));
  bind(edit, "Save", "body", ["Accel S"], () => page.save());

  // Tab completes after a letter and indents elsewhere; Enter takes what the list offers.
  bind(edit, null, ".jp-Notebook .jp-mod-completer-enabled:not(.jp-mod-completer-active)", ["Tab"], () => completion.invoke());
  bind(edit, null, ".jp-Notebook .jp-mod-completer-active", ["Enter"], () => completion.completer.selectActive());

  document.addEventListener("keydown", event => {
    // By the character: on which key it lies differs from keyboard to keyboard.
    if (event.key === "?" && !(event.target as Element).closest("input:not([type=radio]), textarea, [contenteditable=true], dialog")) {
      event.preventDefault();
      event.stopPropagation();
      page.help();
    } else commands.processKeydownEvent(event);
  }, true);
  return shortcuts;
}
