/**
 * Builds the `plotcast` command into dist/bridge: one file of JavaScript for whoever has no TypeScript, as `npm pack`
 * packs it. All but zeromq, which is native, is in it.
 */
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FILE = join(ROOT, "dist/bridge/plotcast.js");

await build({
  entryPoints: [join(ROOT, "bridge/main.ts")],
  outfile: FILE,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node22",
  external: ["zeromq"],
  charset: "utf8",
  // Licences ask for it: their notices stay in the file.
  legalComments: "inline",
  banner: {
    // Node 22 warns of node:sqlite at each start. What is bundled of CommonJS asks for `require`.
    js: [
      'import { createRequire as plotcastRequire } from "node:module";',
      "const require = plotcastRequire(import.meta.url);",
    ].join("\n"),
  },
  logLevel: "warning",
});
await chmod(FILE, 0o755);
console.log(FILE);
