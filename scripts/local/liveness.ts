/** One look at the Worker: whether anything was answered since the look before, and what it did meanwhile. */
export interface Look {
  answered: boolean;
  /** Processor time of its process so far, in milliseconds; undefined where that cannot be known. */
  cpuMs: number | undefined;
}

export type Verdict = "alive" | "silent" | "stopped" | "hung";

/** Less between two looks is no work: what runs by timers alone uses that. */
const IDLE_CPU_MS = 20;
/** Looks without an answer and without work, after which it is taken for stopped. */
export const STOPPED_LOOKS = 5;
/** Looks without an answer, though it works, after which it is taken for hung. */
export const HUNG_LOOKS = 20;

/**
 * Tells a Worker that is busy from one that is dead. Who is busy answers late, but answers; who is stopped uses no
 * processor; who is in a loop that never ends does, and answers nothing for longer than any work takes. Looks are
 * counted, not seconds, so that a machine that slept, or is too busy to look, takes nothing for dead.
 */
export class Liveness {
  #silent = 0;
  #idle = 0;
  #cpuMs: number | undefined;

  look({ answered, cpuMs }: Look): Verdict {
    const isIdle = cpuMs !== undefined && this.#cpuMs !== undefined && cpuMs - this.#cpuMs < IDLE_CPU_MS;
    this.#cpuMs = cpuMs;
    this.#silent = answered ? 0 : this.#silent + 1;
    this.#idle = answered || !isIdle ? 0 : this.#idle + 1;
    if (this.#silent === 0) return "alive";
    if (this.#idle >= STOPPED_LOOKS) return "stopped";
    return this.#silent >= HUNG_LOOKS ? "hung" : "silent";
  }
}
