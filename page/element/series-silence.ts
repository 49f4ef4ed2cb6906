import { usualPauseMs } from "../../protocol/pause.ts";
import { isTime, type Series } from "../data/store/series.ts";

const LEAST_MS = 5_000;
const PAUSES = 10;
const SAMPLE = 17;

/** Since when one series is silent, while others of its channel go on: by when its points come, and by its own usual pause. */
export class SeriesSilence {
  #name = "";
  #total = -1;
  #cameMs: number | undefined;

  /** Points came, of this series or of others. */
  note({ name, headX, ring }: Series, nowMs: number): void {
    if (name === this.#name && ring.total === this.#total) return;
    // At first, what is here was stored before.
    const isFirst = name !== this.#name;
    this.#cameMs = isFirst ? (isTime(headX) ? Math.min(nowMs, headX * 1000) : undefined) : nowMs;
    this.#name = name;
    this.#total = ring.total;
  }

  /** Undefined while it is not too long, or nobody can know: without three points it has no pace, and a state holds until the next. */
  sinceMs({ name, ring, headX, valueNames }: Series, nowMs: number): number | undefined {
    if (name !== this.#name || this.#cameMs === undefined || valueNames !== undefined || !isTime(headX))
      return undefined;
    const pauseMs = usualPauseMs([...ring.x.slice(-SAMPLE)].map((x) => x * 1000));
    if (pauseMs === undefined) return undefined;
    return nowMs - this.#cameMs > Math.max(LEAST_MS, PAUSES * pauseMs) ? this.#cameMs : undefined;
  }
}
