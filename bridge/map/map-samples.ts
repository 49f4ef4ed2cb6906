import { PointError } from "../../protocol/json/point-error.ts";
import { DEFAULT_SERIES } from "../../protocol/names.ts";
import type { Samples } from "../decode/message.ts";
import { rowsOfSamples } from "../decode/samples/sample-rows.ts";
import { nameInvalid, notFinite } from "./mapped-series.ts";
import type { Slot } from "./plan.ts";
import type { ReadOptions } from "./reading.ts";
import type { RowWriter } from "./row-writer.ts";

interface Chosen {
  slot: Slot;
  column: Float64Array;
}

/**
 * Writes the chosen columns, renamed and scaled.
 * @throws PointError, and then nothing is written
 */
export function writeSamples(samples: Samples, { plan, leftOut }: ReadOptions, writer: RowWriter): void {
  const chosen: Chosen[] = [];
  samples.columns.forEach((column, i) => {
    const slot = plan.slotOf(samples.names[i] || DEFAULT_SERIES);
    if (slot === null) throw nameInvalid();
    if (slot === undefined) return;
    const { series, path } = slot;
    if (series !== undefined && chosen.some((other) => other.slot.series === series)) {
      leftOut({ reason: "doubled", path, sample: column[0], count: column.length, others: [] });
    } else chosen.push({ slot, column: scaledColumn(column, slot) });
  });
  if (chosen.length === 0) {
    throw new PointError("no-number", "None of the chosen fields is a column of these samples.");
  }
  const plain: { name: string; column: Float64Array }[] = [];
  const special: Chosen[] = [];
  for (const each of chosen) {
    const { series } = each.slot;
    if (series?.kind === "line" && series.thin === undefined) plain.push({ name: series.name, column: each.column });
    else special.push(each);
  }
  if (plain.length > 0) {
    const names = plain.map(({ name }) => name);
    const columns = plain.map(({ column }) => column);
    writer.writeRows(rowsOfSamples({ ...samples, names, columns }, ""));
  }
  const { x0, dx, arrival } = samples;
  for (const { slot, column } of special) {
    for (let i = 0; i < column.length; i++) writer.writeOne(x0 + i * dx, arrival, slot, column[i] ?? Number.NaN);
  }
}

function scaledColumn(column: Float64Array, { isScaled, scale, offset }: Slot): Float64Array {
  if (!isScaled) return column;
  return column.map((value) => {
    const result = value * scale + offset;
    if (Number.isFinite(value) && !Number.isFinite(result)) throw notFinite();
    return result;
  });
}
