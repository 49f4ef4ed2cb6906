/** What ends a tool before its time. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Signals are again what they were. */
  release(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * The first signal asks a tool to end; a second one ends the process at once, with exit code 1.
 * @param given ends it instead of the process's signals
 */
export function stopOnSignals(given?: AbortSignal): Stop {
  if (given !== undefined) return { signal: given, release: () => undefined };
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(1);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}

/** Resolves once the signal is there, or the time is over. */
export function untilStopped(signal: AbortSignal, afterMs = Number.POSITIVE_INFINITY): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setInterval(() => performance.now() >= end && done(), Math.min(afterMs, MAX_TIMER_MS));
    // Something else may end the tool before; while it runs, its sockets keep the process.
    timer.unref();
    const end = performance.now() + afterMs - 1;
    const done = (): void => {
      clearInterval(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    signal.addEventListener("abort", done);
  });
}

/** Longer timers fire at once (nodejs.org/api/timers.html: delay larger than 2147483647). */
const MAX_TIMER_MS = 60_000;
