import type { MessageReader } from "../decode/message.ts";
import type { OnLeftOut } from "../observability/left-out.ts";

/** What is known of one kind of publisher, so that its name alone is enough to plot it. */
export interface Preset {
  /** For --preset. */
  readonly name: string;
  /** One line for people who choose: what it reads, and which series come of it. */
  readonly summary: string;
  /** Prefixes to subscribe to unless --topic says otherwise; none is everything. */
  readonly topics?: readonly string[];
  /** Whether messages bear numbers of the publisher's own ({@link Message.number}). */
  readonly isNumbered?: boolean;
  create(options: PresetOptions): MessageReader;
  /**
   * What the publisher needs beside being subscribed to, such as a heartbeat.
   * @param connect the addresses connected to
   */
  accompany?(connect: readonly string[]): Companion;
}

export interface PresetOptions {
  /** What --format says, where the publisher's items have no type of their own: `f32@48k`. */
  format?: string;
  /** Told of what is not taken of a message whose rest is. */
  onLeftOut?: OnLeftOut;
}

export interface Companion {
  close(): void;
}
