import { type Cursor, cursorText } from "../../protocol/cursor.ts";
import { decodeFrame, type Frame } from "../../protocol/frame/frame.ts";
import { FrameError, splitFrames } from "../../protocol/frame/header.ts";
import type { SeriesFilter } from "../../protocol/series-filter.ts";
import { type Advance, advance, advanceToLive, type MissingPoints } from "../cursor.ts";
import type { LostPoints } from "./transport.ts";

/** Points of a frame that was not here yet. */
export interface FrameEvent {
  kind: "frame";
  /** Its columns are typed arrays over the bytes that came. With `series` it has those alone; its header is that of the whole. */
  frame: Frame;
  /** Whoever comes back with it gets what follows. */
  cursor: string;
}

/** Points are missing between what came before and what comes next. */
export interface GapEvent {
  kind: "gap";
  /** SPEC.md, “Viewers”, lists them; `hole` is what the numbers of frames show. */
  reason: string;
  /** null: nobody can know. */
  points: number | null;
  cursor: string;
  /** Where the points of one series are missing. */
  series?: string;
}

/** Puts what connections bring in order: each point once, whichever of them brought it, and what is missing where it is missing. */
export class Follower {
  #cursor: Cursor | undefined;
  /** The cursor is that of a gap `epoch`, and no frame has come since. */
  #isEpochStart = false;
  /** Nothing that follows them has come yet (VW2f). */
  #pendingGaps: MissingPoints[] = [];
  #isPicked = false;
  readonly #filter: SeriesFilter;
  readonly #emit: (event: FrameEvent | GapEvent, bytes: number) => void;
  readonly #keepsGaps: boolean;

  /** @param keepsGaps gaps that publishers report are left in their frames, and are no events */
  constructor(
    cursor: Cursor | undefined,
    filter: SeriesFilter,
    emit: (event: FrameEvent | GapEvent, bytes: number) => void,
    keepsGaps = false,
  ) {
    this.#cursor = cursor;
    this.#filter = filter;
    this.#emit = emit;
    this.#keepsGaps = keepsGaps;
  }

  /** Where another connection is to begin. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /**
   * Another connection tells of these again: the cursor is before them.
   * @param isPicked the channel sends only what was picked: what its numbers leave out is no hole
   */
  connecting(isPicked: boolean): void {
    this.#pendingGaps = [];
    this.#isPicked = isPicked;
  }

  /** Points are missing up to there, and no frame tells it. */
  lost({ reason, points, series, epoch, seq }: LostPoints): void {
    this.#takePendingGaps();
    this.#cursor = { epoch, seq };
    const gap: GapEvent = { kind: "gap", reason, points, cursor: cursorText({ epoch, seq }) };
    this.#emit(series === "" ? gap : { ...gap, series }, 0);
  }

  gap(missing: MissingPoints): void {
    this.#pendingGaps.push(missing);
  }

  /** Whole frames. What is none is passed over: the numbers of the next show it. */
  frames(bytes: Uint8Array): void {
    let frames: Frame[];
    try {
      frames = splitFrames(bytes).map(decodeFrame);
    } catch (error) {
      if (error instanceof FrameError) return;
      throw error;
    }
    this.#takePendingGaps();
    for (const frame of frames) {
      const { epoch } = frame.header;
      const cursorBefore = cursorText(this.#cursor?.epoch === epoch ? this.#cursor : { epoch, seq: 0 });
      if (!this.#follow(advance(this.#cursor, frame.header, this.#isEpochStart))) continue;
      this.#takeFrame(frame, cursorBefore);
    }
  }

  /** Everything up to there was sent. */
  live(at: Cursor | undefined): void {
    this.#takePendingGaps();
    if (at !== undefined) this.#follow(advanceToLive(this.#cursor, at));
  }

  #takeFrame(whole: Frame, cursorBefore: string): void {
    const { epoch, seq, points, bodyBytes } = whole.header;
    const frame = this.#filter.isAll ? whole : pickedOf(whole, this.#filter);
    // Where a frame began that came in part is not known: what is told before it is told again to who comes back there.
    const before = this.#isPicked ? cursorBefore : cursorText({ epoch, seq: seq - points });
    for (const block of frame.blocks) {
      if (block.kind !== "gap" || this.#keepsGaps) continue;
      const gap: GapEvent = { kind: "gap", reason: block.reason, points: block.points, cursor: before };
      this.#emit(block.series === "" ? gap : { ...gap, series: block.series }, 0);
    }
    if (!frame.blocks.some(({ kind }) => kind === "table")) return;
    this.#emit({ kind: "frame", frame, cursor: cursorText({ epoch, seq }) }, bodyBytes);
  }

  #takePendingGaps(): void {
    for (const missing of this.#pendingGaps.splice(0)) {
      this.#cursor = { epoch: missing.epoch, seq: missing.seq };
      this.#isEpochStart = missing.reason === "epoch";
      this.#tell(missing);
    }
  }

  /** @returns false if it is a repeat */
  #follow(step: Advance | undefined): boolean {
    if (step === undefined) return false;
    this.#cursor = step.cursor;
    this.#isEpochStart = false;
    const isHole = step.missing?.reason === "hole" && this.#isPicked;
    if (step.missing !== undefined && !isHole) this.#tell(step.missing);
    return true;
  }

  #tell({ reason, points, epoch, seq }: MissingPoints): void {
    this.#emit({ kind: "gap", reason, points, cursor: cursorText({ epoch, seq }) }, 0);
  }
}

function pickedOf({ header, labels, blocks }: Frame, filter: SeriesFilter): Frame {
  const picked = blocks.flatMap((block): Frame["blocks"] => {
    if (block.kind === "gap") return block.series === "" || filter.has(block.series) ? [block] : [];
    const columns = block.columns.filter(({ name }) => filter.has(name));
    return columns.length === 0 ? [] : [{ ...block, columns }];
  });
  return { header, labels, blocks: picked };
}
