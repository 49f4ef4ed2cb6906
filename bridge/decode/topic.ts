import { hasControl } from "../../protocol/characters.ts";
import { PointError } from "../../protocol/json/point-error.ts";
import { likeness } from "./frames/describe.ts";
import { DecodeError } from "./message.ts";
import { isTextOf } from "./text.ts";

/** Topics are few, or there are too many to remember. */
const MAX_TOPICS_REMEMBERED = 4096;
/** In UTF-8. Topics are remembered in many places: each of these counts on topics that are this short. */
export const MAX_TOPIC_BYTES = 1024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL at the end is what C programs send along
const TRAILING_SEPARATORS = /[/:.\s\u0000]+$/;

/** What is remembered of each topic: `T`, beside its name. */
export interface Topic<T> {
  /** Without separators at its end. */
  readonly name: string;
  readonly memory: T;
}

/** What is found out once of each topic of a source. The one heard of least recently is forgotten first, so no flood of new ones takes one in use. */
export class Topics<T> {
  readonly #topics = new Map<string, Topic<T>>();
  readonly #remember: (name: string) => T;

  /** @param remember what is remembered of a new one, by its name; if it throws, nothing is */
  constructor(remember: (name: string) => T) {
    this.#remember = remember;
  }

  /**
   * @param text as the publisher wrote it
   * @throws DecodeError topic-too-long, and what `remember` throws
   */
  of(text: string): Topic<T> {
    const known = this.#topics.get(text);
    if (known !== undefined) {
      // A few topics need no order.
      if (this.#topics.size > MAX_TOPICS_REMEMBERED / 2) {
        this.#topics.delete(text);
        this.#topics.set(text, known);
      }
      return known;
    }
    throwIfTooLong(text);
    const name = withoutSeparators(text);
    const topic = { name, memory: this.#remember(name) };
    if (this.#topics.size >= MAX_TOPICS_REMEMBERED) {
      for (const oldest of this.#topics.keys()) {
        this.#topics.delete(oldest);
        break;
      }
    }
    this.#topics.set(text, topic);
    return topic;
  }

  forget(): void {
    this.#topics.clear();
  }

  /** @throws DecodeError topic-not-text, topic-too-long, PointError */
  ofFrame(frame: Buffer): Topic<T> {
    throwIfTooLong(frame);
    const text = frame.toString();
    if (isTextOf(text, frame)) return this.of(text);
    throw new DecodeError(
      "topic-not-text",
      `A topic is text in UTF-8; this looks like ${likeness(frame)}. Send it as UTF-8. If this frame is no topic, say with ` +
        "--frames what each is: --frames skip,payload does without a topic.",
    );
  }
}

/** As topics are named: without separators at the end. */
export function withoutSeparators(topic: string): string {
  return topic.replace(TRAILING_SEPARATORS, "");
}

/** @throws PointError series-name-invalid: a topic names or prefixes series */
export function throwIfControl(name: string): void {
  if (!hasControl(name)) return;
  throw new PointError(
    "series-name-invalid",
    `The topic has control characters, so it cannot name a series: it looks like ${likeness(Buffer.from(name))}. Send topics ` +
      "as text in UTF-8. If this frame is no topic, say with --frames what each is: --frames skip,payload does without a topic.",
  );
}

/** @throws DecodeError topic-too-long */
export function throwIfTooLong(topic: string | Buffer): void {
  // A UTF-16 unit takes three bytes of UTF-8 at most, so that most topics need not be measured.
  if (topic.length * 3 <= MAX_TOPIC_BYTES) return;
  const bytes = Buffer.byteLength(topic);
  if (bytes <= MAX_TOPIC_BYTES) return;
  throw new DecodeError(
    "topic-too-long",
    `A topic has ${MAX_TOPIC_BYTES} bytes at most; this has ${bytes}. Use a shorter one. If it is no topic, say with ` +
      "--frames what each frame is.",
  );
}
