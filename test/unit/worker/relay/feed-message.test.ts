/** What a channel and its relays say to each other, byte by byte, and what is none of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  countsText,
  decodeFeedFrames,
  encodeFeedFrames,
  parseCounts,
  parseFeedMessage,
  parsePosition,
  positionText,
  statusIn,
} from "../../../../worker/relay/feed-message.ts";
import { parseRelayState, type RelayState } from "../../../../worker/relay/relay-state.ts";

const FRAMES = Uint8Array.of(0xaa, 0xbb);
const STATUS = { elsewhere: { viewers: 3, behind: 1 }, goneAtMs: null, aheadMs: 0.5, fullShares: ["0123abcd"] };

const dataOf = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer;

test("[RL1a] before frames stands what became of them: a kind, and a time or a count", () => {
  const taken = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0xaa, 0xbb);
  assert.deepEqual(encodeFeedFrames({ kind: "taken", atMs: 1, frames: FRAMES }), taken);
  assert.deepEqual(decodeFeedFrames(dataOf(taken)), { kind: "taken", atMs: 1, frames: FRAMES });
  const rewritten = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0xaa, 0xbb);
  assert.deepEqual(encodeFeedFrames({ kind: "rewritten", rewrites: 2, frames: FRAMES }), rewritten);
  assert.deepEqual(decodeFeedFrames(dataOf(rewritten)), { kind: "rewritten", rewrites: 2, frames: FRAMES });
});

test("[RL1a] what is too short, or of a kind that is not known, is none", () => {
  for (const bytes of [[], Array(15).fill(0), [2, ...Array(20).fill(0)], [255, ...Array(20).fill(0)]])
    assert.equal(decodeFeedFrames(dataOf(Uint8Array.from(bytes))), undefined);
});

test("[RL1a] control messages of a feed come back as they are", () => {
  const at = { epoch: 1, seq: 2 };
  const open = {
    type: "open",
    ...at,
    throughSeq: 3,
    rewrites: 0,
    series: ["a"],
    scales: [null],
    arrangement: "",
  } as const;
  for (const message of [
    { ...open, ...STATUS },
    { type: "series", series: ["b"] },
    { type: "layout", series: ["b"], scales: [2], arrangement: "b" },
    { type: "status", ...STATUS },
    { type: "epoch", isFirst: true, ...at },
  ]) {
    assert.deepEqual(parseFeedMessage(JSON.stringify(message)), { kind: "message", message });
    for (const field of Object.keys(message)) {
      const without = JSON.stringify({ ...message, [field]: { not: "that" } });
      assert.notEqual(parseFeedMessage(without).kind, "message", `${message.type} with another ${field}`);
    }
  }
  for (const text of ["", "[]", "null", "{", '{"type":"toString"}', '{"type":1}'])
    assert.notEqual(parseFeedMessage(text).kind, "message", text);
});

test("[RL1a] where a relay is, and what it counts, come back as they are; what is none of it is not taken", () => {
  const position = { epoch: 1, seq: 2, isWhole: true, rewrites: 3 };
  assert.deepEqual(parsePosition(positionText(position)), { type: "position", ...position });
  const counts = { viewers: 2, behind: 1, shares: [["0123abcd", 2, 3]] } satisfies Parameters<typeof countsText>[0];
  assert.deepEqual(parseCounts(countsText(counts)), { type: "counts", ...counts });
  for (const text of [
    "",
    "{}",
    '{"type":"position","epoch":-1,"seq":0,"isWhole":true,"rewrites":0}',
    positionText(position).slice(1),
  ])
    assert.equal(parsePosition(text), undefined, text);
  for (const shares of [[["a", 1]], [["a", 1, -1]], [[1, 1, 1]], ["a"], {}, null])
    assert.equal(parseCounts(JSON.stringify({ type: "counts", viewers: 1, behind: 0, shares })), undefined);
});

test("[RL1b] of a message that has more only the status is kept: an attachment has 16 KiB", () => {
  const open = { type: "open", series: Array(1000).fill("a long name of a series"), ...STATUS };
  assert.deepEqual(statusIn(open), STATUS);
});

const STATE: RelayState = { position: { epoch: 1, seq: 2 }, takenAtMs: 3, status: STATUS, isIdle: true };

test("[RL1b] what outlives an eviction comes back as it was; what another version wrote does not", () => {
  assert.deepEqual(parseRelayState(structuredClone(STATE)), STATE);
  assert.deepEqual(parseRelayState({ ...STATE, more: 1, takenAtMs: null }), { ...STATE, takenAtMs: null });
  for (const wrong of [
    undefined,
    null,
    "state",
    {},
    { ...STATE, isIdle: undefined },
    { ...STATE, takenAtMs: "3" },
    { ...STATE, position: { epoch: 1 } },
    { ...STATE, position: { epoch: 1, seq: -1 } },
    { ...STATE, status: undefined },
    { ...STATE, status: { ...STATUS, elsewhere: { viewers: 1 } } },
    { ...STATE, status: { ...STATUS, fullShares: [1] } },
    { ...STATE, status: { ...STATUS, aheadMs: "0" } },
    { ...STATE, status: { ...STATUS, goneAtMs: undefined } },
  ])
    assert.equal(parseRelayState(wrong), undefined, JSON.stringify(wrong));
});
