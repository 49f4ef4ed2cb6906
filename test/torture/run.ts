/** One run: a stage, the faults of a seed, calm, and the check of every viewer. */
import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "../support/wait.ts";
import { type Allowed, isGood, judge, type Verdict } from "./check.ts";
import { Injector } from "./faults.ts";
import { planOf } from "./plan.ts";
import { type Stage, startStage } from "./stage.ts";
import { watches } from "./viewers/torture-viewer.ts";

export interface Result {
  seed: number;
  seconds: number;
  settings: string;
  faults: ReadonlyMap<string, number>;
  /** Faults that could not be injected. */
  failed: ReadonlyMap<string, number>;
  /** Counters used, by publisher. */
  sent: ReadonlyMap<string, number>;
  viewers: {
    name: string;
    verdict: Verdict;
    isGood: boolean;
    connections: number;
    ways: ReadonlyMap<string, number>;
  }[];
  allowed: Allowed;
  /** Whatever else went wrong, in words. */
  problems: string[];
  settledAfterMs: number;
  bridgeSaid: string;
  isGood: boolean;
}

const SETTLE_WITHIN_MS = 60_000;
const LAST_POINTS = 50;

/** @param isWanted which kinds of faults */
export async function runOnce(
  seed: number,
  seconds: number,
  isWanted: (kind: string) => boolean = () => true,
  hasRelays = false,
): Promise<Result> {
  const plan = planOf(seed, seconds, hasRelays);
  const stage = await startStage(seed, plan);
  const startedMs = performance.now();
  try {
    const injector = new Injector(stage);
    for (const { atMs, fault } of plan.faults) {
      if (!isWanted(fault.kind)) continue;
      await sleep(Math.max(0, atMs - (performance.now() - startedMs)));
      injector.inject(fault);
    }
    await injector.heal();
    const healedMs = performance.now();
    const problems = await settle(stage);
    const settledAfterMs = performance.now() - healedMs;
    const code = await stage.bridge.stop();
    if (code !== 0) problems.push(`the bridge ended with ${code} at last`);
    const { bridge, viewers, publishers } = stage;
    for (const viewer of viewers) viewer.stop();
    problems.push(...injector.faults, ...bridge.faults, ...viewers.flatMap(({ faults }) => faults));
    for (const { name, closeCodes } of viewers) {
      for (const code of closeCodes.keys()) if (code >= 4000) problems.push(`${name} was dismissed with ${code}`);
    }
    const restarts = publishers.reduce((sum, publisher) => sum + publisher.restarts, 0);
    const { unsureStarts } = bridge;
    const allowed = {
      // Each is told once: in its frame, or with all that was told in frames which were trimmed.
      reasons: [
        ...["publisher-restarted", "gaps-trimmed"],
        ...(unsureStarts > 0 ? ["bridge-restarted", "publisher-dropped"] : []),
      ],
      // One of all series, and one of each publisher.
      atMost: restarts + unsureStarts * (1 + publishers.length),
    };
    const judged = viewers.map(({ name, account, series, connections, ways }) => {
      const verdict = judge(account, allowed, series !== undefined);
      return { name, verdict, isGood: isGood(verdict, allowed), connections, ways };
    });
    return {
      seed,
      seconds: (performance.now() - startedMs) / 1000,
      settings: `--uplink ${plan.uplink}, --spool-max ${plan.spoolMax}, STORE_BYTES ${plan.storeBytes}`,
      faults: injector.done,
      failed: injector.failed,
      sent: new Map(publishers.map(({ topic, last }) => [topic, (last ?? -1) + 1])),
      viewers: judged,
      allowed,
      problems,
      settledAfterMs,
      bridgeSaid: bridge.stderr,
      isGood: problems.length === 0 && judged.every((viewer) => viewer.isGood),
    };
  } finally {
    await stage.close();
  }
}

/** No more faults: publishers send a last burst, and every viewer gets it. @returns what did not happen */
async function settle({ publishers, viewers }: Stage): Promise<string[]> {
  const problems: string[] = [];
  const reached = (topic: string, value: number): boolean =>
    viewers.every((viewer) => !watches(viewer, topic) || (viewer.account.last(topic) ?? -1) >= value);
  const waitForAll = async (what: string, check: () => boolean): Promise<void> => {
    await waitFor(what, check, { deadlineMs: SETTLE_WITHIN_MS, everyMs: 50 }).catch((error: unknown) =>
      problems.push(String(error)),
    );
  };
  // Points sent from now on: whoever gets one of those has a publisher that is connected again.
  const marks = publishers.map(({ topic, reserved }) => ({ topic, reserved }));
  await waitForAll("points sent after the last fault, at every viewer,", () =>
    marks.every(({ topic, reserved }) => reached(topic, reserved)),
  );
  const lasts = await Promise.all(publishers.map((publisher) => publisher.finish(LAST_POINTS)));
  await waitForAll("the last points at every viewer", () =>
    publishers.every(({ topic }, i) => reached(topic, lasts[i] ?? 0)),
  );
  // Time for what should not come.
  await sleep(500);
  for (const viewer of viewers) {
    for (const [i, { topic }] of publishers.entries()) {
      if (watches(viewer, topic)) viewer.account.end(topic, lasts[i] ?? 0);
    }
  }
  return problems;
}
