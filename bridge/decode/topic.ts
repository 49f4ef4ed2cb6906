import { hasControl } from "../../worker/protocol/characters.ts";
import { PointError } from "../../worker/protocol/points.ts";
import { DecodeError } from "./message.ts";
import { isTextOf } from "./text.ts";

/** Topics are few, or there are too many to remember. */
export const MAX_TOPICS_REMEMBERED = 4096;
/** Longer is no name of a series, whatever is trimmed; trimming would be quadratic, and remembering costly. */
const MAX_TOPIC_LENGTH = 1024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL at the end is what C programs send along
const TRAILING_SEPARATORS = /[/:. \u0000]+$/;

/** What is remembered of each topic: `T`, beside its name. */
export interface Topic<T> {
  /** Without separators at its end. */
  readonly name: string;
  readonly memory: T;
}

/** The topics of one source, oldest forgotten first. */
export class Topics<T> {
  readonly #topics = new Map<string, Topic<T>>();
  readonly #remember: () => T;

  /** @param remember what is remembered of a new one */
  constructor(remember: () => T) {
    this.#remember = remember;
  }

  /**
   * @param text as the publisher wrote it
   * @throws PointError series-name-invalid if it has control characters: it names or prefixes series
   */
  of(text: string): Topic<T> {
    const known = this.#topics.get(text);
    if (known !== undefined) return known;
    const name = text.length > MAX_TOPIC_LENGTH ? text : text.replace(TRAILING_SEPARATORS, "");
    if (hasControl(name)) {
      throw new PointError("series-name-invalid", "The topic has control characters: it cannot name a series.");
    }
    const topic = { name, memory: this.#remember() };
    if (text.length > MAX_TOPIC_LENGTH) return topic;
    if (this.#topics.size >= MAX_TOPICS_REMEMBERED) {
      for (const oldest of this.#topics.keys()) {
        this.#topics.delete(oldest);
        break;
      }
    }
    this.#topics.set(text, topic);
    return topic;
  }

  /** @throws DecodeError topic-not-text, PointError */
  ofFrame(frame: Buffer): Topic<T> {
    const text = frame.toString();
    if (isTextOf(text, frame)) return this.of(text);
    throw new DecodeError(
      "topic-not-text",
      "The first of several frames is the topic; this is not UTF-8. If it is no topic, say with --frames what each frame is.",
    );
  }
}
