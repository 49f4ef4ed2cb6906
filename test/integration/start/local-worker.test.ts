/** The Worker as `npm start` runs it: on workerd, without wrangler and Miniflare. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import WebSocket from "ws";
import { buildLocal } from "../../../scripts/local/build-local.ts";
import { type LocalWorker, startWorker } from "../../../scripts/local/local-worker.ts";
import { readWorkerConfig } from "../../../scripts/local/worker-bundle.ts";
import { startEdge } from "../../support/edge.ts";
import { hasIpv6Loopback } from "../../support/ipv6.ts";
import { freePort } from "../../support/ports.ts";
import { withDeadline } from "../../support/wait.ts";

const TOKEN = "test-token";
const ODD_WORKER = fileURLToPath(new URL("./odd-worker.ts", import.meta.url));

interface Running extends LocalWorker {
  url: URL;
  trouble: string[];
}

async function start(
  t: TestContext,
  { main, lookEveryMs, env = {} }: { main?: string; lookEveryMs?: number; env?: Record<string, string> } = {},
): Promise<Running> {
  const config = await readWorkerConfig();
  const folder = await mkdtemp(join(tmpdir(), "plotcast-local-"));
  const trouble: string[] = [];
  const port = await freePort();
  const names = [...Object.keys(config.vars), "PUBLISH_TOKEN"];
  const worker = startWorker({
    configFile: await buildLocal({ ...config, ...(main !== undefined && { main }) }, names, join(folder, "built")),
    port,
    listening: (await hasIpv6Loopback()) ? "both" : "ipv4",
    vars: { ...config.vars, PUBLISH_TOKEN: TOKEN, ...env },
    storeDir: folder,
    onTrouble: (line) => trouble.push(line),
    ...(lookEveryMs !== undefined && { lookEveryMs }),
  });
  t.after(async () => {
    await worker.close();
    await rm(folder, { recursive: true, force: true });
  });
  await worker.ready;
  return { ...worker, url: new URL(`http://127.0.0.1:${port}`), trouble };
}

/** What of an answer is the Worker's or the page's own: not what compresses, caches or counts on the way. */
async function essence(response: Response): Promise<unknown> {
  const kept = ["content-type", "cache-control", "location", "vary", "allow", "www-authenticate"];
  const headers = [...response.headers].filter(
    ([name]) =>
      kept.includes(name) || name.startsWith("content-security") || name.startsWith("x-") || name.startsWith("cross-"),
  );
  const text = response.headers.get("content-type")?.startsWith("application/x-ndjson") ? "" : await response.text();
  return { status: response.status, headers: Object.fromEntries(headers), text };
}

test("[ST10a] it answers as it does on Miniflare: page, files, points and refusals", async (t) => {
  const local = await start(t);
  const edge = await startEdge();
  t.after(() => edge.close());
  const page = await readFile(new URL("../../../dist/page/page.html", import.meta.url), "utf8");
  const script = /src="([^"]+)"/.exec(page)?.[1] ?? "";
  const browser = { Accept: "text/html" };
  const bearer = { Authorization: `Bearer ${TOKEN}` };
  const requests: [string, RequestInit][] = [
    ["/", {}],
    ["/c/main", { headers: browser }],
    ["/c/main?embed=1", { headers: browser }],
    ["/c/main", { method: "POST", headers: bearer, body: '{"x":1,"y":2}' }],
    ["/c/main", { headers: { Accept: "text/csv" } }],
    ["/c/main", { method: "POST", body: '{"x":1,"y":2}' }],
    ["/c/main", { method: "OPTIONS" }],
    ["/c/main", { method: "PUT" }],
    ["/c/main", { method: "DELETE", headers: bearer }],
    ["/c/a%20b", {}],
    [script, {}],
    [script, { method: "HEAD" }],
    [script, { method: "POST" }],
    ["/favicon.svg", {}],
    ["/plot-cast.js", {}],
    ["/plot-cast.js", { method: "HEAD", headers: { Origin: "https://site.example", "Sec-Fetch-Site": "cross-site" } }],
    ["/page.html", {}],
    ["/page", {}],
    ["/assets/", {}],
    ["/_headers", {}],
    ["/nope", { headers: browser }],
    ["/nope", { method: "POST", body: "x" }],
  ];
  for (const [path, init] of requests) {
    const [ours, theirs] = await Promise.all(
      [local.url, edge.url].map(
        async (base) => await essence(await fetch(new URL(path, base), { ...init, redirect: "manual" })),
      ),
    );
    assert.deepEqual(ours, theirs, `${init.method ?? "GET"} ${path}`);
  }
  assert.deepEqual(local.trouble, []);
});

test("[ST10] points reach a viewer", async (t) => {
  const local = await start(t);
  const url = new URL("/c/lab/x", local.url);
  const viewer = new WebSocket(url.href.replace("http", "ws"));
  t.after(() => viewer.terminate());
  await withDeadline("the viewer connected", once(viewer, "open"));
  const message = once(viewer, "message");
  const response = await fetch(url, {
    method: "POST",
    headers: { Authorization: `Bearer ${TOKEN}` },
    body: '{"x":1,"y":2}',
  });
  assert.equal(response.status, 200, await response.text());
  assert.equal(String((await withDeadline("the point at the viewer", message))[0]), '{"x":1,"y":2}');
});

test("[VW15] no compression is agreed on with viewers", async (t) => {
  const local = await start(t);
  const url = new URL("/c/main", local.url).href.replace("http", "ws");
  // What browsers offer.
  const viewer = new WebSocket(url, { perMessageDeflate: true });
  t.after(() => viewer.terminate());
  await withDeadline("the viewer connected", once(viewer, "open"));
  assert.equal(viewer.extensions, "");
});

test("[ST10b] it says where a request came from, whatever the request says", async (t) => {
  const local = await start(t, { main: ODD_WORKER });
  const hosts = ["127.0.0.1", ...((await hasIpv6Loopback()) ? ["[::1]"] : [])];
  for (const host of hosts) {
    for (const claimed of [undefined, "203.0.113.7", "203.0.113.7, 127.0.0.1"]) {
      const headers = { ...(claimed !== undefined && { "CF-Connecting-IP": claimed }) };
      const response = await fetch(`http://${host}:${local.url.port}/headers`, { headers });
      const seen: unknown = await response.json();
      assert.ok(typeof seen === "object" && seen !== null && "cf-connecting-ip" in seen);
      assert.equal(seen["cf-connecting-ip"], host.replace(/[[\]]/g, ""));
    }
  }
});

test("[ST7c] the Worker itself can connect to nobody", async (t) => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.end("here");
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const local = await start(t, { main: ODD_WORKER });
  for (const url of [`http://127.0.0.1:${address.port}/`, `http://localhost:${address.port}/`, "http://example.com/"]) {
    const response = await fetch(new URL(`/out?url=${encodeURIComponent(url)}`, local.url));
    assert.notEqual(response.status, 200, url);
    await response.text();
  }
  assert.equal(asked, 0);
});

test("[ST4] workerd that is stopped for good is found dead", { skip: process.platform === "win32" }, async (t) => {
  const local = await start(t, { lookEveryMs: 200 });
  process.kill(local.pid, "SIGSTOP");
  await assert.rejects(withDeadline("the Worker found dead", local.failed, 30_000), /answers nothing and does nothing/);
});

test("[ST4] a Worker in a loop without an end is found dead", async (t) => {
  const local = await start(t, { main: ODD_WORKER, lookEveryMs: 200 });
  const asked = fetch(new URL("/loop", local.url)).catch(() => undefined);
  await assert.rejects(withDeadline("the Worker found dead", local.failed, 60_000), /answers nothing, though it works/);
  await local.close();
  await asked;
});

test("[ST4c] a Worker that is busy all the time is left alone", async (t) => {
  const local = await start(t, { main: ODD_WORKER, lookEveryMs: 200 });
  let failure: unknown;
  local.failed.catch((error: unknown) => {
    failure = error;
  });
  // Each keeps the only thread for longer than a look; three at a time leave it none of its own.
  let turns = 0;
  const askAgain = async (): Promise<void> => {
    while (turns < 60) {
      turns++;
      assert.equal((await fetch(new URL("/burn", local.url))).status, 200);
    }
  };
  await withDeadline("sixty turns of a busy Worker", Promise.all([askAgain(), askAgain(), askAgain()]), 100_000);
  assert.equal(failure, undefined);
});

test("[ST4] workerd that ends by itself says so, and how", async (t) => {
  const local = await start(t);
  process.kill(local.pid, "SIGKILL");
  await assert.rejects(withDeadline("the end noticed", local.failed), /ended by itself \(SIGKILL\)/);
});

test("what keeps workerd from starting is said", async () => {
  const config = await readWorkerConfig();
  const folder = join(tmpdir(), "plotcast-that-there-is-not");
  const worker = startWorker({
    configFile: join(folder, "workerd.capnp"),
    port: await freePort(),
    listening: "ipv4",
    vars: config.vars,
    storeDir: folder,
    onTrouble: () => undefined,
  });
  try {
    await assert.rejects(withDeadline("the failure", worker.ready, 30_000), /ended by itself[\s\S]*workerd\.capnp/);
  } finally {
    await worker.close();
  }
});
