// Bundles the page's half into rtcwidgets/static: one module and one style sheet, without a dependency.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

// anywidget sends the module with every widget instance; a good part of it are the texts, a table a source.
const LIMIT_BYTES = 72_000;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const source = await readFile(here("../rtcwidgets/version.py"), "utf8");
const version = source.match(/^__version__ = "([^"]+)"$/m)?.[1];
if (!version) throw new Error('rtcwidgets/version.py has no line __version__ = "..."');

const { metafile } = await build({
  entryPoints: [here("src/widget.js"), here("src/widget.css")],
  outdir: here("../rtcwidgets/static"),
  absWorkingDir: here("."),
  bundle: true,
  charset: "utf8",
  define: { __VERSION__: JSON.stringify(version) },
  format: "esm",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  minify: true,
  target: "es2022",
});

for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
  console.log(`${path.split("/").at(-1)}: ${(bytes / 1000).toFixed(1)} kB`);
  if (path.endsWith(".js") && bytes > LIMIT_BYTES) {
    throw new Error(`${path} has ${bytes} bytes, the limit is ${LIMIT_BYTES}: look for what became large`);
  }
}
