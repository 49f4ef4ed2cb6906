/** What the page fetches of the past, from the real Worker. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readStored } from "../../../client/stored-frames.ts";
import { browserHistory } from "../../../page/data/history/browser-history.ts";
import { liveSegments } from "../../../page/data/live-segments.ts";
import { justAbove } from "../../../page/data/sorted-column.ts";
import { SeriesStore } from "../../../page/data/store/series-store.ts";
import { decodeFrame } from "../../../protocol/frame/frame.ts";
import { startEdge } from "../../support/edge.ts";
import { frameOf, newChannel, publishFrames } from "../../support/publish.ts";
import { waitFor } from "../../support/wait.ts";

const T = 1.7e9;
const PUBLISHER = "00000000000000aa";

test("[PG14c] the real Worker: what is older than what was sent is there, every point", async () => {
  await using edge = await startEdge();
  const channel = newChannel();
  const truth = new SeriesStore();
  const live = new SeriesStore();
  for (let i = 0; i < 40; i++) {
    const frame = frameOf(
      PUBLISHER,
      i + 1,
      Array.from({ length: 500 }, (_, k) => Math.sin(i * 500 + k)),
      T + i * 500,
    );
    await publishFrames(edge, channel, frame);
    truth.ingest(decodeFrame(frame));
    if (i >= 30) live.ingest(decodeFrame(frame), true);
  }
  const history = browserHistory(
    (query, signal) => readStored(edge.channelUrl(channel), query, signal),
    () => undefined,
  );
  const look = async (min: number, max: number): Promise<void> => {
    history.request({ min, max }, live.completeFromX, T + 20_000);
    await waitFor(
      "the fetch",
      () => history.fetched !== undefined && history.state === "idle" && history.fetched.min <= min,
    );
    const segments = history.segments(live, "y", { min, max });
    const expected = liveSegments(truth, "y", { min, max });
    for (const column of ["x", "y"] as const) {
      assert.deepEqual(
        segments.flatMap((part) => [...part[column]]),
        expected.flatMap((part) => [...part[column]]),
      );
    }
  };
  assert.equal(live.completeFromX, justAbove(T + 15_000));
  await look(T + 14_000.5, T + 16_000.5);
  assert.equal(history.oldestX, undefined);
  await look(Number.NEGATIVE_INFINITY, T + 20_000);
  assert.equal(history.oldestX, T);
});
