import type { Row } from "../../../protocol/frame/frame-builder.ts";
import { PointError } from "../../../protocol/json/point-error.ts";
import { MAX_COLUMNS } from "../../../protocol/limits.ts";
import { DEFAULT_SERIES, isSeriesName } from "../../../protocol/names.ts";
import type { Samples } from "../message.ts";

/** Topics remembered for each list of names. */
const MAX_TOPICS_REMEMBERED = 1024;

/** A reader gives the same list of names with each message, so names are put together once for each topic. */
const seriesOf = new WeakMap<readonly string[], Map<string, readonly string[]>>();

/**
 * A row for each sample. NaN is a missing value; of rows of nothing but NaN that follow each other the first
 * says that the line breaks.
 * @throws PointError series-name-invalid
 */
export function rowsOfSamples(samples: Samples, topic: string): Row[] {
  const { x0, dx, arrival, columns } = samples;
  const names = namesOf(samples.names, topic);
  const [first] = columns;
  if (first === undefined) return [];
  if (columns.length === 1) return rowsOfOne(samples, first, names);
  const rows: Row[] = [];
  for (let from = 0; from < columns.length; from += MAX_COLUMNS) {
    const part = from === 0 && columns.length <= MAX_COLUMNS ? columns : columns.slice(from, from + MAX_COLUMNS);
    const partNames = part === columns ? names : names.slice(from, from + MAX_COLUMNS);
    let isBlank = false;
    for (let i = 0; i < first.length; i++) {
      const values: number[] = [];
      let present = 0;
      for (const column of part) {
        const value = column[i] ?? Number.NaN;
        if (!Number.isNaN(value)) present++;
        values.push(value);
      }
      if (present > 0 || !isBlank) rows.push({ x: x0 + i * dx, arrival, names: partNames, values });
      isBlank = present === 0;
    }
  }
  return rows;
}

/** The commonest. */
function rowsOfOne({ x0, dx, arrival }: Samples, column: Float64Array, names: readonly string[]): Row[] {
  const rows: Row[] = [];
  let isBlank = false;
  for (let i = 0; i < column.length; i++) {
    const value = column[i] ?? Number.NaN;
    const wasBlank = isBlank;
    isBlank = Number.isNaN(value);
    if (!isBlank || !wasBlank) rows.push({ x: x0 + i * dx, arrival, names, values: [value] });
  }
  return rows;
}

function namesOf(names: readonly string[], topic: string): readonly string[] {
  let topics = seriesOf.get(names);
  if (topics === undefined) {
    topics = new Map();
    seriesOf.set(names, topics);
  }
  let series = topics.get(topic);
  if (series === undefined) {
    series = names.map((name) => seriesName(name, topic));
    if (topics.size >= MAX_TOPICS_REMEMBERED) topics.clear();
    topics.set(topic, series);
  }
  return series;
}

/** PT5, where "" and `y` are the topic's own series. */
function seriesName(name: string, topic: string): string {
  const own = name === "" || name === DEFAULT_SERIES;
  const series = topic === "" ? (own ? DEFAULT_SERIES : name) : own ? topic : `${topic}.${name}`;
  if (isSeriesName(series)) return series;
  throw new PointError("series-name-invalid", "A series' name is 1 to 256 bytes of text without control characters.");
}
