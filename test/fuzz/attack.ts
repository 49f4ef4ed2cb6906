import { setImmediate } from "node:timers/promises";
import { limitMsOf, pollutionFault, threadMs } from "./check.ts";
import { heapNow } from "./fuzz.ts";
import { Target, type TargetConfig } from "./target.ts";

/** Messages that somebody made to do harm. */
export interface Attack {
  name: string;
  /** Whom it is meant for. */
  targets: readonly TargetConfig[];
  /** Made one by one: together they may be larger than memory. */
  messages: () => Iterable<readonly Buffer[]>;
  /** What may be remembered of it; without, little. */
  maxGrowthBytes?: number;
  /** How many times as long as they may messages can take; for tests, in which only a hang is a failure. */
  patience?: number;
}

export interface Withstood {
  messages: number;
  slowestMs: number;
  /** By target, if there was anything wrong. */
  faults: readonly string[];
  growthBytes: number;
}

const MAX_GROWTH_BYTES = 24 * 1024 * 1024;
const TICK_EVERY = 100;
const BEGIN = 1_763_648_912;

/** @returns what was wrong, and how much was remembered after it */
export async function withstand({
  name,
  targets,
  messages,
  maxGrowthBytes = MAX_GROWTH_BYTES,
  patience = 1,
}: Attack): Promise<Withstood> {
  const faults: string[] = [];
  let count = 0;
  let slowestMs = 0;
  let growthBytes = 0;
  for (const config of targets) {
    const clock = { now: BEGIN };
    const target = new Target(config, () => clock.now);
    const say = (fault: string): void => {
      if (faults.length < 10) faults.push(`${name} at ${config.name}: ${fault}`);
    };
    const before = heapNow();
    for (const frames of messages()) {
      clock.now += 0.01;
      if (count++ % TICK_EVERY === 0) {
        target.tick();
        target.deliverAll();
        await setImmediate();
      }
      const limitMs = patience * limitMsOf(frames);
      const tookMs = least(() => target.take(frames), limitMs);
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > limitMs) say(`${frames.map(({ length }) => length)} bytes took ${tookMs.toFixed(0)} ms`);
      if (target.fault !== undefined) say(target.fault);
    }
    target.deliverAll();
    await setImmediate();
    const growth = heapNow() - before;
    growthBytes = Math.max(growthBytes, growth);
    if (growth > maxGrowthBytes) say(`memory grew by ${(growth / 2 ** 20).toFixed(1)} MiB`);
    const polluted = pollutionFault();
    if (polluted !== undefined) say(polluted);
    // What is measured above is what it holds: it must live until then.
    target.end();
  }
  return { messages: count, slowestMs, faults, growthBytes };
}

/** Of up to four runs, if the first is slow. */
function least(run: () => void, limitMs: number): number {
  let leastMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 4 && leastMs > limitMs; i++) {
    const beganMs = threadMs();
    run();
    leastMs = Math.min(leastMs, threadMs() - beganMs);
  }
  return leastMs;
}
