import { seriesOfY } from "../../protocol/json/points.ts";
import { throwIfTooLong } from "../decode/topic.ts";

export interface Topic {
  /** Without the separators at its end. */
  name: string;
  /** The one series of a message that names none; undefined if the topic cannot name a series. */
  series: readonly [string] | undefined;
}

/** Topics are few, or there are too many to remember: then all are forgotten, and made anew. */
const MAX_TOPICS_REMEMBERED = 4096;
const TRAILING_SEPARATORS = /[/:. ]+$/;
const BETWEEN_PARTS = /[/.:]+/;

/** What a topic, as the publisher wrote it, means: found out once. */
export class Topics<T> {
  readonly #known = new Map<string, T>();
  readonly #make: (topic: Topic) => T;

  /** @param make what to remember of a topic; if it throws, nothing is */
  constructor(make: (topic: Topic) => T) {
    this.#make = make;
  }

  /** @throws DecodeError topic-too-long */
  of(text: string): T {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    throwIfTooLong(text);
    const made = this.#make(topicOf(text));
    if (this.#known.size >= MAX_TOPICS_REMEMBERED) this.#known.clear();
    this.#known.set(text, made);
    return made;
  }

  forget(): void {
    this.#known.clear();
  }
}

function topicOf(text: string): Topic {
  const name = text.replace(TRAILING_SEPARATORS, "");
  return { name, series: seriesOfY(name) };
}

/** `/lab/motor:1` → `lab`, `motor`, `1`. */
export function partsOf(topic: string): string[] {
  return topic.split(BETWEEN_PARTS).filter((part) => part !== "");
}
