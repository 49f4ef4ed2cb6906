import type { Log } from "./log.ts";
import { counted, escaped } from "./printable.ts";

const MAX_SAMPLE_LENGTH = 120;
/** Of a message whose sample is wanted; no more is looked at, however large it is. */
const MAX_SAMPLE_BYTES = 480;
/** They are partly the server's words, so there could be any number. */
const MAX_TROUBLES = 32;

/** Warns of messages that cannot be decoded: each reason at most once in `everyMs`, with one message as a sample. */
export class UndecodableWarnings {
  readonly #log: Log;
  readonly #everyMs: number;
  readonly #nowMs: () => number;
  readonly #said = new Map<string, { atMs: number; since: number }>();

  constructor(log: Log, everyMs = 10_000, nowMs = () => performance.now()) {
    this.#log = log;
    this.#everyMs = everyMs;
    this.#nowMs = nowMs;
  }

  warn(reason: string, detail: string, frames: readonly Buffer[]): void {
    const said = this.#said.get(reason);
    if (said !== undefined && this.#nowMs() - said.atMs < this.#everyMs) {
      said.since++;
      return;
    }
    const more = said === undefined || said.since === 0 ? "" : `, and ${counted(said.since, "message")} like it before`;
    this.#said.set(reason, { atMs: this.#nowMs(), since: 0 });
    this.#log.warn({ reason, sample: sampleOf(frames) }, `A message was left out (${reason})${more}: ${detail}`);
  }
}

/** The beginning of a message as one line of text. */
export function sampleOf(frames: readonly Buffer[]): string {
  const text = frames
    .slice(0, 3)
    .map((frame) => frame.subarray(0, MAX_SAMPLE_BYTES).toString())
    .join(" | ");
  return escaped(text, MAX_SAMPLE_LENGTH);
}

/** Warns of what keeps frames from being delivered: at once when it is new, then every `everyMs` while it lasts. */
export class TroubleWarnings {
  readonly #log: Log;
  readonly #everyMs: number;
  readonly #nowMs: () => number;
  /** When each was last told. A Worker that comes and goes says now this, now that. */
  readonly #toldAtMs = new Map<string, number>();

  constructor(log: Log, everyMs = 60_000, nowMs = () => performance.now()) {
    this.#log = log;
    this.#everyMs = everyMs;
    this.#nowMs = nowMs;
  }

  /**
   * @param message what is wrong
   * @param trouble the same for what is the same trouble, though the words differ
   */
  warn(message: string, waiting: string, trouble: string): void {
    if (this.isNews(trouble)) this.#log.warn(`Not delivered: ${message}. Trying again; ${waiting}.`);
  }

  /** Whether this trouble is to be told now; it then counts as told. */
  isNews(trouble: string): boolean {
    const nowMs = this.#nowMs();
    if (nowMs - (this.#toldAtMs.get(trouble) ?? Number.NEGATIVE_INFINITY) < this.#everyMs) return false;
    if (this.#toldAtMs.size >= MAX_TROUBLES) this.#toldAtMs.clear();
    this.#toldAtMs.set(trouble, nowMs);
    return true;
  }

  /** @returns whether there was any trouble */
  forget(): boolean {
    const wasTold = this.#toldAtMs.size > 0;
    this.#toldAtMs.clear();
    return wasTold;
  }

  over(): void {
    if (this.forget()) this.#log.info("Delivering again.");
  }
}
