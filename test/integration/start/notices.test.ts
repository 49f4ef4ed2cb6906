import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { noticesOf, packageFolders } from "../../../scripts/notices.ts";
import { startEdge } from "../../support/edge.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const FILE = "THIRD-PARTY-NOTICES.txt";
const execute = promisify(execFile);
/** wrangler starts `node` by its name, as npm scripts find it. */
const PATH = `${join(ROOT, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
const env: NodeJS.ProcessEnv = { ...process.env, PATH, WRANGLER_SEND_METRICS: "false" };
const run = (...args: string[]) => execute(process.execPath, args, { cwd: ROOT, env });

/** The packages that the bundler names in comments beside their code. */
function packagesIn(code: string): string[] {
  const found = code.matchAll(/^\/\/ .*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gm);
  return [...new Set([...found].map(([, name = ""]) => name))].sort();
}

async function assertNoticed(notices: string, packages: readonly string[]): Promise<void> {
  for (const name of packages) {
    const folder = join(ROOT, "node_modules", name);
    const { version }: { version: string } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    assert.ok(notices.includes(`\n${name} ${version} (`), `${name} ${version}`);
    const licence = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
    assert.ok(licence !== undefined, name);
    assert.ok(notices.includes((await readFile(join(folder, licence), "utf8")).trim()), `the licence of ${name}`);
  }
}

test("[ST17a] the package holds the notices of every package that is bundled in its command", async () => {
  await run("scripts/build-bridge.ts");
  const target = join(ROOT, "dist/bridge");
  const scripts = (await readdir(target)).filter((name) => name.endsWith(".js"));
  const code = await Promise.all(scripts.map((name) => readFile(join(target, name), "utf8")));
  const packages = packagesIn(code.join("\n"));
  for (const name of ["commander", "pino", "prom-client", "undici"]) assert.ok(packages.includes(name), name);
  await assertNoticed(await readFile(join(target, FILE), "utf8"), packages);
  const { stdout } = await execute("npm", ["pack", "--dry-run", "--ignore-scripts", "--json"], { cwd: ROOT });
  for (const file of [`dist/bridge/${FILE}`, "LICENSE"]) assert.ok(stdout.includes(`"${file}"`), `${file} is packed`);
});

test("[ST17a] the deployed page serves the notices of what is in it, and in the Worker", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "plotcast-notices-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  // What is deployed, as wrangler bundles it.
  const wrangler = "node_modules/wrangler/bin/wrangler.js";
  env.WRANGLER_LOG_PATH = join(directory, "logs");
  await run(wrangler, "deploy", "--dry-run", "--outdir", join(directory, "bundle"));
  const packages = packagesIn(await readFile(join(directory, "bundle/index.js"), "utf8"));
  assert.ok(packages.includes("hono"));
  const edge = await startEdge();
  t.after(() => edge.close());
  const answer = await fetch(new URL(`/${FILE}`, edge.url));
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/plain/);
  // The page's own is minified, and names none: it draws QR codes with one.
  await assertNoticed(await answer.text(), [...packages, "uqr"]);
});

test("[ST17b] a package without a licence is not bundled in silence; of a package in a package it is the inner one", async () => {
  const inputs = (paths: string[]) => Object.fromEntries(paths.map((path) => [path, { bytesInOutput: 1 }]));
  const output = {
    bytes: 1,
    imports: [],
    exports: [],
    inputs: {
      ...inputs(["a.ts", "node_modules/b/x.js", "node_modules/@c/d/e/f.js", "node_modules/b/node_modules/g/h.js"]),
      "node_modules/shaken-off/x.js": { bytesInOutput: 0 },
    },
  };
  assert.deepEqual(packageFolders({ outputs: { "x.js": output } }), [
    "node_modules/@c/d",
    "node_modules/b",
    "node_modules/b/node_modules/g",
  ]);
  // This project's tests have a package.json nowhere, its own has a licence.
  assert.match(await noticesOf(ROOT, ["."]), /\nplotcast \d.* \(MIT\)\n\n/);
  await assert.rejects(noticesOf(ROOT, ["test"]));
});
