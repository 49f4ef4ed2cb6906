import type { Point } from "../../../protocol/frame/frame.ts";
import { isDateAt } from "../../../protocol/json/time.ts";
import { type ParquetColumn, ParquetFile, type ParquetValues } from "./parquet-file.ts";
import type { PointSink } from "./point-sink.ts";
import { addedTo, WideTable } from "./wide-table.ts";

/** So many rows are in memory before they are written. */
export const ROWS_IN_GROUP = 65_536;
/** Of a wide table, so many values, but a row at least. */
const VALUES_IN_GROUP = 1_048_576;

const X: ParquetColumn = { name: "x", kind: "number", isNullable: false };
const TIME: ParquetColumn = { name: "time", kind: "time" };

/** A row for each point: x, series, y; and the time, if the first x are times. */
export class LongParquetSink implements PointSink {
  readonly #file: string;
  #parquet: ParquetFile | undefined;
  #hasTime = false;
  #points: Point[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  async add(points: readonly Point[]): Promise<void> {
    for (const point of points) {
      this.#points.push(point);
      if (this.#points.length >= ROWS_IN_GROUP) this.#write();
    }
  }

  async end(): Promise<void> {
    if (this.#points.length > 0 || this.#parquet === undefined) this.#write();
    this.#parquet?.finish();
  }

  abandon(): void {
    this.#parquet?.abandon();
  }

  #write(): void {
    const points = this.#points;
    this.#points = [];
    const x = points.map((point) => point.x);
    if (this.#parquet === undefined) {
      this.#hasTime = areTimes(x);
      const y: ParquetColumn = { name: "y", kind: "number", isNullable: false };
      this.#parquet = new ParquetFile(this.#file, [
        ...(this.#hasTime ? [TIME] : []),
        ...[X, { name: "series", kind: "text" } as const, y],
      ]);
    }
    if (points.length === 0) return;
    const values = [x, points.map(({ series }) => series), points.map(({ y }) => y)];
    this.#parquet.writeRows(this.#hasTime ? [x.map(microsecondsOf), ...values] : values);
  }
}

/** A row for each x, and a column for each series. */
export class WideParquetSink implements PointSink {
  readonly #file: string;
  readonly #table = new WideTable();
  #parquet: ParquetFile | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async add(points: readonly Point[]): Promise<void> {
    addedTo(this.#table, points);
  }

  async end(): Promise<void> {
    const { series } = this.#table;
    const rows = this.#table.rows();
    const hasTime = areTimes(rows.map(({ x }) => x));
    const own = hasTime ? [TIME, X] : [X];
    const names = columnNames(
      series,
      own.map(({ name }) => name),
    );
    const ofSeries = names.map((name): ParquetColumn => ({ name, kind: "number", isNullable: true }));
    const parquet = new ParquetFile(this.#file, [...own, ...ofSeries]);
    this.#parquet = parquet;
    const rowsAtOnce = Math.max(1, Math.min(ROWS_IN_GROUP, Math.floor(VALUES_IN_GROUP / (series.length + 1))));
    for (let begin = 0; begin < rows.length; begin += rowsAtOnce) {
      const some = rows.slice(begin, begin + rowsAtOnce);
      const x = some.map((row) => row.x);
      const values: ParquetValues[] = series.map((name) => some.map((row) => row.values.get(name) ?? null));
      parquet.writeRows([...(hasTime ? [x.map(microsecondsOf)] : []), x, ...values]);
    }
    parquet.finish();
  }

  abandon(): void {
    this.#parquet?.abandon();
  }
}

/** Unix seconds, as far as a number can be known to be some. */
function isTime(x: number): boolean {
  return isDateAt(x, Date.now() / 1000);
}

function areTimes(x: readonly number[]): boolean {
  return x.length > 0 && x.every(isTime);
}

/** A float64 of unix seconds tells quarters of a microsecond apart: nanoseconds would be digits that nobody measured. */
function microsecondsOf(x: number): bigint | null {
  return isTime(x) ? BigInt(Math.round(x * 1e6)) : null;
}

/** A column has a name of its own: a series that is called `x` becomes `x_`. */
function columnNames(series: readonly string[], taken: readonly string[]): string[] {
  const all = new Set([...taken, ...series]);
  return series.map((name) => {
    if (!taken.includes(name)) return name;
    let free = `${name}_`;
    while (all.has(free)) free += "_";
    all.add(free);
    return free;
  });
}
