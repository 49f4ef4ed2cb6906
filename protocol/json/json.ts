const TOKENS = /"|\\.|NaN|-?Infinity/gs;

/**
 * Parses JSON, and what Python's json.dumps writes for a number that is not finite: `NaN`, `Infinity` and `-Infinity`
 * are read as null. Text that is JSON costs nothing more.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    return JSON.parse(nullForNonFinite(text));
  }
}

/** The text with null for each of the three words outside of strings. Text that is no JSON for other reasons stays none. */
export function nullForNonFinite(text: string): string {
  let quoted = false;
  return text.replace(TOKENS, (token) => {
    if (token === '"') quoted = !quoted;
    return quoted || token === '"' || token.startsWith("\\") ? token : "null";
  });
}

/** Whether a JSON value is an object, with fields. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** So deep is JSON that is passed on: what is much deeper can be read, and makes `JSON.stringify` run out of stack. */
const MAX_LEVELS = 100;

/** Whether a JSON value can be written again, wherever it is read. */
export function isShallow(value: unknown, levels: number = MAX_LEVELS): value is unknown {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((part) => isShallow(part, levels - 1));
}
