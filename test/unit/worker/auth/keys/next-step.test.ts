/** When keys are fetched, and when those that are known count: by times alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isUsable, type KeySetTimes, nextStep, type Step } from "../../../../../worker/auth/keys/next-step.ts";

const AT = 1_000_000_000;
const MINUTE = 60_000;
const DAY = 86_400_000;
/** Fetched then, at the first attempt. */
const fetched: KeySetTimes = { fetchedAtMs: AT, attemptedAtMs: AT, isFetching: false };
const none: KeySetTimes = { fetchedAtMs: undefined, attemptedAtMs: undefined, isFetching: false };

function steps(times: KeySetTimes, isFound: boolean, expected: readonly (readonly [number, Step])[]): void {
  for (const [afterMs, step] of expected)
    assert.equal(nextStep(times, isFound, AT + afterMs), step, `after ${afterMs} ms`);
}

test("[AC7e] a known key counts for ten minutes without another look", () => {
  steps(fetched, true, [
    [0, "use"],
    [10 * MINUTE - 1, "use"],
    [10 * MINUTE, "fetch"],
  ]);
});

test("[AC7e] for an unknown kid keys are fetched again, at most once in 30 s", () => {
  steps(fetched, false, [
    [0, "do-without"],
    [29_999, "do-without"],
    [30_000, "fetch"],
  ]);
});

test("[AC7e] while they cannot be fetched, known keys count for a day, and it is tried every 30 s", () => {
  const failed = { ...fetched, attemptedAtMs: AT + 20 * MINUTE };
  steps(failed, true, [
    [20 * MINUTE, "use"],
    [20 * MINUTE + 29_999, "use"],
    [20 * MINUTE + 30_000, "fetch"],
  ]);
  assert.equal(isUsable(fetched, AT + DAY - 1), true);
  assert.equal(isUsable(fetched, AT + DAY), false);
  const failing = { ...fetched, attemptedAtMs: AT + DAY - 1 };
  steps(failing, true, [
    [DAY - 1, "use"],
    [DAY, "do-without"],
  ]);
});

test("[AC7e] with no key known it is tried every five seconds, as Retry-After says", () => {
  assert.equal(nextStep(none, false, AT), "fetch");
  steps({ ...none, attemptedAtMs: AT }, false, [
    [0, "do-without"],
    [4_999, "do-without"],
    [5_000, "fetch"],
  ]);
});

test("[AC7e] while another request fetches, one waits that needs what comes, and no other", () => {
  const fetching = { ...fetched, attemptedAtMs: AT + 20 * MINUTE, isFetching: true };
  steps(fetching, true, [[20 * MINUTE, "use"]]);
  steps(fetching, false, [[20 * MINUTE + 3_999, "wait"]]);
  steps({ ...none, attemptedAtMs: AT, isFetching: true }, false, [
    [0, "wait"],
    [3_999, "wait"],
    [4_000, "do-without"],
    [5_000, "fetch"],
  ]);
});

test("[AC7e] a request that was lost while it fetched holds up nobody for longer than four seconds", () => {
  const lost = { ...fetched, attemptedAtMs: AT + 20 * MINUTE, isFetching: true };
  steps(lost, false, [
    [20 * MINUTE + 4_000, "do-without"],
    [20 * MINUTE + 30_000, "fetch"],
  ]);
});

test("[AC7e] a clock that was set back makes a new look, and forgets nothing", () => {
  assert.equal(nextStep(fetched, true, AT - DAY), "fetch");
  assert.equal(nextStep({ ...fetched, attemptedAtMs: AT - DAY }, true, AT - DAY), "use");
});
