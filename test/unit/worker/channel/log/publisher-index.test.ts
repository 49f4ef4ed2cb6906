/** A publisher's frames are found by their numbers, however many segments it has and whatever was trimmed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { numberFrame } from "../../../../../protocol/frame/header.ts";
import { PublisherIndex } from "../../../../../worker/channel/log/publisher-index.ts";
import type { SegmentHeader } from "../../../../../worker/channel/log/segment.ts";
import { frameOf } from "../../../../support/publish.ts";

const A = "00000000000000aa";

/** Segments of one frame of one point each, and how many rows were read of them. */
class CountedSegments {
  rowsRead = 0;
  keptAfter = 0;
  last = 0;
  readonly index = new PublisherIndex(
    this,
    () => this.last,
    () => this.keptAfter,
  );
  readonly #rows = new Map<number, SegmentHeader>();
  readonly #window: number;

  constructor(window: number) {
    this.#window = window;
  }

  at(seq: number): SegmentHeader | undefined {
    this.rowsRead++;
    return this.#rows.get(seq);
  }

  frames(seq: number): Uint8Array[] {
    this.rowsRead++;
    const frame = frameOf(A, seq, [seq]);
    numberFrame(frame, 1, seq);
    return [frame];
  }

  add(): void {
    const seq = this.last + 1;
    const links = this.index.linksFor(A);
    const numbers = { seq, afterSeq: seq - 1, firstPublisherSeq: seq, publisherSeq: seq, publisher: A };
    const rest = { takenAtMs: 0, minX: 0, maxX: 0, frames: 1, bytes: 136, totalBytes: 136 * seq };
    const kept = { tellsLoss: false, keptAfter: 0, keptBytes: 0, checkpointSeq: 0 };
    this.#rows.set(seq, { ...numbers, ...links, ...rest, ...kept });
    this.last = seq;
    if (seq - this.keptAfter <= this.#window) return;
    for (; seq - this.keptAfter > (this.#window * 15) / 16; this.keptAfter++) this.#rows.delete(this.keptAfter + 1);
  }

  /** Looks for a frame that was sent again. @returns how many rows that read */
  look(number: number): number {
    this.rowsRead = 0;
    const isThere = number > this.keptAfter && number <= this.last;
    assert.deepEqual(this.index.compare([frameOf(A, number, [number])]), {
      letters: isThere ? "s" : "-",
      lastSeq: isThere ? number : undefined,
    });
    return this.rowsRead;
  }
}

for (const [window, added, bound] of [
  [7, 100, 50],
  [1000, 5000, 50],
  [30_000, 110_000, 70],
] as const) {
  test(`[CH3b] [CH16e] each of ${window} segments, and none that is trimmed, is found in ${bound} rows at most`, (t) => {
    const segments = new CountedSegments(window);
    let most = 0;
    for (let n = 1; n <= added; n++) {
      segments.add();
      if (n % Math.ceil(added / 10) !== 0) continue;
      const step = Math.ceil(window / 1000);
      for (let number = Math.max(1, segments.keptAfter - 5); number <= n; number += step) {
        most = Math.max(most, segments.look(number));
      }
    }
    t.diagnostic(`${most} rows read at most`);
    assert.ok(most <= bound, `${most} rows`);
  });
}
