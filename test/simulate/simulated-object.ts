/** An object as Cloudflare runs it: one thread, what comes waits for its turn, and everything takes its time. */
import type { Act, EventQueue } from "./event-queue.ts";

/** What is counted of an object, or of many together. */
export interface Use {
  /** What it is asked: fetches, calls by others, alarms. */
  requests: number;
  /** Messages that come by WebSockets, and their ends. */
  messages: number;
  sends: number;
  alarms: number;
  rowsWritten: number;
}

export const NO_USE: Use = { requests: 0, messages: 0, sends: 0, alarms: 0, rowsWritten: 0 };

/** Of one second. */
interface Second extends Use {
  cpuMs: number;
}

/** The most of any one second. */
export interface Peaks {
  cpuShare: number;
  sends: number;
  requests: number;
}

export class SimulatedObject {
  readonly #queue: EventQueue;
  /** Until then the thread does what came before. */
  #freeAtMs = 0;
  readonly #waiting: Act[] = [];
  readonly #seconds = new Map<number, Second>();

  constructor(queue: EventQueue) {
    this.#queue = queue;
  }

  /** How much comes before what comes now. */
  get backlogMs(): number {
    return Math.max(0, this.#freeAtMs - this.#queue.nowMs);
  }

  /** Something comes: it is done when what came before is done. What it takes it says by {@link spend}. */
  post(act: Act): void {
    this.#waiting.push(act);
    if (this.#waiting.length === 1) this.#planNext();
  }

  /** The thread works for so long. @returns when it is done with that */
  spend(us: number): number {
    this.#freeAtMs = Math.max(this.#freeAtMs, this.#queue.nowMs) + us / 1000;
    this.#second.cpuMs += us / 1000;
    return this.#freeAtMs;
  }

  /** Counts something. */
  count(name: keyof Use, by = 1): void {
    this.#second[name] += by;
  }

  /** What it was used for in this time, by the clock of the queue. */
  useBetween(fromMs: number, untilMs: number): Use & { cpuMs: number } {
    const sum = { ...NO_USE, cpuMs: 0 };
    for (const second of this.#between(fromMs, untilMs)) {
      for (const name of ["requests", "messages", "sends", "alarms", "rowsWritten", "cpuMs"] as const)
        sum[name] += second[name];
    }
    return sum;
  }

  /** Of the seconds of this time. */
  peaksBetween(fromMs: number, untilMs: number): Peaks {
    const peaks: Peaks = { cpuShare: 0, sends: 0, requests: 0 };
    for (const { cpuMs, sends, requests } of this.#between(fromMs, untilMs)) {
      peaks.cpuShare = Math.max(peaks.cpuShare, cpuMs / 1000);
      peaks.sends = Math.max(peaks.sends, sends);
      peaks.requests = Math.max(peaks.requests, requests);
    }
    return peaks;
  }

  /** It is made anew: what waited is lost. */
  restart(): void {
    this.#waiting.length = 0;
    this.#freeAtMs = this.#queue.nowMs;
  }

  #between(fromMs: number, untilMs: number): Second[] {
    return [...this.#seconds]
      .filter(([second]) => second >= Math.floor(fromMs / 1000) && second < Math.ceil(untilMs / 1000))
      .map(([, use]) => use);
  }

  /** What is done after now counts for when it is done: so a second has no more than a second's work. */
  get #second(): Second {
    const second = Math.floor(Math.max(this.#freeAtMs, this.#queue.nowMs) / 1000);
    let use = this.#seconds.get(second);
    if (use === undefined) {
      use = { ...NO_USE, cpuMs: 0 };
      this.#seconds.set(second, use);
    }
    return use;
  }

  #planNext(): void {
    const act = this.#waiting[0];
    if (act === undefined) return;
    this.#queue.at(this.#freeAtMs, () => {
      // It was made anew meanwhile.
      if (this.#waiting[0] !== act) return;
      const done = act();
      if (this.#waiting[0] !== act) return done;
      this.#waiting.shift();
      this.#planNext();
      return done;
    });
  }
}
