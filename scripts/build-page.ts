/**
 * Builds the page into dist/page: bundled, minified, its script and styles under names that hold their hash.
 * Fails if that is more than the page may weigh. wrangler runs it before it serves anything (wrangler.toml, [build]).
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { ASSET_CACHE_CONTROL, ELEMENT_FILE, ELEMENT_HEADERS, SECURITY_HEADERS } from "../worker/http/headers.ts";
import { BROWSERS, bundleElement, MAX_ELEMENT_GZIP_BYTES, withoutFrameFaults } from "./build-element.ts";
import { noticesOf, packageFolders } from "./notices.ts";

const MAX_GZIP_BYTES = 40 * 1024;
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCE = join(ROOT, "page");
const TARGET = join(ROOT, "dist/page");

const OPTIONS = {
  outdir: join(TARGET, "assets"),
  bundle: true,
  minify: true,
  format: "esm",
  target: BROWSERS,
  charset: "utf8",
  // Licences ask for it: their notices stay in the files.
  legalComments: "inline",
  write: false,
  metafile: true,
  logLevel: "warning",
} as const satisfies BuildOptions;

const started = performance.now();
// What most pages never need, loaded when one does: whole in itself, so that no page fetches a third file for both.
const lazy = await build({
  ...OPTIONS,
  entryPoints: [join(SOURCE, "lazy/index.ts")],
  entryNames: "lazy-[hash]",
  loader: { ".css": "text" },
});
const lazyFile = basename(lazy.outputFiles[0]?.path ?? "");
const page = await build({
  ...OPTIONS,
  entryPoints: [join(SOURCE, "main.ts"), join(SOURCE, "page.css")],
  entryNames: "page-[hash]",
  define: { LAZY_FILE: JSON.stringify(`./${lazyFile}`) },
  plugins: [withoutFrameFaults],
});

const files = new Map<string, string>();
for (const { path, text } of [...page.outputFiles, ...lazy.outputFiles]) files.set(`assets/${basename(path)}`, text);
const [script, styles] = [".js", ".css"].map((ending) =>
  [...files.keys()].find((name) => name.startsWith("assets/page-") && name.endsWith(ending)),
);
files.set(
  "page.html",
  (await readFile(join(SOURCE, "page.html"), "utf8"))
    .replace('href="page.css"', `href="/${styles}"`)
    .replace('src="main.ts"', `src="/${script}"`)
    .replace(/\n\s*/g, "\n"),
);

// Of refusals, which the Worker answers itself: it does not know names with a hash.
const problem = await build({ ...OPTIONS, entryPoints: [join(SOURCE, "problem.css")] });
files.set("problem.css", problem.outputFiles[0]?.text ?? "");

// For pages of others, under a name that stays.
files.set(ELEMENT_FILE, await bundleElement());

let total = 0;
let elementBytes = 0;
for (const [name, text] of files) {
  const bytes = gzipSync(text, { level: 9 }).byteLength;
  if (name === ELEMENT_FILE) elementBytes = bytes;
  else if (!name.startsWith("assets/lazy-") && name !== "problem.css") total += bytes;
  console.log(`${String(bytes).padStart(6)} B gzip  ${name}`);
}
files.set("favicon.svg", await readFile(join(SOURCE, "favicon.svg"), "utf8"));
files.set("_headers", headersFile());
files.set("THIRD-PARTY-NOTICES.txt", await notices());

// What is new first, and then away with what is old: a server that watches the folder always finds a whole page.
for (const [name, text] of files) {
  const path = join(TARGET, name);
  // What is the same is left alone: somebody may be reading it.
  if ((await readFile(path, "utf8").catch(() => undefined)) === text) continue;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
for (const entry of await readdir(TARGET, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !files.has(path.slice(TARGET.length + 1).replaceAll("\\", "/"))) await rm(path);
}

const took = Math.round(performance.now() - started);
console.log(`${String(total).padStart(6)} B gzip  for every page, of ${MAX_GZIP_BYTES} (${took} ms)`);
if (total > MAX_GZIP_BYTES) {
  console.error(`The page is ${total - MAX_GZIP_BYTES} bytes too large (SPEC.md, PG8).`);
  process.exitCode = 1;
}
if (elementBytes > MAX_ELEMENT_GZIP_BYTES) {
  console.error(`${ELEMENT_FILE} is ${elementBytes - MAX_ELEMENT_GZIP_BYTES} bytes too large (SPEC.md, EL1b).`);
  process.exitCode = 1;
}

/** Of what is in the page, and in the Worker that serves it. */
async function notices(): Promise<string> {
  const worker = await build({
    entryPoints: [join(ROOT, "worker/index.ts")],
    bundle: true,
    format: "esm",
    target: "es2022",
    // As wrangler bundles it.
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    outdir: TARGET,
    write: false,
    metafile: true,
    logLevel: "warning",
  });
  const folders = [page, lazy, worker].flatMap(({ metafile }) => packageFolders(metafile));
  return noticesOf(process.cwd(), [...new Set(folders)].sort());
}

function headersFile(): string {
  const linesOf = (headers: Record<string, string>): string[] =>
    Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`);
  // What a header says in two rules would be joined: "!" takes the first away.
  const detached = Object.keys(ELEMENT_HEADERS).filter((name) => name in SECURITY_HEADERS);
  return [
    ...["/*", ...linesOf(SECURITY_HEADERS)],
    ...["/assets/*", `  cache-control: ${ASSET_CACHE_CONTROL}`],
    ...[`/${ELEMENT_FILE}`, ...detached.map((name) => `  ! ${name}`), ...linesOf(ELEMENT_HEADERS)],
    "",
  ].join("\n");
}
