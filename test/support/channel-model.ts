/** What a channel's log is after what was published to it, kept as simply as can be: the rules of SPEC.md, "The Channel". */
import { concat } from "../../protocol/bytes.ts";
import type { Cursor } from "../../protocol/cursor.ts";
import { decodeFrame, type Point, pointsOf } from "../../protocol/frame/frame.ts";
import { ANONYMOUS, numberFrame, readHeader } from "../../protocol/frame/header.ts";

/** A frame as it was taken. */
export interface ModelFrame {
  bytes: Uint8Array;
  publisher: string;
  publisherSeq: number;
  /** It holds the points above the one number, up to the other. */
  after: number;
  seq: number;
  /** How many points it reports as lost; null if nobody can know. */
  lost: number | null;
  points: Point[];
}

/** A frame to be published. */
export interface SentFrame {
  bytes: Uint8Array;
  lost: number | null;
}

/** What the answer to a publish says. */
export interface ModelAnswer {
  seq: number;
  points: number;
  duplicates: number;
  repeats: { last: number; frames: string } | undefined;
}

export class ChannelModel {
  epoch = 0;
  seq = 0;
  /** Every frame of each numbering, trimmed ones too. */
  readonly taken = new Map<number, ModelFrame[]>();
  /** What the log has. */
  kept: ModelFrame[] = [];
  /** The last frame of each publisher; its number is 0 once the numbering it was taken in has ended. */
  readonly last = new Map<string, { publisherSeq: number; seq: number; epoch: number }>();
  readonly #storeBytes: number;

  constructor(storeBytes: number) {
    this.#storeBytes = storeBytes;
  }

  /** Every point after this number is in the log. */
  get keptAfter(): number {
    return this.kept[0]?.after ?? this.seq;
  }

  get series(): string[] {
    return [...new Set(this.#frames.flatMap(({ points }) => points.map(({ series }) => series)))];
  }

  publish(body: readonly SentFrame[]): ModelAnswer {
    const headers = body.map(({ bytes }) => readHeader(bytes));
    const publisher = headers[0]?.publisher ?? ANONYMOUS;
    const before = this.last.get(publisher);
    const isRepeat = (publisherSeq: number) => publisher !== ANONYMOUS && publisherSeq <= (before?.publisherSeq ?? 0);
    const fresh = body.filter((_, i) => !isRepeat(headers[i]?.publisherSeq ?? 0));
    for (const { bytes, lost } of fresh) this.#take(bytes, lost);
    this.#trim();
    const repeated = body.filter((_, i) => isRepeat(headers[i]?.publisherSeq ?? 0)).map(({ bytes }) => bytes);
    const points = headers.reduce((sum, header) => sum + header.points, 0);
    const duplicates = repeated.reduce((sum, bytes) => sum + readHeader(bytes).points, 0);
    const repeats =
      before !== undefined && repeated.length > 0
        ? { last: before.publisherSeq, frames: repeated.map((bytes) => this.#letterOf(bytes)).join("") }
        : undefined;
    return { seq: fresh.length > 0 ? this.seq : this.#firstAnswer(repeated), points, duplicates, repeats };
  }

  /** The numbering begins anew. */
  clear(epoch: number): void {
    this.epoch = epoch;
    this.seq = 0;
    this.kept = [];
    for (const [publisher, last] of this.last) this.last.set(publisher, { ...last, seq: 0 });
  }

  /** The points numbered above the one number, up to the other, of frames that were ever taken. */
  framesBetween({ epoch, seq }: Cursor, through: number): ModelFrame[] {
    return (this.taken.get(epoch) ?? []).filter((frame) => frame.seq > seq && frame.seq <= through);
  }

  /** What the frames numbered above the one number, up to the other, report as lost. */
  lostBetween(cursor: Cursor, through: number): number | null {
    const losses = this.framesBetween(cursor, through).map(({ lost }) => lost);
    return losses.includes(null) ? null : losses.reduce((sum: number, lost) => sum + (lost ?? 0), 0);
  }

  get #frames(): ModelFrame[] {
    return this.taken.get(this.epoch) ?? [];
  }

  #take(sent: Uint8Array, lost: number | null): void {
    const { publisher, publisherSeq, points } = readHeader(sent);
    const after = this.seq;
    this.seq += points;
    const bytes = sent.slice();
    numberFrame(bytes, this.epoch, this.seq);
    const all = [...pointsOf(decodeFrame(bytes))];
    const frame = { bytes, publisher, publisherSeq, after, seq: this.seq, lost, points: all };
    this.taken.set(this.epoch, [...this.#frames, frame]);
    this.kept.push(frame);
    if (publisher !== ANONYMOUS) this.last.set(publisher, { publisherSeq, seq: this.seq, epoch: this.epoch });
  }

  /** CH5b and CH5c; times are no matter here. */
  #trim(): void {
    let bytes = concat(this.kept.map((frame) => frame.bytes)).byteLength;
    if (bytes <= this.#storeBytes) return;
    while (this.kept.length > 1 && bytes > (this.#storeBytes * 15) / 16)
      bytes -= this.kept.shift()?.bytes.byteLength ?? 0;
  }

  /** What the log has under the number of a frame: the same, another, or nothing. */
  #letterOf(sent: Uint8Array): "s" | "d" | "-" {
    const { publisher, publisherSeq } = readHeader(sent);
    const own = this.kept.filter((frame) => frame.publisher === publisher);
    const stored = own.find((frame) => frame.publisherSeq === publisherSeq);
    if (stored === undefined) return publisherSeq > (own[0]?.publisherSeq ?? Number.POSITIVE_INFINITY) ? "d" : "-";
    const numbered = sent.slice();
    numberFrame(numbered, this.epoch, stored.seq);
    return Buffer.compare(numbered, stored.bytes) === 0 ? "s" : "d";
  }

  /** CH3b, CH3c. */
  #firstAnswer(repeated: readonly Uint8Array[]): number {
    const { publisher, publisherSeq } = readHeader(repeated.at(-1) ?? new Uint8Array());
    const stored = this.kept.find((frame) => frame.publisher === publisher && frame.publisherSeq === publisherSeq);
    return stored?.seq ?? this.last.get(publisher)?.seq ?? 0;
  }
}
