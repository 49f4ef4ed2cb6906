import { readWindow, type WindowName } from "../../viewport/windows.ts";

/** Units as people write them, and what each is in one that a window can have. */
const UNITS: readonly (readonly [written: RegExp, count: number, unit: string])[] = [
  [/^(ms|msecs?|milliseconds?)$/, 0.001, "s"],
  [/^(s|secs?|seconds?)$/, 1, "s"],
  [/^(m|mins?|minutes?)$/, 1, "m"],
  [/^(h|hrs?|hours?)$/, 1, "h"],
  [/^(d|days?)$/, 1, "d"],
  [/^(w|weeks?)$/, 7, "d"],
];

/** The window that a person typed: `90 s`, `2h`, `1.5 hours`; undefined where that is no length of time. */
export function typedWindow(text: string): WindowName | undefined {
  const [, count = "", word = ""] = /^(\d+(?:[.,]\d+)?)\s*([a-z]+)$/.exec(text.trim().toLowerCase()) ?? [];
  const found = UNITS.find(([written]) => written.test(word));
  if (found === undefined) return readWindow(text.trim());
  const [, each, unit] = found;
  // To the thousandth, and without what a float64 adds to it.
  return readWindow(`${Number((Number(count.replace(",", ".")) * each).toFixed(3))} ${unit}`);
}
