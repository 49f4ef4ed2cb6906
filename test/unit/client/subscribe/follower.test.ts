import assert from "node:assert/strict";
import { test } from "node:test";
import { Follower, type FrameEvent, type GapEvent } from "../../../../client/subscribe/follower.ts";
import { FrameBuilder } from "../../../../protocol/frame/frame-builder.ts";
import { numberFrame } from "../../../../protocol/frame/header.ts";
import { SeriesFilter } from "../../../../protocol/series-filter.ts";
import { rowOf } from "../../../support/publish.ts";

/** A frame with a gap that its publisher reports, and then so many points; the number of its last is `seq`. */
function withGap(points: number, seq: number): Uint8Array {
  const builder = new FrameBuilder();
  builder.addGap({ kind: "gap", reason: "bridge-full", points: 7, fromX: 1, toX: 2, series: "" });
  for (let i = 0; i < points; i++) builder.add(rowOf(3 + i, { y: i }));
  const frame = builder.encode("00000000000000aa", 1);
  numberFrame(frame, 1, seq);
  return frame;
}

function followed(keepsGaps: boolean): string[] {
  const told: string[] = [];
  const tell = (event: FrameEvent | GapEvent): void => {
    told.push(event.kind === "gap" ? `gap ${event.points}` : event.frame.blocks.map(({ kind }) => kind).join("+"));
  };
  const follower = new Follower(undefined, new SeriesFilter([]), tell, keepsGaps);
  follower.frames(withGap(2, 2));
  follower.gap({ reason: "trimmed", points: 5, epoch: 1, seq: 7 });
  follower.frames(withGap(1, 8));
  return told;
}

test("[CL1c] gaps that publishers report are events before their frames", () => {
  assert.deepEqual(followed(false).slice(0, 2), ["gap 7", "gap+table"]);
});

test("[EL9c] for who draws them they are left in their frames; those of the channel are events all the same", () => {
  assert.deepEqual(followed(true), ["gap+table", "gap 5", "gap+table"]);
});
