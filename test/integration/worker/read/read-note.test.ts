/** A read that has nothing to give says why, in a header. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import {
  bulkyFrame,
  frameOf,
  frameOfRows,
  newChannel,
  publishFrames,
  publishHeaders,
  publishJson,
  read,
  rowOf,
} from "../../../support/publish.ts";

const A = "00000000000000aa";
const NDJSON = "application/x-ndjson";
const EMPTY = { [NDJSON]: "", "application/json": "[]\n", "text/csv": "x,series,y\r\n", [FRAME_TYPE]: "" };
const edge = await startEdge({ vars: { ALLOWED_ORIGINS: "https://other.example", STORE_BYTES: "400000" } });
const channel = newChannel();

before(async () => {
  await publishFrames(edge, channel, frameOfRows(A, 1, [rowOf(1, { temp: 1 }), rowOf(5, { temp: 2 })]));
  await publishFrames(edge, channel, frameOf(A, 2, [1, 2, 3], 6));
});
after(() => edge.close());

async function noteOf(query: string, type = NDJSON, of = channel): Promise<[string | null, string]> {
  const response = await read(edge, of, type, query);
  assert.equal(response.status, 200, query);
  return [response.headers.get("Plotcast-Note"), await response.text()];
}

test("[RD7a] [RD7b] a channel that never had anything says so in every format, whose body is what it is", async () => {
  for (const [type, body] of Object.entries(EMPTY)) {
    for (const query of ["", "?series=y&points=3", "?from=-1h"]) {
      assert.deepEqual(await noteOf(query, type, newChannel()), ["Nothing was ever published in this channel.", body]);
    }
  }
});

test("[RD7b] a channel that was emptied says so", async () => {
  const emptied = newChannel();
  await publishJson(edge, emptied, { x: 1, y: 1 });
  const headers = publishHeaders(edge, "application/json");
  await (await fetch(edge.channelUrl(emptied), { method: "DELETE", headers })).body?.cancel();
  assert.deepEqual(await noteOf("", NDJSON, emptied), ["This channel has no points now.", ""]);
});

for (const [rule, query, note] of [
  ["RD7c", "?series=tmp", "This channel never had a series called tmp; did you mean temp?"],
  ["RD7c", "?series=tmp&points=5", "This channel never had a series called tmp; did you mean temp?"],
  ["RD7c", "?series=lab.*", "This channel never had a series that fits lab.*."],
  ["RD7c", "?series=%C3%BC", "This channel never had a series called %C3%BC; did you mean y?"],
  ["RD7d", "?from=100", "Nothing that is stored now is in this range. The channel has x from 1 to 8."],
  ["RD7d", "?from=100&points=5", "Nothing that is stored now is in this range. The channel has x from 1 to 8."],
  // A frame reaches into it, and no point.
  ["RD7d", "?from=2&to=3", "Nothing that is stored now is in this range. The channel has x from 1 to 8."],
  ["RD7d", "?from=2&to=3&points=1", "Nothing that is stored now is in this range. The channel has x from 1 to 8."],
  ["RD7d", "?series=temp&from=7", "Nothing that is stored now is in this range. The channel has x from 1 to 8."],
  ["RD7e", "?after=5", "No point has a number above 5 yet: the newest has 5."],
  ["RD7e", "?series=y&through=1", "Nothing that is stored now fits this query."],
] as const) {
  test(`[RD7] ${rule}: a read of ${query} says why it has nothing, in lines, JSON and CSV`, async () => {
    for (const type of [NDJSON, "application/json", "text/csv"] as const) {
      assert.deepEqual(await noteOf(query, type), [note, EMPTY[type]], type);
    }
  });
}

test("[RD7d] [RD7e] a read of frames says it, too, of what frames are chosen by", async () => {
  assert.deepEqual(await noteOf("?from=100", FRAME_TYPE), [
    "Nothing that is stored now is in this range. The channel has x from 1 to 8.",
    "",
  ]);
  assert.deepEqual(await noteOf("?after=5", FRAME_TYPE), ["No point has a number above 5 yet: the newest has 5.", ""]);
  const [note, body] = await noteOf("?series=none", FRAME_TYPE);
  assert.equal(note, null);
  assert.notEqual(body, "");
});

test("[RD7a] no other answer has a note", async () => {
  for (const query of ["", "?points=0", "?points=1", "?from=5&to=5", "?series=none&series=temp", "?points=1&from=1"]) {
    for (const type of [NDJSON, "application/json", "text/csv"] as const) {
      assert.equal((await noteOf(query, type))[0], null, query);
    }
  }
  const head = await fetch(new URL("?from=100", edge.channelUrl(channel)), { method: "HEAD" });
  assert.equal(head.headers.get("Plotcast-Note"), null);
});

test("[RD7e] a series that was trimmed is no unknown one", async () => {
  const trimmed = newChannel();
  await publishFrames(edge, trimmed, frameOf(A, 1, [1], 1, "old"));
  for (let i = 2; i <= 6; i++) await publishFrames(edge, trimmed, bulkyFrame(A, i, 8000));
  const [note, body] = await noteOf("?series=old&after=40000", NDJSON, trimmed);
  assert.equal(body, "");
  assert.equal(note, "Nothing that is stored now fits this query.");
});

test("[RD7f] where more than a slice must be looked at nothing is said", async () => {
  const long = newChannel();
  // Together with the first, one more than a slice looks at.
  await publishFrames(edge, long, ...Array.from({ length: 1024 }, (_, i) => frameOf(A, i + 1, [i], i)));
  assert.deepEqual(await noteOf("?from=5000", NDJSON, long), [
    "Nothing that is stored now is in this range. The channel has x from 0 to 1023.",
    "",
  ]);
  await publishFrames(edge, long, frameOf(A, 1025, [1], 2000));
  assert.deepEqual(await noteOf("?from=5000", NDJSON, long), [null, ""]);
  // By the list of series it is known all the same.
  assert.deepEqual(await noteOf("?series=x", NDJSON, long), [
    "This channel never had a series called x; did you mean y?",
    "",
  ]);
});

test("[GD8a] [RD7a] pages of an allowed origin can see the note", async () => {
  const response = await fetch(edge.channelUrl(channel), { headers: { Origin: "https://other.example" } });
  await response.body?.cancel();
  assert.ok(response.headers.get("Access-Control-Expose-Headers")?.split(", ").includes("Plotcast-Note"));
});
