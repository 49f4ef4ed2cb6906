/** Points and gaps as viewers of text get them, to the last character. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TextView, Writing } from "../../../../worker/hub/text-view.ts";
import { writtenGap, writtenHead, writtenPoint } from "../../../../worker/hub/written.ts";

const AT = { epoch: 7, seq: 12 };
const POINT = { series: "a,b", x: 1.5, y: -0 };
const view = (writing: Writing, ids: boolean): TextView => ({ writing, ids, series: [] });

for (const [writing, ids, point, gap, head] of [
  ["json", false, '{"series":"a,b","x":1.5,"y":-0}', "", ""],
  [
    "json",
    true,
    '{"id":"7:12","series":"a,b","x":1.5,"y":-0}',
    '{"id":"7:12","gap":"trimmed","points":3,"series":"a"}',
    "",
  ],
  ["ndjson", false, '{"series":"a,b","x":1.5,"y":-0}\n', '{"gap":"trimmed","points":3,"series":"a"}\n', ""],
  [
    "ndjson",
    true,
    '{"id":"7:12","series":"a,b","x":1.5,"y":-0}\n',
    '{"id":"7:12","gap":"trimmed","points":3,"series":"a"}\n',
    "",
  ],
  ["csv", false, '1.5,"a,b",-0\r\n', "gap,trimmed,3\r\n", "x,series,y\r\n"],
  ["csv", true, '1.5,"a,b",-0,7:12\r\n', "gap,trimmed,3,7:12\r\n", "x,series,y,id\r\n"],
  [
    "events",
    true,
    'id: 7:12\ndata: {"series":"a,b","x":1.5,"y":-0}\n\n',
    'id: 7:12\nevent: gap\ndata: {"gap":"trimmed","reason":"trimmed","points":3,"series":"a"}\n\n',
    "",
  ],
] as const) {
  test(`[TR2] [TR4] [TR8] ${writing}${ids ? " with ids" : ""}`, () => {
    assert.equal(writtenPoint(POINT, AT, view(writing, ids)), point);
    assert.equal(writtenGap({ reason: "trimmed", points: 3, series: "a" }, AT, view(writing, ids)), gap);
    assert.equal(writtenHead(view(writing, ids)), head);
  });
}

test("[TR2] a gap of nobody knows how many points, of all series", () => {
  const gap = { reason: "epoch", points: null, series: "" };
  assert.equal(writtenGap(gap, AT, view("csv", false)), "gap,epoch,\r\n");
  assert.equal(writtenGap(gap, AT, view("ndjson", false)), '{"gap":"epoch","points":null}\n');
});

test("[TR2] a name has no line of its own in an event", () => {
  const text = writtenPoint({ series: "a\nb", x: 1, y: 2 }, AT, view("events", true));
  assert.equal(text, 'id: 7:12\ndata: {"series":"a\\nb","x":1,"y":2}\n\n');
});
