import { decodeFrame, pointsOf } from "./protocol/frame.ts";
import { readHeader, splitFrames } from "./protocol/header.ts";
import {
  CATCH_UP_BYTES,
  CloseCode,
  MAX_VIEWER_MESSAGE_BYTES,
  VIEWER_BUFFER_BYTES,
  VIEWER_MESSAGES_PER_SECOND,
} from "./protocol/limits.ts";
import { type Cursor, parseViewerMessage, type ServerMessage } from "./protocol/messages.ts";
import { pointText } from "./protocol/points.ts";
import { RateLimit } from "./rate-limit.ts";
import { type Dialect, readAttachment, type Viewer } from "./viewer.ts";

/** Where viewers' frames come from: whoever numbers and stores them. */
export interface Source {
  /** What has been taken so far. */
  readonly position: Cursor;
  readonly series: string[];
  /** Every point after this number can still be had. */
  readonly keptAfter: number;
  after(seq: number, maxBytes: number): { frames: Uint8Array; seq: number };
  tailStart(points: number, seconds: number): number;
}

/** What a viewer asks for when it joins: the end of what is stored, or what came after a cursor. */
export type Wish = { kind: "tail"; points: number; seconds: number } | { kind: "resume"; cursor: Cursor };

const STATUS_INTERVAL_MS = 1000;
/** Where a viewer begins whose own cursor means nothing here. */
const DEFAULT_TAIL = { points: 1000, seconds: 300 };

/**
 * The sockets of one channel: greets, sends or skips, catches up. A viewer is `live` and gets each frame as it
 * is taken, or `behind` and gets what is stored in steps, each when it has read the one before. So what waits
 * for one socket is bounded, and what it costs is its own affair.
 */
export class Viewers {
  readonly #source: Source;
  readonly #viewers = new Map<WebSocket, Viewer>();
  readonly #limits = new WeakMap<WebSocket, RateLimit>();
  #told = { viewers: 0, atMs: 0 };

  /** @param sockets those that outlived an eviction: what they were is in their attachments */
  constructor(source: Source, sockets: WebSocket[]) {
    this.#source = source;
    for (const socket of sockets) {
      const viewer = readAttachment(socket.deserializeAttachment());
      if (viewer !== undefined) this.#viewers.set(socket, viewer);
      else closeQuietly(socket, CloseCode.badMessage, "This connection is from another version; connect again.");
    }
  }

  get count(): number {
    return this.#viewers.size;
  }

  /** Whether some viewer waits to be caught up, or to be told how many watch, with nothing else to wake us. */
  get needsAttention(): boolean {
    if (this.#told.viewers !== this.count && this.count > 0) return true;
    for (const { state } of this.#viewers.values()) if (state.kind === "behind" && state.asked) return true;
    return false;
  }

  /** Greets a viewer and sends it the first of what it wishes for. */
  join(socket: WebSocket, dialect: Dialect, wish: Wish, channel: string): void {
    const id = crypto.randomUUID().slice(0, 8);
    const viewer: Viewer = { id, dialect, state: { kind: "behind", seq: 0, asked: true } };
    this.#viewers.set(socket, viewer);
    const { position, series } = this.#source;
    this.#tell(socket, { type: "hello", version: 1, viewer: id, channel, ...position, series, viewers: this.count });
    if (wish.kind === "tail") this.#catchUp(socket, viewer, this.#source.tailStart(wish.points, wish.seconds));
    else this.#resume(socket, viewer, wish.cursor);
  }

  leave(socket: WebSocket): void {
    this.#viewers.delete(socket);
  }

  /** Sends frames that were just taken, numbered, to everybody who can take them. */
  broadcast(frames: Uint8Array[]): void {
    const texts = new TextCache();
    for (const [socket, viewer] of this.#viewers) {
      if (viewer.state.kind === "behind") {
        if (viewer.state.asked) this.#catchUp(socket, viewer, viewer.state.seq);
        continue;
      }
      for (const frame of frames) {
        const reached = this.#send(socket, viewer, frame, 0, texts);
        if (reached === "all") continue;
        this.#fallBehind(socket, viewer, reached, viewer.dialect === "points");
        break;
      }
    }
  }

  /** Takes a message from a viewer: it has read so far and asks on. */
  receive(socket: WebSocket, message: string | ArrayBuffer, nowMs: number): void {
    const viewer = this.#viewers.get(socket);
    if (viewer === undefined) return;
    const limit = this.#limits.get(socket) ?? new RateLimit(VIEWER_MESSAGES_PER_SECOND, nowMs);
    this.#limits.set(socket, limit);
    if (!limit.take(nowMs)) return this.#dismiss(socket, CloseCode.tooManyMessages, "Too many messages.");
    const fits = typeof message === "string" && message.length <= MAX_VIEWER_MESSAGE_BYTES;
    const parsed = fits ? parseViewerMessage(message) : undefined;
    if (parsed === undefined) return this.#dismiss(socket, CloseCode.badMessage, "That is no message of plotcast.v1.");
    switch (parsed.type) {
      case "continue": {
        if (viewer.state.kind !== "behind") return;
        const { epoch, seq } = this.#source.position;
        // A connection lives in one numbering. (To answer this with a gap would queue one for each such message.)
        if (parsed.epoch === epoch && parsed.seq <= seq) return this.#catchUp(socket, viewer, parsed.seq);
        return this.#dismiss(socket, CloseCode.badMessage, "That cursor is not of this channel.");
      }
      default:
        parsed.type satisfies never;
    }
  }

  /** What no frame and no message would do: catch up who has drained, tell how many watch. */
  attend(nowMs: number): void {
    for (const [socket, viewer] of this.#viewers) {
      if (viewer.state.kind === "behind" && viewer.state.asked) this.#catchUp(socket, viewer, viewer.state.seq);
    }
    this.tellStatus(nowMs);
  }

  /** Tells everybody how many watch, if that changed, at most once a second. */
  tellStatus(nowMs: number): void {
    if (this.#told.viewers === this.count || nowMs - this.#told.atMs < STATUS_INTERVAL_MS) return;
    this.#told = { viewers: this.count, atMs: nowMs };
    for (const [socket, { dialect }] of this.#viewers) {
      const hasRoom = socket.bufferedAmount < VIEWER_BUFFER_BYTES;
      if (dialect === "frames" && hasRoom) this.#tell(socket, { type: "status", viewers: this.count });
    }
  }

  /** Goes on from a viewer's cursor, or says why that cannot be. */
  #resume(socket: WebSocket, viewer: Viewer, cursor: Cursor): void {
    const { epoch, seq } = this.#source.position;
    if (cursor.epoch === epoch && cursor.seq <= seq) return this.#catchUp(socket, viewer, cursor.seq);
    const start = this.#source.tailStart(DEFAULT_TAIL.points, DEFAULT_TAIL.seconds);
    if (viewer.dialect === "frames") {
      this.#tell(socket, { type: "gap", reason: "epoch", points: null, epoch, seq: start });
    }
    this.#catchUp(socket, viewer, start);
  }

  /** Sends one step of what is stored after `seq`, if the socket has room for it. */
  #catchUp(socket: WebSocket, viewer: Viewer, seq: number): void {
    if (socket.bufferedAmount > VIEWER_BUFFER_BYTES - CATCH_UP_BYTES) {
      return this.#setState(socket, viewer, { kind: "behind", seq, asked: true });
    }
    const { position, keptAfter } = this.#source;
    const from = Math.max(seq, keptAfter);
    if (from > seq && viewer.dialect === "frames") {
      this.#tell(socket, { type: "gap", reason: "trimmed", points: from - seq, epoch: position.epoch, seq: from });
    }
    const batch = this.#source.after(from, CATCH_UP_BYTES);
    const sent =
      batch.frames.byteLength === 0 ? "all" : this.#send(socket, viewer, batch.frames, from, new TextCache());
    const reached = sent === "all" ? batch.seq : sent;
    if (reached < position.seq) return this.#fallBehind(socket, viewer, reached, viewer.dialect === "points");
    this.#setState(socket, viewer, { kind: "live" });
    if (viewer.dialect === "frames") this.#tell(socket, { type: "live", ...position });
  }

  #fallBehind(socket: WebSocket, viewer: Viewer, seq: number, asked: boolean): void {
    this.#setState(socket, viewer, { kind: "behind", seq, asked });
    if (viewer.dialect === "frames") {
      this.#tell(socket, { type: "behind", epoch: this.#source.position.epoch, seq });
    }
  }

  /**
   * Sends frames, or the points in them after number `from`, as far as the socket has room.
   * @returns "all", or the number of the last point that the viewer has now been sent
   */
  #send(socket: WebSocket, viewer: Viewer, frames: Uint8Array, from: number, texts: TextCache): number | "all" {
    let room = VIEWER_BUFFER_BYTES - socket.bufferedAmount;
    if (viewer.dialect === "frames") {
      if (frames.byteLength <= room) {
        this.#sendQuietly(socket, frames);
        return "all";
      }
      const { seq, points } = readHeader(frames);
      return seq - points;
    }
    for (const { seq, text, bytes } of texts.of(frames)) {
      if (seq <= from) continue;
      room -= bytes;
      if (room < 0) return seq - 1;
      this.#sendQuietly(socket, text);
    }
    return "all";
  }

  #setState(socket: WebSocket, viewer: Viewer, state: Viewer["state"]): void {
    viewer.state = state;
    socket.serializeAttachment(viewer);
  }

  #tell(socket: WebSocket, message: ServerMessage): void {
    this.#sendQuietly(socket, JSON.stringify(message));
  }

  /** `send` throws once a socket is closing, which nobody is told before it happens. */
  #sendQuietly(socket: WebSocket, data: string | Uint8Array): void {
    try {
      socket.send(data);
    } catch {
      this.leave(socket);
    }
  }

  #dismiss(socket: WebSocket, code: number, reason: string): void {
    this.leave(socket);
    closeQuietly(socket, code, reason);
  }
}

interface NumberedText {
  seq: number;
  text: string;
  /** In UTF-8. */
  bytes: number;
}

const encoder = new TextEncoder();

/** The points of frames as numbered texts, made once for all viewers that want them, and only if one does. */
class TextCache {
  readonly #texts = new Map<Uint8Array, NumberedText[]>();

  of(frames: Uint8Array): NumberedText[] {
    let texts = this.#texts.get(frames);
    if (texts === undefined) {
      texts = splitFrames(frames).flatMap((bytes) => {
        const frame = decodeFrame(bytes);
        const before = frame.header.seq - frame.header.points;
        return [...pointsOf(frame)].map(({ series, x, y }, i) => {
          const text = pointText(series, x, y);
          return { seq: before + 1 + i, text, bytes: encoder.encode(text).length };
        });
      });
      this.#texts.set(frames, texts);
    }
    return texts;
  }
}

/** Closing a socket that is closed already throws; there is nothing left to do then. */
export function closeQuietly(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    // Closed already.
  }
}
