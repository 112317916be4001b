// Reads [{tex, display}] as JSON from standard input and writes { markup: [HTML of each], style: "KaTeX's rules and fonts" } as JSON.
// Screen readers get the MathML that is hidden beside the HTML. Run in a folder whose node_modules holds katex.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";
const require = createRequire(path.join(process.cwd(), "package.json"));
const katex = require("katex");
const formulas = JSON.parse(readFileSync(0, "utf8"));
const markup = formulas.map(f => katex.renderToString(f.tex, { displayMode: f.display, output: "htmlAndMathml", throwOnError: false }));

// Fonts that only some commands ask for stay out of pages without them.
const rare = { Caligraphic: "mathcal", Fraktur: "mathfrak|textfrak", Script: "mathscr|textscr", SansSerif: "mathsf|textsf|mathsfit", Typewriter: "mathtt|texttt" };
const all = markup.join("");
const dist = path.dirname(require.resolve("katex"));
const style = readFileSync(path.join(dist, "katex.min.css"), "utf8").replace(/@font-face\{[^}]*\}/g, face => {
  const file = /fonts\/KaTeX_([A-Za-z0-9]+)-\w+\.woff2/.exec(face);
  if (!file || (rare[file[1]] && !new RegExp(`class="[^"]*\\b(${rare[file[1]]})\\b`).test(all))) return "";
  const font = readFileSync(path.join(dist, file[0])).toString("base64");
  return face.replace(/src:[^;}]*/, `src:url(data:font/woff2;base64,${font}) format("woff2")`);
});
process.stdout.write(JSON.stringify({ markup, style }));
