/**
 * What a stream has cost of its request's CPU time. That is bounded over the whole life of a request: 10 ms on the free plan, 30 s by default
 * (https://developers.cloudflare.com/workers/platform/limits/#cpu-time), and a Worker cannot measure it: its clock stands still while it computes.
 * So it is reckoned, on the safe side, and the stream ends long before.
 */
const PART_MICROS = 100;
const KIB_MICROS = 10;
/** A point that is checked takes a hundredth of a microsecond (131,072 of one body took 1.5 ms). */
const POINTS_PER_MICRO = 50;
/** A token is looked at, and a channel asked. */
const JOIN_MICROS = 1000;
/** Two thirds of what a request has by default. */
export const DEFAULT_STREAM_CPU_MS = 20_000;

/** What `STREAM_CPU_MS` says; what is no number above 0 is passed over. */
export function streamCpuMs({ STREAM_CPU_MS }: { STREAM_CPU_MS?: string | undefined }): number {
  const ms = Number(STREAM_CPU_MS);
  return ms > 0 && Number.isFinite(ms) ? ms : DEFAULT_STREAM_CPU_MS;
}

export class StreamCost {
  readonly #mostMicros: number;
  #micros = 0;

  constructor(mostMs: number) {
    this.#mostMicros = 1000 * mostMs;
  }

  /** So many bytes are passed on. */
  spend(bytes: number): void {
    this.#micros += PART_MICROS + (KIB_MICROS * bytes) / 1024;
  }

  /** So many points are checked. */
  check(points: number): void {
    this.#micros += points / POINTS_PER_MICRO;
  }

  /** A channel is joined. */
  join(): void {
    this.#micros += JOIN_MICROS;
  }

  get isOver(): boolean {
    return this.#micros >= this.#mostMicros;
  }
}
