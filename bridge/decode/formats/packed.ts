import { Decoder, Tag } from "cbor-x/decode";
import { addExtension, Unpackr } from "msgpackr/unpack";
import { PointError } from "../../../protocol/json/point-error.ts";
import { MAX_NESTING } from "../../../protocol/limits.ts";
import { DecodeError } from "../message.ts";
import { MAX_MESSAGE_VALUES, tooManyValues } from "../size.ts";
import { cborTop, EXTENSIONS, msgpackTop } from "./structure.ts";

const msgpack = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: "number" });
const cbor = new Decoder({ useRecords: false, mapsAsObjects: true });
/** Fields may be nested as deep; lists of messages and arrays of values are around and in them. */
const MAX_DEPTH = MAX_NESTING + 3;

// An application's extension is no value, and no fault.
for (let type = 0; type <= 0xff; type++) if (!EXTENSIONS.has(type)) addExtension({ type, unpack: () => null });

/** What JSON could hold of a msgpack message. @throws DecodeError not-msgpack, message-too-large, PointError too-deep */
export function valueOfMsgpack(bytes: Buffer): unknown {
  if (msgpackTop(bytes) !== undefined) {
    try {
      return plain(msgpack.unpack(bytes), MAX_DEPTH, { left: MAX_MESSAGE_VALUES });
    } catch (error) {
      if (error instanceof PointError || error instanceof DecodeError) throw error;
    }
  }
  throw new DecodeError("not-msgpack", "This is not one msgpack value from its first byte to its last.");
}

/** What JSON could hold of a CBOR message. @throws DecodeError not-cbor, message-too-large, PointError too-deep */
export function valueOfCbor(bytes: Buffer): unknown {
  if (cborTop(bytes) !== undefined) {
    try {
      return plain(cbor.decode(bytes), MAX_DEPTH, { left: MAX_MESSAGE_VALUES });
    } catch (error) {
      if (error instanceof PointError || error instanceof DecodeError) throw error;
    }
  }
  throw new DecodeError("not-cbor", "This is not one CBOR value from its first byte to its last.");
}

/** Numbers that are not finite become null, dates text, arrays of numbers arrays; what JSON has not becomes null. */
function plain(value: unknown, levels: number, typed: { left: number }): unknown {
  if (typeof value === "number") return finiteOrNull(value);
  if (typeof value === "bigint") return finiteOrNull(Number(value));
  if (typeof value !== "object" || value === null) return value === undefined ? null : value;
  if (levels < 0) throw new PointError("too-deep", `Fields are nested deeper than ${MAX_NESTING} levels.`);
  if (Array.isArray(value)) return value.map((item) => plain(item, levels - 1, typed));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (isNumbers(value)) {
    // Its elements are bytes to who checks the structure.
    typed.left -= value.length;
    if (typed.left < 0) throw tooManyValues();
    return Array.from(value, (item) => plain(item, levels - 1, typed));
  }
  // What a number is said to be besides, such as its unit, does not change it.
  if (value instanceof Tag) return typeof value.value === "number" ? plain(value.value, levels, typed) : null;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return null;
  // Without a prototype, no key is special: `__proto__` is a field like others.
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, field] of Object.entries(value)) object[key] = plain(field, levels - 1, typed);
  return object;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** A typed array of CBOR (RFC 8746); bytes are bytes. */
function isNumbers(value: object): value is ArrayLike<number | bigint> & object {
  return ArrayBuffer.isView(value) && !(value instanceof Uint8Array) && !(value instanceof DataView);
}
