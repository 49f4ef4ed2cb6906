/** What a turn takes at least. At Cloudflare it is all that is known: clocks stand still there while code runs. */
const MIN_TURN_MS = 1;
/** More than all reads of an isolate can have reserved: beyond it the clock was set back. */
const MAX_WAIT_MS = 10_000;
/** Where turns take longer than was thought, a read gets another; not for ever. */
const MAX_ATTEMPTS = 5;

/**
 * The work that reads make in an isolate: a piece at a time, and after each a pause as long as it took. So all reads together
 * take half of the time at most, however many there are, and publishers have the other half.
 *
 * Locally the Worker and all its objects are one isolate, whose one thread looks for what comes in only once nothing is left to
 * do. So each turn begins with a timer, and no two timers may become due together. Turns are given away by time and not in a
 * queue: a read that ended without a word then holds up nobody.
 */
export class ReadTurns {
  /** No turn begins before. */
  #freeAtMs = 0;
  /** When the first turn begins that nobody has yet. */
  #nextAtMs = 0;
  /** How long a turn took lately. */
  #turnMs = MIN_TURN_MS;

  /** Resolves when it is this read's turn; other events come before, however short that is. */
  async take(): Promise<void> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const nowMs = Date.now();
      await pause(this.#reserve(nowMs) - nowMs);
      if (!isAhead(this.#freeAtMs, Date.now())) break;
    }
    // Until it is known what it takes.
    this.#freeAtMs = Date.now() + 2 * this.#turnMs;
  }

  /** Does what the turn is for. */
  spend<T>(work: () => T): T {
    const beganAtMs = Date.now();
    try {
      return work();
    } finally {
      const nowMs = Date.now();
      const tookMs = Math.max(MIN_TURN_MS, nowMs - beganAtMs);
      this.#turnMs += (tookMs - this.#turnMs) / 8;
      this.#freeAtMs = nowMs + tookMs;
    }
  }

  #reserve(nowMs: number): number {
    const freeAtMs = isAhead(this.#freeAtMs, nowMs) ? this.#freeAtMs : nowMs;
    const atMs = isAhead(this.#nextAtMs, freeAtMs) ? this.#nextAtMs : freeAtMs;
    this.#nextAtMs = atMs + 2 * this.#turnMs;
    return atMs;
  }
}

/** The turns of this isolate. */
export const readTurns = new ReadTurns();

function isAhead(atMs: number, nowMs: number): boolean {
  return atMs > nowMs && atMs < nowMs + MAX_WAIT_MS;
}

/** Other events come before this resolves, however short it is. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
