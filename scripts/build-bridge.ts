/**
 * Builds the `plotcast` command into dist/bridge: JavaScript for whoever has no TypeScript, as `npm pack` packs it. All
 * but zeromq, which is native, is in it.
 */
import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { noticesOf, packageFolders } from "./notices.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TARGET = join(ROOT, "dist/bridge");
const FILE = join(TARGET, "plotcast.js");

await rm(TARGET, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: [join(ROOT, "bridge/cli/plotcast.ts")],
  outdir: TARGET,
  bundle: true,
  // What checks the version of Node must run before what needs it is loaded.
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node22",
  external: ["zeromq"],
  charset: "utf8",
  // Licences ask for it: their notices stay in the file.
  legalComments: "inline",
  banner: {
    // What is bundled of CommonJS asks for `require`.
    js: [
      'import { createRequire as plotcastRequire } from "node:module";',
      "const require = plotcastRequire(import.meta.url);",
    ].join("\n"),
  },
  metafile: true,
  logLevel: "warning",
});
await writeFile(join(TARGET, "THIRD-PARTY-NOTICES.txt"), await noticesOf(process.cwd(), packageFolders(metafile)));
await chmod(FILE, 0o755);
console.log(FILE);
