import { LineRate } from "./line-rate.ts";
import type { Log } from "./log.ts";
import { ofTopic } from "./number-warnings.ts";
import { OnceATopic } from "./once-a-topic.ts";
import { counted, escaped } from "./printable.ts";

/** What is strange about the times of a topic; nothing of its messages is left out for that. */
export type TimeOddity =
  /** Off by whole quarters of an hour. */
  | "time-zone"
  /** Hours or years off otherwise. */
  | "clock-off"
  /** A date, were it counted from another moment than 1970, or in another unit. */
  | "other-epoch"
  /** No date in any unit: x is the number as it is. */
  | "no-date"
  /** What was taken for dates is a count: from now on x is the number as it is. */
  | "unit-revised";

export interface TimeHint {
  /** "" for none. */
  topic: string;
  oddity: TimeOddity;
  /** The path of the field; "" for the envelope's, or the first of `[x, y]`. */
  place: string;
  /** As received. */
  sample: unknown;
  /** What is strange and what to do, in a sentence or two. */
  advice: string;
}

export type OnTimeHint = (hint: TimeHint) => void;

const MAX_PLACE_LENGTH = 80;
const MAX_SAMPLE_LENGTH = 60;

/** Says what is strange about times: each oddity once a topic. Lines have a limited rate. */
export class TimeWarnings {
  readonly #log: Pick<Log, "warn">;
  readonly #rate: LineRate;
  readonly #said = new OnceATopic<TimeOddity>();

  constructor(log: Pick<Log, "warn">, nowMs?: () => number) {
    this.#log = log;
    this.#rate = new LineRate(nowMs);
  }

  warn(hint: TimeHint): void {
    const { topic, oddity } = hint;
    const unsaid = this.#said.take(topic, oddity, this.#rate);
    if (unsaid === undefined) return;
    const more = unsaid === 0 ? "" : ` (And ${counted(unsaid, "other such line")} before.)`;
    this.#log.warn({ oddity }, `${timeHintText(hint)}${more}`);
  }
}

/** `Times of messages of the topic "lab" are strange (time-zone in "t": …): they are 1 h after their arrival. …` */
export function timeHintText({ topic, oddity, place, sample, advice }: TimeHint): string {
  const where = place === "" ? "" : ` in "${escaped(place, MAX_PLACE_LENGTH)}"`;
  const what = escaped(typeof sample === "string" ? JSON.stringify(sample) : String(sample), MAX_SAMPLE_LENGTH);
  return `Times of messages ${ofTopic(topic)} are strange (${oddity}${where}: ${what}): ${advice}`;
}
