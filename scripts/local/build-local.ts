import { execFile } from "node:child_process";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { stop } from "esbuild";
import { bundleWorker, ROOT, type WorkerConfig } from "./worker-bundle.ts";
import { assetsConfig, MODULES, workerdConfig } from "./workerd-config.ts";

/**
 * Builds the page and, into `target`, all that workerd needs. None of it is secret.
 * @returns the file of workerd's configuration
 * @throws Error with what esbuild, or the build of the page, says is wrong
 */
export async function buildLocal(
  config: WorkerConfig,
  vars: readonly string[],
  target = join(ROOT, "dist/worker"),
  fetchesKeys = false,
): Promise<string> {
  const [worker, front] = await Promise.all([
    bundleWorker(config.main),
    bundleWorker(join(ROOT, "scripts/local/front-worker.ts")),
    buildPage(),
  ]);
  // Its service would stay for as long as this process.
  await stop();
  const headers = await readFile(join(config.assets.directory, "_headers"), "utf8");
  await mkdir(target, { recursive: true });
  await Promise.all([
    replace(join(target, MODULES.worker), worker),
    replace(join(target, MODULES.front), front),
    replace(join(target, MODULES.assets), assetsConfig(config, headers)),
  ]);
  const file = join(target, "workerd.capnp");
  await replace(file, workerdConfig(config, vars, fetchesKeys));
  return file;
}

async function buildPage(): Promise<void> {
  const args = [join(ROOT, "scripts/build-page.ts")];
  await promisify(execFile)(process.execPath, args).catch((error: Error & { stderr?: string }) => {
    throw new Error(error.stderr?.trim() || error.message);
  });
}

/** Another start of the same clone may read the file this moment: it finds the old one or the new one, whole. */
async function replace(path: string, text: string): Promise<void> {
  if ((await readFile(path, "utf8").catch(() => undefined)) === text) return;
  const next = `${path}.${process.pid}`;
  await writeFile(next, text);
  await rename(next, path);
}
