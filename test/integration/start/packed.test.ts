import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startFakeWorker } from "../../support/fake-worker.ts";
import { connectPublisher } from "../../support/publisher.ts";
import { waitFor } from "../../support/wait.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PACKED = join(ROOT, "dist/bridge/plotcast.js");
const execute = promisify(execFile);

test("[ST5] the packed command is JavaScript alone, and delivers what a publisher sends", async (t) => {
  await execute(process.execPath, ["scripts/build-bridge.ts"], { cwd: ROOT });
  const { stdout: version } = await execute(process.execPath, [PACKED, "--version"]);
  const manifest: { version: string; files: string[]; dependencies: object } = JSON.parse(
    await readFile(join(ROOT, "package.json"), "utf8"),
  );
  assert.equal(version.trim(), manifest.version);
  assert.deepEqual(Object.keys(manifest.dependencies), ["zeromq"], "all else is in the bundle");
  assert.ok(!manifest.files.some((file) => file.endsWith(".ts") || file === "bridge"), "no TypeScript is packed");

  const mint = [PACKED, "token", "mint", "--watch", "a", "--for", "1h"];
  const { stdout: minted } = await execute(process.execPath, mint, {
    env: { ...process.env, JWT_SECRETS: "s".repeat(32) },
  });
  assert.match(minted, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);

  const worker = await startFakeWorker();
  t.after(() => worker.close());
  const directory = await mkdtemp(join(tmpdir(), "plotcast-packed-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const args = [PACKED, "--to", worker.url.href, "--bind", "tcp://127.0.0.1:*"];
  const child = spawn(process.execPath, args, { cwd: directory, env: { ...process.env, PUBLISH_TOKEN: "t" } });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  child.stderr.on("data", (data) => {
    said += String(data);
  });
  const address = await waitFor("the address", () => /Listening on (tcp:[^,;]+)/.exec(said)?.[1]);
  const publisher = await connectPublisher(address);
  t.after(() => publisher.close());
  await publisher.send("lab", Buffer.from([0x82, 0xa1, 0x74, 0x01, 0xa1, 0x79, 0x02]));
  await worker.waitForPoints(1);
  assert.deepEqual(worker.points(), [{ series: "lab", x: 1, y: 2 }]);
});
