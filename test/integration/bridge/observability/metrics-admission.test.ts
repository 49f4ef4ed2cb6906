import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { hostname } from "node:os";
import { type TestContext, test } from "node:test";
import { boundConnections, namesOf } from "../../../../bridge/observability/admission.ts";
import { serveMetrics } from "../../../../bridge/observability/metrics.ts";
import { newPage, openBrowser } from "../../../support/browser.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const NOTHING = { sources: [], uplinks: { all: [] }, downlinks: { all: [] } };

async function metricsUrl(t: TestContext, host = "127.0.0.1"): Promise<URL> {
  const server = await serveMetrics({ host, port: 0 }, NOTHING, {});
  t.after(() => server.close());
  return new URL(server.url);
}

interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  text: string;
}

/** Unlike fetch, sends whatever headers it is given. */
async function ask(url: URL, headers: Record<string, string>, method = "GET"): Promise<Answer> {
  const answered = new Promise<Answer>((resolve, reject) => {
    request(url, { method, headers, setHost: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    })
      .on("error", reject)
      .end();
  });
  return await withDeadline(`an answer to ${method} with ${JSON.stringify(headers)}`, answered);
}

test("[BR17f] metrics and health are served to hosts that are known, and to no other", async (t) => {
  const url = await metricsUrl(t);
  const known = ["127.0.0.1", "10.0.0.7", "[::1]", "[fe80::1]", "localhost", "LOCALHOST.", "a.localhost", hostname()];
  const unknown = [
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evil-localhost",
    "notlocalhost",
    "2130706433",
    "0x7f.1",
    "127.1",
    "[evil.example]",
    "[127.0.0.1]",
    "[::1",
    "::1",
    "user@localhost",
    "localhost evil",
    "",
  ];
  for (const path of ["/metrics", "/healthz"]) {
    const to = new URL(path, url);
    for (const host of known) {
      for (const port of ["", `:${url.port}`]) assert.equal((await ask(to, { host: host + port })).status, 200, host);
    }
    for (const host of unknown) {
      const { status, text, headers } = await ask(to, { host: `${host}:${url.port}` });
      assert.equal(status, 403, host);
      assert.match(text, /^This name is not known here\. Ask by an address or localhost, or .*\(host-not-allowed\)\n$/);
      assert.equal(headers["access-control-allow-origin"], undefined);
    }
  }
});

test("[BR17f] of two hosts both must be known, and HTTP/1.0 needs none", async (t) => {
  const url = await metricsUrl(t);
  for (const [head, status] of [
    ["GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost", /^HTTP\/1\.1 [24]00 /],
    ["GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example", /^HTTP\/1\.1 40[03] /],
    ["GET /healthz HTTP/1.1\r\nHost: evil.example\r\nHost: localhost", /^HTTP\/1\.1 40[03] /],
    ["GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost", /^HTTP\/1\.1 404 /],
    ["GET /healthz HTTP/1.1", /^HTTP\/1\.1 400 /],
    ["GET /healthz HTTP/1.0", /^HTTP\/1\.1 200 /],
  ] as const) {
    const [socket] = silentClients(t, Number(url.port), 1);
    let text = "";
    socket?.on("data", (bytes) => {
      text += bytes.toString();
    });
    socket?.write(`${head}\r\n\r\n`);
    await withDeadline(`the end of ${head}`, new Promise((resolve) => socket?.on("close", resolve)));
    assert.match(text, status, head);
  }
});

test("[BR17f] the host of --metrics is known, whatever its case, and this machine's names are", () => {
  assert.deepEqual([...namesOf("Bridge.Lab", "Bench-3.lab.example")].sort(), [
    "bench-3",
    "bench-3.lab.example",
    "bench-3.local",
    "bridge.lab",
  ]);
  assert.ok(!namesOf("0.0.0.0", "").has(""));
});

test("[BR17g] what a browser asks for a page of another site is refused", async (t) => {
  const url = await metricsUrl(t);
  const host = url.host;
  for (const headers of [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "http://evil.example" },
    { origin: "null" },
  ]) {
    const { status, text } = await ask(url, { host, ...headers });
    assert.equal(status, 403, JSON.stringify(headers));
    assert.match(text, /pages of other sites.*\(cross-site\)\n$/);
  }
  for (const site of ["none", "same-origin"])
    assert.equal((await ask(url, { host, "sec-fetch-site": site })).status, 200);
});

test("[BR17d] only GET and HEAD are served", async (t) => {
  const url = await metricsUrl(t);
  const { host } = url;
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]) {
    const answer = await ask(url, { host }, method);
    assert.equal(answer.status, 405, method);
    assert.equal(answer.headers.allow, "GET, HEAD");
  }
  const head = await ask(url, { host }, "HEAD");
  assert.deepEqual([head.status, head.text], [200, ""]);
});

test("[BR17f] [BR17g] a page whose name was made to lead here reads nothing, nor does one of another origin", async (t) => {
  const attacker = createServer((_, response) =>
    response.setHeader("content-type", "text/html").end("<!doctype html><title>Any page</title>"),
  );
  await new Promise<void>((resolve) => attacker.listen(0, "127.0.0.1", resolve));
  const port = portOf(attacker.address());
  t.after(() => attacker.close());
  const browser = await openBrowser(["--host-resolver-rules=MAP evil.example 127.0.0.1"]);
  t.after(() => browser.close());
  const { page, close } = await newPage(browser, { width: 400, height: 300, colorScheme: "light" });
  t.after(close);
  const read = (what: string): Promise<string> =>
    page.evaluate(
      (href) => fetch(href).then(async (answer) => `${answer.status} ${await answer.text()}`, String),
      what,
    );

  // The name leads to the attacker first, then to the metrics: the same origin all the time.
  await page.goto(`http://evil.example:${port}/`);
  attacker.closeAllConnections();
  await new Promise((resolve) => attacker.close(resolve));
  const metrics = await serveMetrics({ host: "127.0.0.1", port }, NOTHING, {});
  t.after(() => metrics.close());
  for (const path of ["/metrics", "/healthz"]) assert.match(await read(path), /^403 .*host-not-allowed/);

  const other = createServer((_, response) => response.setHeader("content-type", "text/html").end("Any page"));
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.after(() => other.close());
  await page.goto(`http://127.0.0.1:${portOf(other.address())}/`);
  assert.match(await read(metrics.url), /^TypeError/);
  // A person who opens the address sees it.
  await page.goto(metrics.url);
  assert.match(await page.content(), /plotcast_bridge_/);
});

test("[BR17h] of 33 that connect and send nothing the oldest is cut off, and whoever asks is answered", async (t) => {
  const { server, port, cut } = await boundedServer(t, 60_000);
  const sockets = silentClients(t, port, 32);
  await waitFor("32 connections", () => connectionsOf(server).then((count) => count === 32));
  assert.equal(cut(), 0, "32 are let be");
  const url = new URL(`http://127.0.0.1:${port}/`);
  assert.equal((await ask(url, { host: url.host })).text, "fine");
  assert.equal(cut(), 1);
  await waitFor("the end of one", () => sockets.filter(({ destroyed }) => destroyed).length === 1);
});

test("[BR17h] a connection ends at its time, whatever is sent on it", async (t) => {
  const { server, port, cut } = await boundedServer(t, 300);
  const [silent, slow] = silentClients(t, port, 2);
  assert.ok(silent !== undefined && slow !== undefined);
  const writing = setInterval(() => slow.write("x"), 20);
  t.after(() => clearInterval(writing));
  slow.write("GET / HTTP/1.1\r\nx: ");
  await waitFor("both cut off", () => cut() === 2 && silent.destroyed && slow.destroyed);
  await waitFor("no connection left", () => connectionsOf(server).then((count) => count === 0));
});

test("[BR17h] a connection ends after 10 s, and not before", async (t) => {
  const { server, port, cut } = await boundedServer(t);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const connected = once(server, "connection");
  const [socket] = silentClients(t, port, 1);
  assert.ok(socket !== undefined);
  await connected;
  t.mock.timers.tick(9999);
  assert.equal(cut(), 0);
  const ended = once(socket, "close");
  t.mock.timers.tick(1);
  assert.equal(cut(), 1);
  await ended;
});

test("[BR17] a client that does not read what it asked for again and again holds no answers", async (t) => {
  const server = await serveMetrics({ host: "127.0.0.1", port: 0 }, NOTHING, {});
  t.after(() => server.close());
  const { port } = new URL(server.url);
  const socket = connect(Number(port), "127.0.0.1");
  t.after(() => socket.destroy());
  let text = "";
  const ended = new Promise((resolve) => socket.on("close", resolve));
  socket.on("data", (bytes) => {
    text += bytes.toString();
  });
  socket.on("error", () => undefined);
  socket.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(2000));
  await withDeadline("the end of the connection", ended);
  assert.equal(text.match(/^HTTP\/1\.1 200/gm)?.length, 1);
});

async function boundedServer(t: TestContext, maxMs?: number) {
  const server = createServer((_, response) => response.setHeader("connection", "close").end("fine"));
  let cut = 0;
  boundConnections(server, () => cut++, maxMs);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, port: portOf(server.address()), cut: () => cut };
}

function silentClients(t: TestContext, port: number, count: number): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    socket.resume();
    t.after(() => socket.destroy());
    return socket;
  });
}

function connectionsOf(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

function portOf(address: AddressInfo | string | null): number {
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}
