// JupyterLab's styles first, then both of its colour sets, then ours, which have the last word.
import "@jupyterlab/notebook/style/index.js";
import "@jupyterlab/completer/style/index.js";
import "@jupyterlab/theme-light-extension/style/variables.css";
import "@jupyterlab/theme-dark-extension/style/variables.css";
import "katex/dist/katex.min.css";
import "@fontsource-variable/source-serif-4/opsz.css";
import "@fontsource-variable/source-serif-4/opsz-italic.css";
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./tokens.css";
import "./frame.css";
import "./parts.css";
import "./notebook.css";
