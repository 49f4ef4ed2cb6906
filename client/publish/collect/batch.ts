import type { ReceivedPublishAnswer } from "../../../protocol/messages/publish.ts";
import type { HeldFrame } from "./held-frame.ts";

/** What one POST carries. */
export interface Batch {
  body: Uint8Array;
  points: number;
  readonly frames: readonly HeldFrame[];
}

/** What a 2xx says of a batch. */
export type Confirmation = Partial<Pick<ReceivedPublishAnswer, "repeats">>;

/** A new publisher id was taken, because another uses the one before. */
export interface NewId {
  before: string;
  now: string;
  /** Not taken under the id before; they will be sent again. */
  points: number;
}
