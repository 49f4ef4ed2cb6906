/** What goes wrong at relays and at their feeds, and what viewers notice of it: nothing. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { frameOf, frameOfRows, newChannel, publishFrames, rowOf } from "../../../support/publish.ts";
import { closeAll, crowd, relayOf, resetObject, startRelayedEdge } from "../../../support/relayed-crowd.ts";
import { Guest } from "../../../support/room.ts";
import { Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const edge = await startRelayedEdge({ PUBLIC_RIGHTS: "**=note" });
after(() => edge.close());

test("[RL1d] a tail that begins inside of a frame is fed from where that frame begins", async () => {
  const channel = newChannel();
  const ys = Array.from({ length: 300 }, (_, i) => i);
  for (let n = 1; n <= 6; n++) await publishFrames(edge, channel, frameOf(A, n * 300, ys));
  const watchers = [await (await Watcher.open(edge, channel)).live(), await (await Watcher.open(edge, channel)).live()];
  await publishFrames(edge, channel, frameOf(A, 7 * 300, ys));
  for (const watcher of watchers) await watcher.reaches(2100);
  assert.deepEqual(watchers[1]?.frames.at(-1), watchers[0]?.frames.at(-1));
  await closeAll(watchers);
});

test("[RL1b] a channel with many series has relays: what an eviction must not forget has a bound", async () => {
  const channel = newChannel();
  const values = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`series-${i}-${"x".repeat(80)}`, i]));
  await publishFrames(edge, channel, frameOfRows(A, 1, [rowOf(1, values)]));
  const watchers = [await (await Watcher.open(edge, channel)).live(), await (await Watcher.open(edge, channel)).live()];
  await edge.evictObject("RELAY", relayOf(channel));
  await publishFrames(edge, channel, frameOf(A, 2, [2]));
  for (const watcher of watchers) await watcher.reaches(2);
  await closeAll(watchers);
});

test("[RL3b] a feed that is cut while its relay sleeps: nothing is lost, nothing is repeated", async () => {
  const { channel, watchers } = await crowd(edge, 3);
  const ofRelay = watchers.slice(1);
  for (let n = 2; n <= 9; n += 2) {
    await publishFrames(edge, channel, frameOf(A, n, [n]));
    for (const watcher of ofRelay) await watcher.reaches(n);
    await edge.evictObject("RELAY", relayOf(channel));
    await resetObject(edge, "CHANNEL", channel);
    await publishFrames(edge, channel, frameOf(A, n + 1, [n + 1]));
    for (const watcher of ofRelay) await watcher.reaches(n + 1);
  }
  for (const watcher of ofRelay) assert.deepEqual(watcher.ys, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await closeAll(watchers);
});

test("[RL3b] a feed that is cut while its relay sleeps is asked for again, though nothing is published", async () => {
  const { channel, watchers } = await crowd(edge, 2);
  const [, watcher] = watchers;
  await publishFrames(edge, channel, frameOf(A, 2, [2]));
  await watcher?.reaches(2);
  await edge.evictObject("RELAY", relayOf(channel));
  await resetObject(edge, "CHANNEL", channel);
  // Nobody else tells the relay's viewer that the channel's own is gone.
  await watcher?.sees("being alone", () => watcher.told.findLast((each) => each.type === "status")?.viewers === 1);
  await closeAll(watchers);
});

for (const [who, index] of [
  ["channel", 0],
  ["relay", 1],
] as const) {
  test(`[RL1c] who joins a ${who} after a note was edited never sees its old form`, async (t) => {
    const { channel, watchers } = await crowd(edge, index);
    const guest = await Guest.in(t, edge.channelUrl(channel));
    guest.say({ type: "note", id: "1", text: "an old form" });
    const { note } = await guest.hears("note");
    const before = await (await Watcher.open(edge, channel)).reaches(2);
    guest.say({ type: "edit-note", id: "2", note: note.id, text: "a new form" });
    await guest.hears("note", (each) => each.note.text === "a new form");
    const late = await (await Watcher.open(edge, channel)).reaches(2);
    const texts = (watcher: Watcher): string => watcher.frames.map((frame) => new TextDecoder().decode(frame)).join();
    assert.match(texts(before), /an old form/);
    assert.match(texts(late), /a new form/);
    assert.doesNotMatch(texts(late), /an old form/);
    await closeAll([...watchers, before, late]);
  });
}

test("[RL4a] DELETE reaches viewers of a relay whose feed was cut just now", async () => {
  const { channel, watchers } = await crowd(edge, 2);
  await resetObject(edge, "CHANNEL", channel);
  const headers = { Authorization: `Bearer ${edge.token}` };
  assert.equal((await fetch(edge.channelUrl(channel), { method: "DELETE", headers })).status, 204);
  const [, watcher] = watchers;
  await watcher?.sees("the new numbering", () =>
    watcher.told.some((each) => each.type === "gap" && each.reason === "epoch"),
  );
  await closeAll(watchers);
});
