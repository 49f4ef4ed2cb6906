import type { FrameChanges, FrameKeeper, Progress, Written } from "../collect/keeper.ts";
import type { FrameStore, OutboxChanges, OutboxName } from "./frame-store.ts";

/** A write that takes longer has failed: nobody waits for a database that hangs. */
const WRITE_WITHIN_MS = 10_000;

/**
 * Keeps an outbox in a store, whose writes take their time: `save` begins one, and `settled` waits for all. If one fails,
 * the outbox goes on in memory, and what the store has of it is removed: it would soon be no longer true.
 */
export class StoreKeeper implements FrameKeeper {
  readonly hasMore = false;
  readonly #store: FrameStore;
  readonly #name: OutboxName;
  readonly #onFailed: () => void;
  #last: Progress | undefined;
  #unreported: OutboxChanges["unreported"] = [];
  #writing: Promise<void> = Promise.resolve();
  #isFailing = false;

  constructor(store: FrameStore, name: OutboxName, onFailed: () => void) {
    this.#store = store;
    this.#name = name;
    this.#onFailed = onFailed;
  }

  get isReady(): boolean {
    return !this.#isFailing;
  }

  get isFailing(): boolean {
    return this.#isFailing;
  }

  save(changes: FrameChanges): Written {
    if (this.#isFailing) return "failed";
    const { identity, goneUpTo, sentSeq, nextSeq } = changes;
    this.#last = { identity, goneUpTo, sentSeq, nextSeq };
    this.#unreported = changes.unreported ?? this.#unreported;
    // It is written later, and what it was given changes.
    const frames = changes.frames.map((frame) => ({ ...frame }));
    const losses = changes.losses.map((frame) => ({ ...frame }));
    this.#begin({ ...changes, frames, losses, gone: [...changes.gone], unreported: [...this.#unreported] });
    return "written";
  }

  saveProgress(progress: Progress): Written {
    if (this.#isFailing) return "failed";
    const { goneUpTo, sentSeq, nextSeq, identity } = progress;
    const last = this.#last;
    const isSame = last?.goneUpTo === goneUpTo && last.sentSeq === sentSeq && last.nextSeq === nextSeq;
    if (isSame && last.identity === identity) return "written";
    return this.save({ ...progress, frames: [], losses: [], gone: [], unreported: undefined });
  }

  /** Everything is in memory, too. */
  read(): undefined {}

  /** Resolves when what was saved so far is written, or cannot be. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** Nothing is left to deliver. */
  async remove(): Promise<void> {
    await this.#writing;
    await this.#store.remove(this.#name.id).catch(() => undefined);
  }

  #begin(changes: OutboxChanges): void {
    // At once: a page that ends does nothing later.
    const written = withinMs(this.#store.write(this.#name, changes), WRITE_WITHIN_MS).catch(() => this.#fail());
    this.#writing = Promise.all([this.#writing, written]).then(() => undefined);
  }

  async #fail(): Promise<void> {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#onFailed();
    await withinMs(this.#store.remove(this.#name.id), WRITE_WITHIN_MS).catch(() => undefined);
  }
}

function withinMs(work: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The store has not answered in ${ms} ms.`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
