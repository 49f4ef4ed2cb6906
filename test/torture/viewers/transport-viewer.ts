import { setTimeout as sleep } from "node:timers/promises";
import { type Transport, type TransportViewer, ViewerRefused } from "../../support/transports.ts";
import { Account } from "../account.ts";
import type { Random } from "../random.ts";
import { Numbering } from "./numbering.ts";
import { Timers } from "./timers.ts";
import type { TortureViewer } from "./torture-viewer.ts";

/** Points come all the time: one that brings none for so long is left for another. */
const SILENCE_MS = 6_000;
const LOOK_EVERY_MS = 250;
const MAX_PAUSE_MS = 500;
/** Whoever comes too often is told so, and waits. */
const TOO_OFTEN = 429;

/**
 * A viewer as its own client of each of these transports: when a connection ends it opens another, by the next of them, at the cursor that it
 * has reached.
 */
export class TransportTortureViewer implements TortureViewer {
  readonly name: string;
  readonly account = new Account();
  readonly series: readonly string[] | undefined;
  readonly ways = new Map<string, number>();
  readonly closeCodes = new Map<number, number>();
  connections = 0;
  readonly #url: URL;
  readonly #transports: readonly Transport[];
  readonly #random: Random;
  readonly #numbering: Numbering;
  readonly #faults: string[] = [];
  readonly #timers = new Timers();
  #attempts = 0;
  #viewer: TransportViewer | undefined;
  /** Of the connection that is, or is being made. */
  #leaving = new AbortController();
  #awayUntilMs = 0;
  #heardMs = 0;
  #isReading = true;
  #isOver = false;

  constructor(name: string, url: URL, transports: readonly Transport[], random: Random, series?: readonly string[]) {
    this.name = name;
    this.series = series;
    this.#url = url;
    this.#transports = transports;
    this.#random = random;
    this.#numbering = new Numbering(this.account, { isPicked: series !== undefined });
  }

  get faults(): string[] {
    return [...this.#numbering.faults, ...this.#faults].map((fault) => `${this.name}: ${fault}`);
  }

  start(): void {
    void this.#run();
  }

  cut(awayMs: number): void {
    this.#awayUntilMs = performance.now() + awayMs;
    this.#leaving.abort();
  }

  stopReading(forMs: number): void {
    this.#isReading = false;
    this.#viewer?.pause();
    this.#timers.after(forMs, () => this.readOn());
  }

  readOn(): void {
    this.#isReading = true;
    this.#heardMs = performance.now();
    this.#viewer?.resume();
  }

  stop(): void {
    this.#isOver = true;
    this.#timers.clear();
    this.#leaving.abort();
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      await this.#connect();
      await sleep(Math.max(this.#random.integer(0, MAX_PAUSE_MS), this.#awayUntilMs - performance.now()));
    }
  }

  /** One connection, from its beginning to its end. */
  async #connect(): Promise<void> {
    const transport = this.#transports[this.#attempts++ % this.#transports.length];
    if (transport === undefined) throw new RangeError("There is no transport.");
    const leaving = new AbortController();
    const { signal } = leaving;
    this.#leaving = leaving;
    this.#heardMs = performance.now();
    const watch = setInterval(() => {
      if (this.#isReading && performance.now() - this.#heardMs > SILENCE_MS) leaving.abort();
    }, LOOK_EVERY_MS);
    const { tellsGaps, name } = transport;
    this.#numbering.connecting({ tellsGaps, isFrames: name.includes("frames") });
    let isFirst = true;
    const series: Record<string, string> = this.series === undefined ? {} : { series: this.series.join() };
    try {
      this.#viewer = await transport.open(this.#url, {
        ...{ signal, query: series, cursor: this.#numbering.cursor },
        onItem: (item) => {
          if (signal.aborted) return;
          this.#heardMs = performance.now();
          if (isFirst) this.ways.set(name, (this.ways.get(name) ?? 0) + 1);
          isFirst = false;
          this.#numbering.take(item);
        },
      });
      this.connections++;
      if (!this.#isReading) this.#viewer.pause();
      const gone = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      await Promise.race([this.#viewer.ended, gone]);
    } catch (error) {
      if (error instanceof ViewerRefused) await this.#refused(error);
      // Others are the network's.
      else if (error instanceof SyntaxError || error instanceof RangeError) this.#faults.push(`${name}: ${error}`);
    } finally {
      clearInterval(watch);
      leaving.abort();
      this.#viewer?.close();
      this.#viewer = undefined;
    }
  }

  async #refused(refused: ViewerRefused): Promise<void> {
    const { isProblem, status, message } = refused;
    if (isProblem && status === TOO_OFTEN) await sleep(1000);
    else if (isProblem && status < 500) this.#faults.push(message);
  }
}
