import { decodeFrame } from "../../../protocol/frame/frame.ts";
import type { SeriesNames } from "./series-names.ts";

/** A series' first points tell its scale once they lie so far apart in x, or were taken over so long. */
const DECIDED_AFTER_X = 2;
const DECIDED_AFTER_MS = 2_000;
/** Enough to tell what is flat beside what, and short. */
const DIGITS = 2;

/** What its points have told so far of a series whose scale is not decided. */
interface Open {
  sinceMs: number;
  minX: number;
  maxX: number;
  scale: number;
}

/** Scales that were just decided, by series. */
export type Decided = ReadonlyMap<string, number>;

/**
 * What the panels of every page are made from: the scale of each series that is listed, decided once by its first points
 * and never again, and the arrangement that the channel's owner stored. One row.
 */
export class Layout {
  readonly #sql: SqlStorage;
  readonly #series: SeriesNames;
  readonly #scales = new Map<string, number>();
  readonly #open = new Map<string, Open>();
  #arrangement = "";

  constructor(sql: SqlStorage, series: SeriesNames) {
    this.#sql = sql;
    this.#series = series;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS layout (id INTEGER PRIMARY KEY, scales TEXT NOT NULL, arrangement TEXT NOT NULL)",
    );
    for (const { scales, arrangement } of sql.exec("SELECT scales, arrangement FROM layout").toArray()) {
      this.#arrangement = String(arrangement);
      const stored: unknown = JSON.parse(String(scales));
      if (!Array.isArray(stored)) throw new Error("The stored scales of series are damaged.");
      for (const [i, name] of series.all.entries()) {
        const scale: unknown = stored[i];
        if (typeof scale === "number") this.#scales.set(name, scale);
      }
    }
  }

  get arrangement(): string {
    return this.#arrangement;
  }

  set arrangement(text: string) {
    if (text === this.#arrangement) return;
    this.#arrangement = text;
    this.#write();
  }

  /** Of each series that is listed its scale; null while that is not decided. */
  get scales(): (number | null)[] {
    return this.#series.all.map((name) => this.#scales.get(name) ?? null);
  }

  /**
   * Frames were stored: decides what they are enough for.
   * @param series those that are in them; of one that is not listed nothing is kept
   */
  decide(frames: readonly Uint8Array[], series: readonly string[], nowMs: number): Decided {
    const open = new Set(series.filter((name) => !this.#scales.has(name) && this.#series.has(name)));
    const decided = new Map<string, number>();
    if (open.size === 0) return decided;
    for (const frame of frames) this.#note(frame, open, nowMs);
    for (const name of open) {
      const known = this.#open.get(name);
      if (known === undefined) continue;
      const { sinceMs, minX, maxX, scale } = known;
      if (maxX - minX < DECIDED_AFTER_X && nowMs - sinceMs < DECIDED_AFTER_MS) continue;
      decided.set(name, Number(scale.toPrecision(DIGITS)));
      this.#open.delete(name);
    }
    if (decided.size === 0) return decided;
    for (const [name, scale] of decided) this.#scales.set(name, scale);
    this.#write();
    return decided;
  }

  /** Forgets the scales, with the series. */
  clear(): void {
    this.#open.clear();
    if (this.#scales.size === 0) return;
    this.#scales.clear();
    this.#write();
  }

  #note(bytes: Uint8Array, open: ReadonlySet<string>, nowMs: number): void {
    const { blocks, labels } = decodeFrame(bytes);
    for (const block of blocks) {
      if (block.kind !== "table") continue;
      for (const { name, y } of block.columns) {
        if (!open.has(name)) continue;
        const known = this.#open.get(name) ?? { sinceMs: nowMs, minX: Infinity, maxX: -Infinity, scale: 0 };
        for (let i = 0; i < y.length; i++) {
          const [at, value] = [block.x[i] ?? 0, Math.abs(y[i] ?? Number.NaN)];
          if (Number.isNaN(value)) continue;
          known.minX = Math.min(known.minX, at);
          known.maxX = Math.max(known.maxX, at);
          // A value that has a name is no size.
          if (!labels.has(name)) known.scale = Math.max(known.scale, value);
        }
        if (known.minX <= known.maxX) this.#open.set(name, known);
      }
    }
  }

  #write(): void {
    const scales = JSON.stringify(this.scales);
    this.#sql.exec("INSERT OR REPLACE INTO layout VALUES (1, ?, ?)", scales, this.#arrangement);
  }
}
