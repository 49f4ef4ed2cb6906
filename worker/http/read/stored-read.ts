import type { CutReason } from "../../../protocol/messages/read-message.ts";
import type { Problem } from "../../../protocol/problem.ts";
import {
  MAX_READ_PAUSE_MS,
  MAX_READS,
  MAX_READS_IN_WORKER,
  MAX_READS_PER_ADDRESS,
  MAX_SEARCH_MS,
} from "../../channel/log/read-limits.ts";
import {
  type Direction,
  isDone,
  isWhole,
  type ReadChannel,
  type ReadOpened,
  type ReadRequest,
  type Slice,
} from "../../channel/log/slice.ts";
import { ReadSlots } from "../../channel/read-slots.ts";
import { pause, readTurns } from "../../channel/read-turns.ts";
import { HttpProblem } from "../problem-response.ts";
import type { NothingFound } from "./read-note.ts";

/**
 * The reads of this isolate. The Channel bounds those of one channel; this bounds what one address holds in all of them.
 * A client that does not read keeps its connection, and its slot, until it goes; should its Worker be stopped, nobody
 * says that the read is over.
 */
const reads = new ReadSlots(MAX_READS_IN_WORKER, MAX_READS_PER_ADDRESS, 5 * MAX_READ_PAUSE_MS);

const CUT_DETAILS = {
  emptied: "The channel was emptied while it was read.",
  trimmed: "Points that were still to be read became older than what the channel keeps.",
  "too-slow": "The answer was read too slowly.",
  "too-long": "It took too long to look for points. Ask for fewer, or for a narrower range.",
  "access-ended": "The token of this read has expired or was revoked; the next needs another.",
  unavailable: "The channel could not be reached any more.",
} as const satisfies Record<CutReason, string>;

/** A read ended before it had everything that it was asked for. */
export class ReadCut extends Error {
  readonly reason: CutReason;

  constructor(reason: CutReason, options?: ErrorOptions) {
    super(`${CUT_DETAILS[reason]} What was sent is not all of it: read again.`, options);
    this.name = "ReadCut";
    this.reason = reason;
  }
}

/**
 * One read of what a channel stores, up to where it stood when the read began: slice after slice, each of which lets
 * everything else go on before it.
 */
export class StoredRead {
  /** Which numbering it reads; 0 if nothing was ever published. */
  readonly epoch: number;
  /** The number of the last point. */
  readonly end: number;
  /** How many series the channel has, as far as that is known. */
  readonly seriesCount: number;
  /** Whether what came with the opening is all that there is to look at. */
  readonly isWhole: boolean;
  /** What was found so far is nothing: why, if it stays so. */
  readonly nothing: NothingFound;
  readonly #channel: ReadChannel;
  readonly #request: ReadRequest;
  readonly #mayGoOn: () => Promise<boolean>;
  /** What came with the opening, until it is asked for. */
  #first: Slice | undefined;
  /** It has a slot in the Channel, which frees that by itself when the last slice is sent. */
  #isInChannel: boolean;
  /** Nobody takes what more it would bring. */
  #isLeft = false;
  #awaitedAtMs = Date.now();
  /** The Channel gives no slice before. */
  #nextAtMs: number;

  /**
   * Begins a read, which must be {@link close}d.
   * @param mayGoOn asked before each further slice: whether what let the read in still counts
   * @throws Problem `too-many-reads`
   */
  static async open(
    channel: ReadChannel,
    request: Omit<ReadRequest, "readId">,
    mayGoOn = async (): Promise<boolean> => true,
  ): Promise<StoredRead> {
    const readId = crypto.randomUUID();
    if (!reads.open(readId, request.address, Date.now())) throw tooMany();
    try {
      await readTurns.take();
      const opened = await channel.openRead({ ...request, readId });
      if (opened.kind === "too-many-reads") throw tooMany();
      return new StoredRead(channel, { ...request, readId }, opened, mayGoOn);
    } catch (error) {
      reads.close(readId);
      throw error;
    }
  }

  private constructor(
    channel: ReadChannel,
    request: ReadRequest,
    {
      epoch,
      seq,
      first,
      newest = seq,
      nearNames,
      seriesCount = Number.POSITIVE_INFINITY,
      pauseMs,
    }: Extract<ReadOpened, { kind: "opened" }>,
    mayGoOn: () => Promise<boolean>,
  ) {
    this.#mayGoOn = mayGoOn;
    this.#channel = channel;
    this.#request = request;
    this.epoch = epoch;
    this.end = seq;
    this.#first = first;
    this.seriesCount = seriesCount;
    this.isWhole = isWhole(request.direction, first, seq);
    this.nothing = { epoch, newest, nearNames, x: first.x };
    this.#isInChannel = !isDone(request.direction, first, seq);
    this.#nextAtMs = Date.now() + pauseMs;
  }

  /** Whether it is known already that there is no frame to give. */
  get hasNoFrames(): boolean {
    return this.isWhole && this.#first?.frames.byteLength === 0;
  }

  /**
   * The frames that hold points after a number, oldest first.
   * @throws ReadCut
   */
  async *forward(after: number): AsyncGenerator<Slice> {
    let isBegun = false;
    for (let seq = after; seq < this.end; ) {
      const slice = await this.#slice("forward", seq, this.end, !isBegun);
      if (slice.to <= seq) throw new ReadCut("unavailable");
      isBegun ||= slice.frames.byteLength > 0;
      seq = slice.to;
      yield slice;
    }
  }

  /**
   * All frames, newest first; those of one slice in their order.
   * @throws ReadCut
   */
  async *backward(): AsyncGenerator<Slice> {
    const { after } = this.#request;
    for (let seq = this.end; seq > after; ) {
      const slice = await this.#slice("backward", after, seq, true);
      yield slice;
      if (slice.isLast) return;
      if (slice.from >= seq) throw new ReadCut("unavailable");
      seq = slice.from;
    }
  }

  /**
   * The next part of the answer is waited for. While a read writes nothing, nobody learns that its client has gone: so it may
   * look for points only so long.
   */
  awaited(): void {
    this.#awaitedAtMs = Date.now();
  }

  /** Nothing was taken of it for long: others may have its slot in the channel, and it gets no further slice. */
  async expire(): Promise<void> {
    this.#isLeft = true;
    await this.#leaveChannel();
  }

  /** It is over, however it ended; what it is looking for is not looked for any further. */
  async close(): Promise<void> {
    this.#isLeft = true;
    reads.close(this.#request.readId);
    await this.#leaveChannel();
  }

  async #slice(direction: Direction, after: number, through: number, mayBeginLater: boolean): Promise<Slice> {
    const first = direction === this.#request.direction ? this.#first : undefined;
    this.#first = undefined;
    if (first !== undefined) return first;
    const pauseMs = this.#nextAtMs - Date.now();
    if (pauseMs > 0) await pause(pauseMs);
    if (!(await this.#mayGoOn())) throw new ReadCut("access-ended");
    await readTurns.take();
    if (this.#isLeft) throw new ReadCut("too-slow");
    if (Date.now() - this.#awaitedAtMs > MAX_SEARCH_MS) throw new ReadCut("too-long");
    const { readId, address, range, series } = this.#request;
    reads.use(readId, address, Date.now());
    const request = { readId, address, range, series, epoch: this.epoch, direction, after, through, mayBeginLater };
    const answer = await this.#channel.slice(request).catch((cause: unknown) => {
      throw new ReadCut("unavailable", { cause });
    });
    if (answer.kind === "cut") throw new ReadCut(answer.reason);
    this.#isInChannel = !isDone(direction, answer, this.end);
    this.#nextAtMs = Date.now() + answer.pauseMs;
    return answer;
  }

  async #leaveChannel(): Promise<void> {
    if (!this.#isInChannel) return;
    this.#isInChannel = false;
    // Where that cannot be said, the Channel finds out by itself.
    await this.#channel.closeRead(this.#request.readId).catch(() => undefined);
  }
}

function tooMany(): Problem {
  const bounds = `${MAX_READS} of a channel and ${MAX_READS_PER_ADDRESS} of an address`;
  return new HttpProblem("too-many-reads", `Reads at once are bounded: ${bounds}. Try again in some seconds.`, {
    "Retry-After": "5",
  });
}
