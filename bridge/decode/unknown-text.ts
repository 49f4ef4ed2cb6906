import { escaped } from "../observability/printable.ts";

/**
 * What text looks like that is in no format that is known, and what to do: for the line that tells of a refused message. It
 * looks at the text's beginning alone, and is asked for a line alone.
 */

const MAX_LOOK = 400;
const MAX_SHOWN = 40;
const NUMBER = String.raw`[-+]?(?:\d{1,25}(?:[.,]\d{0,25})?|\.\d{1,25})(?:[eE][-+]?\d{1,3})?`;
const IS_NUMBER = new RegExp(`^${NUMBER}$`);
const NUMBER_AND_UNIT = new RegExp(`^[^\\s\\w+\\-.,:;=/<([{"']{0,3}(${NUMBER})[ \\t]{0,4}[^\\s\\d.,:;=|/]{0,12}$`);
const NAME_AND_VALUE = /(?:^|[\s,;|([{])([\p{L}_][\w.-]{0,40})[ \t]{0,4}[:=][ \t]{0,8}[-+]?(?:\d|\.\d)/u;
const COMMA_VALUE = /[\p{L}_)\]][ \t]{0,4}[:=][ \t]{0,8}([-+]?\d{1,20},\d{1,20})(?=$|[\s;|])/u;
const NUMBERED_NAME = new RegExp(`^\\d{1,20}[ \\t]{0,4}[:=][ \\t]{0,4}${NUMBER}(?=$|[\\s,;])`);
const SHORT_YEAR = /^\d{1,2}[./-]\d{1,2}[./-]\d\d(?!\d)/;
const WORD = /^[\p{L}_][\p{L}\p{N}_-]{0,62}$/u;
const SEPARATORS = [";", "\t", ",", "|"] as const;

/** This is text, and a table between |: … */
export function unknownText(text: string): string {
  const start = text.slice(0, MAX_LOOK).trim();
  const what = ofOneValue(start) ?? ofMarkup(start, text.length <= MAX_LOOK) ?? ofColumns(start) ?? ofNames(start);
  return `This is text in no format that is known${what === undefined ? GENERAL : `. ${what}`}`;
}

const GENERAL =
  ': neither JSON, nor a word (the topic), a space and JSON, nor lines of numbers. Send JSON, such as {"temp": 21.5}, or names ' +
  "with values, temp:21.5. If a topic is in front, say with --topic-delimiter what ends it.";

function ofOneValue(text: string): string | undefined {
  if (WORD.test(text)) {
    return (
      `${shown(text)} is a word, and words are no numbers. To draw such words as states, say --format csv, and kind = "step" for ` +
      'the field "y" in the configuration file ([[source.field]]).'
    );
  }
  if (/^[-+]?0x[\da-f]{1,16}$/i.test(text)) return `${shown(text)} is hexadecimal: send decimal digits.`;
  if (NUMBERED_NAME.test(text)) return "It looks like names and values, but a name begins with a letter: send r1:21.5.";
  const [, number] = NUMBER_AND_UNIT.exec(text) ?? [];
  if (number === undefined || number === text) return undefined;
  return `${shown(text)} is a number with something beside it, such as a unit: send the number alone, ${number}.`;
}

function ofMarkup(text: string, isWhole: boolean): string | undefined {
  if (/^(?:GET|POST|PUT|HEAD|HTTP\/\d)[ .\d]/.test(text)) return "It begins as HTTP does: send its content alone.";
  if (/^<(?:[?!]|\/?[a-z])/i.test(text))
    return 'It looks like XML or HTML: send its numbers as JSON, such as {"temp": 21.5}.';
  if (/^<\d{1,3}>/.test(text)) return `It looks like a line of syslog. ${AS_FIELDS}`;
  if (/^---\s/.test(text) || /^[\w-]{1,64}:[ \t]*\r?\n[ \t]+[\w-]{1,64}:/.test(text)) {
    return "It looks like YAML: send JSON, as json.dumps() writes it.";
  }
  const bare = isWhole ? text : "";
  if (bare.length >= 8 && bare.length % 2 === 0 && /^[\da-f]+$/i.test(bare)) {
    return "It looks like bytes written as hexadecimal digits: send the bytes themselves.";
  }
  if (bare.length >= 8 && bare.length % 4 === 0 && /^[A-Za-z\d+/]+={0,2}$/.test(bare) && /[\d=+/]/.test(bare)) {
    return "It looks like base64: send the bytes themselves, as they were before.";
  }
  if (/^[A-Za-z_:][\w:]{0,60}\{[^}]{0,200}="[^}]{0,200}\}[ \t]/.test(text)) {
    return "It looks like Prometheus' text, with more behind the value than a time in milliseconds: leave it out.";
  }
  if (/^[A-Za-z_][\w.]{0,60}[ \t]?(?:\([\s\S]*\)|\{[\s\S]*\}|\[[\s\S]*\])$/.test(text)) {
    return 'It looks like the text of a program\'s own object: send its numbers as JSON, such as {"temp": 21.5}.';
  }
  return undefined;
}

/** Several cells in a line, some of which are words. */
function ofColumns(text: string): string | undefined {
  const [first = "", second] = text.split(/\r?\n/, 2);
  for (const separator of SEPARATORS) {
    const cells = cellsOf(first, separator);
    if (cells.length < 2) continue;
    const numbers = cells.filter((cell) => IS_NUMBER.test(cell));
    if (separator === "|" && (numbers.length > 0 || second !== undefined)) {
      return "It looks like a table with | between its columns: put a comma, a semicolon or a tab there.";
    }
    if (numbers.length > 0) return ofWordsBetween(cells, separator);
    const below = second === undefined ? [] : cellsOf(second, separator);
    if (below.length > 1 && below.length !== cells.length) {
      return differ(cells.length, below.length);
    }
  }
  return ofBlanksBetween(wordsOf(first), second === undefined ? [] : wordsOf(second));
}

function ofBlanksBetween(words: readonly string[], below: readonly string[]): string | undefined {
  const [word = "", ...others] = words;
  const areNumbersBelow = below.length > 1 && below.some((each) => IS_NUMBER.test(each));
  if (areNumbersBelow && !words.some((each) => IS_NUMBER.test(each)) && words.length !== below.length) {
    return differ(words.length, below.length);
  }
  if (others.length === 0 || IS_NUMBER.test(word)) return undefined;
  if (others.every((each) => IS_NUMBER.test(each))) return topicOrName(word, "' '");
  return areByTurns(words) ? byTurns(words) : undefined;
}

function wordsOf(line: string): string[] {
  return line.trim().split(/[ \t]+/, 64);
}

function differ(first: number, second: number): string {
  return (
    `It looks like lines of columns, but the first line has ${first} cells and the second ${second}: send as many names as there ` +
    "are columns."
  );
}

/** `temp,21.5,hum,55` */
function areByTurns(cells: readonly string[]): boolean {
  return cells.length > 3 && cells.length % 2 === 0 && cells.every((cell, i) => IS_NUMBER.test(cell) === (i % 2 === 1));
}

function byTurns([name = "", value = ""]: readonly string[]): string {
  return `It looks like names and values by turns: put a colon between them, ${escaped(name, MAX_SHOWN)}:${value}.`;
}

function ofWordsBetween(cells: readonly string[], separator: string): string | undefined {
  const [first = "", ...others] = cells;
  // Names of values say what they are.
  if (NAME_AND_VALUE.test(first)) return undefined;
  const shownSeparator = separator === "\t" ? "$'\\t'" : `'${separator}'`;
  const short = cells.find((cell) => SHORT_YEAR.test(cell));
  if (short !== undefined) return `${shown(short)} is no date that is sure: send a year of four digits, or ISO 8601.`;
  if (areByTurns(cells)) return byTurns(cells);
  if (others.every((cell) => IS_NUMBER.test(cell))) return topicOrName(first, shownSeparator);
  const word = cells.find((cell) => !IS_NUMBER.test(cell) && !/\d[:-]\d/.test(cell)) ?? first;
  return (
    `It looks like a line of columns, of which ${shown(word)} is no number: send a line of names above it in the same message, or ` +
    'JSON, such as {"room": "cellar", "temp": 21.5}.'
  );
}

function topicOrName(word: string, delimiter: string): string {
  return (
    `Before numbers stands ${shown(word)}. If it is the topic, say --topic-delimiter ${delimiter}; if it is the name of the only ` +
    'number, send temp:21.5; if numbers have names of their own, JSON, such as {"yaw": 1, "pitch": 2}.'
  );
}

/** Names and values among what are none. */
function ofNames(text: string): string | undefined {
  const [, name] = NAME_AND_VALUE.exec(text) ?? [];
  if (name === undefined) return undefined;
  const [, comma] = COMMA_VALUE.exec(text) ?? [];
  if (comma !== undefined) {
    return `It looks like names and values, and there is a comma in a number (${shown(comma)}): send a point, 21.5.`;
  }
  return `In it stands a name with a value (${shown(name)}), and what is none. ${AS_FIELDS}`;
}

const AS_FIELDS = "Send names and numbers alone, without units and other words: temp:21.5 hum:55, or JSON.";

function cellsOf(line: string, separator: string): string[] {
  return line.split(separator, 64).map((cell) => cell.trim());
}

function shown(text: string): string {
  return `"${escaped(text, MAX_SHOWN)}"`;
}
