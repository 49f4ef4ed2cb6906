/**
 * A viewer of `plotcast.v1` that checks what it gets: no hole that was not told, no repeat, no other order. It is not made
 * of `client/`, which would pass a Channel's fault over or make it good.
 */

import assert from "node:assert/strict";
import type { Cursor } from "../../protocol/cursor.ts";
import { readHeader, splitFrames } from "../../protocol/frame/header.ts";
import { SUBPROTOCOL } from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import { parseServerMessage, type ServerMessage } from "../../protocol/messages/server-message.ts";
import type { Edge } from "./edge.ts";
import { type Point, pointsIn } from "./publish.ts";
import { openViewer, type Viewer } from "./sockets.ts";

/**
 * What `check` returns once it is not undefined: looked for now and after every message. Do not mix it with
 * `nextMessage`, which goes past messages that come in the same instant as the one it returns.
 */
export async function until<T>(
  viewer: Viewer,
  what: string,
  check: () => T | undefined,
  deadlineMs?: number,
): Promise<T> {
  let result = check();
  if (result !== undefined) return result;
  const holds = (): boolean => {
    result = check();
    return result !== undefined;
  };
  await viewer.nextMessage(what, holds, deadlineMs);
  if (result === undefined) throw new Error(`${what} did not happen`);
  return result;
}

export interface WatchOptions {
  /** `?points=…`, `?epoch=…&seq=…`, … */
  query?: string;
  /** Ask on by itself when it is behind. */
  asks?: boolean;
  /** Beside those of a WebSocket. */
  headers?: Record<string, string>;
}

/** Whether a message says where the viewer is in the log. */
function isAboutPlace(
  message: ServerMessage,
): message is Extract<ServerMessage, { type: "gap" | "earlier" | "live" | "behind" }> {
  return ["gap", "earlier", "live", "behind"].includes(message.type);
}

export class Watcher {
  readonly viewer: Viewer;
  readonly frames: Uint8Array[] = [];
  readonly told: ServerMessage[] = [];
  /** Up to where it has everything; undefined until it has the first frame, or where it began. */
  position: Cursor | undefined;
  /** Before its first point. */
  start: number | undefined;
  isLive = false;
  #asks: boolean;
  #read = 0;

  static async open(edge: Edge, channel: string, options: WatchOptions = {}): Promise<Watcher> {
    const { query = "", asks = true, headers = {} } = options;
    const url = new URL(query, edge.channelUrl(channel));
    const { epoch, seq } = Object.fromEntries(url.searchParams);
    const watcher = new Watcher(await openViewer(url, { subprotocol: SUBPROTOCOL, headers }), asks);
    if (epoch !== undefined && seq !== undefined) watcher.position = { epoch: Number(epoch), seq: Number(seq) };
    return watcher;
  }

  private constructor(viewer: Viewer, asks: boolean) {
    this.viewer = viewer;
    this.#asks = asks;
  }

  get points(): Point[] {
    return this.frames.flatMap(pointsIn);
  }

  get ys(): number[] {
    return this.points.map(({ y }) => y);
  }

  /** The control messages that say where the viewer is, by type. */
  get course(): string[] {
    return this.told.filter(isAboutPlace).map(({ type }) => type);
  }

  /** Resolves once it has every point up to this number. */
  reaches(seq: number, deadlineMs?: number): Promise<Watcher> {
    return this.sees(`point ${seq} at a viewer`, () => (this.position?.seq ?? 0) >= seq, deadlineMs);
  }

  /** Resolves once it was told that from now on frames come as they are taken. */
  live(deadlineMs?: number): Promise<Watcher> {
    return this.sees("live at a viewer", () => this.isLive, deadlineMs);
  }

  async tells<T extends ServerMessage["type"]>(type: T): Promise<ServerMessage & { type: T }> {
    const is = (message: ServerMessage): message is ServerMessage & { type: T } => message.type === type;
    return await until(this.viewer, `${type} at a viewer`, () => {
      this.#readOn();
      return this.told.find(is);
    });
  }

  ask(cursor: Cursor): void {
    this.viewer.send(JSON.stringify({ type: "continue", epoch: cursor.epoch, seq: cursor.seq }));
  }

  async close(): Promise<void> {
    await this.viewer.close();
    this.#asks = false;
    this.#readOn();
  }

  /** Resolves once this is so. */
  async sees(what: string, check: () => boolean, deadlineMs?: number): Promise<Watcher> {
    return await until(
      this.viewer,
      what,
      () => {
        this.#readOn();
        return check() ? this : undefined;
      },
      deadlineMs,
    );
  }

  /** Nothing was published yet: whatever comes is the first. */
  get #isUnpublished(): boolean {
    return this.position?.epoch === 0;
  }

  #readOn(): void {
    for (; this.#read < this.viewer.messages.length; this.#read++) {
      const message = this.viewer.messages[this.#read];
      if (typeof message === "string") this.#takeText(message);
      else if (message !== undefined) this.#takeFrames(message);
    }
  }

  #takeFrames(bytes: Uint8Array): void {
    for (const { epoch, seq, points } of splitFrames(bytes).map((frame) => readHeader(frame))) {
      const before = { epoch, seq: seq - points };
      assert.deepEqual(
        this.#isUnpublished ? before : (this.position ?? before),
        before,
        "a hole or a repeat between a viewer's frames",
      );
      this.position = { epoch, seq };
      this.start ??= before.seq;
    }
    this.frames.push(bytes);
  }

  #takeText(text: string): void {
    const message = messageIn(parseServerMessage(text));
    assert.ok(message, `no message: ${text}`);
    this.told.push(message);
    if (!isAboutPlace(message)) return;
    const { epoch, seq } = message;
    if (message.type === "gap") {
      if (message.reason === "trimmed") assert.equal(message.points, seq - (this.position?.seq ?? 0));
      this.position = { epoch, seq };
      return;
    }
    const before = this.#isUnpublished ? { epoch, seq: 0 } : (this.position ?? { epoch, seq });
    assert.deepEqual({ epoch, seq }, before, `${message.type} is not where the viewer is`);
    this.position = { epoch, seq };
    this.isLive = message.type === "live";
    if (message.type === "behind" && this.#asks) this.ask(message);
  }
}
