import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { UplinkLedger } from "../../../../bridge/observability/ledger.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { createDeliverer } from "../../../../bridge/uplink/deliverer.ts";
import { Poster } from "../../../../bridge/uplink/post.ts";
import { Collector } from "../../../../client/publish/collect/collector.ts";
import { outcomeOf, type Reply, type Sent } from "../../../../client/publish/deliver/answer.ts";
import type { Row } from "../../../../protocol/frame/frame-builder.ts";
import { readHeader } from "../../../../protocol/frame/header.ts";
import { directoryOf, startBridgeProcess } from "../../../support/bridge-process.ts";
import { startEdge } from "../../../support/edge.ts";
import { problem, startFakeWorker } from "../../../support/fake-worker.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     collector → deliverer ─HTTP→ somebody else's server

const TOKEN = "secret-token";
const PAGE =
  "<html><head><title>Hotel Wi-Fi</title><script>var a = '<b>';</script></head><body>Please log in</body></html>";

function http(status: string, headers: string, body = ""): string {
  return `HTTP/1.1 ${status}\r\n${headers}${headers && "\r\n"}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** What servers answer that are not the Worker, and what the log must say of it. */
const FOREIGN: Record<string, [answer: string, said: RegExp]> = {
  "a login page": [
    http("200 OK", "Content-Type: text/html; charset=utf-8", PAGE),
    /200 text\/html, "Hotel Wi-Fi Please log in"/,
  ],
  "a TLS port": [
    http(
      "400 Bad Request",
      "Server: nginx\r\nContent-Type: text/html",
      "The plain HTTP request was sent to HTTPS port",
    ),
    /400 text\/html from nginx, "The plain HTTP request was sent to HTTPS port" .*needs https:/,
  ],
  "a 204 of nobody": [http("204 No Content", ""), /204 without a content type/],
  "a 201": [
    http("201 Created", "Content-Type: application/json", '{"seq":3,"points":3,"viewers":0}'),
    /201 application\/json/,
  ],
  "a redirect": [
    http("302 Found", "Location: http://login.example/?from=1"),
    /302 .*redirects to http:\/\/login\.example/,
  ],
  "a permanent redirect": [http("308 Permanent Redirect", "Location: https://x/"), /308 .*redirects to https:\/\/x\//],
  "an empty 200": [http("200 OK", ""), /200 without a content type/],
  "the JSON of another service": [
    http("200 OK", "Content-Type: application/json", '{"ok":true}'),
    /200 application\/json, "{"ok":true}"/,
  ],
  "an answer for fewer points": [
    http("200 OK", "Content-Type: application/json", '{"seq":9,"points":2,"viewers":0}'),
    /200 application/,
  ],
  "an answer for more points": [
    http("200 OK", "Content-Type: application/json", '{"seq":9,"points":4,"viewers":0}'),
    /200 application/,
  ],
  "a proxy that wants a login": [
    http("407 Proxy Authentication Required", "Content-Type: text/html", PAGE),
    /407 .*wants a login/,
  ],
  "a 401 page": [http("401 Unauthorized", "Content-Type: text/html", PAGE), /401 .*wants a login/],
  "a problem of another service": [
    http("400 Bad Request", "Content-Type: application/problem+json", '{"code":"bad-thing","status":400}'),
    /400 application\/problem\+json/,
  ],
  "our code, with a status that it does not have": [
    http("422 Unprocessable", "Content-Type: application/problem+json", problem("frame-count")),
    /422 application/,
  ],
  "our code, as plain JSON": [
    http("400 Bad Request", "Content-Type: application/json", problem("frame-count")),
    /400 application\/json/,
  ],
  "a limit of nginx for one small body": [
    http("413 Too Large", "Server: nginx\r\nContent-Type: text/html", PAGE),
    /413 .*client_max_body_size/,
  ],
  "a 415 page": [http("415 Unsupported", "Content-Type: text/html", PAGE), /415 text\/html/],
  "headers too large": [http("431 Too Large", "Content-Type: text/html", PAGE), /431 text\/html/],
  "a proxy without a Worker": [
    http("502 Bad Gateway", "Server: nginx\r\nContent-Type: text/html", PAGE),
    /502 text\/html from nginx/,
  ],
};

/** A server that gives every request the same bytes, and counts them. */
async function serverOf(
  t: TestContext,
  bytes: string,
): Promise<{ port: number; requests: () => number; stop: () => Promise<void> }> {
  let requests = 0;
  const server: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      requests++;
      socket.end(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  t.after(stop);
  return { port: address.port, requests: () => requests, stop };
}

function delivering(t: TestContext, to: URL) {
  const ledger = new UplinkLedger();
  const lines: string[] = [];
  const lost = ledger.countDropped.bind(ledger);
  const collector = new Collector({ publisher: "00000000000000aa", maxBytes: 2 ** 24, lost });
  const poster = new Poster({ to, token: TOKEN });
  const deliverer = createDeliverer({
    collector,
    ledger,
    log: createLog("text", "info", (line) => lines.push(line)),
    post: ({ body, points }, signal) => poster.send(body, signal, { kind: "frames", points }),
    policy: { baseDelayMs: 5, maxDelayMs: 20, holdMs: 20 },
  });
  void deliverer.run();
  t.after(async () => {
    await deliverer.drain(0);
    await poster.close();
  });
  return { ledger, lines, collector };
}

/** Irregular, so that no encoding narrows them. */
function rowsOf(count: number): Row[] {
  const row = (i: number): Row => ({ x: i + 0.3 * Math.random(), arrival: false, names: ["y"], values: [Math.sin(i)] });
  return Array.from({ length: count }, (_, i) => row(i));
}

for (const [who, [bytes, said]] of Object.entries(FOREIGN)) {
  it(`[BR25a] [BR25c] [BR25d] ${who} confirms nothing and refuses nothing: the points wait, and the log says what answered`, async (t) => {
    const server = await serverOf(t, bytes);
    const { ledger, lines, collector } = delivering(t, new URL(`http://127.0.0.1:${server.port}/c/main`));
    collector.add(rowsOf(3));
    await waitFor("the fourth try", () => server.requests() >= 4);
    assert.deepEqual([ledger.delivered, ledger.droppedPoints, collector.held.points], [0, 0, 3]);
    const warnings = lines.filter((line) => line.includes("Not delivered"));
    assert.equal(warnings.length, 1, lines.join(""));
    assert.match(warnings[0] ?? "", said);
    assert.match(warnings[0] ?? "", /what answered is not Plotcast: .*3 points kept/);
    await server.stop();
    const worker = await startFakeWorker({ port: server.port });
    t.after(() => worker.close());
    await waitFor("the confirmation", () => ledger.delivered === 3);
    assert.equal(worker.points().length, 3);
  });
}

it("[BR25c] [BR10d] to a login page a bridge delivers nothing and ends with 3: the points are in the spool", async (t) => {
  const server = await serverOf(t, http("200 OK", "Content-Type: text/html", PAGE));
  const args = ["--to", `http://127.0.0.1:${server.port}/c/main`, "--bind", "tcp://127.0.0.1:*"];
  const bridge = startBridgeProcess(t, await directoryOf(t), args);
  const publisher = await connectPublisher(await bridge.address());
  t.after(() => publisher.close());
  for (let i = 0; i < 24; i++) await publisher.send(`[${i},1]`);
  await waitFor("the warning", () => bridge.stderr().includes("what answered is not Plotcast: 200 text/html"));
  await waitFor("a POST of points, behind the question of the start", () => server.requests() >= 2);
  bridge.child.kill("SIGTERM");
  await waitFor("the end's beginning", () => bridge.stderr().includes("Delivering what is left"));
  bridge.child.kill("SIGTERM");
  assert.equal(await withDeadline("the exit", bridge.exit), 3);
});

it("[BR8d] nginx's limit for bodies halves them, and loses nothing", async (t) => {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  const headers = { "content-type": "text/html", server: "nginx" };
  worker.script = ({ headers: { "content-length": length } }) =>
    Number(length) > 300_000 ? { take: false, status: 413, headers, body: PAGE } : undefined;
  const { ledger, collector, lines } = delivering(t, worker.url);
  collector.add(rowsOf(100_000));
  await waitFor("everything delivered", () => ledger.delivered === 100_000);
  assert.deepEqual([worker.points().length, ledger.droppedPoints], [100_000, 0]);
  assert.match(lines[0] ?? "", /A body of .* bytes was refused: .*client_max_body_size.*Sending half as much/);
});

it("[BR8f] a Worker that fails at a large body gets a smaller one, and no frame is lost", async (t) => {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  // As a Worker does that runs out of memory.
  worker.script = ({ frames }) => (frames.length > 3 ? { take: false, status: 500 } : undefined);
  const { ledger, collector } = delivering(t, worker.url);
  collector.add(rowsOf(100_000));
  await waitFor("everything delivered", () => ledger.delivered === 100_000);
  assert.deepEqual([worker.points().length, ledger.droppedPoints], [100_000, 0]);
  const sizes = worker.posts.map(({ frames }) => frames.length);
  assert.ok((sizes[0] ?? 0) > 3 && sizes[0] === sizes[1] && (sizes[2] ?? 0) < (sizes[1] ?? 0), String(sizes));
});

it("[BR8e] frames of constant samples after an outage: 131,072 points a body at most", async (t) => {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  const { ledger, collector } = delivering(t, worker.url);
  const row = (x: number) => ({ x, arrival: false, names: ["y"], values: [1] });
  collector.add(Array.from({ length: 400_000 }, (_, i) => row(i)));
  await waitFor("everything delivered", () => ledger.delivered === 400_000);
  const most = Math.max(...worker.posts.map(({ frames }) => frames.reduce((sum, f) => sum + readHeader(f).points, 0)));
  assert.ok(most <= 131_072 && most > 100_000, String(most));
});

it("[BR6c] a Retry-After of an hour is said at once, and a minute is waited", async (t) => {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  worker.script = () => ({
    take: false,
    status: 503,
    headers: { "retry-after": "3600" },
    body: problem("channel-unavailable"),
  });
  const { collector, lines } = delivering(t, worker.url);
  collector.add(rowsOf(1));
  await waitFor("the warning", () => lines.length > 0);
  assert.equal(worker.posts.length, 1);
  assert.match(
    lines[0] ?? "",
    /503 channel-unavailable .*it asks to wait for 60 min, and is asked again after a minute/,
  );
});

describe("reading an answer", () => {
  const FRAMES: Sent = { kind: "frames", points: 3 };
  const read = (reply: Partial<Reply>, sent: Sent = FRAMES) =>
    outcomeOf({ status: 200, headers: { "content-type": "application/json" }, text: "", ...reply }, sent, TOKEN);

  it("[BR25b] a publish answer that fits, and a problem with a code of ours and its status, are Plotcast's", () => {
    const taken = read({ text: '{"seq":5,"points":3,"viewers":2}' });
    assert.ok(taken.kind === "taken" && taken.answer?.viewers === 2);
    const headers = { "content-type": "application/problem+json; charset=utf-8" };
    const refused = read({ status: 400, headers, text: problem("frame-count", "No.") });
    assert.ok(refused.kind === "refused" && refused.code === "frame-count" && refused.detail === "No.");
  });

  it("[BR25b] an announcement is confirmed by a 204 with the Worker's mark, and by nothing else", () => {
    const sent: Sent = { kind: "announcement" };
    assert.equal(read({ status: 204, headers: { plotcast: "1" } }, sent).kind, "taken");
    for (const reply of [
      { status: 204, headers: {} },
      { status: 200, headers: { plotcast: "1" } },
      { status: 200, text: '{"seq":5,"points":0,"viewers":2}' },
      { status: 204, headers: { plotcast: "2" } },
    ])
      assert.equal(read(reply, sent).kind, "foreign");
    assert.equal(read({ status: 204, headers: { plotcast: "1" } }).kind, "foreign", "frames are not confirmed by it");
  });

  it("[BR25a] whatever is no answer of ours is foreign", () => {
    const texts = ["", "<html>", "null", "[]", "3", '"x"', '{"seq":5,"points":3}', '{"seq":-1,"points":3,"viewers":0}'];
    for (const text of [...texts, '{"seq":5,"points":3.5,"viewers":0}', '{"seq":5,"points":3,"viewers":']) {
      assert.equal(read({ text }).kind, "foreign", text);
    }
  });

  it("[BR25d] quotes no control character, no long text, and not the token", () => {
    const what = (reply: Partial<Reply>): string => {
      const outcome = read(reply);
      assert.ok(outcome.kind === "foreign");
      return outcome.what;
    };
    const long = what({ text: `a\u001b[31m\u202e${"b".repeat(1000)}` });
    assert.ok(long.length < 120, long);
    assert.match(long, /"a\\x1b\[31m\\u202ebbb/);
    const echo = what({ text: `<pre>Authorization: Bearer ${TOKEN}</pre>`, headers: { server: TOKEN } });
    assert.ok(!echo.includes(TOKEN), echo);
    assert.ok(!what({ status: 302, headers: { location: `https://x/?t=${TOKEN}` } }).includes(TOKEN));
    const cut = what({ text: `${"x".repeat(75)}${TOKEN}` });
    assert.ok(!cut.includes("secret"), cut);
    const late = what({ text: `${"<i>".repeat(1363)}${TOKEN}` });
    assert.ok(!late.includes("secre"), late);
    const headers = { "content-type": "application/problem+json" };
    const detailed = read({
      status: 400,
      headers,
      text: problem("frame-count", `\n${TOKEN}`),
    });
    assert.ok(detailed.kind === "refused" && detailed.detail === "\\x0a<token>");
  });

  it("[BR25] a page full of tags that never close is foreign like any other", () => {
    for (const text of ["<script".repeat(9000), "<".repeat(64_000)]) assert.equal(read({ text }).kind, "foreign");
  });
});

it("[BR25] [RT4] the real Worker's answers are known as its own", async (t) => {
  const edge = await startEdge();
  t.after(() => edge.close());
  const poster = new Poster({ to: edge.channelUrl("main"), token: edge.token ?? "" });
  const stranger = new Poster({ to: edge.channelUrl("main"), token: "another-token" });
  t.after(() => Promise.all([poster.close(), stranger.close()]));
  const { signal } = new AbortController();
  const announcement = Buffer.from('{"publisher":"00000000000000aa","here":true}');
  const sent: Sent = { kind: "announcement" };
  assert.equal((await poster.send(announcement, signal, sent)).kind, "taken");
  const wrong = await stranger.send(announcement, signal, sent);
  assert.ok(wrong.kind === "refused" && wrong.code === "token-wrong");
  const bad = await poster.send(Buffer.from("no frame"), signal, { kind: "frames", points: 1 });
  assert.ok(bad.kind === "refused" && bad.code === "frame-truncated");
});
