import { isNameField } from "../../protocol/json/name-field.ts";
import type { LeftOut } from "./left-out.ts";
import { LineRate } from "./line-rate.ts";
import type { Log } from "./log.ts";
import { ofTopic } from "./number-warnings.ts";
import { escaped } from "./printable.ts";

const MAX_TOPICS = 4096;
const MAX_LENGTH = 60;

/** A field whose words say what the values of a topic's messages are of. */
export interface NameHint {
  topic: string;
  /** Path of the field. */
  place: string;
  /** Two of its words. */
  names: readonly [string, string];
}

/** Finds out, topic by topic, whether a word that is left out names what the values beside it are of: whether it changes. */
export class NameHints {
  readonly #onHint: (hint: NameHint) => void;
  /** By topic: where the word stands, and what it was first; null once that is told. */
  readonly #first = new Map<string, { place: string; word: string } | null>();

  constructor(onHint: (hint: NameHint) => void) {
    this.#onHint = onHint;
  }

  look({ topic, reason, place, sample }: LeftOut): void {
    if (reason !== "text" || typeof sample !== "string") return;
    const first = this.#first.get(topic);
    if (first === null) return;
    if (first === undefined) {
      if (!isNameField(place)) return;
      if (this.#first.size >= MAX_TOPICS) this.#first.clear();
      this.#first.set(topic, { place, word: sample });
    } else if (first.place === place && first.word !== sample) {
      this.#first.set(topic, null);
      this.#onHint({ topic, place, names: [first.word, sample] });
    }
  }
}

/** Says it in a line, once a topic, at a limited rate. */
export function nameHintLog(log: Pick<Log, "warn">, nowMs?: () => number): (hint: NameHint) => void {
  const rate = new LineRate(nowMs);
  return (hint) => {
    if (rate.take() !== undefined) log.warn(nameHintText(hint));
  };
}

export function nameHintText({ topic, place, names }: NameHint): string {
  const [one, another] = names.map((name) => escaped(name, MAX_LENGTH));
  const field = escaped(place, MAX_LENGTH);
  return (
    `Messages ${ofTopic(topic)} are of several things: "${field}" is "${one}", then "${another}", and their values are in one ` +
    `series. Name series by it: --series '{${field}}.{field}'.`
  );
}
