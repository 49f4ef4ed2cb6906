/** The last points of a read are found from the newest on, while the store changes and however slow the way to it is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { concat } from "../../../../../protocol/bytes.ts";
import { numberFrame, readHeader } from "../../../../../protocol/frame/header.ts";
import { SeriesFilter } from "../../../../../protocol/series-filter.ts";
import type { ReadChannel, SliceRequest } from "../../../../../worker/channel/log/slice.ts";
import { storedPoints } from "../../../../../worker/http/read/read.ts";
import type { ReadQuery } from "../../../../../worker/http/read/read-query.ts";
import { frameOfRows, rowOf } from "../../../../support/publish.ts";

const FRAMES_A_SLICE = 4;
const POINTS = 100;

/** A store of frames of 100 points, y and z in turn, that takes a new frame and drops its oldest at every call. */
class MovingStore implements ReadChannel {
  readonly latencyMs: number;
  calls = 0;
  largest = 0;
  #frames: Uint8Array[] = [];
  #seq = 0;

  constructor(latencyMs: number, frames: number) {
    this.latencyMs = latencyMs;
    for (let i = 0; i < frames; i++) this.#take();
  }

  async openRead({ direction, points = Number.POSITIVE_INFINITY }: Parameters<ReadChannel["openRead"]>[0]) {
    await this.#move();
    const [after, seq] = [direction === "forward" ? Math.max(0, this.#seq - points) : 0, this.#seq];
    return { kind: "opened" as const, epoch: 1, seq, first: this.#slice(direction, after, seq), pauseMs: 0 };
  }

  async slice({ direction, after, through, mayBeginLater }: SliceRequest) {
    await this.#move();
    const keptAfter = this.#seq - POINTS * this.#frames.length;
    if (direction === "forward" && !mayBeginLater && after < keptAfter) {
      return { kind: "cut" as const, reason: "trimmed" as const };
    }
    return { kind: "slice" as const, ...this.#slice(direction, after, through), pauseMs: 0 };
  }

  async closeRead(): Promise<void> {}

  async #move(): Promise<void> {
    this.calls++;
    await sleep(this.latencyMs);
    this.#take();
    this.#frames.shift();
  }

  #take(): void {
    const rows = Array.from({ length: POINTS }, (_, i) => rowOf(this.#seq + i + 1, { [i % 2 ? "z" : "y"]: 1 }));
    const frame = frameOfRows("00000000000000aa", this.#seq / POINTS + 1, rows);
    this.#seq += POINTS;
    numberFrame(frame, 1, this.#seq);
    this.#frames.push(frame);
  }

  #slice(direction: string, after: number, through: number) {
    const all = this.#frames.filter((frame) => readHeader(frame).seq > after && readHeader(frame).seq <= through);
    const some = direction === "forward" ? all.slice(0, FRAMES_A_SLICE) : all.slice(-FRAMES_A_SLICE);
    const [first, last] = [some[0], some.at(-1)].map((frame) => (frame ? readHeader(frame).seq : through));
    this.largest = Math.max(this.largest, some.length);
    return {
      frames: concat(some),
      from: (first ?? through) - POINTS,
      to: last ?? through,
      isLast: some.length === all.length,
    };
  }
}

const query = (points: number, series: string[], fromX = Number.NEGATIVE_INFINITY): ReadQuery => ({
  points,
  series: new SeriesFilter(series),
  fromX,
  toX: Number.POSITIVE_INFINITY,
  after: 0,
  through: Number.MAX_SAFE_INTEGER,
  text: false,
});

for (const latencyMs of [0, 5]) {
  test(`[RD3a] the last points of a series of a store that moves on, ${latencyMs} ms away, are all there`, async () => {
    for (const [points, expected] of [
      [1, 1],
      [49, 49],
      [50, 50],
      [1000, 1000],
    ] as const) {
      const store = new MovingStore(latencyMs, 200);
      const { body } = await storedPoints(store, query(points, ["z"]), "text/csv", "192.0.2.1");
      const lines = (await new Response(body).text()).trimEnd().split("\r\n").slice(1);
      assert.equal(lines.length, expected);
      const xs = lines.map((line) => Number(line.split(",")[0]));
      // It reads up to where the store stood when the read began, after the first call.
      assert.deepEqual(
        xs,
        Array.from({ length: points }, (_, i) => 20_100 - 2 * (points - 1 - i)),
      );
      const most = 2 + 2 * Math.ceil((points + 50) / 50 / FRAMES_A_SLICE);
      assert.ok(store.calls <= most, `${store.calls} calls for ${points} points`);
    }
  });
}

test("[RD3a] there are fewer than asked for: all that is stored when they are found", async () => {
  const store = new MovingStore(0, 40);
  const { body } = await storedPoints(store, query(1e9, ["y"]), "application/json", "192.0.2.1");
  const points: unknown = await new Response(body).json();
  // 40 frames of 50 y each, less those that went until the first of them was read again.
  assert.ok(Array.isArray(points) && points.length > 1000 && points.length < 2000, `${points}`);
});
