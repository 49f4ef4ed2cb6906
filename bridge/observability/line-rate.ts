import type { Log } from "./log.ts";
import { counted } from "./printable.ts";

/** Lines at once; then one each {@link LINE_EVERY_MS}, with a count of those between. */
const LINES_AT_ONCE = 10;
const LINE_EVERY_MS = 10_000;

/** Lets so many lines through as a log can bear. */
export class LineRate {
  readonly #nowMs: () => number;
  #tokens = LINES_AT_ONCE;
  #refilledAtMs: number;
  #unsaid = 0;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#refilledAtMs = nowMs();
  }

  /** @returns how many were not said since the last that was; undefined: not this one either */
  take(): number | undefined {
    const refills = Math.floor((this.#nowMs() - this.#refilledAtMs) / LINE_EVERY_MS);
    this.#tokens = Math.min(LINES_AT_ONCE, this.#tokens + refills);
    this.#refilledAtMs += refills * LINE_EVERY_MS;
    if (this.#tokens === 0) {
      this.#unsaid++;
      return undefined;
    }
    this.#tokens--;
    const unsaid = this.#unsaid;
    this.#unsaid = 0;
    return unsaid;
  }
}

/** The same again is said so often. */
const REPEAT_AFTER_MS = 60_000;
/** The words are partly other programs', so there could be any number. */
const MAX_TEXTS = 64;

/** Warns of what peers do wrong, which they may do ten times a second: the same once a minute, and all at a limited rate. */
export class PeerWarnings {
  readonly #log: Pick<Log, "warn">;
  readonly #nowMs: () => number;
  readonly #rate: LineRate;
  readonly #said = new Map<string, { atMs: number; since: number }>();

  constructor(log: Pick<Log, "warn">, nowMs: () => number = () => performance.now()) {
    this.#log = log;
    this.#nowMs = nowMs;
    this.#rate = new LineRate(nowMs);
  }

  warn(text: string): void {
    const said = this.#said.get(text);
    if (said !== undefined && this.#nowMs() - said.atMs < REPEAT_AFTER_MS) {
      said.since++;
      return;
    }
    const unsaid = this.#rate.take();
    if (unsaid === undefined) return;
    if (this.#said.size >= MAX_TEXTS) this.#said.clear();
    this.#said.set(text, { atMs: this.#nowMs(), since: 0 });
    const again = said === undefined || said.since === 0 ? "" : ` (${counted(said.since, "time")} more before this)`;
    const others = unsaid === 0 ? "" : ` (and ${counted(unsaid, "other such line")} left out)`;
    this.#log.warn(`${text}${again}${others}`);
  }
}
