/** JupyterLab's notebook, put together: editors, renderers, completion, document and kernel. */
import { Sanitizer } from "@jupyterlab/apputils";
import { CodeMirrorEditorFactory, CodeMirrorMimeTypeService, EditorExtensionRegistry, EditorLanguageRegistry, EditorThemeRegistry, ybinding } from "@jupyterlab/codemirror";
import { Completer, CompleterModel, CompletionHandler, KernelCompleterProvider, ProviderReconciliator } from "@jupyterlab/completer";
import { EditorView } from "@codemirror/view";
import { Context } from "@jupyterlab/docregistry";
import { createMarkdownParser } from "@jupyterlab/markedparser-extension";
import { INotebookModel, NotebookModelFactory, NotebookPanel, NotebookWidgetFactory, runCell, setCellExecutor, StaticNotebook } from "@jupyterlab/notebook";
import { RenderMimeRegistry, standardRendererFactories } from "@jupyterlab/rendermime";
import type { Contents, ServiceManager } from "@jupyterlab/services";
import { Widget } from "@lumino/widgets";
import { confirm } from "../shell/dialog";
import { errorFactory } from "./errors";
import { plotlyFactory } from "./plotly";
import { ContentFactory } from "./prompt";
import { KatexTypesetter } from "./typesetter";

setCellExecutor({ runCell });

export interface Opened {
  panel: NotebookPanel;
  context: Context<INotebookModel>;
  completion: CompletionHandler;
}

function editors() {
  const languages = new EditorLanguageRegistry();
  for (const language of EditorLanguageRegistry.getDefaultLanguages()) languages.addLanguage(language);
  // What Jupyter calls the Markdown of its cells; the name comes with the notebook format.
  languages.addLanguage({
    name: "ipythongfm", mime: "text/x-ipythongfm",
    load: async () => {
      const { markdown } = await import("@codemirror/lang-markdown");
      return markdown({ codeLanguages: info => languages.findBest(info) as any });
    },
  });
  const extensions = new EditorExtensionRegistry();
  for (const factory of EditorExtensionRegistry.getDefaultExtensions({ themes: themes() })) extensions.addExtension(factory);
  extensions.addExtension({
    name: "shared-model",
    factory: options => {
      const shared = options.model.sharedModel as any;
      return EditorExtensionRegistry.createImmutableExtension(ybinding({ ytext: shared.ysource, undoManager: shared.undoManager ?? undefined }));
    },
  });
  // A screen reader should say more than "text field".
  extensions.addExtension({ name: "label", factory: () => EditorExtensionRegistry.createImmutableExtension(EditorView.contentAttributes.of({ "aria-label": "The cell's source" })) });
  return { languages, factory: new CodeMirrorEditorFactory({ extensions, languages }), mimeTypes: new CodeMirrorMimeTypeService(languages) };
}

function themes(): EditorThemeRegistry {
  const registry = new EditorThemeRegistry();
  for (const theme of EditorThemeRegistry.getDefaultThemes()) registry.addTheme(theme);
  return registry;
}

/** Opens a notebook and starts (or finds) its kernel; resolves when its cells are there, before the kernel is. */
export async function open(path: string, manager: ServiceManager.IManager): Promise<Opened> {
  const { languages, factory, mimeTypes } = editors();
  const rendermime = new RenderMimeRegistry({
    initialFactories: [...standardRendererFactories, errorFactory, plotlyFactory],
    latexTypesetter: new KatexTypesetter(),
    markdownParser: createMarkdownParser(languages),
    sanitizer: new Sanitizer(),
  });
  const context = new Context<INotebookModel>({
    manager, path, factory: new NotebookModelFactory({ disableDocumentWideUndoRedo: true }),
    kernelPreference: { shouldStart: true, canStart: true, autoStartDefault: true, shutdownOnDispose: false },
  });
  // A failed load or save is told by the page's banner, which also tries again; JupyterLab would open a dialog each time.
  (context as any)._handleError = async () => {};

  // The same notebook in two windows: the one that saves second asks. The answer is a version, never a mixture.
  let asked: Promise<boolean | null> | null = null;
  (context as any)._raiseConflict = async (there: Contents.IModel, options: Partial<Contents.IModel>): Promise<Contents.IModel> => {
    asked ??= confirm("Changed in another window", "This notebook was saved from somewhere else after it was opened here. Which version do you want to keep?", "Keep this one", "Take the other");
    const mine = await asked.finally(() => { asked = null; });
    if (mine === null) throw new Error("Another window saved this notebook too; which version to keep is asked again in a moment.");
    if (!mine) {
      await context.revert();
      return there;
    }
    await manager.contents.save(path, options);
    return manager.contents.get(path, { content: false, hash: true });
  };

  const widgets = new NotebookWidgetFactory({
    name: "Notebook", fileTypes: ["notebook"], modelName: "notebook", preferKernel: true, canStartKernel: true,
    rendermime, mimeTypeService: mimeTypes,
    contentFactory: new ContentFactory({ editorFactory: factory.newInlineEditor }),
    editorConfig: {
      code: { ...StaticNotebook.defaultEditorConfig.code, lineNumbers: false, lineWrap: true, matchBrackets: true, autoClosingBrackets: true, tabSize: 4 } as any,
      markdown: { ...StaticNotebook.defaultEditorConfig.markdown, lineWrap: true, matchBrackets: false } as any,
      raw: { ...StaticNotebook.defaultEditorConfig.raw, lineWrap: true } as any,
    },
    notebookConfig: {
      ...StaticNotebook.defaultNotebookConfig,
      // The course's notebooks are short: with every cell in the page, links, find and print work as anywhere.
      windowingMode: "none", scrollPastEnd: false, enableKernelInitNotification: false, autoRenderMarkdownCells: true, maxNumberOutputs: 200,
    },
  });
  const panel = widgets.createNew(context as any);
  // A feed may hold articles only; cells are none.
  panel.content.node.querySelector("[role=feed]")?.setAttribute("role", "group");
  panel.toolbar.hide();
  // The page's banner tells of a kernel that died; the panel's own dialog would tell it twice.
  context.sessionContext.statusChanged.disconnect((panel as any)._onSessionStatusChanged, panel);

  await context.initialize(false);
  const completion = complete(panel, context, rendermime);
  return { panel, context, completion };
}

function complete(panel: NotebookPanel, context: Context<INotebookModel>, rendermime: RenderMimeRegistry): CompletionHandler {
  const editor = panel.content.activeCell?.editor ?? null;
  const completer = new Completer({ editor, model: new CompleterModel(), sanitizer: rendermime.sanitizer });
  const reconciliator = () => new ProviderReconciliator({
    context: { widget: panel, editor: panel.content.activeCell?.editor ?? null, session: context.sessionContext.session },
    providers: [new KernelCompleterProvider()], timeout: 4000,
  });
  const handler = new CompletionHandler({ completer, reconciliator: reconciliator() });
  const refresh = (): void => {
    handler.reconciliator = reconciliator();
    handler.editor = panel.content.activeCell?.editor ?? null;
  };
  void context.sessionContext.ready.then(refresh);
  context.sessionContext.sessionChanged.connect(refresh);
  panel.content.activeCellChanged.connect((_, cell) => {
    const mine = cell;
    void mine?.ready.then(() => { if (panel.content.activeCell === mine) refresh(); });
  });
  completer.hide();
  Widget.attach(completer, document.body);
  return handler;
}
