import { counted, escaped } from "../observability/printable.ts";

/**
 * What is wrong in text that is not JSON, and where: for the line that tells of a refused message. It takes as long as the
 * text is, and is asked for a line alone.
 */

interface Fault {
  /** Characters before it. */
  at: number;
  what: string;
}

/** Farther in nobody looks. */
const MAX_LOOK = 1 << 20;
const MAX_CONTEXT = 24;
const MAX_WORD = 40;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
/** A number or a word, right or wrong. */
const TOKEN = /^[-+.#\w\u00aa-\uffff]*/;
/** Words that are read: those of JSON, and what json.dumps writes for a number that is not finite (PT7a). */
const WORDS: ReadonlySet<string> = new Set(["true", "false", "null", "NaN", "Infinity"]);
const PYTHON = "this is Python's str() or repr(), send json.dumps()";
export const CUT = "Was the message cut, as by a buffer that is too small?";

/** This is not JSON, at character 2 (`'y': 1}`): single quotes: this is Python's str() … */
export function notJsonText(text: string): string {
  const fault = faultIn(text);
  if (fault === undefined) return "This is not JSON.";
  const { at, what } = fault;
  if (at >= text.length) return `This is not JSON: ${what}`;
  const context = escaped(text.slice(at, at + 2 * MAX_CONTEXT), MAX_CONTEXT);
  return `This is not JSON, at ${placeOf(text, at)} (\`${context}\`): ${what}`;
}

/** `character 2`; of several lines, `line 3, character 2`. */
function placeOf(text: string, at: number): string {
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  if (at === 0 || lineStart === 0) return `character ${at + 1}`;
  let line = 1;
  for (let i = text.indexOf("\n"); i >= 0 && i < at; i = text.indexOf("\n", i + 1)) line++;
  return `line ${line}, character ${at - lineStart + 1}`;
}

/** The first fault; undefined if it is JSON. */
function faultIn(text: string): Fault | undefined {
  /** The brackets that are open. */
  const open: ("{" | "[")[] = [];
  let expects: "value" | "item" | "first-item" | "name" | "first-name" | "colon" | "end" = "value";
  let comma = 0;
  let i = 0;
  for (;;) {
    while (isSpace(text.charCodeAt(i))) i++;
    if (i >= MAX_LOOK) return { at: i, what: `what is wrong comes after the first ${MAX_LOOK} characters.` };
    if (i >= text.length) return expects === "end" && open.length === 0 ? undefined : endFault(text, open.length);
    const char = text.charAt(i);
    const fault = (what: string, at = i): Fault => ({ at, what });
    if (char === "#" || text.startsWith("//", i) || text.startsWith("/*", i)) {
      return fault("a comment, which JSON does not have.");
    }
    switch (expects) {
      case "value":
      case "item":
      case "first-item": {
        if (char === "]" && expects !== "value" && open.at(-1) === "[") {
          if (expects === "item") return fault("a comma before the closing bracket: leave it out.", comma);
          open.pop();
          expects = "end";
          i++;
          continue;
        }
        if (char === "{" || char === "[") {
          open.push(char);
          expects = char === "{" ? "first-name" : "first-item";
          i++;
          continue;
        }
        if (char === "," || char === "}" || char === "]") return fault("a value is missing here: send null for none.");
        const end = valueEnd(text, i);
        if (typeof end !== "number") return end;
        i = end;
        expects = "end";
        continue;
      }
      case "name":
      case "first-name": {
        if (char === "}") {
          if (expects === "name") return fault("a comma before the closing bracket: leave it out.", comma);
          open.pop();
          expects = "end";
          i++;
          continue;
        }
        if (char === ",") return fault("a field is missing here: there is a comma too many.");
        if (char !== '"') return nameFault(text, i, comma);
        const end = stringEnd(text, i);
        if (typeof end !== "number") return end;
        i = end;
        expects = "colon";
        continue;
      }
      case "colon":
        if (char !== ":")
          return fault(`a colon is missing after the name${char === "=" ? ": there is = instead" : ""}.`);
        expects = "value";
        i++;
        continue;
      case "end": {
        const last = open.at(-1);
        if (last === undefined) return moreFault(text, i);
        if (char === ",") {
          comma = i;
          expects = last === "{" ? "name" : "item";
        } else if (char === (last === "{" ? "}" : "]")) open.pop();
        else if (char === "}" || char === "]") return fault(`${char} where ${last === "{" ? "}" : "]"} belongs.`);
        else return fault(`a comma is missing before this${char === ";" ? ": there is ; instead" : ""}.`);
        i++;
        continue;
      }
    }
  }
}

function endFault(text: string, open: number): Fault {
  if (text.trim() === "") return { at: text.length, what: "it is empty." };
  const brackets = open === 0 ? "" : `: ${open} ${open === 1 ? "bracket is" : "brackets are"} still open`;
  return {
    at: text.length,
    what: `it ends after ${counted(text.length, "character")}, in the middle${brackets}. ${CUT}`,
  };
}

function moreFault(text: string, at: number): Fault {
  const char = text.charAt(at);
  if (char === "}" || char === "]") return { at, what: "a closing bracket too many." };
  if (char === "\u0000") return { at, what: "a NUL after the value, and other bytes behind it: send the text alone." };
  return {
    at,
    what: 'the value has ended, and more follows: send one value a message, or a line each (format = "ndjson").',
  };
}

/** What stands where a field's name should. */
function nameFault(text: string, at: number, comma: number): Fault {
  const quote = quoteFault(text, at);
  if (quote !== undefined) return quote;
  if (/\d/.test(text.charAt(at)) && at === comma + 1 && /\d/.test(text.charAt(comma - 1))) {
    return { at: comma, what: "a comma between digits: a number has a point, 21.5." };
  }
  const prefix = /^[bu](?=['"])/.exec(text.slice(at, at + 2));
  if (prefix !== null) return { at, what: `${prefix[0]} before a quote: ${PYTHON}.` };
  return { at, what: "a field's name has to be in double quotes." };
}

function quoteFault(text: string, at: number): Fault | undefined {
  const char = text.charAt(at);
  if (char === "'") return { at, what: `single quotes: ${PYTHON}.` };
  if (/[\u2018-\u201f\u00ab\u00bb`]/.test(char)) return { at, what: `${char} is no quote of JSON: write ".` };
  return undefined;
}

/** Where text, a number or a word ends, or what is wrong with it. */
function valueEnd(text: string, at: number): number | Fault {
  const char = text.charAt(at);
  if (char === '"') return stringEnd(text, at);
  const quote = quoteFault(text, at);
  if (quote !== undefined) return quote;
  const token = TOKEN.exec(text.slice(at, at + MAX_LOOK))?.[0] ?? "";
  const end = at + token.length;
  if (NUMBER.test(token) || WORDS.has(token) || token === "-Infinity") return end;
  if (/^[-+.\d]/.test(token) && !/^[-+]?[a-z]/i.test(token))
    return { at, what: numberFault(token, end >= text.length) };
  if (/[\s\ufeff]/.test(char))
    return { at, what: `a space of another kind (U+${hex(char.charCodeAt(0), 4)}), which JSON does not have.` };
  if (char === "(") return { at, what: `round brackets, as of a tuple: ${PYTHON}.` };
  if (token === "") return { at, what: `${charName(char)} is no beginning of a value.` };
  return { at, what: wordFault(token, text.charAt(end)) };
}

function numberFault(token: string, isLast: boolean): string {
  const number = escaped(token, MAX_WORD);
  if (/^[-+]?0x/i.test(token)) return `${number} is hexadecimal: write the number in decimal digits.`;
  if (/^\d{4}-\d\d/.test(token)) return `${number} is a date: it has to be in double quotes.`;
  if (/#|inf|nan|ind/i.test(token)) return `${number} is no number of JSON: send null for one that is not finite.`;
  if (/^\+/.test(token)) return `${number}: a number has no plus before it.`;
  if (/^-?\./.test(token)) return `${number}: a digit belongs before the point, 0.5.`;
  if (/^-?0\d/.test(token)) return `${number}: a number does not begin with 0, unless a point follows.`;
  if (isLast && /^-?(?:\d+(?:\.\d*)?(?:e[-+]?)?)?$/i.test(token)) return `${number} is half a number. ${CUT}`;
  if (/^-?\d+\.(?:e|$)/i.test(token)) return `${number}: a digit belongs after the point, 5.0.`;
  if (/^[-\d.]+[^-+.\de]/i.test(token))
    return `${number}: what is behind a number, such as a unit, makes it text: leave it out.`;
  return `${number} is no number of JSON.`;
}

function wordFault(token: string, next: string): string {
  const word = escaped(token, MAX_WORD);
  if (/^(?:True|False|None)$/.test(token))
    return `${word} is Python's, JSON has ${token === "None" ? "null" : token.toLowerCase()}: ${PYTHON}.`;
  if (/^[bru]$/.test(token) && (next === "'" || next === '"')) return `${word} before a quote: ${PYTHON}.`;
  if (/^[-+]?(?:nan|inf|infinity|ind)$/i.test(token)) {
    return `${word} is no number of JSON: send null for one that is not finite.`;
  }
  if (/^(?:undefined|nil|null|none|n\/a|na)$/i.test(token))
    return `${word}: send null, in small letters, for no value.`;
  if (/^(?:true|false)$/i.test(token)) return `${word}: JSON has true and false, in small letters.`;
  if (next === "(")
    return `${word}( is the text of a program's own object: send plain numbers, as json.dumps() writes them.`;
  if (next === "'" || next === '"') return `${word} before a quote is no JSON.`;
  return `${word} has to be in double quotes, if it is text.`;
}

/** Where text ends behind its quote, or what is wrong in it. */
function stringEnd(text: string, at: number): number | Fault {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i + 1;
    if (code < 0x20) {
      return {
        at: i,
        what: `${charName(text.charAt(i))} inside of text: write ${CONTROLS[code] ?? `\\u${hex(code, 4)}`}.`,
      };
    }
    if (code !== 0x5c) continue;
    const next = text.charAt(i + 1);
    if (next === "") break;
    if (next === "u" && /[^\da-f]/i.test(text.slice(i + 2, i + 6))) {
      return { at: i, what: "\\u needs four hexadecimal digits." };
    }
    if (!'"\\/bfnrtu'.includes(next)) {
      return { at: i, what: `\\${escaped(next, MAX_WORD)} is no escape of JSON: a backslash itself is \\\\.` };
    }
    i++;
  }
  return { at: text.length, what: `text that begins at ${placeOf(text, at)} does not end. ${CUT}` };
}

const CONTROLS: Partial<Record<number, string>> = { 9: "\\t", 10: "\\n", 13: "\\r" };

function charName(char: string): string {
  const code = char.charCodeAt(0);
  if (char === "\n" || char === "\r") return "a line break";
  if (char === "\t") return "a tab";
  return code < 0x20 || code === 0x7f ? `a control character (0x${hex(code, 2)})` : `${escaped(char, MAX_WORD)}`;
}

export function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/** As JSON has it. */
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
