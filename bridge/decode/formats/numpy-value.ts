import { PointError } from "../../../protocol/json/point-error.ts";
import { type Dtype, dtypeBytes, dtypeOf } from "../arrays/dtype.ts";
import { numbersOf } from "../samples/sample-columns.ts";
import { tooManyValues } from "../size.ts";

/** Arrays in arrays, as deep as a message may have them. */
const MAX_AXES = 8;

/**
 * An array or a number of numpy, as msgpack-numpy packs it (https://github.com/lebedov/msgpack-numpy, `encode`): what
 * `tolist()` makes of it.
 * @param typed how many elements arrays may still have
 * @returns undefined if the object is none
 * @throws PointError no-number if it is of a type that has no plain numbers, DecodeError message-too-large
 */
export function numpyValueOf(object: Readonly<Record<string, unknown>>, typed: { left: number }): unknown {
  const { nd, type, shape, data } = object;
  if (typeof nd !== "boolean" || type === undefined || data === undefined) return undefined;
  // Bytes that happen to be text were made text.
  const bytes =
    typeof data === "string" ? Buffer.from(data) : data instanceof Uint8Array ? Buffer.from(data) : undefined;
  const dtype = typeof type === "string" ? dtypeOf(type) : undefined;
  const axes = nd ? axesOf(shape) : [];
  if (bytes === undefined || dtype === undefined || dtype.isComplex || axes === undefined) throw unreadable(type);
  const count = axes.reduce((product, axis) => product * axis, 1);
  if (count * dtypeBytes(dtype) !== bytes.length) throw unreadable(type);
  // An axis of any length beside one of none.
  if (count === 0) return [];
  typed.left -= count;
  if (typed.left < 0) throw tooManyValues();
  return nested(numbersIn(bytes, dtype), axes);
}

function axesOf(shape: unknown): number[] | undefined {
  if (!Array.isArray(shape) || shape.length > MAX_AXES) return undefined;
  const axes = shape.filter(
    (axis): axis is number => typeof axis === "number" && Number.isSafeInteger(axis) && axis >= 0,
  );
  return axes.length === shape.length ? axes : undefined;
}

function numbersIn(bytes: Buffer, { element, bigEndian, isBoolean }: Dtype): (number | boolean | null)[] {
  return Array.from(numbersOf(bytes, element, bigEndian), (value) =>
    isBoolean ? value !== 0 : Number.isFinite(value) ? value : null,
  );
}

/** As arrays in arrays, the last axis innermost; without axes, the one value. */
function nested(values: readonly unknown[], axes: readonly number[]): unknown {
  const [length, ...inner] = axes;
  if (length === undefined) return values[0];
  const size = values.length / length;
  return Array.from({ length }, (_, i) => nested(values.slice(i * size, (i + 1) * size), inner));
}

function unreadable(type: unknown): PointError {
  const what = typeof type === "string" ? `"${type.slice(0, 40)}"` : "of several fields";
  return new PointError(
    "no-number",
    `An array of numpy of the type ${what} has no plain numbers: send array.tolist().`,
  );
}
