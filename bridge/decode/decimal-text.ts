const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Whether a text is a number as programs write it, with a point. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** The number; undefined if it is none, or beyond a float64. */
export function decimalOf(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}
