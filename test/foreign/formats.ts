/**
 * Foreign publishers of other formats → the bridge as users run it → Worker: Debian's Python with CURVE and msgpack,
 * float32 samples, compressed JSON; and GNU Radio's own ZeroMQ blocks. `npm run test:foreign`.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { newPage, openBrowser } from "../support/browser.ts";
import { type Edge, startEdge } from "../support/edge.ts";
import { waitFor, withDeadline } from "../support/wait.ts";

const MAIN = fileURLToPath(new URL("../../bridge/cli/main.ts", import.meta.url));
const COUNT = 1000;
const COUNTED = Array.from({ length: COUNT }, (_, i) => i);

let edge: Edge;
let directory: string;

before(async () => {
  edge = await startEdge();
  directory = await mkdtemp(join(tmpdir(), "plotcast-foreign-"));
});

after(async () => {
  await edge.close();
  await rm(directory, { recursive: true, force: true });
});

function python(t: TestContext, file: string, ...args: string[]): ChildProcess {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn("/usr/bin/python3", [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  return child;
}

/** Starts a bridge to the channel. @returns the address that it listens on or connects to, once it does */
async function bridge(t: TestContext, channel: string, ...flags: string[]): Promise<string> {
  const args = [MAIN, "--to", edge.channelUrl(channel).href, "--spool", "none", "--log", "text", ...flags];
  const child = spawn(process.execPath, args, { env: { ...process.env, PUBLISH_TOKEN: edge.token ?? "" } });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  child.stderr.on("data", (data) => {
    said += String(data);
  });
  return waitFor("the bridge listening", () => /(?:Listening on|Connecting to) (\S+?)[,;]/.exec(said)?.[1]);
}

/** What is stored of a series, once it is `count` points or more. */
async function stored(channel: string, series: string, count: number): Promise<{ x: number; y: number }[]> {
  const url = `${edge.channelUrl(channel).href}?series=${encodeURIComponent(series)}`;
  return waitFor(
    `${count} points of ${series}`,
    async () => {
      const text = await (await fetch(url, { headers: { accept: "application/x-ndjson" } })).text();
      const lines = text.split("\n").filter((line) => line !== "");
      return lines.length >= count ? lines.map((line): { x: number; y: number } => JSON.parse(line)) : undefined;
    },
    { deadlineMs: 40_000, everyMs: 200 },
  );
}

test("Python's msgpack through CURVE, with keys that `plotcast keys` made, is plotted", async (t) => {
  for (const name of ["server", "client", "stranger"]) {
    execFileSync(process.execPath, [MAIN, "keys", join(directory, name)]);
  }
  const secret = (name: string) => join(directory, `${name}.key_secret`);
  const security = ["--curve-server", "--curve-secret-key-file", secret("server")];
  const allowed = ["--curve-allow-file", join(directory, "client.key")];
  const address = await bridge(t, "curve", "--bind", "tcp://127.0.0.1:*", ...security, ...allowed);
  const stranger = python(t, "formats.py", "curve_msgpack", address, join(directory, "server.key"), secret("stranger"));
  const publisher = python(t, "formats.py", "curve_msgpack", address, join(directory, "server.key"), secret("client"));
  const points = await stored("curve", "count", COUNT);
  assert.deepEqual(
    points.map(({ y }) => y),
    COUNTED,
    "the one on the list, and not the stranger",
  );
  assert.ok(Math.abs((points[0]?.x ?? 0) - Date.now() / 1000) < 60, "x is the publisher's time");
  await withDeadline("the publisher's end", once(publisher, "exit"), 20_000);
  assert.equal(stranger.exitCode, null, "the stranger still waits");

  const browser = await openBrowser();
  t.after(() => browser.close());
  const { page } = await newPage(browser, { width: 1280, height: 760, colorScheme: "dark" });
  await page.goto(edge.channelUrl("curve").href);
  await waitFor("both series in the page", async () => {
    const shown: { name: string; y: number[] }[] = await page.evaluate("plotcast.series()");
    return shown.length === 2 && shown.every(({ y }) => y.length === COUNT);
  });
});

test("Python's float32 samples are plotted at their rate", async (t) => {
  const address = await bridge(t, "f32", "--bind", "tcp://127.0.0.1:*", "--format", "f32@8k");
  python(t, "formats.py", "f32", address);
  const points = await stored("f32", "y", 80 * COUNT);
  assert.deepEqual(
    points.map(({ y }) => y),
    points.map((_, i) => i % 8000),
  );
  for (let i = 1; i < points.length; i++) assert.ok((points[i]?.x ?? 0) > (points[i - 1]?.x ?? 0), `x ${i}`);
  // 80 samples each 10 ms and a little: the clock follows the publisher's, which is slower than it says.
  const seconds = (points.at(-1)?.x ?? 0) - (points[0]?.x ?? 0);
  assert.ok(seconds > 9.9 && seconds < 20, `${seconds} s`);
});

test("Python's zlib JSON is taken for what it is, with its topic", async (t) => {
  const address = await bridge(t, "zlib", "--bind", "tcp://127.0.0.1:*");
  python(t, "formats.py", "zlib_json", address);
  const points = await stored("zlib", "lab.count", COUNT);
  assert.deepEqual(
    points.map(({ y }) => y),
    COUNTED,
  );
});

for (const tags of ["plain", "tags"]) {
  test(`GNU Radio's PUB sink (${tags}) is plotted without a hole`, async (t) => {
    const address = `tcp://127.0.0.1:${await freePort()}`;
    const flowgraph = python(t, "flowgraph.py", address, tags);
    await withDeadline("the flowgraph's start", once(flowgraph.stdout ?? flowgraph, "data"), 30_000);
    const channel = `gnuradio-${tags}`;
    await bridge(t, channel, "--connect", address, "--preset", "gnuradio", "--format", "f32@8k");
    const points = await stored(channel, "y", 20_000);
    const values = points.map(({ y }) => y);
    assert.ok(Math.max(...values) > 0.99 && Math.min(...values) < 0.01, "a whole wave");
    // A sawtooth of 4,000 samples: from one to the next it rises by 1/4000, or falls back to the beginning.
    for (let i = 1; i < values.length; i++) {
      const step = (values[i] ?? 0) - (values[i - 1] ?? 0);
      assert.ok(Math.abs(step - 1 / 4000) < 1e-5 || step < -0.99, `sample ${i}: ${values[i - 1]} → ${values[i]}`);
    }
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
