import type { Row } from "../../protocol/frame/frame-builder.ts";
import type { Message } from "../decode/message.ts";
import type { MessageSummary } from "./row-writer.ts";

/** Rows for one channel. */
export interface Mapped {
  /** Undefined: the bridge's own. */
  channel: string | undefined;
  rows: Row[];
  /** What the message says, where the rows are not all of that: the rest is held back, or left out as a repeat. */
  summary?: MessageSummary;
  /** Points of series beyond the bound, which are not among the rows. */
  lost?: { points: number; reason: "too-many-series" };
}

/** What becomes of a source's messages. It remembers series and what thinning holds back: one object for each source. */
export interface Mapper {
  /**
   * The channel that a topic's points go to, whatever becomes of its messages; undefined: the bridge's own.
   * @throws DecodeError if it is none, or one too many
   */
  channelOf(topic: string): string | undefined;
  /**
   * @param arrivedAt unix seconds
   * @returns no rows if all of it is held back
   * @throws PointError, DecodeError if the message has nothing to plot, or cannot be mapped; nothing of it is then taken
   */
  map(message: Message, arrivedAt: number): Mapped[];
  /**
   * What thinning held back until its time was over. To be called a few times a second, and with Infinity at the end.
   * @param now unix seconds, of the same clock as `arrivedAt`
   */
  tick(now: number): Mapped[];
}
