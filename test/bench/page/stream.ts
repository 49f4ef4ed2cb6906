/** Publishes the points of a window's time, and then those that become due, as a bridge would. */
import type { Row } from "../../../protocol/frame/frame-builder.ts";
import { framesOf } from "../../../protocol/frame/frame-builder.ts";
import type { ReceivedPublishAnswer } from "../../../protocol/messages/publish.ts";
import type { Edge } from "../../support/edge.ts";
import { publishFrames, rowOf } from "../../support/publish.ts";
import { SERIES, valueAt } from "./data.ts";

const PUBLISHER = "be9cbe9cbe9cbe9c";
const POINTS_A_FRAME = 8000;
const EVERY_MS = 8;

export class Stream {
  readonly #edge: Edge;
  readonly #channel: string;
  readonly #perSecond: number;
  readonly #startS: number;
  #next = 0;
  #publisherSeq = 1;
  #isEnded = false;
  #running: Promise<void> | undefined;

  /**
   * @param perSecond points of one series
   * @param backS so many seconds before now the first points lie
   */
  constructor(edge: Edge, channel: string, perSecond: number, backS: number) {
    this.#edge = edge;
    this.#channel = channel;
    this.#perSecond = perSecond;
    this.#startS = Math.floor(Date.now() / 1000 - backS);
  }

  /** Publishes all points that are due; after each body it waits for `taken`. */
  async catchUp(taken: (answer: ReceivedPublishAnswer) => Promise<unknown> = async () => undefined): Promise<void> {
    for (;;) {
      const rows = this.#due(POINTS_A_FRAME);
      if (rows.length === 0) return;
      for (const frame of this.#frames(rows)) await taken(await publishFrames(this.#edge, this.#channel, frame));
      if (rows.length < POINTS_A_FRAME) return;
    }
  }

  /** Goes on publishing what becomes due, once an animation frame. */
  go(): void {
    this.#isEnded = false;
    this.#running = this.#go();
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#running;
  }

  async #go(): Promise<void> {
    for (let nextMs = performance.now(); !this.#isEnded; ) {
      const rows = this.#due(Number.POSITIVE_INFINITY);
      if (rows.length > 0) await publishFrames(this.#edge, this.#channel, ...this.#frames(rows));
      nextMs = Math.max(nextMs + EVERY_MS, performance.now() - EVERY_MS);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextMs - performance.now())));
    }
  }

  #frames(rows: readonly Row[]): Uint8Array[] {
    const frames = framesOf(rows, PUBLISHER, this.#publisherSeq);
    this.#publisherSeq += frames.length;
    return frames;
  }

  /** The series take turns: so something new comes for each frame even where each of them is slow. */
  #due(most: number): Row[] {
    const until = Math.floor((Date.now() / 1000 - this.#startS) * this.#perSecond * SERIES);
    const rows: Row[] = [];
    for (; this.#next < until && rows.length < most; this.#next++) {
      const [series, i] = [this.#next % SERIES, Math.floor(this.#next / SERIES)];
      const x = this.#startS + this.#next / (this.#perSecond * SERIES);
      rows.push(rowOf(x, { [`s${series}`]: valueAt(series, i) }));
    }
    return rows;
  }
}
