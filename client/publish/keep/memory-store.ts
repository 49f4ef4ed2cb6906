import type { HeldFrame, KeptState } from "../collect/held-frame.ts";
import type { FrameStore, OutboxChanges, OutboxLocks, OutboxName, Release } from "./frame-store.ts";

interface Kept extends Omit<KeptState, "frames"> {
  channel: string;
  frames: Map<number, HeldFrame>;
}

/** Keeps outboxes in memory, as long as this is there: where nothing else can be had. */
export class MemoryStore implements FrameStore {
  readonly isLasting: boolean = false;
  readonly #outboxes = new Map<string, Kept>();

  async list(channel: string): Promise<string[]> {
    return [...this.#outboxes].filter(([, outbox]) => outbox.channel === channel).map(([id]) => id);
  }

  async read(id: string): Promise<KeptState | undefined> {
    const kept = this.#outboxes.get(id);
    if (kept === undefined) return undefined;
    const { channel: _, ...state } = kept;
    const frames = [...kept.frames.values()].sort((a, b) => a.seq - b.seq).map((frame) => ({ ...frame }));
    return { ...state, frames, nextSeq: Math.max(state.nextSeq, 1 + (frames.at(-1)?.seq ?? 0)) };
  }

  async write({ id, channel }: OutboxName, changes: OutboxChanges): Promise<void> {
    const frames = this.#outboxes.get(id)?.frames ?? new Map<number, HeldFrame>();
    for (const frame of [...changes.frames, ...changes.losses]) frames.set(frame.seq, { ...frame, isKept: true });
    for (const seq of changes.gone) frames.delete(seq);
    for (const seq of frames.keys()) if (seq <= changes.goneUpTo) frames.delete(seq);
    const { identity, nextSeq, sentSeq, unreported } = changes;
    this.#outboxes.set(id, { channel, ...identity, nextSeq, sentSeq, gaps: [...unreported], frames });
  }

  async remove(id: string): Promise<void> {
    this.#outboxes.delete(id);
  }

  close(): void {}
}

/** For what is in memory alone: nobody outside can have it. */
export class MemoryLocks implements OutboxLocks {
  /** By outbox, those who wait for it. */
  readonly #waiting = new Map<string, (() => void)[]>();

  async tryTake(id: string): Promise<Release | undefined> {
    return this.#waiting.has(id) ? undefined : this.#own(id);
  }

  async take(id: string, signal: AbortSignal): Promise<Release | undefined> {
    const waiting = this.#waiting.get(id);
    if (signal.aborted) return undefined;
    if (waiting === undefined) return this.#own(id);
    return await new Promise((resolve) => {
      waiting.push(() => resolve(signal.aborted ? undefined : this.#own(id)));
      signal.addEventListener("abort", () => resolve(undefined));
    });
  }

  #own(id: string): Release {
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.set(id, waiting);
    return () => {
      if (this.#waiting.get(id) !== waiting) return;
      this.#waiting.delete(id);
      const [next, ...others] = waiting;
      if (next === undefined) return;
      next();
      const after = this.#waiting.get(id);
      if (after === undefined) for (const other of others) other();
      else after.push(...others);
    };
  }
}
