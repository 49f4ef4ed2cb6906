/**
 * Live points to programs that share no code with this project: `curl`, Python's urllib and websockets, Chromium's EventSource and WebSocket, and the
 * npm package eventsource; each also through nginx with nothing set but where the Worker is. Not part of `npm test`, which needs nothing but npm: `npm run test:foreign`.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { EventSource } from "eventsource";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { type Edge, startEdge } from "../support/edge.ts";
import { frameOf, newChannel, publishFrames } from "../support/publish.ts";
import { Subscriber } from "../support/subscriber.ts";
import { waitFor, withDeadline } from "../support/wait.ts";

const A = "00000000000000aa";
const COUNT = 200;
const counting = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

let browser: Promise<Browser> | undefined;
after(async () => (await browser)?.close());

/** nginx as it is, in front of the Worker. */
async function behindNginx(t: TestContext, edge: Edge): Promise<URL> {
  const dir = await mkdtemp(join(tmpdir(), "plotcast-nginx-"));
  const probe = createServer();
  await once(probe.listen(0, "127.0.0.1"), "listening");
  const address = probe.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  probe.close();
  await once(probe, "close");
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${dir}/${name};`,
  );
  const server = `server { listen 127.0.0.1:${port}; location / { proxy_pass ${edge.url.origin}; } }`;
  const around = `daemon off; pid ${dir}/pid; error_log stderr; events {}`;
  await writeFile(join(dir, "conf"), `${around}\nhttp {\naccess_log off; ${places.join(" ")}\n${server}\n}\n`);
  const child = spawn("/usr/sbin/nginx", ["-c", join(dir, "conf"), "-p", dir], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  t.after(async () => {
    child.kill();
    await withDeadline("nginx's end", once(child, "exit"));
    await rm(dir, { recursive: true });
  });
  const url = new URL(`http://127.0.0.1:${port}`);
  await waitFor("nginx", async () => (await fetch(new URL("/c/main", url), { method: "HEAD" })).ok);
  return url;
}

/** What a program writes, line by line. */
function linesOf(t: TestContext, command: string, args: string[]): { lines: string[]; child: ChildProcess } {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill());
  const lines: string[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts.filter((line) => line !== ""));
  });
  return { lines, child };
}

for (const through of ["", " through nginx as it is"]) {
  test(`[TR2] [TR4] curl -N and Python's urllib get each point once, in order, as it comes${through}`, async (t) => {
    const edge = await startEdge();
    t.after(() => edge.close());
    const origin = through === "" ? edge.url : await behindNginx(t, edge);
    const channel = newChannel();
    const url = new URL(`/c/${channel}`, origin).href;
    await publishFrames(edge, channel, frameOf(A, 1, [1]));
    const json = linesOf(t, "/usr/bin/curl", ["-sN", `${url}?follow=1`]);
    const csv = linesOf(t, "/usr/bin/curl", ["-sN", "-H", "Accept: text/csv", `${url}?follow=1`]);
    const events = linesOf(t, "/usr/bin/python3", ["test/foreign/live.py", url, String(COUNT)]);
    await waitFor("the tail at all of them", () => json.lines.length + csv.lines.length + events.lines.length >= 4);
    for (let n = 2; n <= COUNT; n++) await publishFrames(edge, channel, frameOf(A, n, [n]));
    const [code] = await withDeadline("the end of Python", once(events.child, "exit"));
    assert.equal(code, 0);
    const expected = counting(1, COUNT);
    assert.deepEqual(events.lines.map(Number), expected);
    await waitFor("all lines", () => json.lines.length === COUNT && csv.lines.length === COUNT + 1);
    assert.deepEqual(
      json.lines.map((line) => JSON.parse(line).y),
      expected,
    );
    assert.deepEqual(
      csv.lines.slice(1).map((line) => Number(line.split(",")[2])),
      expected,
    );
  });
}

/** An empty page of another site, in a real Chromium. */
async function pageElsewhere(t: TestContext): Promise<{ page: Page; origin: string }> {
  browser ??= openBrowser();
  const server = createHttpServer((_, response) => {
    response.setHeader("Content-Type", "text/html").end("<!doctype html><title>Elsewhere</title>");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const page = await (await browser).newPage();
  t.after(async () => {
    await page.close();
    server.closeAllConnections();
    server.close();
  });
  await page.goto(origin);
  return { page, origin };
}

/** As the article of 2011 had it that this began with: a WebSocket, and JSON. (What it drew is not of interest here.) */
const PAGE_OF_2011 = `(url) => {
  window.points = [];
  window.ended = false;
  var socket = new WebSocket(url);
  socket.onmessage = function (message) { window.points.push(JSON.parse(message.data)); };
  socket.onclose = function () { window.ended = true; };
}`;
const EVENT_SOURCE = `(url) => {
  window.points = [];
  var events = new EventSource(url);
  events.onmessage = function (event) { window.points.push(JSON.parse(event.data)); };
}`;

/** What a page has got. */
async function ysOf(page: Page): Promise<number[]> {
  return await page.evaluate("points.map(function (point) { return point.y; })");
}

for (const through of ["", " through nginx as it is"]) {
  test(`[TR2] [TR3] [CL2b] Chromium's and npm's EventSource, long polls of curl, and plotcast-client get each point once, in order${through}`, async (t) => {
    const { page, origin: site } = await pageElsewhere(t);
    const edge = await startEdge({ vars: { ALLOWED_ORIGINS: site } });
    t.after(() => edge.close());
    const origin = through === "" ? edge.url : await behindNginx(t, edge);
    const channel = newChannel();
    const url = new URL(`/c/${channel}`, origin);
    await publishFrames(edge, channel, frameOf(A, 1, [1]));
    const seen: number[] = [];
    const events = new EventSource(url);
    t.after(() => events.close());
    events.addEventListener("message", ({ data }: { data: unknown }) => seen.push(JSON.parse(String(data)).y));
    await page.evaluate(`(${EVENT_SOURCE})(${JSON.stringify(url.href)})`);
    const subscriber = new Subscriber(t, url);
    // What loses the upgrade says so with 426, and the library takes events (VW14, CL4c).
    await subscriber.isLiveBy(through === "" ? "websocket" : "events");
    const first = await promisify(execFile)("/usr/bin/curl", ["-s", "-H", "Accept: application/json", `${url}?wait=0`]);
    const { cursor } = JSON.parse(first.stdout);
    const next = promisify(execFile)("/usr/bin/curl", [
      ...["-s", "-H", "Accept: application/json", `${url}?wait=25&cursor=${cursor}`],
    ]);
    await waitFor("the tail at all of them", async () => seen.length + (await ysOf(page)).length === 2);
    for (let n = 2; n <= COUNT; n++) await publishFrames(edge, channel, frameOf(A, n, [n]));
    assert.equal(JSON.parse((await next).stdout).points[0].y, 2);
    await waitFor("all points at npm's", () => seen.length >= COUNT);
    await waitFor("all points in Chromium", async () => (await ysOf(page)).length >= COUNT);
    await waitFor("all points at the library's", () => subscriber.ys.length >= COUNT);
    for (const each of [seen, await ysOf(page), subscriber.ys]) assert.deepEqual(each, counting(1, COUNT));
  });
}

test("[TR1b] [TR2e] both EventSources come back by themselves where they were, when the Worker was away", async (t) => {
  const { page, origin: site } = await pageElsewhere(t);
  const edge = await startEdge({ vars: { ALLOWED_ORIGINS: site } });
  t.after(() => edge.close());
  const channel = newChannel();
  const url = edge.channelUrl(channel);
  const seen: number[] = [];
  const events = new EventSource(url);
  t.after(() => events.close());
  events.addEventListener("message", ({ data }: { data: unknown }) => seen.push(JSON.parse(String(data)).y));
  await page.evaluate(`(${EVENT_SOURCE})(${JSON.stringify(url.href)})`);
  const hasAll = async (count: number): Promise<void> => {
    await waitFor("all points", async () => seen.length >= count && (await ysOf(page)).length >= count);
    for (const each of [seen, await ysOf(page)]) assert.deepEqual(each, counting(1, count));
  };
  for (let n = 1; n <= 20; n++) await publishFrames(edge, channel, frameOf(A, n, [n]));
  await hasAll(20);
  await edge.kill();
  await edge.restart();
  for (let n = 21; n <= 40; n++) await publishFrames(edge, channel, frameOf(A, n, [n]));
  await hasAll(40);
});

test("[VW1c] [VW5a] a page of 2011 and Python's websockets get the last 100 points, then each as it comes", async (t) => {
  const { page, origin: site } = await pageElsewhere(t);
  const edge = await startEdge({ vars: { ALLOWED_ORIGINS: site } });
  t.after(() => edge.close());
  const channel = newChannel();
  const url = edge.channelUrl(channel).href.replace("http", "ws");
  await publishFrames(edge, channel, frameOf(A, 1, counting(1, 150)));
  await page.evaluate(`(${PAGE_OF_2011})(${JSON.stringify(url)})`);
  const python = linesOf(t, "/usr/bin/python3", ["test/foreign/live_websocket.py", url, "150"]);
  await waitFor("the last 100", async () => python.lines.length === 100 && (await ysOf(page)).length === 100);
  for (let n = 2; n <= 51; n++) await publishFrames(edge, channel, frameOf(A, n, [149 + n]));
  await waitFor("the others", async () => python.lines.length === 150 && (await ysOf(page)).length === 150);
  assert.deepEqual(python.lines.map(Number), counting(51, 200));
  assert.deepEqual(await ysOf(page), counting(51, 200));
});

test("[VW14] through nginx as it is no WebSocket comes: they are told 426, and a GET says what to do", async (t) => {
  const { page, origin: site } = await pageElsewhere(t);
  const edge = await startEdge({ vars: { ALLOWED_ORIGINS: site } });
  t.after(() => edge.close());
  const url = new URL(`/c/${newChannel()}`, await behindNginx(t, edge));
  const socketUrl = url.href.replace("http", "ws");
  const python = linesOf(t, "/usr/bin/python3", ["test/foreign/live_websocket.py", socketUrl, "1"]);
  await page.evaluate(`(${PAGE_OF_2011})(${JSON.stringify(socketUrl)})`);
  await waitFor("the end of both", async () => python.lines.length === 1 && (await page.evaluate("ended")) === true);
  assert.deepEqual(python.lines, ["refused with 426"]);
  const upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  const { stdout } = await promisify(execFile)("/usr/bin/curl", [
    ...["-s", "-m", "10", ...[...upgrade, key].flatMap((header) => ["-H", header]), url.href],
  ]);
  const problem = JSON.parse(stdout);
  assert.equal(problem.code, "upgrade-required");
  assert.match(problem.detail, /proxy/);
});
