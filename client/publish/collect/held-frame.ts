import { toHex } from "../../../protocol/bytes.ts";
import type { PublisherGap } from "./gaps.ts";

/** Who the frames are of, and how they are numbered. */
export interface Identity {
  /** 16 hexadecimal digits. */
  publisher: string;
  /** A frame's number for the Channel is its `seq` less this. */
  base: number;
}

export function newPublisherId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(8)));
}

/**
 * A frame that nobody has confirmed. However often it is sent, its bytes stay the same, and its publisher and number as
 * long as they are this publisher's.
 */
export interface HeldFrame {
  readonly seq: number;
  readonly points: number;
  /** Of its bytes, without the gaps of {@link losses}. */
  readonly size: number;
  /** When its first point came, as `Date.now()`. */
  readonly sinceMs: number;
  /** Frames that were lost between the one before and this one. They are settled when it is first sent. */
  losses: readonly PublisherGap[];
  /** Undefined while only the keeper has them. */
  bytes: Uint8Array | undefined;
  /** The keeper has it as it is, but for its losses. */
  isKept: boolean;
  /** The keeper has an earlier state of it, under its number. */
  wasDraft?: boolean;
}

/** What a keeper has when it is opened. */
export interface KeptState extends Identity {
  /** Above every number ever used. */
  nextSeq: number;
  /** Frames up to here may have been sent. */
  sentSeq: number;
  frames: HeldFrame[];
  /** To be told before the next point. */
  gaps: PublisherGap[];
}
