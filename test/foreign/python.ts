/**
 * A foreign publisher (Debian's python3-zmq) → bridge → Worker → a real browser: what it sent while connected is in
 * the page once, in order. Not part of `npm test`, which needs nothing but npm: `npm run test:foreign`.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { sourceOf } from "../../bridge/config/defaults.ts";
import { createLog } from "../../bridge/observability/log.ts";
import { startBridge } from "../../bridge/pipeline/bridge.ts";
import { newPage, openBrowser } from "../support/browser.ts";
import { startEdge } from "../support/edge.ts";
import { waitFor, withDeadline } from "../support/wait.ts";

const COUNT = 2000;

test("every point that a Python publisher sends while connected is in the page once, in order", async (t) => {
  const edge = await startEdge();
  t.after(() => edge.close());
  const to = edge.channelUrl("python");
  const log = createLog("text", "error");
  const bridge = await startBridge({
    to,
    token: edge.token ?? "",
    log,
    sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })],
  });
  t.after(() => bridge.close({ drainMs: 1000 }));
  const browser = await openBrowser();
  t.after(() => browser.close());
  const { page } = await newPage(browser, { width: 1280, height: 760, colorScheme: "dark" });
  await page.goto(to.href);

  const args = ["test/foreign/counters.py", bridge.addresses[0] ?? "", String(COUNT), "0.001"];
  const python = spawn("/usr/bin/python3", args, { stdio: "inherit" });
  t.after(() => python.kill());
  const [code] = await withDeadline("the publisher's end", once(python, "exit"), 60_000);
  assert.equal(code, 0);

  const shown = await waitFor(`${COUNT} points of each series in the page`, async () => {
    const series: { name: string; y: number[] }[] = await page.evaluate("plotcast.series()");
    return series.length === 2 && series.every(({ y }) => y.length >= COUNT) ? series : undefined;
  });
  const expected = Array.from({ length: COUNT }, (_, i) => i);
  for (const { name, y } of shown) assert.deepEqual(y, expected, name);
});
