/**
 * Writes the tables of docs/INPUTS.md: `node test/corpus/table.ts`. Which inputs of the corpus are in them, and what is said
 * of each in words, is in table.json; what is drawn and counted is what test/unit/corpus.test.ts has checked.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { type CorpusInput, corpusInputs, type FrameText } from "./input.ts";
import { ARRIVED_AT } from "./run.ts";

interface TableRow {
  /** The name of an input, with its file. */
  input: string;
  /** What is sent, where the bytes would say little. */
  sent?: string;
  /** What is drawn, where the numbers would say little. */
  drawn?: string;
  /** What the line of the log says beside the count. */
  said?: string;
  /** What to do for another outcome. */
  change?: string;
}

interface TableGroup {
  title: string;
  intro: string;
  rows: readonly TableRow[];
}

const DOCUMENT = new URL("../../docs/INPUTS.md", import.meta.url);
const TABLE = new URL("table.json", import.meta.url);
const BEGIN = "<!-- Written by test/corpus/table.ts from here -->";
const END = "<!-- to here -->";
const MAX_MESSAGES = 4;
const MAX_SERIES = 4;
const MAX_VALUES = 4;
const MAX_BYTES_SHOWN = 12;

export function readDocument(): string {
  return readFileSync(DOCUMENT, "utf8");
}

/** The document with its tables as they should be. @throws RangeError if a row is of no input */
export function withTables(document: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new RangeError("The document has no place for tables.");
  return `${document.slice(0, begin + BEGIN.length)}\n\n${tables()}\n\n${document.slice(end)}`;
}

function tables(): string {
  const { groups }: { groups: readonly TableGroup[] } = JSON.parse(readFileSync(TABLE, "utf8"));
  const inputs = new Map(corpusInputs().map((input) => [input.name, input]));
  const head =
    "| what is sent | what is drawn | what is counted or said | what changes it |\n| --- | --- | --- | --- |";
  return groups
    .map(({ title, intro, rows }) => {
      const lines = rows.map((row) => {
        const input = inputs.get(row.input);
        if (input === undefined) throw new RangeError(`There is no input "${row.input}".`);
        return lineOf(row, input);
      });
      return `## ${title}\n\n${intro}\n\n${head}\n${lines.join("\n")}`;
    })
    .join("\n\n");
}

function lineOf(row: TableRow, input: CorpusInput): string {
  const cells = [
    row.sent ?? `${optionsText(input.config)}${sentText(input.send)}`,
    row.drawn ?? drawnText(input.points),
    [countsText(input), saidText(row, input)].filter((text) => text !== "").join("; "),
    row.change ?? "",
  ];
  return `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, "\\|")).join(" | ")} |`;
}

/** @throws RangeError if neither a count nor a line of the log can have said it */
function saidText({ said }: TableRow, { name, says, refused, leftOut }: CorpusInput): string {
  if (said === undefined) return "";
  if ((says ?? refused ?? leftOut) === undefined) throw new RangeError(`Nothing is said of "${name}".`);
  return `said: ${said}`;
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|").replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r").replaceAll("\0", "\\0").replaceAll("\u0001", "\\x01")}\``;
}

function optionsText(config: CorpusInput["config"] = {}): string {
  const texts = Object.entries(config).map(([key, value]) => code(`${key} = ${tomlOf(value)}`));
  return texts.length === 0 ? "" : `with ${texts.join(", ")}: `;
}

function tomlOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tomlOf).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const keys = Object.entries(value).map(([key, item]) => `${key} = ${tomlOf(item)}`);
  return `{ ${keys.join(", ")} }`;
}

/** Frames of a message with a plus between them. */
function sentText(send: CorpusInput["send"]): string {
  const shown = send.slice(0, MAX_MESSAGES).map((message) => {
    const frames: readonly FrameText[] = Array.isArray(message) ? message : [message];
    return frames.map(frameText).join(" + ");
  });
  const rest = send.length - shown.length;
  return `${shown.join("; ")}${rest > 0 ? ` … (${send.length} messages)` : ""}`;
}

function frameText(frame: FrameText): string {
  if (typeof frame === "string") return frame === "" ? "an empty frame" : code(frame);
  const bytes =
    "hex" in frame ? Buffer.from(frame.hex.replace(/\s+/g, ""), "hex") : Buffer.from(frame.base64, "base64");
  const hex = bytes
    .subarray(0, MAX_BYTES_SHOWN)
    .toString("hex")
    .replace(/..(?=.)/g, "$& ");
  return `bytes ${code(`${hex}${bytes.length > MAX_BYTES_SHOWN ? " …" : ""}`)}`;
}

/** `` `temp` 21.5, 22; `hum` 40 at 13:37:00 ``: values by series, then the times, if they are not those of arrival. */
function drawnText(points: readonly string[]): string {
  if (points.length === 0) return "nothing";
  const series = new Map<string, string[]>();
  const times: string[] = [];
  for (const point of points) {
    const [, name = "", x = "", value = ""] = /^(.*) (\S+) (\S+)$/.exec(point) ?? [];
    const values = series.get(name) ?? [];
    series.set(name, values);
    values.push(value === "NaN" ? "a break" : value.replace(/(\.\d{3})\d{6,}$/, "$1…"));
    if (!times.includes(x)) times.push(x);
  }
  const shown = [...series].slice(0, MAX_SERIES).map(([name, values]) => `${code(name)} ${listText(values)}`);
  const more = series.size > MAX_SERIES ? " …" : "";
  const isTimed = times.length > 1 || times[0] !== "now";
  return `${shown.join("; ")}${more}${isTimed ? `, at ${listText(times.map(timeText))}` : ""}`;
}

function listText(values: readonly string[]): string {
  return `${values.slice(0, MAX_VALUES).join(", ")}${values.length > MAX_VALUES ? " …" : ""}`;
}

const DAY_SECONDS = 86_400;

/** A date near the arrival as one; other numbers as they are. */
function timeText(x: string): string {
  if (x === "now") return "arrival";
  const seconds = Number(x);
  if (Math.abs(seconds - ARRIVED_AT) > 3 * DAY_SECONDS) return `x = ${x}`;
  const [, fraction = ""] = x.split(".");
  const time = new Date(Math.floor(seconds) * 1000).toISOString().slice(11, 19);
  return `${time}${fraction === "" ? "" : `.${fraction}`}`;
}

function countsText({ refused = {}, leftOut = {} }: CorpusInput): string {
  const text = (what: string, counts: Readonly<Record<string, number>>): string[] =>
    Object.entries(counts).map(([reason, count]) => `${what} ${code(reason)}${count === 1 ? "" : ` ×${count}`}`);
  return [...text("refused:", refused), ...text("left out:", leftOut)].join("; ");
}

if (import.meta.main) writeFileSync(DOCUMENT, withTables(readDocument()));
