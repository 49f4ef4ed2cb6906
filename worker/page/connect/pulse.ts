/** What is remembered of the newest frames. */
const MAX_BEATS = 128;
/** Frames closer than this count as one beat, so that 128 beats reach far enough back. */
const BEAT_MS = 50;
const RATE_WINDOW_MS = 5_000;
const STALE_AFTER_MS = 5_000;
const STALE_AFTER_INTERVALS = 10;
interface Beat {
  atMs: number;
  points: number;
}

/** A frame as the pulse sees it. */
export interface Arrival {
  /** By our clock. */
  nowMs: number;
  points: number;
  /** The largest x, if x is a time. */
  newestMs: number | undefined;
  /** It comes from the store: it was not taken just now. */
  stored: boolean;
}

/** How often points come, and since when none did. */
export class Pulse {
  readonly #beats: Beat[] = [];
  /** Since when points are counted. */
  #sinceMs: number | undefined;

  /** Notes a frame. A stored one beats at the time of its points, as far as that can be believed. */
  note({ nowMs, points, newestMs, stored }: Arrival): void {
    // Of a stored point whose x is no time, nobody here knows when it came.
    if (stored && newestMs === undefined) return;
    const atMs = stored && newestMs !== undefined ? Math.min(newestMs, nowMs) : nowMs;
    if (points > 0) this.#sinceMs ??= atMs;
    const last = this.#beats.at(-1);
    if (last !== undefined && atMs - last.atMs < BEAT_MS) {
      last.points += points;
      return;
    }
    this.#beats.push({ atMs, points });
    if (this.#beats.length > MAX_BEATS) this.#beats.shift();
  }

  /** Points a second of late; undefined before anything came. */
  rate(nowMs: number): number | undefined {
    if (this.#sinceMs === undefined) return undefined;
    const intervalMs = this.#usualIntervalMs() ?? 0;
    const windowMs = Math.max(RATE_WINDOW_MS, 3 * intervalMs);
    const beats = this.#beats.filter(({ atMs }) => atMs > nowMs - windowMs);
    const [first, ...later] = beats;
    const sum = (some: Beat[]): number => some.reduce((points, beat) => points + beat.points, 0);
    if (first === undefined || later.length < 2) {
      return (sum(beats) * 1_000) / Math.min(windowMs, Math.max(1_000, nowMs - this.#sinceMs));
    }
    // From beat to beat a steady feed has a steady rate; from edge to edge it would tremble by a beat.
    const lastMs = later.at(-1)?.atMs ?? nowMs;
    const endMs = nowMs - lastMs > 2 * intervalMs + 2 * BEAT_MS ? nowMs : lastMs;
    return (sum(later) * 1_000) / (endMs - first.atMs);
  }

  /** When the last point came, if that is too long ago. */
  staleSinceMs(nowMs: number): number | undefined {
    const lastMs = this.#beats.at(-1)?.atMs;
    if (lastMs === undefined) return undefined;
    const patienceMs = Math.max(STALE_AFTER_MS, STALE_AFTER_INTERVALS * (this.#usualIntervalMs() ?? 0));
    return nowMs - lastMs > patienceMs ? lastMs : undefined;
  }

  /** The usual time between beats, which one pause does not change: the median of the last few. */
  #usualIntervalMs(): number | undefined {
    const times = this.#beats.slice(-17).map(({ atMs }) => atMs);
    const intervals = times.slice(1).map((time, i) => time - (times[i] ?? time));
    return intervals.sort((a, b) => a - b)[intervals.length >> 1];
  }
}
