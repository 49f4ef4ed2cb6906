/** What version 0.1 stored, a row for each frame, is gone on with. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameBuilder } from "../../../../protocol/frame/frame-builder.ts";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import type { Edge } from "../../../support/edge.ts";
import { toOlderStore } from "../../../support/older-store.ts";
import { bulkyFrame, frameOf, publishFrames, read, rowOf } from "../../../support/publish.ts";
import { startStoredEdge } from "../../../support/stored-edge.ts";
import { Watcher } from "../../../support/watcher.ts";

const [A, B, C] = ["00000000000000aa", "00000000000000bb", "00000000000000cc"];
const CHANNEL = "older";

function lossFrame(n: number, points: number | null): Uint8Array {
  const builder = new FrameBuilder();
  assert.ok(builder.addGap({ kind: "gap", reason: "bridge-full", points, fromX: null, toX: null, series: "" }));
  assert.ok(builder.add(rowOf(n, { lost: 1 })));
  return builder.encode(A, n);
}

/** All that anybody can see of a channel, but for when. */
async function seen(edge: Edge) {
  const frames = new Uint8Array(await (await read(edge, CHANNEL, FRAME_TYPE)).arrayBuffer());
  const watcher = await (await Watcher.open(edge, CHANNEL, { query: "?points=1000" })).live();
  const { epoch, seq, series, takenEveryMs } = await watcher.tells("hello");
  const back = await (await Watcher.open(edge, CHANNEL, { query: `?epoch=${epoch}&seq=1` })).live();
  const gaps = back.told.filter(({ type }) => type === "gap");
  await Promise.all([watcher.close(), back.close()]);
  return { frames, epoch, seq, series, takenEveryMs, start: watcher.start, gaps };
}

/** Frames of before are repeats: stored ones, trimmed ones, and some that never came. */
async function repeats(edge: Edge) {
  const answers = [];
  for (const frame of [frameOf(C, 9, [1, 2]), frameOf(B, 60, [60]), frameOf(B, 3, [3]), frameOf(A, 1, [7])]) {
    const { seq, duplicates, repeats } = await publishFrames(edge, CHANNEL, frame);
    answers.push({ seq, duplicates, repeats });
  }
  return answers;
}

test("[CH16f] [CH6] everything that version 0.1 stored is there, and numbering, repeats and losses go on", async () => {
  await using stored = await startStoredEdge({ vars: { STORE_BYTES: "20000" } });
  const { edge, whileStopped } = stored;
  await publishFrames(edge, CHANNEL, frameOf(C, 9, [1, 2], 0, "c"));
  await publishFrames(edge, CHANNEL, lossFrame(1, 5), lossFrame(2, 7));
  for (let n = 1; n <= 100; n++) {
    await publishFrames(edge, CHANNEL, frameOf(B, n, [n]));
    if (n === 80) await publishFrames(edge, CHANNEL, lossFrame(80, 3));
    else if (n % 3 === 0) await publishFrames(edge, CHANNEL, bulkyFrame(A, n, 40));
  }
  const [before, repeatsBefore] = [await seen(edge), await repeats(edge)];
  assert.ok(before.gaps.length === 2, "something is trimmed, and told of losses");
  await whileStopped((database) => toOlderStore(database));
  assert.deepEqual(await seen(edge), before);
  assert.deepEqual(await repeats(edge), repeatsBefore);
  const tables = await whileStopped((database) => {
    const rows = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf*'").all();
    return rows.map(({ name }) => name).sort();
  });
  assert.deepEqual(tables, ["layout", "numbering", "presence", "segments", "series_names", "told"]);
  assert.deepEqual(await seen(edge), before);
  assert.deepEqual(await repeats(edge), repeatsBefore);
  assert.equal((await publishFrames(edge, CHANNEL, frameOf(B, 101, [101]))).seq, before.seq + 1);
  for (let n = 1; n <= 60; n++) await publishFrames(edge, CHANNEL, bulkyFrame(A, 1000 + n, 40));
  const gaps = (await seen(edge)).gaps.map((gap) => (gap.type === "gap" ? [gap.reason, gap.points] : []));
  assert.deepEqual(gaps.at(1), ["gaps-trimmed", 15], "of what was trimmed before and after");
});

test("[CH16f] an emptied channel of version 0.1 goes on: its epoch, and what publishers have sent", async () => {
  await using stored = await startStoredEdge();
  const { edge, whileStopped } = stored;
  await publishFrames(edge, CHANNEL, frameOf(A, 7, [1, 2]));
  const headers = { Authorization: `Bearer ${edge.token}` };
  assert.equal((await fetch(edge.channelUrl(CHANNEL), { method: "DELETE", headers })).status, 204);
  const { epoch } = await seen(edge);
  await whileStopped((database) => toOlderStore(database));
  const after = await seen(edge);
  assert.deepEqual([after.epoch, after.seq, after.series, after.frames.length], [epoch, 0, [], 0]);
  assert.equal((await publishFrames(edge, CHANNEL, frameOf(A, 7, [1, 2]))).duplicates, 2);
  assert.deepEqual((await publishFrames(edge, CHANNEL, frameOf(A, 8, [3]))).seq, 1);
});

test("[CH16f] [CH1] what cannot be taken over stays as it is, all of it, and can be when it is mended", async () => {
  await using stored = await startStoredEdge();
  const { edge, whileStopped } = stored;
  for (let n = 1; n <= 20; n++) await publishFrames(edge, CHANNEL, frameOf(A, n, [n]));
  const before = await seen(edge);
  await whileStopped((database) => {
    toOlderStore(database);
    database.exec("CREATE TABLE aside AS SELECT frame FROM frames WHERE seq = 13");
    database.exec("UPDATE frames SET frame = 'damaged' WHERE seq = 13");
  });
  assert.equal((await read(edge, CHANNEL, FRAME_TYPE)).status, 500);
  await whileStopped((database) => {
    assert.equal(database.prepare("SELECT count(*) AS n FROM frames").get()?.n, 20);
    database.exec("UPDATE frames SET frame = (SELECT frame FROM aside) WHERE seq = 13; DROP TABLE aside");
  });
  assert.deepEqual(await seen(edge), before);
});
