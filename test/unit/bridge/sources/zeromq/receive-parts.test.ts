import assert from "node:assert/strict";
import { it } from "node:test";
import { PeerWarnings } from "../../../../../bridge/observability/line-rate.ts";
import { createLog } from "../../../../../bridge/observability/log.ts";
import { Handshakes } from "../../../../../bridge/sources/zeromq/connections/handshakes.ts";
import { Lifelines } from "../../../../../bridge/sources/zeromq/connections/lifelines.ts";
import { socketFault } from "../../../../../bridge/sources/zeromq/socket.ts";
import { defaultSocket } from "../../../../support/default-socket.ts";

it("[BR19] an attempt that fails is no publisher that goes, though told twice, and among others", () => {
  const handshakes = new Handshakes();
  handshakes.begun("a");
  handshakes.succeeded("a");
  handshakes.begun("a");
  handshakes.failed("a");
  handshakes.failed("a");
  assert.equal(handshakes.ended("a"), false);
  assert.equal(handshakes.ended("a"), true);
  assert.equal(handshakes.ended("a"), false);
  handshakes.begun("a");
  handshakes.succeeded("a");
  handshakes.forget("a");
  assert.equal(handshakes.ended("a"), false);
});

it("[BR19c] a connection that libzmq makes again is left to it, one that it gave up is begun ever more seldom", () => {
  let nowMs = 0;
  const anew: number[] = [];
  const lines: string[] = [];
  const log = createLog("text", "info", (line) => lines.push(line));
  const lifelines = new Lifelines({ addresses: ["a"], log, reconnect: () => anew.push(nowMs), nowMs: () => nowMs });
  const pass = (ms: number, each: () => void = () => undefined): void => {
    for (const end = nowMs + ms; nowMs < end; ) {
      nowMs += 100;
      lifelines.check();
      each();
    }
  };
  lifelines.connected("a");
  pass(20_000);
  lifelines.ended("a");
  lifelines.trying("a");
  pass(60_000);
  assert.deepEqual(anew, []);
  assert.equal(lines.length, 1, lines.join(""));
  lifelines.connected("a");
  assert.match(lines[1] ?? "", /a answers, after 60 s/);
  lifelines.ended("a");
  // Refused each time.
  pass(600_000, () => {
    if (anew.at(-1) !== nowMs) return;
    lifelines.trying("a");
    lifelines.connected("a");
    lifelines.ended("a");
  });
  assert.ok(anew.length > 600 / 32 && anew.length < 200, `${anew.length}`);
  assert.ok(anew.every((atMs, i) => i === 0 || atMs - (anew[i - 1] ?? 0) >= 1000));
  assert.equal(lines.length, 2, lines.join(""));
});

it("[BR19g] what peers do wrong does not fill the log, whatever its words", () => {
  let nowMs = 0;
  const lines: string[] = [];
  const warnings = new PeerWarnings(
    createLog("text", "info", (line) => lines.push(line)),
    () => nowMs,
  );
  for (let i = 0; i < 100; i++) warnings.warn("The same.");
  assert.equal(lines.length, 1);
  for (let i = 0; i < 500; i++) warnings.warn(`Another: ${i}.`);
  assert.equal(lines.length, 10);
  nowMs = 60_000;
  warnings.warn("The same.");
  assert.match(lines[10] ?? "", /The same\. \(99 times more before this\) \(and 491 other such lines left out\)/);
});

it("[BR19] a configuration that cannot be is refused in a sentence", () => {
  const bind = ["tcp://*:5000"];
  assert.equal(socketFault(defaultSocket({ bind })), undefined);
  assert.match(socketFault(defaultSocket()) ?? "", /needs an address/);
  assert.match(socketFault(defaultSocket({ bind, type: "pull", topics: ["a"] })) ?? "", /pull socket has no topics/);
  assert.match(socketFault(defaultSocket({ bind, highWaterMark: 0 })) ?? "", /high-water mark/);
  assert.match(socketFault(defaultSocket({ bind, maxMessageBytes: 0.5 })) ?? "", /largest message/);
  assert.match(socketFault(defaultSocket({ bind, heartbeatMs: -1 })) ?? "", /heartbeat/);
});
