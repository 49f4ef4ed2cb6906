/** Publishers that say that they come and go, and what viewers are told of it. */

import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PRESENCE_TYPE } from "../../../../protocol/limits.ts";
import { messageIn } from "../../../../protocol/messages/parsed.ts";
import { parseServerMessage, type ServerMessage } from "../../../../protocol/messages/server-message.ts";
import { STATUS_INTERVAL_MS } from "../../../../worker/hub/status.ts";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import { frameOf, newChannel, post, publishFrames, publishJson, storedPoints } from "../../../support/publish.ts";
import { waitFor } from "../../../support/wait.ts";
import { Watcher } from "../../../support/watcher.ts";

const [A, B] = ["00000000000000aa", "00000000000000bb"];
// More is announced here in a second than an address may (AC13m).
const edge = await startEdge({ vars: { QUOTA_ADDRESS: "announcements=none", QUOTA_TOKEN: "announcements=none" } });
after(() => edge.close());

function say(channel: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return post(edge, channel, body, { "Content-Type": PRESENCE_TYPE, ...headers });
}

async function announce(channel: string, publisher: string, here: boolean): Promise<void> {
  const response = await say(channel, JSON.stringify({ publisher, here }));
  assert.equal(response.status, 204, await response.text());
}

async function hello(channel: string) {
  const watcher = await Watcher.open(edge, channel);
  const message = await watcher.tells("hello");
  await watcher.close();
  return message;
}

async function goneForMs(channel: string): Promise<number | null> {
  return (await hello(channel)).goneForMs;
}

/** How publishers stood in each message that told it: null for here. */
function told({ viewer }: Watcher): (number | null)[] {
  return moments(viewer.messages).map(({ goneForMs }) => goneForMs);
}

function moments(messages: readonly unknown[]): (ServerMessage & { type: "hello" | "status" })[] {
  const texts = messages.filter((message) => typeof message === "string");
  return texts
    .map((text) => messageIn(parseServerMessage(text)))
    .filter((message) => message?.type === "hello" || message?.type === "status");
}

/** A viewer to which nothing is left to tell. */
async function settledWatcher(channel: string): Promise<Watcher> {
  const watcher = await Watcher.open(edge, channel);
  await watcher.tells("status");
  return watcher;
}

for (const [when, lose] of [
  ["at once", async () => {}],
  ["after eviction", (channel: string) => edge.evict(channel)],
  ["after a crash", () => edge.kill().then(() => edge.restart())],
] as const) {
  test(`[CH9b] [CH6] the last publisher's going is known, ${when}`, async () => {
    const channel = newChannel();
    await publishJson(edge, channel, 1);
    assert.equal(await goneForMs(channel), null);
    const atMs = Date.now();
    for (const [publisher, here] of [
      [A, true],
      [B, true],
      [A, false],
    ] as const) {
      await announce(channel, publisher, here);
      await lose(channel);
      assert.equal(await goneForMs(channel), null, `${publisher} ${here}`);
    }
    await announce(channel, B, false);
    await lose(channel);
    const [for1Ms, sinceMs] = [await goneForMs(channel), Date.now() - atMs];
    assert.ok(for1Ms !== null && for1Ms <= sinceMs, `${for1Ms} of ${sinceMs}`);
    await announce(channel, B, false);
    await lose(channel);
    const again = await goneForMs(channel);
    assert.ok(again !== null && again >= for1Ms, "to say it again changes nothing");
    await announce(channel, A, true);
    await lose(channel);
    assert.equal(await goneForMs(channel), null);
  });
}

test("[CH9d] a frame of a publisher that is gone brings it back, a repeat or another's point does not", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  await announce(channel, A, false);
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  await publishFrames(edge, channel, frameOf(B, 1, [1]));
  await publishJson(edge, channel, 1);
  assert.notEqual(await goneForMs(channel), null);
  await publishFrames(edge, channel, frameOf(A, 2, [2]));
  assert.equal(await goneForMs(channel), null);
  await edge.evict(channel);
  assert.equal(await goneForMs(channel), null);
});

test("[CH9b] [CH9i] an announcement makes no point and no series, and DELETE leaves it alone", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  await announce(channel, A, false);
  const { seq, series, epoch } = await hello(channel);
  assert.deepEqual([seq, series, (await storedPoints(edge, channel)).length], [1, ["y"], 1]);
  await fetch(edge.channelUrl(channel), { method: "DELETE", headers: { Authorization: `Bearer ${edge.token}` } });
  const after = await hello(channel);
  assert.ok(after.epoch > epoch);
  assert.notEqual(after.goneForMs, null);
});

test("[CH9g] publishers that are gone are forgotten beyond a thousand, the oldest first", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  const idOf = (n: number): string => n.toString(16).padStart(16, "0");
  await announce(channel, idOf(1), true);
  for (let n = 2; n <= 1000; n += 50) {
    await Promise.all(Array.from({ length: Math.min(50, 1001 - n) }, (_, i) => announce(channel, idOf(n + i), false)));
  }
  assert.equal(await goneForMs(channel), null, "the first is here");
  await announce(channel, idOf(1001), false);
  assert.notEqual(await goneForMs(channel), null, "the first is forgotten");
  await edge.evict(channel);
  assert.notEqual(await goneForMs(channel), null);
});

test("[CH9c] only a change is written, and a channel of before, which has no such table, goes on", async () => {
  const channel = newChannel();
  const persistDir = await mkdtemp(join(tmpdir(), "plotcast-presence-"));
  const old = await startEdge({ persistDir });
  after(() => old.close().then(() => rm(persistDir, { recursive: true, force: true })));
  const announceThere = (here: boolean) =>
    post(old, channel, JSON.stringify({ publisher: A, here }), { "Content-Type": PRESENCE_TYPE });
  for (const here of [false, false, false]) await announceThere(here);
  for (let n = 1; n <= 20; n++) await publishFrames(old, channel, frameOf(A, n, [n]));
  for (const here of [true, true]) await announceThere(here);
  await old.kill();
  const files = await readdir(persistDir, { recursive: true });
  const file = files.find((name) => /Channel.*[0-9a-f]{64}\.sqlite$/.test(name));
  assert.ok(file, files.join());
  const database = new DatabaseSync(join(persistDir, file));
  assert.equal(database.prepare("SELECT change FROM presence").get()?.change, 2);
  database.exec("DROP TABLE presence");
  database.close();
  await old.restart();
  assert.equal((await announceThere(false)).status, 204);
  assert.equal((await storedPoints(old, channel)).length, 20);
});

test("[CH9] [CH10e] who came and went before the first publish is known after it, and written down", async () => {
  const channel = newChannel();
  await announce(channel, A, true);
  await announce(channel, B, false);
  assert.equal(await goneForMs(channel), null);
  await announce(channel, A, false);
  assert.notEqual(await goneForMs(channel), null);
  await publishJson(edge, channel, 1);
  await edge.evict(channel);
  assert.notEqual(await goneForMs(channel), null);
});

test("[VW11c] viewers are told at once that publishers are gone, and that one is here", async () => {
  const channel = newChannel();
  await announce(channel, A, true);
  const watcher = await settledWatcher(channel);
  for (const isGone of [true, false, true]) {
    // Sooner after the last status, a Channel waits with the next: nothing tells that it need not wait any more.
    await sleep(STATUS_INTERVAL_MS + 50);
    if (isGone) await announce(channel, A, false);
    else await publishFrames(edge, channel, frameOf(A, 1, [1]));
    const answeredAtMs = Date.now();
    await waitFor("a status", () => (told(watcher).at(-1) !== null) === isGone);
    // One that waited for an alarm would be of later than the answer.
    const { nowMs } = moments(watcher.viewer.messages).at(-1) ?? assert.fail();
    assert.ok(nowMs <= answeredAtMs, `${nowMs - answeredAtMs} ms after the answer`);
  }
  await watcher.close();
});

test("[VW11e] [CH6] of many changes the last is told, and not more than one a second, though it be evicted meanwhile", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  await announce(channel, A, true);
  const watcher = await settledWatcher(channel);
  const beganAtMs = performance.now();
  for (let i = 0; i < 101; i++) await announce(channel, A, i % 2 === 1);
  await waitFor("gone", () => told(watcher).at(-1) !== null);
  // Had nothing kept it awake, nobody would know.
  await announce(channel, A, true);
  await edge.evict(channel);
  await waitFor("here", () => told(watcher).at(-1) === null);
  const seconds = (performance.now() - beganAtMs) / 1000;
  // One for joining, and what a Channel that has forgotten what it told tells again.
  assert.ok(told(watcher).length <= 4 + seconds, `${told(watcher).length} in ${seconds} s`);
  await watcher.close();
});

test("[VW11a] [CH12c] hello and status tell the Channel's clock", async () => {
  const channel = newChannel();
  const beganAtMs = Date.now();
  const watcher = await settledWatcher(channel);
  for (const { nowMs } of moments(watcher.viewer.messages)) {
    assert.ok(nowMs >= beganAtMs && nowMs <= Date.now(), `${nowMs}`);
  }
  await watcher.close();
});

for (const [what, body] of [
  ["nothing", ""],
  ["no JSON", "{"],
  ["no object", "[true]"],
  ["no publisher", '{"here":true}'],
  ["an anonymous publisher", '{"publisher":"0000000000000000","here":true}'],
  ["another field", `{"publisher":"${A}","here":true,"y":1}`],
  ["a number", `{"publisher":"${A}","here":1}`],
] as const) {
  test(`[CH9a] [BAD1] an announcement with ${what} is refused`, async () => {
    const channel = newChannel();
    await assertProblem(await say(channel, body), 400, "presence-invalid");
    assert.deepEqual(await storedPoints(edge, channel), []);
  });
}

test("[CH9a] [GD1a] [GD4a] an announcement needs the token, and is small", async () => {
  const channel = newChannel();
  const body = JSON.stringify({ publisher: A, here: false });
  await assertProblem(await say(channel, body, { Authorization: "Bearer wrong" }), 401, "token-wrong");
  await assertProblem(await say(channel, `${body}${" ".repeat(1024)}`), 413, "body-too-large");
  assert.equal(await goneForMs(channel), null);
});

test("[BAD1] the Worker logged no error of its own all the while", () => {
  assert.deepEqual(
    edge.logs.filter((line) => !line.startsWith("NOSENTRY SQLite alarm")),
    [],
  );
});
