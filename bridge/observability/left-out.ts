import type { PartFault } from "../../protocol/json/part-fault.ts";
import { LineRate } from "./line-rate.ts";
import type { Log } from "./log.ts";
import { ofTopic } from "./number-warnings.ts";
import { OnceATopic } from "./once-a-topic.ts";
import { counted, escaped } from "./printable.ts";

/** A part of a message that is not taken, while the rest is. */
export interface LeftOut {
  /** "" for none. */
  topic: string;
  reason: PartFault;
  /** Where it stood: the path of a field, `line 3`; "" for the message itself. */
  place: string;
  /** What stood there, as received. */
  sample: unknown;
  /** How many values or records; undefined: one. */
  count?: number;
  /** Where some of the others stood, */
  others?: readonly string[];
  /** and what stood at these. */
  otherSamples?: readonly unknown[];
  /** What is wrong, and what to do, where that is more than the reason says: one sentence or two. */
  detail?: string;
}

export type OnLeftOut = (part: LeftOut) => void;

const MAX_PLACE_LENGTH = 80;
/** Of a further place: there are up to four on the line. */
const MAX_OTHER_LENGTH = 40;
const MAX_SAMPLE_LENGTH = 60;
/** What is wrong may quote what was sent. */
const MAX_DETAIL_LENGTH = 400;

/** What each reason is in a sentence, and what to do. */
const ADVICE = {
  "quoted-number":
    'A number in quotes is text: send it without quotes, or take it with --numbers quoted (numbers = "quoted" in a file).',
  text:
    'Words are no numbers. In a file (--config), a [[source.field]] with kind = "step" draws them as states, with kind = "event" ' +
    'as marks; another with field = "**" keeps all others.',
  boolean:
    'true and false are no numbers. In a file (--config), a [[source.field]] with kind = "step" draws them as states; another ' +
    'with field = "**" keeps all others.',
  "time-unreadable":
    "This is no time: send unix seconds or ISO 8601. A value with such a time has that of its arrival; a row of columns " +
    "is left out.",
  "name-invalid": "This names no series: a name has 1 to 256 bytes of text without control characters.",
  doubled:
    "Two fields of the message would be one series, as a.b and b in a would be: the first is taken. Give them different names; a " +
    "template for series needs {field}, as in {device}.{field}, or one field that is chosen.",
  "not-finite": "This number is too large for a float64.",
  "too-deep": "This is nested too deep: choose the fields that matter, or send them flat.",
  "record-unreadable": "This part of the message cannot be read; the others are.",
  "word-in-list":
    'A word in a list may say what the values beside it are of, so none is taken: send {"temp": 20.5}, or a topic.',
  "columns-differ": "A column must have as many values as there are times.",
  "column-nested": "A column has arrays or objects for values: send a column for each series.",
  "beside-columns": "A single number beside columns has no time: it is not drawn.",
  unnamed:
    "This tells the records of the list apart, and without it values of several things would be in one series: name series by it:",
  "nested-records":
    "This is a list of records with times of their own: as fields of the message they would be drawn at another time.",
  digits: "A whole number beyond 2^53 is drawn to the nearest that a float64 has: its last digits are lost.",
} satisfies Record<PartFault, string>;

/** What most feeds have beside their values, and is no fault: names, units, ids. It is counted, and said once in few words. */
const USUAL: ReadonlySet<string> = new Set<PartFault>(["text", "boolean", "beside-columns", "digits"]);

/** Whether what is left out for a reason is no fault: status lines do not speak of it. */
export function isUsual(reason: string): boolean {
  return USUAL.has(reason);
}

/** What to do about a reason. */
export function adviceOf(reason: PartFault): string {
  return ADVICE[reason];
}

/** Says what is left out of messages: each reason once a topic, with the place and a sample. Lines have a limited rate. */
export class LeftOutWarnings {
  readonly #log: Pick<Log, "warn" | "info">;
  readonly #rate: LineRate;
  /** What is usual must not keep back what is not. */
  readonly #usualRate: LineRate;
  readonly #said = new OnceATopic<PartFault>();

  constructor(log: Pick<Log, "warn" | "info">, nowMs?: () => number) {
    this.#log = log;
    this.#rate = new LineRate(nowMs);
    this.#usualRate = new LineRate(nowMs);
  }

  warn(part: LeftOut): void {
    const { topic, reason } = part;
    const unsaid = this.#said.take(topic, reason, isUsual(reason) ? this.#usualRate : this.#rate);
    if (unsaid === undefined) return;
    const more =
      unsaid === 0 ? "" : ` (And ${counted(unsaid, "other part")} before, of other topics or for other reasons.)`;
    const text = `${leftOutText(part)}${more}`;
    if (isUsual(reason)) this.#log.info({ reason }, text);
    else this.#log.warn({ reason }, text);
  }
}

/** `A part of messages of the topic "lab" is left out (text, in "state": "open"). …` */
export function leftOutText({ topic, reason, place, sample, others = [], detail }: LeftOut): string {
  const where = place === "" ? "" : ` in "${escaped(place, MAX_PLACE_LENGTH)}"`;
  // Places that begin alike look the same once they are cut.
  const also = [...new Set(others.map((other) => `"${escaped(other, MAX_OTHER_LENGTH)}"`))].join(", ");
  const more = also === "" ? "" : `; also in ${also}`;
  const advice = detail === undefined ? ADVICE[reason] : escaped(detail, MAX_DETAIL_LENGTH);
  const what = `${reason}${where}: ${sampleText(sample)}${more}`;
  if (isUsual(reason))
    return `Beside the values of messages ${ofTopic(topic)} stands what is not drawn (${what}). ${advice}`;
  return `A part of messages ${ofTopic(topic)} is left out (${what}). ${advice}`;
}

/** `"state" is "open".` */
export function partText(place: string, sample: unknown): string {
  const where = place === "" ? "It" : `"${escaped(place, MAX_PLACE_LENGTH)}"`;
  return `${where} is ${sampleText(sample)}.`;
}

/** What stood there, in few characters. */
export function sampleText(sample: unknown): string {
  // Of msgpack and CBOR an object may have no prototype, and then no text.
  if (typeof sample === "object" && sample !== null) return Array.isArray(sample) ? "[…]" : "{…}";
  return escaped(typeof sample === "string" ? JSON.stringify(sample) : String(sample), MAX_SAMPLE_LENGTH);
}
