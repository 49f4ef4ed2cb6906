import { readHeader } from "../../protocol/frame/header.ts";
import { VIEWER_BUFFER_BYTES } from "../../protocol/limits.ts";
import type { ServerMessage } from "../../protocol/messages/server-message.ts";
import type { NumberedText } from "./json-encoder.ts";
import type { Viewer } from "./session-state.ts";

/** What workerd takes for a message that waits, beside its bytes: some 1.1 KB, as measured. */
const MESSAGE_OVERHEAD_BYTES = 1024;

/** The part of a WebSocket that is used. */
export interface OutletSocket {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  serializeAttachment(attachment: unknown): void;
}

/** One viewer's socket, and how much waits there unread. */
export class Outlet {
  readonly viewer: Viewer;
  /** There was no room for the last status. */
  owesStatus = false;
  readonly #socket: OutletSocket;
  /** Messages sent since nothing waited, at most so many wait now. Eviction forgets it, and waits until nothing does. */
  #waitingMessages = 0;
  #closed = false;
  /** Whether nothing waited at some time since we last looked how long something does. */
  #drained = true;
  #drainedAtMs: number;

  constructor(socket: OutletSocket, viewer: Viewer, nowMs: number) {
    this.#socket = socket;
    this.viewer = viewer;
    this.#drainedAtMs = nowMs;
  }

  /** For how long something has waited, as far as was seen. */
  stuckForMs(nowMs: number): number {
    if (this.#drained || this.#socket.bufferedAmount === 0) this.#drainedAtMs = nowMs;
    this.#drained = false;
    return nowMs - this.#drainedAtMs;
  }

  /** `send` throws once a socket is closing, which nobody is told before it happens. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** How many bytes more may wait; what a message takes beside its bytes is counted as waiting. */
  get room(): number {
    const waitingBytes = this.#socket.bufferedAmount;
    if (waitingBytes === 0) {
      this.#waitingMessages = 0;
      this.#drained = true;
    }
    return VIEWER_BUFFER_BYTES - waitingBytes - this.#waitingMessages * MESSAGE_OVERHEAD_BYTES;
  }

  /** Sends, whether there is room or not. */
  send(data: string | Uint8Array): void {
    try {
      this.#socket.send(data);
      this.#waitingMessages++;
    } catch {
      this.#closed = true;
    }
  }

  tell(message: ServerMessage): void {
    this.send(JSON.stringify(message));
  }

  /** Changes what the viewer is, also in its attachment, by which it outlives eviction. */
  become(state: Viewer["state"]): void {
    this.viewer.state = state;
    this.#socket.serializeAttachment(this.viewer);
  }
}

/**
 * For how long nothing was heard of a viewer.
 * @param stuckForMs for how long something has waited that it does not read
 * @param pingedAtMs when it last sent a ping; undefined if it never did, which clients need not
 */
export function silentForMs(stuckForMs: number, pingedAtMs: number | undefined, nowMs: number): number {
  return Math.max(stuckForMs, pingedAtMs === undefined ? 0 : nowMs - pingedAtMs);
}

/** Sends frames, one after the other, if there is room. @returns "all", or the number of the last point sent before */
export function sendFrames(outlet: Outlet, frames: Uint8Array): number | "all" {
  if (frames.byteLength === 0) return "all";
  if (frames.byteLength <= outlet.room) {
    outlet.send(frames);
    return "all";
  }
  const { seq, points } = readHeader(frames);
  return seq - points;
}

/**
 * Sends texts as far as there is room.
 * @param budget how many may be sent to all viewers, beside the first to each
 * @returns "all", or the number of the last point sent
 */
export function sendTexts(outlet: Outlet, texts: Iterable<NumberedText>, budget?: { left: number }): number | "all" {
  let isFirst = true;
  for (const { seq, text, bytes } of texts) {
    if (bytes > outlet.room) return seq - 1;
    if (budget !== undefined && !isFirst && budget.left-- <= 0) return seq - 1;
    outlet.send(text);
    isFirst = false;
  }
  return "all";
}

/** Closing a socket that is closed already throws; there is nothing left to do then. */
export function closeQuietly(
  socket: { close(code: number, reason: string): void },
  code: number,
  reason: string,
): void {
  try {
    socket.close(code, reason);
  } catch {
    // Closed already.
  }
}

/**
 * Answers a viewer's close with its own code. What cannot be sent, as 999, 1015 or a reason of more than 123 bytes, throws: then the
 * answer is 1002, or the socket would stay open, and count, until its viewer ends the line.
 */
export function answerClose(socket: { close(code: number, reason: string): void }, code: number, reason: string): void {
  try {
    // 1005 and 1006 stand for "none given" and may not be sent (RFC 6455, 7.4.1).
    socket.close(code === 1005 || code === 1006 ? 1000 : code, reason);
  } catch {
    closeQuietly(socket, 1002, "That is no close that can be answered.");
  }
}
