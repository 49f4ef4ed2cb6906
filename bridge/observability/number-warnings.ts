import { LineRate } from "./line-rate.ts";
import type { Log } from "./log.ts";
import { counted, escaped } from "./printable.ts";

const MAX_TOPIC_LENGTH = 80;
/** Where one publisher is reached over two connections, half of all messages are repeats, and rightly. */
const SAY_EVERY_MS = 600_000;

/** Says that messages were left out as repeats: the first at once, then the next after ten minutes, with how many there were. */
export class RepeatWarnings {
  readonly #log: Pick<Log, "warn">;
  readonly #nowMs: () => number;
  #saidAtMs = Number.NEGATIVE_INFINITY;
  #unsaid = 0;

  constructor(log: Pick<Log, "warn">, nowMs: () => number = () => performance.now()) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  warn(topic: string, number: number): void {
    if (this.#nowMs() - this.#saidAtMs < SAY_EVERY_MS) {
      this.#unsaid++;
      return;
    }
    const more = this.#unsaid === 0 ? "" : `, and ${counted(this.#unsaid, "repeat")} before it`;
    this.#saidAtMs = this.#nowMs();
    this.#unsaid = 0;
    this.#log.warn(
      `Message ${number} ${ofTopic(topic)} came twice within seconds, by two connections, and was left out the second ` +
        `time${more}. That is right for one publisher that is reached in two ways. If these are two publishers, give ` +
        "each a topic of its own.",
    );
  }
}

/** Which messages, at the end of a sentence's noun. */
export function ofTopic(topic: string): string {
  return topic === "" ? "without a topic" : `of the topic "${escaped(topic, MAX_TOPIC_LENGTH)}"`;
}

/** Says of each topic that several publishers number it. Anybody may make topics up: the lines have a limited rate. */
export class SharedWarnings {
  readonly #log: Pick<Log, "warn">;
  readonly #rate: LineRate;

  constructor(log: Pick<Log, "warn">, nowMs?: () => number) {
    this.#log = log;
    this.#rate = new LineRate(nowMs);
  }

  warn(topic: string): void {
    const unsaid = this.#rate.take();
    if (unsaid === undefined) return;
    const more = unsaid === 0 ? "" : ` (And of ${counted(unsaid, "other topic")} before.)`;
    this.#log.warn(
      `Several publishers number the messages ${ofTopic(topic)}, each by itself: these are not checked any more, so what is ` +
        `lost of them is not told. Give each publisher a topic of its own.${more}`,
    );
  }
}
