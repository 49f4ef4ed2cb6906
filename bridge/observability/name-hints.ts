import { isNameField } from "../../protocol/json/name-field.ts";
import { suggestion } from "../../protocol/suggestion.ts";
import type { LeftOut } from "./left-out.ts";
import { LineRate } from "./line-rate.ts";
import type { Log } from "./log.ts";
import { ofTopic } from "./number-warnings.ts";
import { escaped } from "./printable.ts";

const MAX_TOPICS = 4096;
const INDEX = /\.\d{1,6}\./g;
/** Of a topic. */
const MAX_PLACES = 8;
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
  /** By topic: where such words stand, and what each was first; null once that is told. */
  readonly #first = new Map<string, Map<string, string> | null>();

  constructor(onHint: (hint: NameHint) => void) {
    this.#onHint = onHint;
  }

  look({ topic, reason, place, sample, others = [], otherSamples = [] }: LeftOut): void {
    if (reason !== "text" || this.#first.get(topic) === null) return;
    this.#lookAt(topic, place, sample);
    for (let i = 0; i < others.length; i++) this.#lookAt(topic, others[i] ?? "", otherSamples[i]);
  }

  #lookAt(topic: string, place: string, sample: unknown): void {
    if (typeof sample !== "string" || !isNameField(place)) return;
    let words = this.#first.get(topic);
    if (words === null) return;
    if (words === undefined) {
      if (this.#first.size >= MAX_TOPICS) this.#first.clear();
      words = new Map();
      this.#first.set(topic, words);
    }
    // What tells the items of a list apart may stand at any of its places.
    const key = place.replace(INDEX, ".*.");
    const word = words.get(key);
    if (word === undefined) {
      if (words.size < MAX_PLACES) words.set(key, sample);
    } else if (word !== sample) this.tell({ topic, place, names: [word, sample] });
  }

  /** Once a topic. */
  tell(hint: NameHint): void {
    if (this.#first.get(hint.topic) === null) return;
    this.#first.set(hint.topic, null);
    this.#onHint(hint);
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
  const item = /^(.*)\.\d{1,6}\.(.+?)$/.exec(place);
  if (item !== null) {
    const [, list = "", field = ""] = item;
    const records = escaped(list.replaceAll(INDEX, "."), MAX_LENGTH);
    return (
      `Messages ${ofTopic(topic)} have a list "${records}" of several things ("${escaped(field, MAX_LENGTH)}" is "${one}", then ` +
      `"${another}"), and series are named by places in it. Name them by it: --records ${records} ` +
      `--series '${escaped(placeOf(field), MAX_LENGTH)}.{field}'.`
    );
  }
  return (
    `Messages ${ofTopic(topic)} are of several things: "${escaped(place, MAX_LENGTH)}" is "${one}", then "${another}", and values ` +
    `of the same field are in one series. Name series by it: --series '${escaped(placeOf(place), MAX_LENGTH)}.{field}'.`
  );
}

/** The place in a template for what a field says: a point keeps it from being read as one of the others. */
export function placeOf(path: string): string {
  const isOther =
    /^\d/.test(path) || path === "topic" || path === "field" || suggestion(path, ["topic", "field"]) !== "";
  return `{${isOther ? "." : ""}${path}}`;
}
