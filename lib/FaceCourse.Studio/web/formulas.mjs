// Reads [{tex, display}] as JSON from standard input and writes the MathML of each as JSON.
// Run in a folder whose node_modules holds katex.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";
const katex = createRequire(path.join(process.cwd(), "package.json"))("katex");
const formulas = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(formulas.map(f => katex.renderToString(f.tex, { displayMode: f.display, output: "mathml", throwOnError: false }))));
