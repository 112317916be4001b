// Bundles the page into dist/: `node build.mjs` for what is shipped, `node build.mjs --watch` while working on it.
import * as esbuild from "esbuild";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const watch = process.argv.includes("--watch");

// JupyterLab's icons are text where a script imports them and pictures where a style sheet does.
const svg = {
  name: "svg",
  setup(build) {
    build.onResolve({ filter: /\.svg$/ }, async args => args.pluginData === "svg" ? undefined : {
      ...await build.resolve(args.path, { resolveDir: args.resolveDir, kind: args.kind, importer: args.importer, pluginData: "svg" }),
      namespace: args.kind === "url-token" ? "svg-url" : "svg-text",
    });
    build.onLoad({ filter: /\.svg$/, namespace: "svg-url" }, args => ({ contents: readFileSync(args.path), loader: "dataurl" }));
    build.onLoad({ filter: /\.svg$/, namespace: "svg-text" }, args => ({ contents: readFileSync(args.path, "utf8"), loader: "text" }));
  },
};

// Both of JupyterLab's themes at once: each applies where <html data-theme> names it.
const themes = {
  name: "themes",
  setup(build) {
    build.onLoad({ filter: /theme-(light|dark)-extension[\\/]style[\\/]variables\.css$/ }, args => {
      const theme = /theme-(light|dark)-/.exec(args.path)[1];
      return { contents: readFileSync(args.path, "utf8").replaceAll(":root", `:root[data-theme="${theme}"]`), loader: "css", resolveDir: path.dirname(args.path) };
    });
  },
};

// Every browser that can run the page reads woff2; the older forms would only make the course larger.
const fonts = {
  name: "fonts",
  setup(build) {
    build.onLoad({ filter: /katex[\\/]dist[\\/].*\.css$/ }, args => ({
      contents: readFileSync(args.path, "utf8").replace(/,url\([^)]*\.(woff|ttf)\) format\("[a-z]+"\)/g, ""), loader: "css", resolveDir: path.dirname(args.path),
    }));
    // JupyterLab's own style names font files with a fragment.
    build.onResolve({ filter: /\.(woff2?|ttf|eot)[?#]/ }, args => build.resolve(args.path.replace(/[?#].*$/, ""), { resolveDir: args.resolveDir, kind: args.kind, importer: args.importer }));
  },
};

const options = {
  entryPoints: { page: "src/main.ts" },
  outdir: "dist/assets",
  entryNames: "[name]-[hash]", chunkNames: "[name]-[hash]", assetNames: "[name]-[hash]",
  bundle: true, splitting: true, format: "esm", target: "es2022",
  minify: !watch, sourcemap: watch ? "linked" : false, metafile: true, legalComments: "linked", logLevel: "warning",
  define: { "process.env": "{}", global: "globalThis" },
  loader: { ".woff2": "file", ".woff": "file", ".ttf": "file", ".eot": "file", ".png": "file", ".gif": "file", ".md": "text" },
  plugins: [svg, themes, fonts, { name: "index", setup(build) { build.onEnd(result => { if (result.metafile) writeIndex(result.metafile); }); } }],
};

// index.html names the bundle by its hash, so that browsers may keep the files for ever.
function writeIndex(metafile) {
  const [file, entry] = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === "src/main.ts");
  const html = readFileSync("src/index.html", "utf8")
    .replace("SCRIPT", `/assets/${path.basename(file)}`)
    .replace("STYLE", `/assets/${path.basename(entry.cssBundle)}`);
  writeFileSync("dist/index.html", html);
}

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist/assets", { recursive: true });
cpSync("src/assets", "dist/assets", { recursive: true });
if (watch) await (await esbuild.context(options)).watch();
else await esbuild.build(options);
