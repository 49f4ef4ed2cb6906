/**
 * A viewer without a page: follows a channel, comes back by itself, and goes on where it was. It runs in browsers,
 * Workers and Node 22.
 *
 *     const viewer = new ChannelViewer(new URL("https://board.example/c/lab"), {
 *       frame(frame) {
 *         for (const { series, x, y } of pointsOf(frame)) console.log(series, x, y);
 *       },
 *       missing({ reason, points }) {
 *         console.log(`${points ?? "some"} points are missing: ${reason}`);
 *       },
 *     });
 *     viewer.open();
 *
 * Every point comes once and in order, or `missing` tells of it between the frames where it is missing. Gaps that
 * publishers and bridges tell of are blocks of the frames themselves. What is known of the channel (how many watch,
 * whether its publishers are gone) comes with `status`; how the connection is, with `stateChanged` and `state`.
 */
import type { Cursor } from "../protocol/cursor.ts";
import { decodeFrame, type Frame, pointsOf } from "../protocol/frame/frame.ts";
import { FrameError, splitFrames } from "../protocol/frame/header.ts";
import { messageIn } from "../protocol/messages/parsed.ts";
import { parseServerMessage, type ServerMessage } from "../protocol/messages/server-message.ts";
import type { ViewerMessage } from "../protocol/messages/viewer-message.ts";
import { Connection } from "./connection.ts";
import type { ConnectionState } from "./connection-state.ts";
import { type Advance, advance, advanceToLive, type MissingPoints } from "./cursor.ts";
import type { ClientEnvironment } from "./environment.ts";
import { webEnvironment } from "./web-environment.ts";

export type { Cursor, Frame, MissingPoints };
export { pointsOf };

export type HelloMessage = Extract<ServerMessage, { type: "hello" }>;

/** What the Channel says of itself: `hello` as the first thing of each connection, then `status` when that changes. */
export type StatusMessage = Extract<ServerMessage, { type: "hello" | "status" }>;

/** Points of the tail that a viewer did not want to be sent. */
export type EarlierPoints = Omit<Extract<ServerMessage, { type: "earlier" }>, "type">;
export type LostMessage = Extract<ServerMessage, { type: "lost" }>;
/** What the panels of a page are made from, so that they are the same for everybody. */
export type LayoutMessage = Extract<ServerMessage, { type: "layout" }>;

export interface ViewerHandlers {
  /**
   * A frame that was not here yet, in order. Its columns lie over the bytes that were received.
   * @param isStored it comes from the store, not as it is taken
   */
  frame(frame: Frame, isStored: boolean): void;
  /** Of the tail, or of what was missed, the points numbered above `after`, up to `seq`, do not come: they can be read (`?after=…&through=…`). */
  earlier?(left: EarlierPoints): void;
  /** Points are missing between the frame before and what comes next. */
  missing?(missing: MissingPoints): void;
  /** With `picks`: what a publisher lost, in frames that have nothing of what was picked. */
  lost?(lost: LostMessage): void;
  /** With `picks`: what the Channel says of them, in a sentence. */
  note?(detail: string): void;
  status?(message: StatusMessage): void;
  /** What panels are made from changed; `hello` has what was decided before. */
  layout?(message: LayoutMessage): void;
  /** The token expires in so long: send another with {@link ChannelViewer.renew}, or the connection ends. */
  expiring?(inMs: number): void;
  /** The connection is in another phase. */
  stateChanged?(state: ConnectionState): void;
}

export interface ViewerOptions {
  /**
   * At first, at least the last so many points and the last so many seconds of the store; else as the Channel does it. Of
   * these, and of what was missed while there was no connection, only the `newest` points are sent, and
   * {@link ViewerHandlers.earlier} is told of the rest: so it is live at once.
   */
  tail?: { points?: number; seconds?: number; newest?: number };
  /** See {@link ChannelViewer.picks}. */
  picks?: string;
  /** Go on from here, in place of a tail: a cursor of an earlier viewer. */
  cursor?: Cursor;
  /** For a channel that needs one; a page of the Worker's own has a cookie for it. */
  token?: string | undefined;
  /** The key of that cookie, as it is before a connection. */
  sessionKey?: () => string | undefined;
  environment?: ClientEnvironment;
}

/** Follows one channel. It begins with `open` and ends with `close`. */
export class ChannelViewer extends Connection {
  /** Messages in which not everything was a frame. The points are missed: the next frame shows the hole. */
  badFrames = 0;
  /** Frames that were here already, and were dropped. */
  repeatedFrames = 0;
  /** Texts that are no message of this version. A newer Channel may send some. */
  unknownMessages = 0;
  #cursor: Cursor | undefined;
  /** The cursor is that of a gap `epoch`, or of what was left out, and no frame has come since. */
  #isStart = false;
  /** The Channel sent these, and nothing that follows them has come yet (VW2f). */
  #pendingGaps: MissingPoints[] = [];
  /** `series` and `max_rate` of the query, as a URL has them; "": everything. Holes between frames then say nothing (VW21). */
  picks: string;
  readonly #url: URL;
  readonly #handlers: ViewerHandlers;
  readonly #tail: NonNullable<ViewerOptions["tail"]>;

  /** @param url the channel's, as browsers open it: `https://board.example/c/lab` */
  constructor(url: URL, handlers: ViewerHandlers, options: ViewerOptions = {}) {
    const { tail = {}, picks = "", cursor, token, sessionKey, environment = webEnvironment } = options;
    super(environment);
    this.token = token;
    this.sessionKey = sessionKey;
    this.#url = url;
    this.#handlers = handlers;
    this.#tail = tail;
    this.picks = picks;
    this.#cursor = cursor && cursorOf(cursor);
  }

  /** Where it stands in the channel's log; undefined before the first frame or `live`. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /** Another token counts from now on: the Channel is told, or the next connection brings it. One that was refused is opened again. */
  renew(token: string): void {
    this.token = token;
    this.send(JSON.stringify({ type: "renew", token } satisfies ViewerMessage));
    this.retry();
  }

  protected override nextUrl(): URL {
    // Of what nothing followed the next connection tells again: the cursor is before it.
    this.#pendingGaps = [];
    const url = new URL(this.#url);
    url.protocol = url.protocol.replace("http", "ws");
    const { newest } = this.#tail;
    const query = Object.entries(this.#cursor ? { ...this.#cursor, ...(newest && { newest }) } : this.#tail);
    url.search = [...query.map((pair) => pair.join("=")), this.picks].filter(Boolean).join("&");
    return url;
  }

  protected override receive(data: string | ArrayBuffer): void {
    if (typeof data === "string") this.#receiveMessage(data);
    else this.#receiveFrames(new Uint8Array(data));
  }

  protected override phaseChanged(): void {
    this.#handlers.stateChanged?.(this.state);
  }

  /** From the store come several frames at once, one after the other. */
  #receiveFrames(bytes: Uint8Array): void {
    let frames: Frame[];
    try {
      frames = splitFrames(bytes).map(decodeFrame);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.badFrames++;
      return;
    }
    this.#takePendingGaps();
    for (const frame of frames) {
      if (this.#follow(advance(this.#cursor, frame.header, this.#isStart))) {
        this.#handlers.frame(frame, this.state.phase === "connecting");
      } else {
        this.repeatedFrames++;
      }
    }
  }

  #receiveMessage(text: string): void {
    const message = messageIn(parseServerMessage(text));
    switch (message?.type) {
      case undefined:
        this.unknownMessages++;
        return;
      case "hello":
      case "status":
        this.retryWithinMs = message.retryWithinMs;
        this.#handlers.status?.(message);
        return;
      case "layout":
        this.#handlers.layout?.(message);
        return;
      case "expiring":
        this.#handlers.expiring?.(message.inMs);
        return;
      case "lost":
        this.#takePendingGaps();
        this.#cursor = cursorOf(message);
        this.#handlers.lost?.(message);
        return;
      case "note":
        this.#handlers.note?.(message.detail);
        return;
      case "renewed":
        return;
      case "gap": {
        const { type: _, ...missing } = message;
        this.#pendingGaps.push(missing);
        return;
      }
      case "earlier": {
        const { type: _, ...left } = message;
        this.#takePendingGaps();
        // Who has nothing yet takes any frame for its first.
        if (this.#cursor !== undefined) this.#begin(left, true);
        this.#handlers.earlier?.(left);
        return;
      }
      case "live":
        this.#takePendingGaps();
        this.#follow(advanceToLive(this.#cursor, message));
        this.on("caught-up");
        return;
      case "behind":
        this.#takePendingGaps();
        this.send(JSON.stringify({ ...message, type: "continue" } satisfies ViewerMessage));
        return;
      default:
        message satisfies never;
    }
  }

  #takePendingGaps(): void {
    for (const missing of this.#pendingGaps.splice(0)) {
      this.#begin(missing, missing.reason === "epoch");
      this.#handlers.missing?.(missing);
    }
  }

  /** What follows goes on from there. @param isStart that may be inside of its first frame */
  #begin(at: Cursor, isStart: boolean): void {
    this.#cursor = cursorOf(at);
    this.#isStart = isStart;
  }

  /** @returns false if it is a repeat */
  #follow(step: Advance | undefined): boolean {
    if (step === undefined) return false;
    this.#cursor = step.cursor;
    this.#isStart = false;
    if (step.missing !== undefined) this.#handlers.missing?.(step.missing);
    return true;
  }
}

function cursorOf({ epoch, seq }: Cursor): Cursor {
  return { epoch, seq };
}
