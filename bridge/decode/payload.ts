import type { Wrapping } from "./inflate.ts";

/** A payload on its way to be read. */
export interface Payload {
  topic: string;
  bytes: Buffer;
  /** One frame, in which a topic may stand before the payload. */
  isBare: boolean;
  arrivedAt: number;
  time: number | undefined;
  number: number | undefined;
  wrapping?: Wrapping;
}
