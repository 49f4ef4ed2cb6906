import type { Row } from "../../protocol/frame/frame-builder.ts";
import { rowsOf, unixSeconds } from "../../protocol/json/points.ts";
import { MAX_MESSAGE_POINTS, tooManyPoints } from "../decode/size.ts";
import type { Topic } from "./topics.ts";

/**
 * The rows of a value as it is, without any mapping: SPEC.md, "Points as JSON".
 * @param arrivedAt unix seconds
 * @throws PointError, DecodeError message-too-large
 */
export function rowsIn(value: unknown, topic: Topic, arrivedAt: number): Row[] {
  // Each item is a point at least, or refuses the message.
  if (Array.isArray(value) && value.length > MAX_MESSAGE_POINTS) throw tooManyPoints();
  const commonest = commonestRows(value, topic.series);
  if (commonest !== undefined) return commonest;
  let points = 0;
  const found = (more: number): void => {
    points += more;
    if (points > MAX_MESSAGE_POINTS) throw tooManyPoints();
  };
  return rowsOf(value, { topic: topic.name, arrivedAt, found });
}

/** `{"x": number, "y": number}`, or an array of these, by the short way: a third of the time of looking at every field. */
function commonestRows(value: unknown, names: readonly [string] | undefined): Row[] | undefined {
  if (names === undefined) return undefined;
  if (!Array.isArray(value)) {
    const row = commonestRow(value, names);
    return row === undefined ? undefined : [row];
  }
  const rows: Row[] = [];
  for (const item of value) {
    const row = commonestRow(item, names);
    if (row === undefined) return undefined;
    rows.push(row);
  }
  return rows.length === 0 ? undefined : rows;
}

function commonestRow(value: unknown, names: readonly [string]): Row | undefined {
  if (typeof value !== "object" || value === null || !("x" in value) || !("y" in value)) return undefined;
  const { x, y } = value;
  if (typeof x !== "number" || typeof y !== "number" || !Number.isFinite(x) || !Number.isFinite(y)) return undefined;
  let fields = 0;
  for (const _ in value) fields++;
  return fields === 2 ? { x: unixSeconds(x), arrival: false, names, values: [y] } : undefined;
}
