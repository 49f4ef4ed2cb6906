/** The Worker to be measured: as `npm start` runs it, and behind `wrangler dev`. Each has a new folder of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildLocal } from "../../../scripts/local/build-local.ts";
import { startWorker } from "../../../scripts/local/local-worker.ts";
import { ROOT, readWorkerConfig } from "../../../scripts/local/worker-bundle.ts";
import { freePort } from "../../support/ports.ts";
import { waitFor, withDeadline } from "../../support/wait.ts";

export interface BenchWorker {
  url: URL;
  close(): Promise<void>;
}

/** The token that bridge.ts has. */
const TOKEN = "test-token";

/** workerd, configured as `npm start` configures it. */
export async function startLocal(): Promise<BenchWorker> {
  const folder = await mkdtemp(join(tmpdir(), "plotcast-bench-"));
  const storeDir = join(folder, "channels");
  await mkdir(storeDir);
  const port = await freePort();
  const config = await readWorkerConfig();
  const worker = startWorker({
    configFile: await buildLocal(config, [...Object.keys(config.vars), "PUBLISH_TOKEN"], join(folder, "built")),
    port,
    listening: "ipv4",
    vars: { ...config.vars, PUBLISH_TOKEN: TOKEN },
    storeDir,
    onTrouble: (line) => console.error(line),
  });
  await worker.ready;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    close: async () => {
      await worker.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** `wrangler dev`, without what costs more: its explorer and its trace store. */
export async function startWranglerDev(): Promise<BenchWorker> {
  const folder = await mkdtemp(join(tmpdir(), "plotcast-bench-"));
  const envFile = join(folder, "env");
  await writeFile(envFile, `PUBLISH_TOKEN=${TOKEN}\n`, { mode: 0o600 });
  const port = await freePort();
  const flags = ["--port", port, "--inspector-port", 0, "--env-file", envFile, "--persist-to", folder].map(String);
  const script = join(ROOT, "scripts/dev-worker.ts");
  const child = spawn(
    process.execPath,
    [script, ...flags, "--log-level", "error", "--show-interactive-dev-session=false"],
    {
      cwd: ROOT,
      detached: true,
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const exited = once(child, "exit");
  const url = new URL(`http://localhost:${port}`);
  await waitFor("an answer of wrangler dev", async () => (await fetch(new URL("/nothing-here", url))).status === 404, {
    deadlineMs: 120_000,
  });
  return {
    url,
    close: async () => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
      await withDeadline("the end of wrangler dev", exited, 30_000);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
