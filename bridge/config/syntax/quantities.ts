import { InvalidArgumentError } from "commander";

/** Sizes and times. Each parser throws commander's InvalidArgumentError with what is wrong. */

const UNITS: Partial<Record<string, number>> = {
  "": 1,
  b: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
};
/** Less leaves no room for what is in flight and what is being collected. */
const MIN_BUFFER_BYTES = 2 ** 20;
const MIN_MESSAGE_BYTES = 2 ** 10;

/** `64MiB`, `1 GB`, `1048576` → bytes. */
export function parseBytes(text: string): number {
  const bytes = bytesIn(text);
  if (bytes < MIN_BUFFER_BYTES) throw new InvalidArgumentError("It must be 1MiB at least.");
  return bytes;
}

/** The same of a message, which may be small. */
export function parseMessageBytes(text: string): number {
  const bytes = bytesIn(text);
  if (bytes < MIN_MESSAGE_BYTES) throw new InvalidArgumentError("It must be 1KiB at least.");
  return bytes;
}

function bytesIn(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[(unit ?? "").toLowerCase()];
  if (digits === undefined || factor === undefined) throw new InvalidArgumentError("Give a size such as 64MiB.");
  const bytes = Math.floor(Number(digits) * factor);
  if (!Number.isSafeInteger(bytes)) throw new InvalidArgumentError("That is more than any machine has.");
  return bytes;
}

/** `1s`, `500ms`, `2 min` → milliseconds. */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?(ms|s|min|h)$/.exec(text.trim()) ?? [];
  const factor = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 }[unit ?? ""];
  const ms = digits === undefined || factor === undefined ? Number.NaN : Number(digits) * factor;
  if (!(ms > 0 && ms <= 7 * 86_400_000)) throw new InvalidArgumentError("Give a time such as 500ms, 1s or 2min.");
  return ms;
}
