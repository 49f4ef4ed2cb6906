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
