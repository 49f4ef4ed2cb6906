import { DEFAULT_SERIES } from "../names.ts";

/**
 * A point as JSON text, as viewers without a subprotocol get it: `{"x":1,"y":2}`, with `"series"` where it is not `y`, and
 * `"text"` where its value has a name.
 */
export function pointText(series: string, x: number, y: number, text?: string): string {
  const name = series === DEFAULT_SERIES ? "" : `"series":${JSON.stringify(series)},`;
  const label = text === undefined ? "" : `,"text":${JSON.stringify(text)}`;
  return `{${name}"x":${numberText(x)},"y":${numberText(y)}${label}}`;
}

/** The shortest decimal that reads back as the same float64; JSON.stringify would lose the sign of -0. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
