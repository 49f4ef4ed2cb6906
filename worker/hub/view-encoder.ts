import type { Cursor } from "../../protocol/cursor.ts";
import { decodeFrame, type Gap, pointsOf } from "../../protocol/frame/frame.ts";
import { readHeader } from "../../protocol/frame/header.ts";
import { chosenBy, type TextView, viewKey } from "./text-view.ts";
import { writtenGap, writtenPoint } from "./written.ts";

/** What a viewer of text gets, with the number up to which it then has everything. */
export interface NumberedText {
  seq: number;
  /** What is missing before the point: a message each for a viewer of `json`. */
  gaps: readonly string[];
  /** The point; "": behind what is missing none follows. */
  text: string;
  /** Of all of them in UTF-8. */
  bytes: number;
}

/** Texts of a stream that are sent as one message: where they lead, and they themselves in UTF-8. */
export interface TextChunk {
  seq: number;
  /** As {@link readChunk} reads it. */
  bytes: Uint8Array;
}

/**
 * Batches that are kept for viewers that come to them later; what was made first goes first. Objects of one class may share
 * the 128 MB of an isolate, so it is not much.
 */
const MAX_KEPT_BYTES = 1024 * 1024;
const MAX_KEPT_BATCHES = 64;
/** A chunk is full when it has so much: whoever copies chunks is to have few of them, and room for one is soon there. */
const CHUNK_BYTES = 32 * 1024;
const CHUNK_HEAD_BYTES = 16;
/** What a number takes in a set, about. */
const NUMBER_BYTES = 40;
const utf8 = new TextEncoder();

/**
 * Makes text of frames, each once for all viewers of one view. The texts of the last batches are kept with their
 * numbers: a viewer that is behind somewhere within them goes on from there, and nothing is decoded or encoded again.
 */
export class ViewEncoder {
  /** The newest first. */
  #batches: EncodedBatch[] = [];

  /** What was made is not used again. */
  forget(): void {
    this.#batches = [];
  }

  /** The batch of a view that has the point after a cursor, if it is kept. */
  batchAfter({ epoch, seq }: Cursor, view: TextView): EncodedBatch | undefined {
    // Texts were made since: what they take counts, too.
    this.#batches = bounded(this.#batches);
    const key = viewKey(view);
    return this.#batches.find(
      (batch) => batch.epoch === epoch && batch.after <= seq && seq < batch.seq && batch.key === key,
    );
  }

  /**
   * A batch of frames that follow each other; its texts are made as they are asked for.
   * @param kept of a view with `maxRate`: the frames are a whole stretch, and these are the numbers of its points that are kept
   */
  encode(frames: readonly Uint8Array[], view: TextView, kept?: ReadonlySet<number>): EncodedBatch {
    const batch = new EncodedBatch(frames, view, kept);
    this.#batches = bounded([batch, ...this.#batches]);
    return batch;
  }
}

/** The first of these, whatever it takes, and as many more as may be kept. */
function bounded(batches: readonly EncodedBatch[]): EncodedBatch[] {
  let bytes = 0;
  return batches.slice(0, MAX_KEPT_BATCHES).filter(({ keptBytes }, i) => {
    if (i > 0) bytes += keptBytes;
    return bytes <= MAX_KEPT_BYTES;
  });
}

/** The texts of some frames, for one view. */
export class EncodedBatch {
  readonly key: string;
  readonly epoch: number;
  /** It has the points numbered above this, up to `seq`. */
  readonly after: number;
  readonly seq: number;
  readonly #rest: Iterator<NumberedText>;
  readonly #texts: NumberedText[] = [];
  #chunks: readonly TextChunk[] | undefined;
  #keptBytes: number;

  constructor(frames: readonly Uint8Array[], view: TextView, kept?: ReadonlySet<number>) {
    const headers = frames.map((frame) => readHeader(frame));
    const [first, last] = [headers[0], headers.at(-1)];
    this.key = viewKey(view);
    this.epoch = first?.epoch ?? 0;
    this.after = first === undefined ? 0 : first.seq - first.points;
    this.seq = last?.seq ?? this.after;
    this.#keptBytes = frames.reduce((sum, { byteLength }) => sum + byteLength, NUMBER_BYTES * (kept?.size ?? 0));
    this.#rest = textsOf(frames, view, kept);
  }

  /** What it takes in memory, about. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** How many texts were made; of these none is made again. */
  get made(): number {
    return this.#texts.length;
  }

  /** The texts of the points numbered above `seq`, as far as the view has them. */
  *textsAfter(seq: number): Generator<NumberedText> {
    for (let i = this.#indexAfter(seq); ; i++) {
      const text = this.#texts[i] ?? this.#make();
      if (text === undefined) return;
      if (text.seq > seq) yield text;
    }
  }

  /** The same for a stream, as messages. */
  chunksAfter(seq: number): readonly TextChunk[] {
    if (seq > this.after) return chunksOf(this.epoch, this.textsAfter(seq));
    if (this.#chunks === undefined) {
      this.#chunks = chunksOf(this.epoch, this.textsAfter(this.after));
      for (const { bytes } of this.#chunks) this.#keptBytes += bytes.byteLength;
    }
    return this.#chunks;
  }

  /** Of the texts that were made, how many are not above `seq`. */
  #indexAfter(seq: number): number {
    let [low, high] = [0, this.#texts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#texts[middle]?.seq ?? 0) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #make(): NumberedText | undefined {
    const { done, value } = this.#rest.next();
    if (done) return undefined;
    this.#texts.push(value);
    // A string and its entry take some 60 bytes beside its characters.
    this.#keptBytes += value.bytes + 60;
    return value;
  }
}

/**
 * The points that the view has, each with what is missing before it. What is missing behind the last of a frame stands before that one: whoever
 * has the cursor of a point knows of all that was told up to there.
 */
function* textsOf(
  frames: readonly Uint8Array[],
  view: TextView,
  kept: ReadonlySet<number> | undefined,
): Generator<NumberedText> {
  const isIn = chosenBy(view);
  for (const bytes of frames) {
    const { header, blocks, labels } = decodeFrame(bytes);
    const at = { epoch: header.epoch, seq: header.seq - header.points };
    const missing: Gap[] = [];
    let held: NumberedText | undefined;
    for (const block of blocks) {
      if (block.kind === "gap") {
        if (block.series === "" || isIn(block.series)) missing.push(block);
        continue;
      }
      for (const point of pointsOf({ blocks: [block], labels })) {
        at.seq++;
        if (!isIn(point.series) || kept?.has(at.seq) === false) continue;
        if (held !== undefined) yield held;
        const text = writtenPoint(point, at, view);
        held = { seq: at.seq, gaps: NO_GAPS, text, bytes: utf8.encode(text).length };
        if (missing.length > 0) held = withGaps(held, missing.splice(0), at.epoch, view);
      }
    }
    if (missing.length > 0)
      held = withGaps(held ?? { ...at, gaps: NO_GAPS, text: "", bytes: 0 }, missing, at.epoch, view);
    if (held !== undefined) yield held;
  }
}

const NO_GAPS: readonly string[] = [];

function withGaps(numbered: NumberedText, missing: readonly Gap[], epoch: number, view: TextView): NumberedText {
  const { seq, text } = numbered;
  const before = { epoch, seq: text === "" ? seq : seq - 1 };
  const gaps = missing.map((gap) => writtenGap(gap, before, view)).filter((gap) => gap !== "");
  const bytes = gaps.reduce((sum, gap) => sum + utf8.encode(gap).length, numbered.bytes);
  return { seq, text, gaps: [...numbered.gaps, ...gaps], bytes };
}

/** Where a chunk leads stands before its texts: epoch and seq as float64, little endian. */
function chunkOf(epoch: number, seq: number, text: string): TextChunk {
  const encoded = utf8.encode(text);
  const bytes = new Uint8Array(CHUNK_HEAD_BYTES + encoded.length);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, epoch, true);
  view.setFloat64(8, seq, true);
  bytes.set(encoded, CHUNK_HEAD_BYTES);
  return { seq, bytes };
}

function chunksOf(epoch: number, numbered: Iterable<NumberedText>): TextChunk[] {
  const chunks: TextChunk[] = [];
  let [joined, bytes, seq] = ["", 0, 0];
  for (const text of numbered) {
    if (bytes > 0 && bytes + text.bytes > CHUNK_BYTES) {
      chunks.push(chunkOf(epoch, seq, joined));
      [joined, bytes] = ["", 0];
    }
    if (text.gaps.length > 0) joined += text.gaps.join("");
    joined += text.text;
    bytes += text.bytes;
    ({ seq } = text);
  }
  if (bytes > 0) chunks.push(chunkOf(epoch, seq, joined));
  return chunks;
}

/** A chunk without texts: up to where a viewer has everything that it asked for. */
export function emptyChunk({ epoch, seq }: Cursor): Uint8Array {
  return chunkOf(epoch, seq, "").bytes;
}

/** What a message of a stream has: the texts, and up to where whoever reads them then has everything. */
export function readChunk(message: ArrayBuffer): { cursor: Cursor; bytes: Uint8Array } {
  const view = new DataView(message);
  const cursor = { epoch: view.getFloat64(0, true), seq: view.getFloat64(8, true) };
  return { cursor, bytes: new Uint8Array(message, CHUNK_HEAD_BYTES) };
}
