import type { PublisherGap } from "./gaps.ts";
import type { HeldFrame, Identity } from "./held-frame.ts";

/** What changed since the last write. */
export interface FrameChanges {
  identity: Identity;
  /** New or changed frames, the draft of the open one among them. */
  frames: readonly HeldFrame[];
  /** Frames whose losses alone changed. */
  losses: readonly HeldFrame[];
  gone: Iterable<number>;
  goneUpTo: number;
  sentSeq: number;
  nextSeq: number;
  /** Undefined: as before. */
  unreported: readonly PublisherGap[] | undefined;
}

export type Progress = Pick<FrameChanges, "identity" | "sentSeq" | "goneUpTo" | "nextSeq">;

/**
 * What a write came to. `renewed`: what was kept is lost, and there is a new place that holds nothing: everything is to be
 * written again.
 */
export type Written = "written" | "failed" | "renewed";

/** Keeps frames beyond memory, for a process or a page that follows this one: the bridge's spool, a browser's database. */
export interface FrameKeeper {
  /** False while a failed write is not tried again yet. */
  readonly isReady: boolean;
  readonly isFailing: boolean;
  /** Whether it has something of its own to write with the frames. */
  readonly hasMore: boolean;
  /** Writes all of it or nothing. */
  save(changes: FrameChanges): Written;
  /** How far delivery has come, and nothing else. */
  saveProgress(progress: Progress): Written;
  /** A frame's bytes. */
  read(seq: number): Uint8Array | undefined;
}
