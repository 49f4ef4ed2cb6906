/** The Worker as `npm start` runs it: on workerd itself, without Miniflare. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildLocal } from "../../scripts/local/build-local.ts";
import { startWorker } from "../../scripts/local/local-worker.ts";
import { readWorkerConfig } from "../../scripts/local/worker-bundle.ts";
import { fetchesKeys } from "../../worker/http/access/access.ts";
import { freePort } from "./ports.ts";
import type { Served } from "./publish.ts";

export interface Local extends Served {
  /** What the Worker and workerd complained of, a line each. */
  logs: string[];
  close(): Promise<void>;
}

/**
 * Starts it on a free port, with storage of its own; it must be closed, or the test process stays.
 *
 * @param vars in place of those of wrangler.toml
 */
export async function startLocal(token = "test-token", vars: Readonly<Record<string, string>> = {}): Promise<Local> {
  const config = await readWorkerConfig();
  const folder = await mkdtemp(join(tmpdir(), "plotcast-local-"));
  const logs: string[] = [];
  const port = await freePort();
  const names = [...new Set([...Object.keys(config.vars), ...Object.keys(vars), "PUBLISH_TOKEN"])];
  const worker = startWorker({
    configFile: await buildLocal(config, names, join(folder, "built"), fetchesKeys(vars)),
    port,
    listening: "ipv4",
    vars: { ...config.vars, ...vars, PUBLISH_TOKEN: token },
    storeDir: folder,
    onTrouble: (line) => logs.push(line),
  });
  const url = new URL(`http://127.0.0.1:${port}`);
  const close = async (): Promise<void> => {
    await worker.close();
    await rm(folder, { recursive: true, force: true });
  };
  await worker.ready.catch(async (error) => {
    await close();
    throw error;
  });
  return { url, token, logs, channelUrl: (name) => new URL(`/c/${name}`, url), close };
}
