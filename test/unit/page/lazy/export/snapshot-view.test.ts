import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseAddress } from "../../../../../page/layout/address.ts";
import { AUTO } from "../../../../../page/layout/panels.ts";
import {
  panelsFragment,
  type SnapshotView,
  splitView,
  viewBytes,
} from "../../../../../page/lazy/export/snapshot-view.ts";

const VIEW: SnapshotView = {
  channel: "lab/bench-3",
  madeMs: 1_795_000_000_000,
  fragment: "#panel=a,:b;y=0..5;at=3&panel=c;log",
  seen: { min: 1.7e9, max: 1.7e9 + 30, endX: 1.7e9 + 30 },
  paths: ["robot"],
};
const FRAMES = new TextEncoder().encode("PLCT and what follows");

function fileOf(end: Uint8Array): Uint8Array {
  return Uint8Array.from([...FRAMES, ...end]);
}

function endOf(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const end = viewBytes(VIEW).slice(-8);
  new DataView(end.buffer).setUint32(0, text.length, true);
  return Uint8Array.from([...text, ...end]);
}

test("[PG15c] the view behind the frames of a snapshot is read as it was, and the frames are left as they are", () => {
  const { frames, view } = splitView(fileOf(viewBytes(VIEW)));
  assert.deepEqual(view, VIEW);
  assert.deepEqual(frames, FRAMES);
  assert.deepEqual(splitView(FRAMES), { frames: FRAMES, view: undefined }, "older ones have none");
});

test("[PG15c] a view is foreign: what is no view is none, and what is wrong in one is left out", () => {
  for (const json of ["", "{", "null", "7", "[]", "{}", '{"channel":7}', '{"channel":""}', '{"channel":"a\\u0007"}']) {
    assert.equal(splitView(fileOf(endOf(json))).view, undefined, json);
  }
  const view = '{"channel":"a","madeMs":1e300,"fragment":7,"seen":{"min":5,"max":5},"paths":["b",7,null],"more":1}';
  assert.deepEqual(splitView(fileOf(endOf(view))).view, { channel: "a", fragment: "", paths: ["b"] });
  assert.deepEqual(splitView(fileOf(endOf('{"channel":"a","seen":{"min":-1e308,"max":1e308}}'))).view?.seen, undefined);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const end = viewBytes(VIEW).slice(-8);
      splitView(fileOf(Uint8Array.from([...bytes, ...end])));
    }),
  );
});

test("[PG15c] its panels are those that are shown, without series that are hidden; what is derived is a series of the file", () => {
  const panel = (names: string[]) => ({
    names,
    right: new Set(["b"]),
    left: { ...AUTO, thresholds: [3] },
    rightAxis: AUTO,
  });
  const state = { panels: [], hidden: ["a", "c"], derived: [{ name: "d", expression: "a * 2" }] };
  const fragment = panelsFragment(state, [panel(["a", "b"]), panel(["c"]), panel(["d"])], (name) =>
    "ac".includes(name),
  );
  const { panels, hidden, derived } = parseAddress(fragment);
  assert.deepEqual(
    panels.map(({ names, right, left }) => [names, [...right], left.thresholds]),
    [
      [["b"], ["b"], [3]],
      [["d"], [], [3]],
    ],
  );
  assert.deepEqual([hidden, derived], [[], undefined]);
});
