import type { Wrapping } from "./inflate.ts";

/** A payload on its way to be read. */
export interface Payload {
  topic: string;
  bytes: Buffer;
  /** One frame, in which a topic may stand before the payload. */
  isBare: boolean;
  /** What stood before it in its frame shows that it is text. */
  isText?: boolean | undefined;
  arrivedAt: number;
  time: number | undefined;
  number: number | undefined;
  wrapping?: Wrapping;
}
