import type { ChannelLog } from "./log/channel-log.ts";
import { MAX_READ_PAUSE_MS, MAX_READS, MAX_READS_PER_ADDRESS, SLICE_PAUSE_MS } from "./log/read-limits.ts";
import {
  type Cut,
  isDone,
  noFrames,
  type ReadOpened,
  type ReadRequest,
  type Slice,
  type SliceAnswer,
  type SliceRequest,
} from "./log/slice.ts";
import { ReadSlots } from "./read-slots.ts";
import { readTurns } from "./read-turns.ts";

/** Reads of what is stored, slice by slice: so many at once, and each waits longer the more there are. */
export class Reads {
  readonly #slots = new ReadSlots(MAX_READS, MAX_READS_PER_ADDRESS, MAX_READ_PAUSE_MS);
  readonly #log: () => ChannelLog | undefined;

  /** @param log undefined while nothing was published */
  constructor(log: () => ChannelLog | undefined) {
    this.#log = log;
  }

  /** Begins a read of what is stored, if there are not too many at once. */
  open(request: ReadRequest): ReadOpened {
    const { readId, address } = request;
    if (!this.#slots.open(readId, address, Date.now())) return { kind: "too-many-reads" };
    const log = this.#log();
    if (log === undefined) {
      this.#slots.close(readId);
      return { kind: "opened", epoch: 0, seq: 0, first: noFrames(0, 0), pauseMs: 0 };
    }
    const opened = readTurns.spend(() => log.openRead(request));
    if (isDone(request.direction, opened.first, opened.seq)) this.#slots.close(readId);
    return { ...opened, pauseMs: SLICE_PAUSE_MS * this.#slots.count };
  }

  /** The next slice of a read. */
  slice(request: SliceRequest): SliceAnswer {
    const { readId, address, direction, through } = request;
    const isInTime = this.#slots.use(readId, address, Date.now());
    const answer = isInTime ? this.#sliceNow(request) : ({ kind: "cut", reason: "too-slow" } as const);
    if (answer.kind === "cut" || isDone(direction, answer, through)) this.#slots.close(readId);
    return answer.kind === "cut" ? answer : { ...answer, pauseMs: SLICE_PAUSE_MS * this.#slots.count };
  }

  /** A read ended before its last slice. */
  close(readId: string): void {
    this.#slots.close(readId);
  }

  #sliceNow(request: SliceRequest): ({ kind: "slice" } & Slice) | Cut {
    const log = this.#log();
    return log === undefined ? { kind: "cut", reason: "emptied" } : readTurns.spend(() => log.slice(request));
  }
}
