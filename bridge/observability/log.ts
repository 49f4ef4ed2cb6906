import { type Logger, pino } from "pino";
import { printable, printableJson } from "./printable.ts";

export type LogFormat = "text" | "json";
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error"> & Partial<Pick<Logger, "child">>;

const LEVELS: Partial<Record<number, string>> = { 20: "debug", 30: "info", 40: "warn", 50: "error", 60: "fatal" };
const PINO_OWN = new Set(["level", "time", "msg", "pid", "hostname"]);

/**
 * A log to stderr: lines for people, or JSON for machines. It is never given the token. Whatever a publisher or a server has
 * put into a message, no control character of it is written: a terminal would obey it.
 */
export function createLog(format: LogFormat, level = "info", write = writeToStderr): Log {
  return pino(
    { level, base: null },
    { write: (line: string) => write(format === "json" ? `${printableJson(line.trimEnd())}\n` : lineForPeople(line)) },
  );
}

/** The same log, whose lines say which source they are of. */
export function sourceLog(log: Log, source: string): Log {
  return log.child?.({ source }) ?? log;
}

/** `12:03:04 warn  What happened. key="value"` */
export function lineForPeople(json: string): string {
  const entry: unknown = JSON.parse(json);
  const { time, level, msg, ...rest } = fieldsOf(entry);
  const clock = new Date(typeof time === "number" ? time : Date.now()).toTimeString().slice(0, 8);
  const name = (typeof level === "number" ? LEVELS[level] : undefined) ?? "info";
  const fields = Object.entries(rest).flatMap(([key, value]) =>
    PINO_OWN.has(key) ? [] : [` ${printable(key)}=${printableJson(JSON.stringify(value))}`],
  );
  return `${clock} ${name.padEnd(5)} ${typeof msg === "string" ? printable(msg) : ""}${fields.join("")}\n`;
}

function fieldsOf(entry: unknown): Partial<Record<string, unknown>> {
  return typeof entry === "object" && entry !== null ? { ...entry } : {};
}

function writeToStderr(line: string): void {
  process.stderr.write(line);
}
