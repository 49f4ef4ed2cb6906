import { setImmediate } from "node:timers/promises";
import { Random } from "../torture/random.ts";
import { limitMsOf, pollutionFault, SMALLEST_LIMIT_MS, threadMs } from "./check.ts";
import { FakeClock } from "./clock.ts";
import { CORPUS } from "./corpus.ts";
import { mutated } from "./mutate.ts";
import { OrderOfGoods } from "./order.ts";
import { framesOf, type Structured, structuredOf } from "./structured.ts";
import { Target, type TargetConfig } from "./target.ts";
import { TARGETS } from "./targets.ts";

export interface FuzzOptions {
  /** Beside one of each in the corpus for each target, which come first. */
  messages: number;
  /** Called at each quarter. */
  onQuarter?: (quarter: number, heapBytes: number) => void;
}

export interface FuzzReport {
  messages: number;
  points: number;
  dropped: number;
  refused: ReadonlyMap<string, number>;
  slowestMs: number;
  slowestTickMs: number;
  /** Measured again because they took longer than they may; then they did not. */
  measuredAgain: number;
  /** At each quarter, after a collection of garbage. */
  heapBytes: readonly number[];
}

/** A message that did what none may do. */
export class FuzzFailure extends Error {
  override readonly name = "FuzzFailure";
}

const STRUCTURED_AT_ONCE = 2000;
const STRUCTURED_FOR_MESSAGES = 50_000;
/** As the bridge does: zlib frees what it used at the next turn of the event loop. */
const TURN_EVERY = 100;
const CHECK_GROUP_EVERY = 50;
const CHECK_POLLUTION_EVERY = 1000;
/** Rates and delays are told at ticks: 32 operators with 4,096 journeys each are sorted. */
const TICK_LIMIT_MS = 250;
const MAX_HEX = 8192;

interface FuzzedTarget {
  target: Target;
  order: OrderOfGoods;
  own: readonly (readonly Buffer[])[];
}

/** Messages → targets that live as long as all of it, each message checked. Same seed, same messages. */
export class Fuzz {
  readonly #random: Random;
  readonly #seed: number;
  readonly #patience: number;
  readonly #clock = new FakeClock();
  readonly #targets: readonly FuzzedTarget[];
  #structured: readonly Structured[] = [];
  #count = 0;
  #slowestMs = 0;
  #slowestTickMs = 0;
  #measuredAgain = 0;

  /** @param patience how many times as long as they may messages can take; for tests, in which only a hang is a failure */
  constructor(seed: number, patience = 1, targets: readonly TargetConfig[] = TARGETS) {
    this.#patience = patience;
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#targets = targets.map((config) => {
      const target = this.#newTarget(config);
      return { target, order: new OrderOfGoods(target, () => this.#clock.now), own: ownOf(config) };
    });
  }

  /** @throws FuzzFailure */
  async run({ messages, onQuarter = () => undefined }: FuzzOptions): Promise<FuzzReport> {
    this.#crossover();
    const heapBytes: number[] = [];
    for (let i = 0; i < messages; i++) {
      if (i % STRUCTURED_FOR_MESSAGES === 0) this.#structured = structuredOf(this.#seed + i, STRUCTURED_AT_ONCE);
      this.#one();
      if (i % TURN_EVERY === 0) await setImmediate();
      if (i + 1 === Math.ceil(((heapBytes.length + 1) * messages) / 4)) {
        for (const { target } of this.#targets) target.deliverAll();
        await setImmediate();
        heapBytes.push(heapNow());
        onQuarter(heapBytes.length, heapBytes.at(-1) ?? 0);
      }
    }
    for (const fuzzed of this.#targets) {
      fuzzed.target.end();
      this.#checkTicked(fuzzed, []);
    }
    return this.#report(heapBytes);
  }

  /** Every target gets every real message, of its own publisher and of all others. */
  #crossover(): void {
    for (const fuzzed of this.#targets) {
      for (const { frames } of CORPUS) this.#take(fuzzed, frames);
    }
  }

  #one(): void {
    const random = this.#random;
    const fuzzed = at(this.#targets, random);
    if (fuzzed === undefined) return;
    const { own } = fuzzed;
    const other = at(CORPUS, random)?.frames ?? [];
    const structured = at(this.#structured, random);
    const from = random.weighted([
      [6, at(own, random) ?? other],
      [2, other],
      [3, structured === undefined ? other : framesOf(structured, random)],
    ]);
    this.#take(fuzzed, mutated(from, other, random));
  }

  #take(fuzzed: FuzzedTarget, frames: readonly Buffer[]): void {
    const { target, order } = fuzzed;
    this.#count++;
    const isTickDue = this.#clock.advance(this.#random);
    const tookMs = measure(target, frames, (fault) => this.#failure(fault, target, frames));
    if (tookMs > SMALLEST_LIMIT_MS && tookMs > this.#patience * limitMsOf(frames))
      this.#measureAgain(target, frames, tookMs);
    else this.#slowestMs = Math.max(this.#slowestMs, tookMs);
    this.#check(target, frames, order.took(frames));
    if (this.#count % CHECK_GROUP_EVERY === 0) {
      const wrong = order.group(this.#random);
      if (wrong !== undefined) throw this.#failure(wrong.fault, target, wrong.frames);
    }
    if (this.#count % CHECK_POLLUTION_EVERY === 0) this.#checkPollution(target, frames);
    if (isTickDue) this.#tick(fuzzed, frames);
  }

  /** One of all, so that each has long and short intervals. */
  #tick(fuzzed: FuzzedTarget, frames: readonly Buffer[]): void {
    const other = this.#random.next() < 0.5 ? fuzzed : (at(this.#targets, this.#random) ?? fuzzed);
    const ticked = other.target;
    const beganMs = threadMs();
    ticked.tick();
    const tookMs = threadMs() - beganMs;
    this.#slowestTickMs = Math.max(this.#slowestTickMs, tookMs);
    if (tookMs > this.#patience * TICK_LIMIT_MS)
      throw this.#failure(`a tick took ${tookMs.toFixed(1)} ms`, ticked, frames);
    this.#checkTicked(other, frames);
    ticked.deliver(this.#random);
  }

  /** Neither garbage collection nor other processes hold up three runs of three. */
  #measureAgain(target: Target, frames: readonly Buffer[], firstMs: number): void {
    this.#measuredAgain++;
    const runMs = (on: Target): number => measure(on, frames, (fault) => this.#failure(fault, on, frames));
    const sameMs = Math.min(...[1, 2, 3].map(() => runMs(target)));
    const freshMs = Math.min(...[1, 2, 3].map(() => runMs(this.#newTarget(target.config))));
    const leastMs = Math.max(sameMs, freshMs);
    this.#slowestMs = Math.max(this.#slowestMs, leastMs);
    if (leastMs <= this.#patience * limitMsOf(frames)) return;
    throw this.#failure(`it took ${firstMs.toFixed(1)} ms, then ${leastMs.toFixed(1)} ms`, target, frames);
  }

  #check(target: Target, frames: readonly Buffer[], orderFault: string | undefined): void {
    const fault = target.fault ?? orderFault;
    if (fault !== undefined) throw this.#failure(fault, target, frames);
  }

  #checkTicked({ target, order }: FuzzedTarget, frames: readonly Buffer[]): void {
    this.#check(target, frames, order.ticked());
  }

  #checkPollution(target: Target, frames: readonly Buffer[]): void {
    const fault = pollutionFault();
    if (fault !== undefined) throw this.#failure(fault, target, frames);
  }

  #newTarget(config: TargetConfig): Target {
    return new Target(config, () => this.#clock.now);
  }

  #failure(fault: string, { config }: Target, frames: readonly Buffer[]): FuzzFailure {
    const shown = frames.map((frame) => {
      const hex = frame.subarray(0, MAX_HEX / 2).toString("hex");
      return `  ${frame.length} bytes: ${hex}${frame.length > MAX_HEX / 2 ? "…" : ""}`;
    });
    return new FuzzFailure(
      `${fault}\n  target: ${config.name}\n  --seed ${this.#seed}, message ${this.#count}\n${shown.join("\n")}`,
    );
  }

  #report(heapBytes: readonly number[]): FuzzReport {
    const refused = new Map<string, number>();
    let [points, dropped] = [0, 0];
    for (const { target } of this.#targets) {
      points += target.points;
      dropped += target.dropped;
      for (const [code, count] of target.ledger.refused) refused.set(code, (refused.get(code) ?? 0) + count);
    }
    const { slowestMs, slowestTickMs, measuredAgain } = {
      slowestMs: this.#slowestMs,
      slowestTickMs: this.#slowestTickMs,
      measuredAgain: this.#measuredAgain,
    };
    return { messages: this.#count, points, dropped, refused, slowestMs, slowestTickMs, measuredAgain, heapBytes };
  }
}

/** @returns how long it computed, in milliseconds */
function measure(target: Target, frames: readonly Buffer[], failure: (fault: string) => FuzzFailure): number {
  const beganMs = threadMs();
  try {
    target.take(frames);
  } catch (error) {
    throw failure(`take() threw ${error instanceof Error ? error.stack : String(error)}`);
  }
  return threadMs() - beganMs;
}

/** Of JavaScript and of buffers, after a collection of garbage if Node.js was started with --expose-gc. */
export function heapNow(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function ownOf({ own }: TargetConfig): readonly (readonly Buffer[])[] {
  return CORPUS.filter(({ of }) => own.includes(of)).map(({ frames }) => frames);
}

function at<T>(list: readonly T[], random: Random): T | undefined {
  return list[random.integer(0, Math.max(0, list.length - 1))];
}
