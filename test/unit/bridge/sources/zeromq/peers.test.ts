import assert from "node:assert/strict";
import { it } from "node:test";
import { createLog } from "../../../../../bridge/observability/log.ts";
import { Peers } from "../../../../../bridge/sources/zeromq/connections/peers.ts";
import { PublisherLink } from "../../../../../bridge/sources/zeromq/connections/publisher-link.ts";

const ADDRESS = "tcp://127.0.0.1:5000";

/** Peers by a clock of their own. */
function peering() {
  const seen = { now: 0, most: 0, least: Number.POSITIVE_INFINITY, gone: 0, missed: 0, returns: 0 };
  const lines: string[] = [];
  let nowMs = 1_000_000;
  const peers = new Peers({
    log: createLog("text", "info", (line) => lines.push(line)),
    returnNote: "a mark",
    onReturn: () => seen.returns++,
    onGone: () => seen.gone++,
    onMissed: () => seen.missed++,
    onCount: (count) => {
      Object.assign(seen, { now: count, most: Math.max(seen.most, count), least: Math.min(seen.least, count) });
    },
    nowMs: () => nowMs,
  });
  let path = 0;
  const come = (address = ADDRESS): PublisherLink => {
    const link = new PublisherLink(address, ++path);
    link.cameAtMs = nowMs;
    peers.came(link);
    return link;
  };
  let sent = 0;
  const send = (link: PublisherLink): void => {
    link.heard((link.messages ?? 0) + 1, nowMs);
    peers.heard();
    sent++;
  };
  const pass = (ms: number): void => {
    for (const end = nowMs + ms; nowMs < end; ) {
      nowMs = Math.min(end, nowMs + 1000);
      peers.check();
    }
  };
  /** A process for one message. */
  const visit = (messages = 1): void => {
    const link = come();
    pass(100);
    for (let i = 0; i < messages; i++) send(link);
    pass(5);
    peers.left(link);
  };
  return { peers, seen, lines, come, send, pass, visit, sent: () => sent };
}

for (const [what, everyMs] of [
  ["every 0.2 s", 200],
  ["every five seconds", 5000],
  ["every minute", 60_000],
  ["every hour", 3_600_000],
] as const) {
  it(`[BR15f] a process for each message, ${what}: one publisher, no gap, said once`, () => {
    const { seen, lines, visit, pass } = peering();
    visit();
    pass(everyMs);
    visit();
    pass(everyMs);
    visit();
    Object.assign(seen, { most: 0, least: Number.POSITIVE_INFINITY });
    const before = lines.length;
    for (let i = 0; i < 50; i++) {
      pass(everyMs);
      visit();
    }
    assert.equal(seen.missed, 0);
    assert.equal(seen.now, 1);
    assert.deepEqual([seen.most, seen.least], [0, Number.POSITIVE_INFINITY], "the count does not change any more");
    assert.equal(lines.length, before, "nothing is said of each");
    assert.equal(lines.filter((line) => line.includes("come to tcp://127.0.0.1:5000, send and leave")).length, 1);
    assert.ok(!lines.join("").includes("again at"));
    pass(4 * everyMs + 2000);
    assert.equal(seen.now, 0, "the next is overdue");
  });
}

it("[BR15f] [BR18l] publishers that come and go are one beside those that stay", () => {
  const { peers, seen, lines, come, send, visit, pass } = peering();
  const steady = come();
  const counts = new Set<number>();
  for (let i = 0; i < 200; i++) {
    send(steady);
    pass(1000);
    if (i % 5 === 0) visit();
    if (i > 20) counts.add(seen.now);
  }
  assert.deepEqual([...counts], [2]);
  assert.equal(seen.missed, 0);
  pass(16_000);
  assert.equal(seen.now, 1);
  peers.left(steady);
  assert.deepEqual([seen.now, seen.missed], [0, 1]);
  pass(1000);
  come();
  assert.ok(lines.length < 12, lines.join(""));
});

it("[BR15f] a publisher that stays is said to be connected, once it has shown that it does", () => {
  const { seen, lines, come, send, visit, pass } = peering();
  for (let i = 0; i < 3; i++) {
    visit();
    pass(500);
  }
  const before = lines.length;
  const stays = come();
  send(stays);
  pass(1000);
  assert.equal(lines.length, before);
  send(stays);
  pass(1000);
  assert.match(lines.at(-1) ?? "", /A publisher is connected at tcp:\/\/127\.0\.0\.1:5000; [12] publishers? now/);
  pass(60_000);
  assert.equal(seen.now, 1);
});

it("[BR15b] one that stayed, or sent for longer than a moment, is missed; one that came to send is not", () => {
  for (const [messages, forMs, isMissed] of [
    [1, 0, false],
    [16, 900, false],
    [0, 5000, false],
    [0, 10_000, true],
    [17, 900, true],
    [2, 1000, true],
    [1, 10_000, true],
  ] as const) {
    const { peers, seen, come, send, pass } = peering();
    const link = come();
    for (let i = 0; i < messages; i++) {
      if (i === messages - 1 && i > 0) pass(forMs);
      send(link);
    }
    if (messages < 2) pass(forMs);
    peers.left(link);
    assert.equal(seen.missed, Number(isMissed), `${messages} messages, ${forMs} ms`);
  }
});

it("[BR15f] a process for each batch is known by its rhythm, a fault that has none is not", () => {
  const steady = peering();
  for (let i = 0; i < 20; i++) {
    steady.visit(500);
    steady.pass(60_000);
  }
  assert.ok(steady.seen.missed <= 3, `${steady.seen.missed}`);
  assert.ok(steady.lines.length < 12, steady.lines.join(""));
  const beside = peering();
  for (let i = 0; i < 20; i++) {
    beside.visit(i === 10 ? 500 : 1);
    beside.pass(2000);
  }
  assert.equal(beside.seen.missed, 1, "the rhythm of others says nothing of it");
  const wild = peering();
  for (let i = 0; i < 20; i++) {
    wild.visit(500);
    wild.pass(2000 + 60_000 * (i % 3));
  }
  assert.equal(wild.seen.missed, 20);
});

it("[BR15f] who was there for longer than it was away is no visit, however regularly it comes back", () => {
  const { peers, seen, come, send, pass } = peering();
  const stream = (sendsForMs: number, awayMs: number): void => {
    const link = come();
    for (let ms = 0; ms < sendsForMs; ms += 100) {
      send(link);
      pass(100);
    }
    peers.left(link);
    pass(awayMs);
  };
  for (let i = 0; i < 12; i++) stream(3000, 300);
  assert.equal(seen.missed, 12, "a connection that breaks all the time");
  for (let i = 0; i < 12; i++) stream(3000, 7000);
  assert.ok(seen.missed <= 17, `${seen.missed}: a process for each three seconds of every ten`);
});

it("[BR18m] whoever sends is there: no message comes of nobody", () => {
  const { peers, seen, pass } = peering();
  peers.heard();
  assert.equal(seen.now, 1);
  pass(1000);
  peers.heard();
  pass(1000);
  assert.equal(seen.now, 1);
  pass(1000);
  assert.equal(seen.now, 0);
});

it("[BR18k] a connection ends once, and only if it had begun", () => {
  const { peers, seen, come } = peering();
  const here = come();
  const other = new PublisherLink(ADDRESS, 99);
  peers.left(other);
  assert.equal(seen.now, 1);
  peers.left(here);
  peers.left(here);
  assert.deepEqual([seen.now, seen.gone], [0, 1]);
});

it("[BR15g] publishers that leave without a message are told why that may be", () => {
  const { lines, visit, pass } = peering();
  for (let i = 0; i < 20; i++) {
    visit(0);
    pass(3000);
  }
  const said = lines.filter((line) => line.includes("left without a message"));
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /warn .*5 publishers in a row .*wait for 0\.2 s between connect and send/);
});

it("[BR15a] publishers that come and go all the time do not fill the log", () => {
  const { peers, lines, seen, come, send, pass } = peering();
  for (let i = 0; i < 200; i++) {
    const links = [come(), come(), come()];
    for (const link of links) send(link);
    pass(11_000);
    for (const link of links) peers.left(link);
  }
  assert.equal(seen.missed, 600);
  assert.equal(seen.returns, 597);
  assert.ok(lines.length <= 10 + (200 * 11_000) / 10_000, `${lines.length}`);
  assert.ok(lines.some((line) => /\d+ such changes before/.test(line)));
});
