/** Of a topic, so many messages are looked at, */
const FIRST_MESSAGES = 16;
/** and then each of as many. */
const EVERY = 64;
/** Farther in nobody looks. */
const MAX_LOOK = 1 << 16;
const MAX_SAMPLE_LENGTH = 40;

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

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

/** The first name that an object of the JSON has twice. Text that is no JSON has what it may. */
export function doubledNameIn(text: string): DoubledName | undefined {
  const end = Math.min(text.length, MAX_LOOK);
  // Where the value of each name begins; undefined: an array.
  const stack: (Map<string, number> | undefined)[] = [];
  let found: DoubledName | undefined;
  let last = "";
  // Long messages are looked through, too: an expression for the tokens takes three times as long.
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    // Digits, commas and white space are most.
    if (code < COLON && code !== QUOTE) continue;
    switch (code) {
      case QUOTE: {
        const close = closingQuote(text, i);
        last = text.slice(i + 1, close);
        i = close;
        break;
      }
      case OPEN_OBJECT:
        stack.push(new Map());
        break;
      case OPEN_ARRAY:
        stack.push(undefined);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        stack.pop();
        break;
      case COLON: {
        const names = stack.at(-1);
        const before = names?.get(last);
        if (before !== undefined) {
          found ??= { name: last, sample: valueAt(text, before), count: 0 };
          found.count++;
        }
        names?.set(last, i + 1);
      }
    }
  }
  return found;
}

/** Of a string that begins at a quote; the end of the text where there is none. */
function closingQuote(text: string, open: number): number {
  for (let i = text.indexOf('"', open + 1); i >= 0; i = text.indexOf('"', i + 1)) {
    let slashes = 0;
    while (text.charCodeAt(i - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return i;
  }
  return text.length;
}

function valueAt(text: string, start: number): string {
  return (/^[^,}\]]*/.exec(text.slice(start, start + MAX_SAMPLE_LENGTH))?.[0] ?? "").trim();
}
