/** A viewer of `plotcast.v1` that comes back by itself and goes on where it was, and accounts for what it gets. */

import { WebSocket } from "ws";
import type { Cursor } from "../../protocol/cursor.ts";
import { decodeFrame, type Frame } from "../../protocol/frame/frame.ts";
import { splitFrames } from "../../protocol/frame/header.ts";
import { PING, PONG, SUBPROTOCOL } from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import { parseServerMessage, type ServerMessage } from "../../protocol/messages/server-message.ts";
import type { ViewerMessage } from "../../protocol/messages/viewer-message.ts";
import { Account } from "./account.ts";
import type { Random } from "./random.ts";

const FIRST_RETRY_WITHIN_MS = 500;
const PING_EVERY_MS = 1000;
/** Nothing for so long, though it reads: the line is dead. */
const SILENT_MS = 5000;

export class TortureViewer {
  readonly name: string;
  readonly account = new Account();
  readonly closeCodes = new Map<number, number>();
  /** What no Channel may send. */
  readonly faults: string[] = [];
  connections = 0;
  timesBehind = 0;
  cursor: Cursor | undefined;
  /** Told, but nothing that follows them has come yet: only then do they count. */
  #gaps: (ServerMessage & { type: "gap" })[] = [];
  readonly #url: URL;
  readonly #random: Random;
  #socket: WebSocket | undefined;
  #retryWithinMs = FIRST_RETRY_WITHIN_MS;
  #retry: NodeJS.Timeout | undefined;
  #resume: NodeJS.Timeout | undefined;
  #pinger: NodeJS.Timeout | undefined;
  #heardAtMs = 0;
  #isReading = true;
  #isWanted = false;

  constructor(name: string, url: URL, random: Random) {
    this.name = name;
    this.#url = url;
    this.#random = random;
  }

  start(): void {
    this.#isWanted = true;
    this.#pinger = setInterval(() => this.#ping(), PING_EVERY_MS);
    this.#open();
  }

  /** Loses its connection without a word, and comes back after a while. */
  cut(awayMs: number): void {
    this.#socket?.terminate();
    this.#gone(awayMs);
  }

  stopReading(forMs: number): void {
    clearTimeout(this.#resume);
    this.#isReading = false;
    this.#socket?.pause();
    this.#resume = setTimeout(() => this.readOn(), forMs);
  }

  readOn(): void {
    clearTimeout(this.#resume);
    this.#isReading = true;
    this.#heardAtMs = performance.now();
    this.#socket?.resume();
  }

  stop(): void {
    this.#isWanted = false;
    clearInterval(this.#pinger);
    clearTimeout(this.#retry);
    clearTimeout(this.#resume);
    this.#socket?.terminate();
    this.#socket = undefined;
  }

  #open(): void {
    const url = new URL(this.#url);
    const { cursor } = this;
    this.#gaps = [];
    if (cursor !== undefined) url.search = `epoch=${cursor.epoch}&seq=${cursor.seq}`;
    const socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false });
    socket.binaryType = "nodebuffer";
    this.#socket = socket;
    this.#heardAtMs = performance.now();
    socket.on("open", () => {
      this.connections++;
      this.#isReading = true;
    });
    socket.on("message", (data, isBinary) => {
      // A connection that was given up says nothing any more: the next one begins where it had got to.
      if (this.#socket !== socket || !Buffer.isBuffer(data)) return;
      this.#heardAtMs = performance.now();
      try {
        if (isBinary) this.#takeFrames(data);
        else this.#takeText(data.toString());
      } catch (error) {
        this.faults.push(String(error));
      }
    });
    socket.on("error", () => {});
    socket.on("close", (code) => {
      if (this.#socket !== socket) return;
      this.closeCodes.set(code, (this.closeCodes.get(code) ?? 0) + 1);
      this.#gone(this.#random.next() * this.#retryWithinMs);
    });
  }

  #gone(awayMs: number): void {
    this.#socket = undefined;
    clearTimeout(this.#retry);
    if (this.#isWanted) this.#retry = setTimeout(() => this.#open(), awayMs);
  }

  #ping(): void {
    const socket = this.#socket;
    if (socket === undefined || !this.#isReading) return;
    if (performance.now() - this.#heardAtMs > SILENT_MS) this.cut(this.#random.next() * this.#retryWithinMs);
    else if (socket.readyState === WebSocket.OPEN) socket.send(PING);
  }

  #takeFrames(bytes: Buffer): void {
    this.#takeGaps();
    for (const frame of splitFrames(bytes).map(decodeFrame)) this.#takeFrame(frame);
  }

  /** A frame that was here already is taken again: then its points are repeated, and that is seen. */
  #takeFrame({ header: { epoch, seq, points }, blocks }: Frame): void {
    this.#reach({ epoch, seq: seq - points });
    for (const block of blocks) {
      if (block.kind === "gap") {
        const { reason, points: missing, series } = block;
        this.account.gap({ reason, points: missing, series });
        continue;
      }
      for (let row = 0; row < block.x.length; row++) {
        for (const { name, y } of block.columns) {
          const value = y[row];
          if (value !== undefined && !Number.isNaN(value)) this.account.point(name, value);
        }
      }
    }
    if (this.cursor === undefined || this.cursor.epoch !== epoch || this.cursor.seq < seq) this.cursor = { epoch, seq };
  }

  /** What comes next begins at `at`: is there a hole before it? */
  #reach(at: Cursor): void {
    // Before the first publish there is no numbering: whatever it is then, it begins at 0.
    if (this.cursor?.epoch === 0) this.cursor = { epoch: at.epoch, seq: 0 };
    const { cursor } = this;
    if (cursor === undefined) return;
    if (cursor.epoch !== at.epoch) {
      this.account.gap({ reason: "epoch", points: null, series: "" });
      this.cursor = at;
    } else if (at.seq > cursor.seq) {
      const numbers = { after: cursor.seq, upTo: at.seq };
      this.account.gap({ reason: "hole", points: at.seq - cursor.seq, series: "", numbers });
      this.cursor = at;
    }
  }

  #takeGaps(): void {
    const after = this.cursor?.seq ?? 0;
    for (const { reason, points, epoch, seq } of this.#gaps.splice(0)) {
      this.account.gap({ reason, points, series: "", numbers: { after, upTo: seq } });
      this.cursor = { epoch, seq };
    }
  }

  #takeText(text: string): void {
    if (text === PONG) return;
    const message = messageIn(parseServerMessage(text));
    if (message === undefined) throw new Error(`no message of plotcast.v1: ${text}`);
    this.#takeMessage(message);
  }

  #takeMessage(message: ServerMessage): void {
    switch (message.type) {
      case "hello":
      case "status":
        this.#retryWithinMs = message.retryWithinMs;
        return;
      case "gap":
        this.#gaps.push(message);
        return;
      case "live":
        this.#takeGaps();
        this.#reach(message);
        this.cursor ??= { epoch: message.epoch, seq: message.seq };
        return;
      case "behind": {
        this.#takeGaps();
        this.timesBehind++;
        const { epoch, seq } = message;
        this.#socket?.send(JSON.stringify({ type: "continue", epoch, seq } satisfies ViewerMessage));
        return;
      }
      default:
        message satisfies never;
    }
  }
}
