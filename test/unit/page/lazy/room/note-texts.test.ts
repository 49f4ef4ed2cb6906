import assert from "node:assert/strict";
import { test } from "node:test";
import { SeriesStore } from "../../../../../page/data/store/series-store.ts";
import { correctNotes } from "../../../../../page/lazy/room/note-texts.ts";
import { decodeFrame } from "../../../../../protocol/frame/frame.ts";
import { NOTES_SERIES } from "../../../../../protocol/room/channel-itself.ts";
import type { Note } from "../../../../../protocol/room/room-contents.ts";
import { eventFrame } from "../../../../../worker/room/channel-frames.ts";

const note = (x: number, text: string, id = `1:${x}`): Note => ({
  id,
  x,
  text,
  by: "Ada",
  atMs: 0,
  editedAtMs: null,
});

/** What stands in the series, after notes were corrected twice. */
function corrected(received: [x: number, text: string][], notes: Note[]) {
  const store = new SeriesStore();
  for (const [i, [x, text]] of received.entries())
    store.ingest(decodeFrame(eventFrame(NOTES_SERIES, x, text, i, i + 1)));
  const series = store.find(NOTES_SERIES);
  assert.ok(series !== undefined);
  const segments = [{ x: series.ring.x, y: series.ring.y }];
  // It is done at each drawing.
  for (let i = 0; i < 2; i++) correctNotes({ series, segments }, notes);
  const texts = [...series.ring.y].map((y) => (Number.isNaN(y) ? null : series.valueNames?.textOf(y)));
  return { texts, last: series.valueNames?.textOf(series.lastY) };
}

test("[PG96c] a note has the text that it has now, also where another has the text that it had", () => {
  const { texts, last } = corrected(
    [
      [1, "open"],
      [2, "open"],
    ],
    [note(1, "open"), note(2, "closed")],
  );
  assert.deepEqual([texts, last], [["open", "closed"], "closed"]);
});

test("[PG96c] what was deleted is no point any more, whether it came with its text or without", () => {
  const { texts, last } = corrected(
    [
      [1, "first"],
      [2, "second"],
      [3, ""],
    ],
    [note(1, "first"), note(2, "")],
  );
  assert.deepEqual([texts, last], [["first", null, null], "first"]);
});

test("[PG96c] of several at one x each has its own text, and one that the room does not know keeps its", () => {
  const at = note(1, "b", "1:2");
  const { texts } = corrected(
    [
      [1, "a"],
      [1, "b"],
      [2, "old"],
    ],
    [note(1, "A", "1:1"), at],
  );
  assert.deepEqual(texts, ["A", "b", "old"]);
});
