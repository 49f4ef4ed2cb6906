import { refusalOf } from "../../decode/message.ts";
import { adviceOf, type LeftOut, sampleText } from "../../observability/left-out.ts";
import { escaped } from "../../observability/printable.ts";
import { excerptOf, MAX_TOPIC_LENGTH, sampleOf, topicOf } from "../../observability/sample.ts";
import type { LeftOutReport, RefusedReport } from "./report.ts";
import { Known } from "./tally.ts";

/** Topics and reasons; anybody may make topics up. */
const MAX_LOSSES = 1000;
const MAX_DETAIL_LENGTH = 600;
const MAX_PLACE_LENGTH = 120;

type Counted<T> = { -readonly [K in keyof T]: T[K] };

/** What is not taken of a source's messages, by topic and reason: whole messages, and parts of others. */
export class Losses {
  readonly #refused = new Known<Counted<RefusedReport>>(MAX_LOSSES);
  readonly #leftOut = new Known<Counted<LeftOutReport>>(MAX_LOSSES);

  /**
   * @param topic of the message, where that is known
   * @returns the topic that it is counted for
   */
  refuse(error: unknown, topic: string | undefined, frames: readonly Buffer[]): string {
    const { reason, messages, topic: known, detail } = refusalOf(error);
    const name = topic ?? known ?? topicOf(frames);
    const create = (): Counted<RefusedReport> => {
      const sample = sampleOf(excerptOf(frames));
      return { reason, messages: 0, detail: escaped(detail(), MAX_DETAIL_LENGTH), topic: shown(name), sample };
    };
    const refusal = this.#refused.of(keyOf(name, reason), create, messages);
    if (refusal !== undefined) refusal.messages += messages;
    return name;
  }

  leaveOut(part: LeftOut): void {
    const { topic, reason, count = 1 } = part;
    const create = (): Counted<LeftOutReport> => {
      const detail = escaped(part.detail ?? adviceOf(reason), MAX_DETAIL_LENGTH);
      const place = escaped(part.place, MAX_PLACE_LENGTH);
      return { reason, count: 0, topic: shown(topic), place, sample: sampleText(part.sample), detail };
    };
    const leftOut = this.#leftOut.of(keyOf(topic, reason), create, count);
    if (leftOut !== undefined) leftOut.count += count;
  }

  /** How much is not taken of each topic, as far as it is remembered. */
  byTopic(): Map<string, { refused: number; leftOut: number }> {
    const all = new Map<string, { refused: number; leftOut: number }>();
    const of = (topic: string): { refused: number; leftOut: number } => {
      const known = all.get(topic) ?? { refused: 0, leftOut: 0 };
      all.set(topic, known);
      return known;
    };
    for (const { topic, messages } of this.#refused.values()) of(topic).refused += messages;
    for (const { topic, count } of this.#leftOut.values()) of(topic).leftOut += count;
    return all;
  }

  report(): {
    refused: readonly RefusedReport[];
    otherRefusedMessages: number;
    leftOut: readonly LeftOutReport[];
    otherLeftOut: number;
  } {
    return {
      refused: [...this.#refused.values()].map((refusal) => ({ ...refusal })),
      otherRefusedMessages: this.#refused.others,
      leftOut: [...this.#leftOut.values()].map((part) => ({ ...part })),
      otherLeftOut: this.#leftOut.others,
    };
  }
}

function keyOf(topic: string, reason: string): string {
  return `${reason} ${topic}`;
}

/** As a report has topics. */
export function shown(topic: string): string {
  return escaped(topic, Math.max(MAX_TOPIC_LENGTH, MAX_PLACE_LENGTH));
}
