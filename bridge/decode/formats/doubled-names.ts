/** Of a topic, so many messages are looked at, */
const FIRST_MESSAGES = 16;
/** and then each of as many. */
const EVERY = 64;
/** Farther in nobody looks. */
const MAX_LOOK = 1 << 16;
const MAX_SAMPLE_LENGTH = 40;
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:]/gs;

export interface DoubledName {
  /** The first of the message. */
  name: string;
  /** The value that is lost, as it is written. */
  sample: string;
  /** How many values are lost. */
  count: number;
}

/**
 * Finds names that stand twice in one object of a topic's JSON. What JSON.parse makes has the last alone
 * (https://tc39.es/ecma262/#sec-json.parse), so the text is looked through, of some messages. Once there are such names, of all.
 */
export class DoubledNames {
  #messages = 0;
  #areThere = false;

  look(text: string): DoubledName | undefined {
    this.#messages++;
    if (!this.#areThere && this.#messages > FIRST_MESSAGES && this.#messages % EVERY !== 0) return undefined;
    const found = doubledNameIn(text);
    this.#areThere ||= found !== undefined;
    return found;
  }
}

/** The first name that an object of the JSON has twice. */
export function doubledNameIn(text: string): DoubledName | undefined {
  // Where the value of each name begins; undefined: an array.
  const stack: (Map<string, number> | undefined)[] = [];
  let found: DoubledName | undefined;
  let last = "";
  for (const { 0: token, index } of text.slice(0, MAX_LOOK).matchAll(TOKENS)) {
    const names = stack.at(-1);
    if (token === "{") stack.push(new Map());
    else if (token === "[") stack.push(undefined);
    else if (token === "}" || token === "]") stack.pop();
    else if (token === ":" && last.startsWith('"') && names !== undefined) {
      const before = names.get(last);
      if (before !== undefined) {
        found ??= { name: last.slice(1, -1), sample: valueAt(text, before), count: 0 };
        found.count++;
      }
      names.set(last, index + 1);
    }
    last = token;
  }
  return found;
}

function valueAt(text: string, start: number): string {
  return (/^[^,}\]]*/.exec(text.slice(start, start + MAX_SAMPLE_LENGTH))?.[0] ?? "").trim();
}
