/** Bodies by WebSocket, and by POST while none is open. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { UplinkLedger } from "../../../../bridge/observability/ledger.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { Poster } from "../../../../bridge/uplink/post.ts";
import { SocketTransport, type SocketTransportOptions } from "../../../../bridge/uplink/socket-transport.ts";
import type { Outcome } from "../../../../client/publish/deliver/answer.ts";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { MeddlingProxy, type Rules } from "../../../support/meddling-proxy.ts";
import { bulkyFrame, frameOf, newChannel, storedPoints } from "../../../support/publish.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     transport ─WebSocket, HTTP→ meddling proxy → the real Worker

const A = "00000000000000aa";
const edge = await startEdge();
after(() => edge.close());

/** A transport through a proxy that meddles. */
async function stage(
  t: TestContext,
  options: Partial<SocketTransportOptions> = {},
  rules: Partial<Rules> = {},
  to: Edge = edge,
) {
  const channel = newChannel();
  const proxy = await MeddlingProxy.to(t, to.channelUrl(channel), rules);
  return { channel, proxy, ...transportTo(t, proxy.url, to.token ?? "", options) };
}

function transportTo(t: TestContext, to: URL, token: string, options: Partial<SocketTransportOptions> = {}) {
  const ledger = new UplinkLedger();
  const lines: string[] = [];
  const log = createLog("text", "info", (line) => lines.push(line));
  const poster = new Poster({ to, token });
  const transport = new SocketTransport({
    to,
    token,
    log,
    ledger,
    poster,
    retryFromMs: 20,
    retryUpToMs: 50,
    ...options,
  });
  t.after(() => transport.close());
  const ended = new AbortController();
  /** Sends a body of one point under this number. */
  const send = (n: number): Promise<Outcome> =>
    withDeadline("an outcome", transport.send(frameOf(A, n, [n]), ended.signal, { kind: "frames", points: 1 }));
  const isOpen = () => waitFor("an open WebSocket", () => ledger.openSockets === 1, { everyMs: 1 });
  return { transport, ledger, lines, send, isOpen, ended };
}

/** What timers are set for from now on. @param isSkipped whether one goes off at once */
function delaysOf(t: TestContext, isSkipped: (ms: number) => boolean = () => false): number[] {
  const delays: number[] = [];
  const { setTimeout: original } = globalThis;
  t.mock.method(globalThis, "setTimeout", (...given: Parameters<typeof setTimeout>) => {
    const [callback, ms = 0, ...more] = given;
    delays.push(ms);
    return original(callback, isSkipped(ms) ? 0 : ms, ...more);
  });
  return delays;
}

const PAGE = { status: 403, html: "<title>Log in to the network</title>" };

for (const [upgrades, why] of [
  ["loses its header", /does not pass on Connection and Upgrade \(docs\/BEHIND-A-PROXY\.md\)/],
  ["cut", /is cut before an answer/],
  [PAGE, /it is refused with 403/],
  ["silence", /nothing came over it in 0\.3 s/],
] as const) {
  const what = typeof upgrades === "string" ? upgrades : "a page";
  // A machine that has much to do needs its time for the other answers.
  const times = upgrades === "silence" ? { helloWithinMs: 300 } : {};
  test(`[BR40a] [BR40e] [BR40f] where the upgrade meets ${what}, bodies go by POST at once; why is said once; a WebSocket is used as soon as it can be had`, async (t) => {
    const { proxy, lines, ledger, send, isOpen, channel } = await stage(t, times, { upgrades });
    for (let n = 1; n <= 3; n++) assert.equal((await send(n)).kind, "taken");
    await waitFor("some tries", () => ledger.fallbacks >= 4);
    assert.equal(ledger.socketBodies, 0);
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0] ?? "", why);
    assert.match(lines[0] ?? "", /go by POST, as a WebSocket cannot be had: .* Nothing is lost by that/);
    proxy.rules.upgrades = "passes";
    await isOpen();
    assert.equal((await send(4)).kind, "taken");
    assert.equal(ledger.socketBodies, 1);
    assert.equal(lines.length, 2, lines.join("\n"));
    assert.match(lines[1] ?? "", /Frames go by WebSocket now/);
    assert.equal((await storedPoints(edge, channel)).length, 4);
  });
}

test("[BR40f] an older Worker, which knows no such subprotocol, is named as the reason", async (t) => {
  for (const answers of ["400", "no subprotocol"]) {
    const server = createServer();
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => false });
    server.on("upgrade", (request, socket, head) => {
      if (answers === "400") socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
      else sockets.handleUpgrade(request, socket, head, () => undefined);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    t.after(() => server.close());
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    const { lines } = transportTo(t, new URL(`http://127.0.0.1:${address.port}/c/main`), "token-of-16-char");
    await waitFor("the line", () => lines.length === 1);
    assert.match(lines[0] ?? "", /this Worker is older .* deploy it anew/);
  }
});

test("[BR40f] that nothing can be reached at all is left to the POST to say", async (t) => {
  const own = await startEdge();
  await own.close();
  const { lines, ledger, send } = transportTo(t, own.channelUrl("main"), "token-of-16-char");
  await waitFor("some tries", () => ledger.fallbacks >= 3);
  const outcome = await send(1);
  assert.ok(outcome.kind === "failed" && outcome.code === "ECONNREFUSED");
  assert.deepEqual(lines, []);
});

test("[BR40d] [UP5] after 4412 it goes on at once, and no body fails, however often that happens", async (t) => {
  // 1 ms for the beginning, and 0.1 ms for each body.
  const frugal = await startEdge({ vars: { STREAM_CPU_MS: "1.45" } });
  t.after(() => frugal.close());
  const { proxy, ledger, send, isOpen, channel, lines } = await stage(t, {}, {}, frugal);
  await isOpen();
  for (let n = 1; n <= 100; n++) assert.equal((await send(n)).kind, "taken");
  const opened = proxy.asked.filter((what) => what === "websocket").length;
  assert.ok(opened >= 10, `${opened} WebSockets`);
  assert.ok(ledger.socketBodies >= 40, `${ledger.socketBodies} bodies by WebSocket`);
  assert.deepEqual([ledger.fallbacks, lines], [0, []]);
  assert.deepEqual(
    (await storedPoints(frugal, channel)).map(({ y }) => y),
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
});

test("[BR40c] a body that is not answered in time has failed, the line is dropped, and it goes again by POST", async (t) => {
  const { proxy, ledger, send, isOpen, channel } = await stage(t, { answerWithinMs: 200 });
  await isOpen();
  assert.equal((await send(1)).kind, "taken");
  proxy.freeze();
  proxy.rules.upgrades = "cut";
  assert.deepEqual(await send(2), { kind: "failed", reason: "it took too long", code: "", isUnderWay: true });
  await waitFor("the line's end", () => ledger.openSockets === 0);
  assert.equal((await send(2)).kind, "taken");
  assert.equal((await storedPoints(edge, channel)).length, 2);
});

test("[BR40c] [BR40e] [BR40g] a greeting has 8 s, an answer 10 s, and 60 s in all; a ping goes after 15 s", async (t) => {
  const delays = delaysOf(t);
  const { send, isOpen } = await stage(t);
  await isOpen();
  assert.equal((await send(1)).kind, "taken");
  assert.ok(
    [8_000, 10_000, 15_000, 60_000].every((ms) => delays.includes(ms)),
    delays.join(),
  );
});

test("[BR40e] each wait before another try is twice the one before, up to 600 s", async (t) => {
  const own = await startEdge();
  await own.close();
  // Waits between tries take no time here. Those of the greeting are no such, nor are those of the test's own.
  const isBetweenTries = (ms: number): boolean => ms >= 1000 && ms % 1000 === 0 && ms !== 8_000;
  const delays = delaysOf(t, isBetweenTries);
  const place = { to: own.channelUrl("main"), token: "token-of-16-char" };
  const log = createLog("text", "silent");
  const poster = new Poster(place);
  const transport = new SocketTransport({ ...place, log, ledger: new UplinkLedger(), poster, random: () => 0.5 });
  t.after(() => transport.close());
  const waits = () => delays.filter(isBetweenTries);
  await waitFor("the longest wait twice", () => waits().filter((ms) => ms === 300_000).length >= 2);
  const doubled = [1, 2, 4, 8, 16, 32, 64, 128, 256].map((s) => s * 1000).filter((ms) => ms !== 8_000);
  assert.deepEqual(waits().slice(0, 10), [...doubled, 300_000, 300_000]);
});

test("[BR40g] a line on which nothing comes back is noticed by a ping, and another is opened", async (t) => {
  const { proxy, ledger, send, isOpen } = await stage(t, { pingEveryMs: 50, pongWithinMs: 300 });
  await isOpen();
  // That nothing happens can only be waited for.
  await sleep(500);
  assert.deepEqual([ledger.openSockets, ledger.fallbacks], [1, 0], "pings are answered");
  proxy.freeze();
  await waitFor("its end", () => ledger.fallbacks === 1);
  await isOpen();
  assert.equal((await send(1)).kind, "taken");
  assert.equal(ledger.socketBodies, 1);
});

test("[BR40b] a body and an announcement that are given at once go one after the other", async (t) => {
  const { transport, isOpen, ended, channel } = await stage(t);
  await isOpen();
  const order: string[] = [];
  const body = transport
    .send(bulkyFrame(A, 1, 8000), ended.signal, { kind: "frames", points: 8000 })
    .then(({ kind }) => order.push(`body ${kind}`));
  const announced = transport
    .send(Buffer.from(JSON.stringify({ publisher: A, here: true })), ended.signal, { kind: "announcement" })
    .then(({ kind }) => order.push(`announcement ${kind}`));
  await withDeadline("both", Promise.all([body, announced]));
  assert.deepEqual(order, ["body taken", "announcement taken"]);
  assert.equal((await storedPoints(edge, channel, "?points=10000")).length, 8000);
});

test("[BR40a] it ends at once, also while one is being opened", async (t) => {
  const { transport } = await stage(t, {}, { upgrades: "silence" });
  await withDeadline("its end", transport.close(), 2000);
  const open = await stage(t);
  await open.isOpen();
  await withDeadline("its end", open.transport.close(), 2000);
  await waitFor("no WebSocket", () => open.proxy.upgraded === 0);
});
