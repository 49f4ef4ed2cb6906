import type { KeptState } from "../collect/held-frame.ts";
import type { FrameChanges } from "../collect/keeper.ts";

/** An outbox: what one publisher has to deliver to one channel, under one publisher id. */
export interface OutboxName {
  /** 16 hexadecimal digits. */
  id: string;
  /** The channel's URL. */
  channel: string;
}

/** A write to an outbox: what has changed, and all that is to be told before its next point. */
export type OutboxChanges = Omit<FrameChanges, "unreported"> & { unreported: NonNullable<FrameChanges["unreported"]> };

/**
 * Keeps outboxes, for whoever opens the same channel later. Only the owner of an outbox (`OutboxLocks`) reads and writes it.
 * Every method rejects if that cannot be done; what cannot be read of an outbox is left out.
 */
export interface FrameStore {
  /** Whether what it has outlives the page. */
  readonly isLasting: boolean;
  /** The ids of a channel's outboxes, whoever owns them. */
  list(channel: string): Promise<string[]>;
  /** What an outbox holds, its frames in the order of their numbers; undefined if there is none. */
  read(id: string): Promise<KeptState | undefined>;
  /** Writes all of it or nothing, after what was written before; makes the outbox if there is none. */
  write(name: OutboxName, changes: OutboxChanges): Promise<void>;
  /** Forgets an outbox with its frames. */
  remove(id: string): Promise<void>;
  close(): void;
}

/** Gives an outbox back: others may take it now. */
export type Release = () => void;

/** Who owns which outbox: one at a time, and nobody once the owner is gone, however it went. */
export interface OutboxLocks {
  /** @returns undefined if somebody owns it */
  tryTake(id: string): Promise<Release | undefined>;
  /** Resolves once nobody else owns it. @returns undefined if the signal came first */
  take(id: string, signal: AbortSignal): Promise<Release | undefined>;
}
