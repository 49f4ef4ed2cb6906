/**
 * Waiting in tests: every wait has a deadline, and a missed deadline says what did not happen.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";

/** How long a wait may take when the caller does not say. */
export const DEFAULT_DEADLINE_MS = 30_000;

export interface WaitOptions {
  deadlineMs?: number;
  everyMs?: number;
}

type NotYet = undefined | false;

/**
 * Calls `check` every `everyMs` until it returns something other than `undefined` or `false`, and
 * resolves to that. A check that throws has not happened yet. When the deadline passes, the rejection
 * names `what` and tells the last value or error; a check that hangs does not outlast the deadline.
 */
export async function waitFor<T>(
  what: string,
  check: () => T | NotYet | Promise<T | NotYet>,
  { deadlineMs = DEFAULT_DEADLINE_MS, everyMs = 20 }: WaitOptions = {},
): Promise<T> {
  const missed = new Error(didNotHappen(what, deadlineMs));
  const end = performance.now() + deadlineMs;
  let last: { value: unknown } | { error: unknown } | undefined;
  for (;;) {
    const remainingMs = end - performance.now();
    const outcome = remainingMs > 0 ? await settleWithin(check, remainingMs) : undefined;
    if (outcome === undefined) {
      if (remainingMs > 0) missed.message += "; its check was still running";
      if (last !== undefined && "error" in last) {
        missed.message += `; its check last threw ${inspect(last.error)}`;
        missed.cause = last.error;
      } else if (last !== undefined) {
        missed.message += `; its check last returned ${inspect(last.value)}`;
      }
      throw missed;
    }
    if ("value" in outcome && outcome.value !== undefined && outcome.value !== false) return outcome.value;
    last = outcome;
    await sleep(Math.max(0, Math.min(everyMs, end - performance.now())));
  }
}

/** Resolves or rejects as `promise` does, or rejects with what did not happen when the deadline passes first. */
export async function withDeadline<T>(
  what: string,
  promise: Promise<T>,
  deadlineMs: number = DEFAULT_DEADLINE_MS,
): Promise<T> {
  const missed = new Error(didNotHappen(what, deadlineMs));
  const outcome = await settleWithin(() => promise, deadlineMs);
  if (outcome === undefined) throw missed;
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

/**
 * Runs `action` while no other process runs one under the same `lockFile`: `node --test` runs test files
 * as parallel processes. A lock whose process has died is taken over.
 */
export async function takeTurn<T>(lockFile: string, action: () => Promise<T>, deadlineMs = 120_000): Promise<T> {
  await mkdir(dirname(lockFile), { recursive: true });
  await waitFor(
    `a turn at ${lockFile} (remove it if no test is running)`,
    async () => {
      try {
        await writeFile(lockFile, String(process.pid), { flag: "wx" });
        return true;
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
      const owner = Number(await readFile(lockFile, "utf8"));
      // 0 is a lock that is being written this moment.
      if (owner > 0 && !isAlive(owner)) await rm(lockFile, { force: true });
      return false;
    },
    { deadlineMs, everyMs: 50 },
  );
  try {
    return await action();
  } finally {
    await rm(lockFile, { force: true });
  }
}

function didNotHappen(what: string, deadlineMs: number): string {
  return `${what} did not happen within ${deadlineMs} ms`;
}

/** What `start` came to, or undefined if it had come to nothing when the deadline passed. */
async function settleWithin<T>(
  start: () => T | Promise<T>,
  deadlineMs: number,
): Promise<{ value: T } | { error: unknown } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), deadlineMs);
  });
  const settled = (async () => {
    try {
      return { value: await start() };
    } catch (error) {
      return { error };
    }
  })();
  try {
    return await Promise.race([settled, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
