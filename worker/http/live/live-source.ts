import { fullJitterMs } from "../../../protocol/backoff.ts";
import type { Cursor } from "../../../protocol/cursor.ts";
import { FrameError, readHeader, splitFrames } from "../../../protocol/frame/header.ts";
import { CloseCode } from "../../../protocol/limits.ts";
import { messageIn } from "../../../protocol/messages/parsed.ts";
import { parseServerMessage } from "../../../protocol/messages/server-message.ts";
import type { ViewerMessage } from "../../../protocol/messages/viewer-message.ts";
import { readChunk } from "../../hub/view-encoder.ts";
import type { ChannelSocket, ChannelSocketEvents } from "../channel-socket.ts";
import { timeout } from "../timeout.ts";
import { type EndReason, type Part, PartQueue } from "./part-queue.ts";

/** What a source needs of the world. */
export interface LiveEnvironment {
  /**
   * Joins the channel, at a cursor or, without one, where the request began.
   * @returns the socket; or why there is none any more
   */
  join(cursor: Cursor | undefined, events: ChannelSocketEvents): Promise<ChannelSocket | EndReason>;
  /** Whether what let its client in still counts: while there is no socket, nobody else looks. */
  mayGoOn(): Promise<boolean>;
  /** When a refused {@link join} may be tried again, if what it threw says so. */
  retryAfterMs(error: unknown): number | undefined;
  pause(ms: number): Promise<void>;
  random(): number;
}

/** As few joins as that, however often a client is slow. */
const MIN_REJOIN_MS = 1000;
const MAX_REJOIN_MS = 10_000;
/** So often the channel may be lost in a row before anything comes of it. */
const MAX_ATTEMPTS = 5;

/**
 * What a channel sends, for one client by HTTP: read as fast as that takes it, with nothing lost or repeated when the
 * socket to the channel has to be another.
 */
export class LiveSource {
  readonly #environment: LiveEnvironment;
  readonly #isText: boolean;
  readonly #saysAll: boolean;
  #socket: ChannelSocket | undefined;
  /** Of another socket nothing is heard any more. */
  #turn = 0;
  readonly #queue = new PartQueue();
  /** Up to where the queue leads. */
  #cursor: Cursor | undefined;
  /** They count once something follows them. */
  #gaps: (Part & { cursor: Cursor })[] = [];
  /** The channel waits until it is asked on. */
  #behind: Cursor | undefined;
  #attempt = 0;
  #isJoining = false;
  #notBeforeMs = 0;
  #retryWithinMs = 500;
  #ended: Extract<Part, { kind: "ended" }> | undefined;
  #wake: (() => void) | undefined;

  /**
   * @param isText whether binary messages are chunks of text, or frames
   * @param saysAll whether every message is passed on as it was said
   */
  constructor(environment: LiveEnvironment, isText: boolean, saysAll = false) {
    this.#environment = environment;
    this.#isText = isText;
    this.#saysAll = saysAll;
  }

  /** Up to where it has, or has read, everything; undefined: nothing is known. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /** Whether no more may wait just now. */
  get isFull(): boolean {
    return this.#queue.isFull;
  }

  /** Over how long the channel wants its viewers to spread their coming back. */
  get retryWithinMs(): number {
    return this.#retryWithinMs;
  }

  /** Joins for the first time. @throws what the environment throws */
  async open(): Promise<void> {
    await this.#join();
  }

  /** What comes next, or `nothing` if that takes longer than so many milliseconds. */
  async next(waitMs: number): Promise<Part> {
    await this.#lookAgain();
    const first = this.#nextThatWaits();
    if (first !== undefined) return first;
    const { passed, cancel } = timeout(waitMs);
    try {
      for (;;) {
        const woken = new Promise<"woken">((resolve) => {
          this.#wake = () => resolve("woken");
        });
        if (this.#behind !== undefined) this.#askOn(this.#behind);
        if (this.#socket === undefined) void this.#rejoin();
        if ((await Promise.race([woken, passed])) === "late") return { kind: "nothing" };
        const part = this.#nextThatWaits();
        if (part !== undefined) return part;
      }
    } finally {
      cancel();
    }
  }

  /** AC10j. The channel ends a socket whose token ends. What still waits of one that was let go goes with it, too. */
  async #lookAgain(): Promise<void> {
    if (this.#socket !== undefined || this.#queue.isEmpty || (await this.#environment.mayGoOn())) return;
    this.#queue.clear();
    this.#end("access-ended");
  }

  #nextThatWaits(): Part | undefined {
    const part = this.#queue.take();
    return part ?? this.#ended;
  }

  /** Its client has gone. */
  close(): void {
    this.#end("unavailable");
    this.#leave();
    this.#queue.clear();
  }

  /** Joins again, where the queue ended. */
  async #rejoin(): Promise<void> {
    if (this.#isJoining) return;
    this.#isJoining = true;
    await this.#tryAgain();
    this.#isJoining = false;
    this.#wake?.();
  }

  async #tryAgain(): Promise<void> {
    const { pause, random, retryAfterMs } = this.#environment;
    if (this.#attempt >= MAX_ATTEMPTS) return this.#end("unavailable");
    const spreadMs = fullJitterMs(this.#attempt++, this.#retryWithinMs, MAX_REJOIN_MS, random());
    await pause(Math.max(MIN_REJOIN_MS, spreadMs, this.#notBeforeMs));
    this.#notBeforeMs = 0;
    // Its client may have gone meanwhile.
    if (this.#ended !== undefined) return;
    // One that fails is one attempt more.
    await this.#join().catch((error: unknown) => {
      this.#notBeforeMs = retryAfterMs(error) ?? 0;
    });
  }

  async #join(): Promise<void> {
    const turn = ++this.#turn;
    const ifMine = (act: () => void): void => {
      if (turn === this.#turn) act();
    };
    const joined = await this.#environment.join(this.#cursor, {
      message: (data) => ifMine(() => this.#take(data)),
      closed: (code) => ifMine(() => this.#closed(code)),
    });
    if (typeof joined === "string") return this.#end(joined);
    if (this.#ended !== undefined || turn !== this.#turn) return joined.close();
    this.#socket = joined;
  }

  #take(data: string | ArrayBuffer): void {
    if (typeof data === "string") this.#takeMessage(data);
    else this.#takeBinary(data);
    if (this.#queue.isFull) this.#leave();
    this.#wake?.();
  }

  #takeBinary(data: ArrayBuffer): void {
    const { cursor, bytes } = this.#isText ? readChunk(data) : framesIn(data);
    this.#attempt = 0;
    this.#takeGaps();
    this.#push({ kind: "points", bytes, cursor });
  }

  #takeMessage(text: string): void {
    const message = messageIn(parseServerMessage(text));
    if (message === undefined) return;
    const said = this.#saysAll ? ({ kind: "said", type: message.type, text } as const) : undefined;
    switch (message.type) {
      case "hello":
        this.#retryWithinMs = message.retryWithinMs;
        if (said !== undefined) this.#queue.add(said);
        return;
      case "gap": {
        const gap = { reason: message.reason, points: message.points, series: "" };
        this.#gaps.push({ ...(said ?? { kind: "gap", gap }), cursor: cursorOf(message) });
        return;
      }
      case "lost":
        this.#takeGaps();
        this.#push({ ...(said ?? { kind: "gap", gap: message }), cursor: cursorOf(message) });
        return;
      case "live":
        this.#attempt = 0;
        this.#takeGaps();
        this.#push({ ...(said ?? { kind: "live" }), cursor: cursorOf(message) });
        return;
      case "behind":
        this.#takeGaps();
        this.#cursor = cursorOf(message);
        this.#behind = this.#cursor;
        return;
      case "expiring":
        this.#queue.add(said ?? { kind: "expiring", inMs: message.inMs });
        return;
      case "earlier":
      case "note":
      case "status":
      case "layout":
      case "renewed":
        if (said !== undefined) this.#queue.add(said);
        return;
      default:
        message satisfies never;
    }
  }

  #takeGaps(): void {
    for (const gap of this.#gaps.splice(0)) this.#push(gap);
  }

  #push(part: Part & { cursor: Cursor }): void {
    this.#cursor = part.cursor;
    this.#queue.add(part);
  }

  #askOn(cursor: Cursor): void {
    this.#behind = undefined;
    this.#socket?.send(JSON.stringify({ type: "continue", ...cursor } satisfies ViewerMessage));
  }

  #closed(code: number): void {
    this.#forget();
    if (code === CloseCode.tokenExpired || code === CloseCode.notPermitted) {
      // Nothing more is given, what waits included.
      this.#queue.clear();
      this.#end("access-ended", code);
    }
    this.#wake?.();
  }

  #leave(): void {
    const socket = this.#socket;
    this.#forget();
    socket?.close();
  }

  /** What the socket has said that did not count yet is said again by the next. */
  #forget(): void {
    this.#turn++;
    this.#socket = undefined;
    this.#gaps = [];
    this.#behind = undefined;
  }

  #end(why: EndReason, closeCode?: number): void {
    this.#ended ??= { kind: "ended", why, ...(closeCode !== undefined && { closeCode }) };
  }
}

function cursorOf({ epoch, seq }: Cursor): Cursor {
  return { epoch, seq };
}

/** @throws FrameError: a channel sends none that is not whole */
function framesIn(data: ArrayBuffer): { cursor: Cursor; bytes: Uint8Array } {
  const bytes = new Uint8Array(data);
  const last = splitFrames(bytes).at(-1);
  if (last === undefined) throw new FrameError("frame-length", "There is no frame in the message.");
  const { epoch, seq } = readHeader(last);
  return { cursor: { epoch, seq }, bytes };
}
