/**
 * The client library publishes from pages of another origin: without a network, across reloads, ends and crashes, from two
 * tabs. Whatever happens, every point is in the channel once, in the order of its series.
 */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { build } from "esbuild";
import type { BrowserContext, Page } from "playwright-core";
import { buildClient } from "../../scripts/build-client.ts";
import { ROOT } from "../../scripts/local/worker-bundle.ts";
import { openBrowser } from "../support/browser.ts";
import { startEdge } from "../support/edge.ts";
import { LOCK_CASES, STORE_CASES } from "../support/frame-store-suite.ts";
import { newChannel, storedPoints } from "../support/publish.ts";
import { startSite } from "../support/site.ts";
import { waitFor } from "../support/wait.ts";
import { counting } from "./stage.ts";

const entry = new URL("publish-page.ts", import.meta.url).pathname;
const bundle = await build({ entryPoints: [entry], bundle: true, write: false, format: "iife" });
const built = await mkdtemp(join(tmpdir(), "plotcast-client-"));
await buildClient(built);
const { origin: site, close: closeSite } = await startSite({
  "/": { type: "text/html", text: '<!doctype html><link rel="icon" href="data:,"><script src="/page.js"></script>' },
  "/page.js": { type: "text/javascript", text: bundle.outputFiles[0]?.text ?? "" },
  "/publish.js": { type: "text/javascript", text: await readFile(join(built, "publish.js"), "utf8") },
  "/phone.html": { type: "text/html", text: await readFile(join(ROOT, "examples/phone.html"), "utf8") },
});
/** The same server by plain http and a name: for browsers that is no secure context. */
const insecureSite = site.replace("127.0.0.1", "board.example");
const edge = await startEdge({ vars: { ALLOWED_ORIGINS: `${site} ${insecureSite}` } });
const browser = await openBrowser(["--host-resolver-rules=MAP board.example 127.0.0.1"]);
after(async () => {
  await browser.close();
  await edge.close();
  await rm(built, { recursive: true, force: true });
  await closeSite();
});

async function newContext(t: TestContext): Promise<BrowserContext> {
  const context = await browser.newContext();
  t.after(() => context.close());
  return context;
}

/** A tab with the page, whose variable `publisher` is one to the channel. */
async function openTab(context: BrowserContext, channel: string, at = site): Promise<Page> {
  const page = await context.newPage();
  await page.goto(at);
  await begin(page, channel);
  return page;
}

async function begin(page: Page, channel: string): Promise<void> {
  const url = JSON.stringify(edge.channelUrl(channel).href);
  await page.evaluate(
    `(async () => { globalThis.states = []; globalThis.publisher = await openPublisher(${url}, { token: "test-token", onState: (state) => states.push(state) }); })()`,
  );
}

/** Publishes the numbers from one to another, each as y at itself. */
async function publish(page: Page, from: number, to: number, series = "y"): Promise<void> {
  await page.evaluate(`for (let i = ${from}; i < ${to}; i++) publisher.publish({ ${series}: i }, i)`);
}

const flush = (page: Page): Promise<void> => page.evaluate("publisher.flush({ signal: AbortSignal.timeout(30000) })");

async function keeps(page: Page, channel: string, points: number): Promise<void> {
  const ask = `pointsKept(${JSON.stringify(edge.channelUrl(channel).href)})`;
  await waitFor(`${points} points in the store`, async () => (await page.evaluate<number>(ask)) === points);
}

async function ysOf(channel: string, series = "y"): Promise<number[]> {
  const points = await storedPoints(edge, channel);
  return points.flatMap((point) => (point.series === series ? [point.y] : []));
}

test("[CL8a] the IndexedDB of Chromium is a store of outboxes", async (t) => {
  const page = await (await newContext(t)).newPage();
  await page.goto(site);
  for (const name of Object.keys(STORE_CASES)) {
    await t.test(name, async () => await page.evaluate(`runStoreCase(${JSON.stringify(name)})`));
  }
});

test("[CL8c] the Web Locks of Chromium are locks of outboxes", async (t) => {
  const page = await (await newContext(t)).newPage();
  await page.goto(site);
  for (const name of Object.keys(LOCK_CASES)) {
    await t.test(name, async () => await page.evaluate(`runLockCase(${JSON.stringify(name)})`));
  }
});

test("[CL8a] [CL7c] [GD8] without a network points wait, in the store too, and go out once there is one", async (t) => {
  const context = await newContext(t);
  const channel = newChannel();
  const page = await openTab(context, channel);
  assert.equal(await page.evaluate("publisher.isLasting"), true);
  await publish(page, 0, 10);
  await flush(page);
  await context.setOffline(true);
  await publish(page, 10, 110);
  await keeps(page, channel, 100);
  await waitFor("it says that it waits", async () => (await page.evaluate("publisher.state.state")) === "waiting");
  await context.setOffline(false);
  await flush(page);
  assert.deepEqual(await ysOf(channel), counting(110));
  await keeps(page, channel, 0);
});

test("[CL8b] [CL8d] a page that is loaded anew again and again while it publishes loses and repeats nothing", async (t) => {
  const context = await newContext(t);
  const channel = newChannel();
  const page = await openTab(context, channel);
  for (let round = 0; round < 8; round++) {
    // Sometimes with a POST in flight, sometimes without a network, and always before what is published last can be confirmed.
    await context.setOffline(round % 3 === 2);
    await publish(page, 20 * round, 20 * round + 10);
    if (round % 2 === 1 && round % 3 !== 2) await flush(page);
    await publish(page, 20 * round + 10, 20 * (round + 1));
    await context.setOffline(false);
    await page.reload();
    await begin(page, channel);
  }
  await flush(page);
  assert.deepEqual(await ysOf(channel), counting(160));
});

test("[CL8a] [CL8b] of a tab that crashes the next delivers what was in the store", async (t) => {
  const context = await newContext(t);
  const channel = newChannel();
  const page = await openTab(context, channel);
  await publish(page, 0, 10);
  await flush(page);
  await context.setOffline(true);
  await publish(page, 10, 60);
  await keeps(page, channel, 50);
  const crashed = new Promise((resolve) => page.once("crash", resolve));
  await page.goto("chrome://crash").catch(() => undefined);
  await crashed;
  await page.close();
  await context.setOffline(false);
  const next = await openTab(context, channel);
  await publish(next, 60, 70);
  await flush(next);
  assert.deepEqual(await ysOf(channel), counting(70));
});

test("[CL8b] of a tab that crashes while it sends, what it sent is stored once and in order", async (t) => {
  const context = await newContext(t);
  const channel = newChannel();
  const page = await openTab(context, channel);
  await page.evaluate(
    "globalThis.count = 0; setInterval(() => { for (let i = 0; i < 20; i++) publisher.publish({ y: count }, count++); }, 2)",
  );
  await waitFor("some of it is stored", async () => (await ysOf(channel)).length > 500);
  const crashed = new Promise((resolve) => page.once("crash", resolve));
  await page.goto("chrome://crash").catch(() => undefined);
  await crashed;
  const next = await openTab(context, channel);
  await flush(next);
  const ys = await ysOf(channel);
  assert.ok(ys.length > 500);
  assert.deepEqual(ys, counting(ys.length));
});

test("[CL8c] two tabs publish to one channel at once; of one that closes, the other delivers what it left", async (t) => {
  const context = await newContext(t);
  const channel = newChannel();
  const first = await openTab(context, channel);
  await publish(first, 0, 1, "a");
  await flush(first);
  const second = await openTab(context, channel);
  for (let i = 0; i < 10; i++) {
    await Promise.all([publish(first, 1 + 10 * i, 11 + 10 * i, "a"), publish(second, 10 * i, 10 * (i + 1), "b")]);
  }
  await Promise.all([flush(first), flush(second)]);
  await context.setOffline(true);
  await publish(first, 101, 151, "a");
  await keeps(second, channel, 50);
  await first.close();
  await context.setOffline(false);
  await waitFor("all of both", async () => (await ysOf(channel, "a")).length === 151);
  await flush(second);
  assert.deepEqual(await ysOf(channel, "a"), counting(151));
  assert.deepEqual(await ysOf(channel, "b"), counting(100));
  await keeps(second, channel, 0);
});

test("[CL8d] what is published right before a page ends is sent all the same", async (t) => {
  const context = await newContext(t);
  const channel = newChannel();
  const page = await openTab(context, channel);
  await publish(page, 0, 1);
  await flush(page);
  // Nobody watches, so it would wait a second.
  await page.evaluate("publisher.publish({ y: 1 }, 1); location.href = 'about:blank'").catch(() => undefined);
  await page.waitForURL("about:blank");
  await waitFor("the last point", async () => (await ysOf(channel)).length === 2);
  assert.deepEqual(await ysOf(channel), [0, 1]);
});

test("[CL8e] a page of plain http that is not on localhost publishes from memory, and sends what is left when it ends", async (t) => {
  const channel = newChannel();
  const page = await openTab(await newContext(t), channel, insecureSite);
  assert.deepEqual(await page.evaluate("[isSecureContext, publisher.isLasting]"), [false, false]);
  await publish(page, 0, 10);
  await flush(page);
  await page.evaluate("publisher.publish({ y: 10 }, 10); location.href = 'about:blank'").catch(() => undefined);
  await page.waitForURL("about:blank");
  await waitFor("the last point", async () => (await ysOf(channel)).length === 11);
  assert.deepEqual(await ysOf(channel), counting(11));
});

test("[CL9b] [GD8a] a wrong token is said in the Worker's words, also to a page of another origin", async (t) => {
  const context = await newContext(t);
  const channel = newChannel();
  const page = await openTab(context, channel);
  const url = JSON.stringify(edge.channelUrl(channel).href);
  await page.evaluate(
    `(async () => { globalThis.other = await openPublisher(${url}, { token: "wrong" }); other.publish({ y: 1 }); })()`,
  );
  await waitFor("it is refused", async () => (await page.evaluate("other.state.state")) === "refused");
  const { problem } = await page.evaluate<{ problem: { code: string; detail: string } }>("other.state");
  assert.equal(problem.code, "token-wrong");
  assert.match(problem.detail, /\.$/);
});

test("[CL7a] [CL8a] the example for phones publishes its slider and its sensors", async (t) => {
  const context = await newContext(t);
  const channel = newChannel();
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`${site}/phone.html`);
  await page.getByLabel("Channel").fill(edge.channelUrl(channel).href);
  await page.getByLabel("Token").fill("test-token");
  await page.getByRole("button").click();
  await page.getByLabel("Slider").fill("0.25");
  await page.evaluate(
    `dispatchEvent(new DeviceMotionEvent("devicemotion", { acceleration: { x: 1, y: 2, z: 3 }, rotationRate: { alpha: 4 } }))`,
  );
  await page.getByText("All is stored.").waitFor();
  const points = await waitFor("all points", async () => {
    const stored = await storedPoints(edge, channel);
    return stored.length === 5 && stored;
  });
  assert.deepEqual(
    points.map(({ series, y }) => [series, y]),
    [
      ["slider", 0.25],
      ["acc.x", 1],
      ["acc.y", 2],
      ["acc.z", 3],
      ["turn.z", 4],
    ],
  );
  assert.deepEqual(errors, []);
});
