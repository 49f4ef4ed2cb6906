/** What is left of channels that hold nothing: removed at the next start, and nothing else. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { buildLocal } from "../../../scripts/local/build-local.ts";
import { startWorker } from "../../../scripts/local/local-worker.ts";
import { removeEmptyChannels } from "../../../scripts/local/sweep.ts";
import { readWorkerConfig } from "../../../scripts/local/worker-bundle.ts";
import { freePort } from "../../support/ports.ts";

test("[ST18] [CH10] the next start removes the files of channels that nobody published to, and no other", async (t) => {
  const config = await readWorkerConfig();
  const folder = await mkdtemp(join(tmpdir(), "plotcast-sweep-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const names = [...Object.keys(config.vars), "PUBLISH_TOKEN"];
  const configFile = await buildLocal(config, names, join(folder, "built"));
  const port = await freePort();
  const storeDir = folder;
  const start = async () => {
    const vars = { ...config.vars, PUBLISH_TOKEN: "test-token" };
    const worker = startWorker({ configFile, port, listening: "ipv4", vars, storeDir, onTrouble: () => undefined });
    t.after(() => worker.close());
    await worker.ready;
    return worker;
  };
  const ask = async (name: string, init: RequestInit = {}): Promise<string> => {
    const headers = { Accept: "text/csv", Authorization: "Bearer test-token" };
    return await (await fetch(`http://127.0.0.1:${port}/c/${name}`, { headers, ...init })).text();
  };
  const channels = async (): Promise<string[]> => {
    const files = await readdir(join(storeDir, "plotcast-Channel"));
    return files.filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite").sort();
  };

  const first = await start();
  const headers = { Authorization: "Bearer test-token", "Content-Type": "application/json" };
  await ask("kept", { method: "POST", headers, body: '{"x":1,"y":2}' });
  const kept = await channels();
  for (let i = 0; i < 10; i++) await ask(`unknown/${i}`);
  assert.equal((await channels()).length, 11, "the runtime makes a file for each");
  await first.close();

  await start();
  assert.deepEqual(await channels(), kept);
  assert.equal(await ask("kept"), "x,series,y\r\n1,y,2\r\n");
  await ask("unknown/1", { method: "POST", headers, body: '{"x":3,"y":4}' });
  assert.equal(await ask("unknown/1"), "x,series,y\r\n3,y,4\r\n", "one that was removed can be published to");
});

test("[ST18] what is no channel stays, though it holds nothing", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "plotcast-sweep-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const name of ["plotcast-Channel", "plotcast-TokenRegistry"]) {
    await mkdir(join(folder, name));
    // A database of one page, without a table.
    const database = new DatabaseSync(join(folder, name, "a.sqlite"));
    database.exec("CREATE TABLE t (x); DROP TABLE t; VACUUM");
    database.close();
  }
  assert.equal(removeEmptyChannels(folder), 1);
  assert.deepEqual((await readdir(folder, { recursive: true })).sort(), [
    "plotcast-Channel",
    "plotcast-TokenRegistry",
    "plotcast-TokenRegistry/a.sqlite",
  ]);
});
