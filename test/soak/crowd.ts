/** Viewers that come and go, as many at any time, and one that never reads. */

import { SUBPROTOCOL } from "../../protocol/limits.ts";
import { openViewer, type Viewer } from "../support/sockets.ts";
import { CountingViewer } from "./viewer.ts";

const SLOTS = 9;
const CHANGE_EVERY_MS = 1500;
/** After five minutes the Channel has given it up: then there is another. */
const STUCK_FOR_MS = 6 * 60_000;

export class Crowd {
  came = 0;
  /** What any of them, by the counters, missed or got twice. */
  readonly faults: string[] = [];
  readonly #url: URL;
  readonly #slots: (CountingViewer | Viewer)[] = [];
  #stuck: Viewer | undefined;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(url: URL) {
    this.#url = url;
  }

  async start(): Promise<void> {
    for (let slot = 0; slot < SLOTS; slot++) await this.#change(slot);
    await this.#getStuck();
    let slot = 0;
    const report = (error: unknown): void => void this.faults.push(String(error));
    this.#timers.push(
      setInterval(() => this.#change(slot++ % SLOTS).catch(report), CHANGE_EVERY_MS),
      setInterval(() => this.#getStuck().catch(report), STUCK_FOR_MS),
    );
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const viewer of this.#slots) this.#end(viewer);
    this.#stuck?.cut();
  }

  /** One goes and another comes: every third speaks JSON text, the others are as pages are. */
  async #change(slot: number): Promise<void> {
    const before = this.#slots[slot];
    if (before !== undefined) this.#end(before);
    this.came++;
    this.#slots[slot] = slot % 3 === 2 ? await openViewer(this.#url) : new CountingViewer(this.#url);
  }

  #end(viewer: CountingViewer | Viewer): void {
    if (viewer instanceof CountingViewer) {
      this.faults.push(...viewer.faults);
      viewer.close();
      return;
    }
    this.#checkTexts(viewer);
    viewer.close().catch(() => viewer.cut());
  }

  #checkTexts({ messages }: Viewer): void {
    let last: number | undefined;
    for (const message of messages) {
      const y: unknown = typeof message === "string" ? JSON.parse(message).y : undefined;
      if (typeof y !== "number" || y < 0) continue;
      if (last !== undefined && y !== last + 1) this.faults.push(`text: after ${last} came ${y}`);
      last = y;
    }
  }

  async #getStuck(): Promise<void> {
    const before = this.#stuck;
    this.#stuck = await openViewer(this.#url, { subprotocol: SUBPROTOCOL });
    this.#stuck.pause();
    before?.cut();
  }
}
