import { decimalOf } from "../decimal-text.ts";
import type { DataRecord } from "../message.ts";
import { fieldsOf, type LineFault, type LineFormat, otherThan, wrongIn } from "./line-format.ts";

/** `>name:value§unit|flags`, the sign before it being what marks it on a serial line. */
const LINE = /^(?:>|(?=[\p{L}_]))([^:|§]{1,200}):([^|§]+)(?:§([^|]{1,40}))?(?:\|([a-z0-9,:]{0,20}))?$/iu;

const CLOCK = /^\d{1,2}:[0-5]\d$/;

/**
 * Teleplot's lines (https://github.com/nesnes/teleplot, "Telemetry format"): `name:value`, `name:time:value` with the time in
 * milliseconds, several of these after one another with `;`, a unit after `§`, flags after `|`: `g` (shown or not), `np`, `t` for
 * text, `xy` for x and y.
 */
export const TELEPLOT: LineFormat = {
  name: "teleplot",
  needsNumber: false,
  read(line) {
    if (line.startsWith(">3D|") || line.startsWith("3D|")) {
      return wrongIn(line, "shapes in space are not drawn");
    }
    const [, name, values, unit, flags = ""] = LINE.exec(line.trim()) ?? [];
    if (name === undefined || values === undefined) {
      return notTeleplot(line);
    }
    const isMarked = line.startsWith(">");
    const series = unit === undefined ? name.trim() : `${name.trim()} [${unit.trim()}]`;
    const is = new Set(flags.toLowerCase().split(","));
    const records: DataRecord[] = [];
    for (const part of values.split(";").filter((each) => each.trim() !== "")) {
      // Without the sign that marks it, 21:30 is rather a time of day than 30 at 21 ms.
      if (!isMarked && CLOCK.test(part.trim())) return notTeleplot(line);
      const read = is.has("xy") ? pointOf(part, series) : fieldValueOf(part, series, is.has("t"));
      if (read === undefined) return isMarked ? wrongValue(line, part) : notTeleplot(line);
      records.push(read);
    }
    return records;
  },
};

function fieldValueOf(part: string, series: string, isText: boolean): DataRecord | undefined {
  const [first = "", ...rest] = part.split(":");
  const isTimed = rest.length > 0 && (isText || rest.length === 1) && decimalOf(first.trim()) !== undefined;
  const text = (isTimed ? rest.join(":") : part).trim();
  const value = isText ? text : decimalOf(text);
  if (value === undefined) return undefined;
  const time = isTimed ? decimalOf(first.trim()) : undefined;
  return { ...(time === undefined ? {} : { time }), fields: fieldsOf([[series, value]]) };
}

/** `x:y` or `x:y:time`: two values, since x is no time. */
function pointOf(part: string, series: string): DataRecord | undefined {
  const [x, y, time, ...more] = part.split(":").map((each) => decimalOf(each.trim()));
  if (x === undefined || y === undefined || more.length > 0) return undefined;
  const fields = fieldsOf([
    [`${series}.x`, x],
    [`${series}.y`, y],
  ]);
  return { ...(time === undefined ? {} : { time }), fields };
}

function wrongValue(line: string, part: string): LineFault {
  return wrongIn(line, `"${part.slice(0, 20)}" is no number; text has the flag t: >state:open|t`);
}

function notTeleplot(line: string): LineFault {
  return otherThan("line of Teleplot", line, "one is >name:value or >name:milliseconds:value");
}
