/** The WebSocket between a channel and a relay: what one sends the other has after the way between their regions, in order. */
import type { FeedSocket } from "../../worker/channel/relays/feed.ts";
import type { World } from "./world.ts";

/** One end's handlers. */
export interface LineEnd {
  message(data: string | Uint8Array): void;
  closed(code: number): void;
}

const ABNORMAL = 1006;

export class FeedLine {
  readonly #world: World;
  readonly #wayMs: number;
  /** When the last message of each direction is there. */
  readonly #lastAtMs = { up: 0, down: 0 };
  #waitingBytes = 0;
  #isOpen = true;
  channelEnd: LineEnd | undefined;
  relayEnd: LineEnd | undefined;
  /** The channel's end. */
  readonly socket: FeedSocket;

  /**
   * @param wayMs one way
   * @param sentAtMs the channel sends something: when it is on its way
   */
  constructor(world: World, wayMs: number, sentAtMs: () => number) {
    this.#world = world;
    this.#wayMs = wayMs;
    const line = this;
    this.socket = {
      get bufferedAmount() {
        return line.#waitingBytes;
      },
      send: (data) => this.#down(data, sentAtMs()),
      close: (code) => this.#close("relayEnd", code),
    };
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The relay says something. */
  sendUp(text: string): void {
    this.#carry("up", this.#world.nowMs, () => this.channelEnd?.message(text));
  }

  /** The relay ends it. */
  closeByRelay(code: number): void {
    this.#close("channelEnd", code);
  }

  /** Something between them breaks, or one of them is made anew. */
  cut(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#carry("up", this.#world.nowMs, () => this.channelEnd?.closed(ABNORMAL), true);
    this.#carry("down", this.#world.nowMs, () => this.relayEnd?.closed(ABNORMAL), true);
  }

  /** The relay has done with so many bytes. */
  read(bytes: number): void {
    this.#waitingBytes -= bytes;
  }

  #down(data: string | Uint8Array, sentAtMs: number): void {
    if (!this.#isOpen) throw new Error("The line is closed.");
    this.#waitingBytes += data.length;
    this.#carry("down", sentAtMs, () => this.relayEnd?.message(data));
  }

  #close(end: "channelEnd" | "relayEnd", code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#carry(end === "channelEnd" ? "up" : "down", this.#world.nowMs, () => this[end]?.closed(code), true);
  }

  #carry(way: "up" | "down", sentAtMs: number, arrive: () => void, isLast = false): void {
    this.#lastAtMs[way] = Math.max(this.#lastAtMs[way], sentAtMs + this.#wayMs);
    this.#world.queue.at(this.#lastAtMs[way], () => {
      if (this.#isOpen || isLast) arrive();
    });
  }
}
