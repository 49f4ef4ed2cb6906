/** `npm run dev:worker`, for those who work on the Worker: `wrangler dev`, with the bridge before it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sourceOf } from "../../../bridge/config/defaults.ts";
import { createLog } from "../../../bridge/observability/log.ts";
import { startBridge } from "../../../bridge/pipeline/bridge.ts";
import { freePort } from "../../support/ports.ts";
import { connectPublisher } from "../../support/publisher.ts";
import { family, noneAlive, stored } from "../../support/started.ts";
import { waitFor, withDeadline } from "../../support/wait.ts";

const TOKEN = "a-token-for-developers";

test("[ST15] the bridge delivers to wrangler dev, which has neither explorer nor trace store", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "plotcast-dev-worker-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const envFile = join(folder, "env");
  await writeFile(envFile, `PUBLISH_TOKEN=${TOKEN}\n`, { mode: 0o600 });
  const port = await freePort();
  const state = join(folder, "state");
  const flags = ["--port", port, "--inspector-port", 0, "--env-file", envFile, "--persist-to", state].map(String);
  const child = spawn("npm", ["run", "dev:worker", "--", ...flags, "--show-interactive-dev-session=false"], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (output += part));
  const exited = once(child, "exit");
  t.after(async () => {
    const processes = await family(child.pid);
    if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
    await withDeadline("the end of wrangler dev", exited, 30_000);
    await noneAlive(processes, 30_000);
  });
  await waitFor("wrangler dev ready", () => output.includes("Ready on") || undefined, { deadlineMs: 90_000 });

  const url = new URL(`http://localhost:${port}/c/main`);
  const bridge = await startBridge({
    to: url,
    token: TOKEN,
    sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })],
    log: createLog("text", "error"),
  });
  t.after(() => bridge.close({ drainMs: 0 }));
  const publisher = await connectPublisher(bridge.addresses[0] ?? "");
  t.after(() => publisher.close());
  await publisher.send('{"x":1,"y":2.5}');
  const points = await waitFor(
    "the point stored",
    async () => (await stored(url.href)).length > 0 && stored(url.href),
    {
      deadlineMs: 30_000,
    },
  );
  assert.deepEqual(points, [{ x: 1, y: 2.5 }]);

  for (const path of ["/cdn-cgi/explorer", "/cdn-cgi/local/explorer", "/cdn-cgi/local/explorer/api/do/query"]) {
    const response = await fetch(new URL(path, url), { method: "POST", body: "{}" });
    const problem = JSON.parse(await response.text());
    assert.deepEqual([response.status, problem.code], [404, "not-found"], path);
  }
  const files = await readdir(state, { recursive: true });
  assert.ok(files.some((file) => file.includes("plotcast-Channel")));
  assert.deepEqual(
    files.filter((file) => /observability|trace/i.test(file)),
    [],
  );
});
