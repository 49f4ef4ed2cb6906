/**
 * Builds the package `plotcast-client` into dist/client: a minified module with its types for each of its entries, from
 * client/subscribe, client/publish, client/room, client/connect and page/element. Fails if one is more than it may weigh.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { bundleElement, MAX_ELEMENT_GZIP_BYTES } from "./build-element.ts";

export const MAX_CLIENT_GZIP_BYTES = 12 * 1024;
export const MAX_PUBLISH_GZIP_BYTES = 17 * 1024;
export const MAX_ROOM_GZIP_BYTES = 11 * 1024;
export const MAX_CONNECT_GZIP_BYTES = 4 * 1024;
const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The package's modules: from which folder, and how much they may weigh. Nobody needs both for one of them. */
const MODULES = {
  index: { folder: "subscribe", maxGzipBytes: MAX_CLIENT_GZIP_BYTES },
  publish: { folder: "publish", maxGzipBytes: MAX_PUBLISH_GZIP_BYTES },
  room: { folder: "room", maxGzipBytes: MAX_ROOM_GZIP_BYTES },
  connect: { folder: "connect", maxGzipBytes: MAX_CONNECT_GZIP_BYTES },
} as const;
export type ModuleName = keyof typeof MODULES;

/** @param target the folder, which is made anew @returns how much each module weighs */
export async function buildClient(target: string): Promise<Record<ModuleName | "element", number>> {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const gzipBytes = {
    index: await buildModule(target, "index"),
    publish: await buildModule(target, "publish"),
    room: await buildModule(target, "room"),
    connect: await buildModule(target, "connect"),
    element: await buildElement(target),
  };
  await writeTypes(target);
  for (const file of ["package.json", "README.md"]) await copyFile(join(ROOT, "client/npm", file), join(target, file));
  await copyFile(join(ROOT, "LICENSE"), join(target, "LICENSE"));
  return gzipBytes;
}

async function buildModule(target: string, name: ModuleName): Promise<number> {
  const { folder } = MODULES[name];
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, "client", folder, "index.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    target: ["es2022"],
    charset: "utf8",
    write: false,
    logLevel: "warning",
  });
  const module = outputFiles[0]?.contents ?? new Uint8Array();
  await writeFile(join(target, `${name}.js`), module);
  await writeFile(join(target, `${name}.d.ts`), `export * from "./types/client/${folder}/index.js";\n`);
  return gzipBytesOf(module);
}

async function buildElement(target: string): Promise<number> {
  const element = await bundleElement();
  await writeFile(join(target, "element.js"), element);
  await writeElementTypes(target);
  return gzipBytesOf(element);
}

function gzipBytesOf(module: string | Uint8Array): number {
  return gzipSync(module, { level: 9 }).byteLength;
}

/** The declarations of each source that the modules need, below `types`. */
async function writeTypes(target: string): Promise<void> {
  const types = join(target, "types");
  await tsc("-p", join(ROOT, "client/npm/tsconfig.json"), "--outDir", types);
  for (const entry of await readdir(types, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // Programs without `allowImportingTsExtensions` read them, too.
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(/(from "\.[^"]*|import\("\.[^"]*)\.ts"/g, '$1.js"'));
  }
}

/** What programs see of the elements stands in one file without imports: whoever uses them needs no types of the page. */
async function writeElementTypes(target: string): Promise<void> {
  await tsc("-p", join(ROOT, "client/npm/element.tsconfig.json"), "--outDir", target);
  await rename(join(target, "api.d.ts"), join(target, "element.d.ts"));
}

async function tsc(...options: string[]): Promise<void> {
  const command = [join(ROOT, "node_modules/typescript/bin/tsc"), ...options];
  await promisify(execFile)(process.execPath, command, { cwd: ROOT });
}

if (import.meta.main) {
  const weights = await buildClient(join(ROOT, "dist/client"));
  for (const [name, bytes, most, rule] of [
    ["index.js", weights.index, MAX_CLIENT_GZIP_BYTES, "CL6a"],
    ["publish.js", weights.publish, MAX_PUBLISH_GZIP_BYTES, "CL6c"],
    ["room.js", weights.room, MAX_ROOM_GZIP_BYTES, "CL10a"],
    ["connect.js", weights.connect, MAX_CONNECT_GZIP_BYTES, "CL12a"],
    ["element.js", weights.element, MAX_ELEMENT_GZIP_BYTES, "EL1b"],
  ] as const) {
    console.log(`${bytes} B gzip  dist/client/${name}, of ${most}`);
    if (bytes <= most) continue;
    console.error(`${name} is ${bytes - most} bytes too large (SPEC.md, ${rule}).`);
    process.exitCode = 1;
  }
}
