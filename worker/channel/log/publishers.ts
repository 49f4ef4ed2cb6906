import { ANONYMOUS, type FrameHeader } from "../../../protocol/frame/header.ts";
import { MAX_PUBLISHERS } from "../../../protocol/limits.ts";
import { sequenceFault } from "../../../protocol/publisher-number.ts";

/** The last frame that was taken of a publisher. */
export interface LastFrame {
  /** The publisher's own number of it, and the channel's; 0 if it was taken before the numbering began anew. */
  publisherSeq: number;
  seq: number;
  /** When it was taken; 0 if that is not known any more. */
  takenAtMs: number;
}

/** As it is stored: a publisher's id and the fields of its last frame. */
export type StoredPublisher = [id: string, publisherSeq: number, seq: number, takenAtMs: number];

/** The last frame of each of the last {@link MAX_PUBLISHERS} publishers, by which a repeat is known. */
export class Publishers {
  /** In the order of use, so that the first is the one to forget. */
  readonly #lastFrames = new Map<string, LastFrame>();

  lastOf(id: string): LastFrame | undefined {
    return this.#lastFrames.get(id);
  }

  /** Why the first of a publisher's frames that is no repeat is not plausibly numbered; undefined if it is, or if there is none. */
  sequenceFault(headers: readonly FrameHeader[]): string | undefined {
    const { publisher } = headers[0] ?? { publisher: ANONYMOUS };
    if (publisher === ANONYMOUS) return undefined;
    const last = this.lastOf(publisher)?.publisherSeq;
    const fresh = headers.find(({ publisherSeq }) => last === undefined || publisherSeq > last);
    return fresh && sequenceFault(last, fresh.publisherSeq);
  }

  /** A frame was taken of a publisher; beyond the bound the one is forgotten that sent nothing for longest. */
  remember(id: string, last: LastFrame): void {
    if (id === ANONYMOUS) return;
    this.#lastFrames.delete(id);
    this.#lastFrames.set(id, last);
    const first = this.#lastFrames.keys().next();
    if (this.#lastFrames.size > MAX_PUBLISHERS && !first.done) this.#lastFrames.delete(first.value);
  }

  /** All of them in the order of use; with one more frame taken, if given. */
  stored(publisher = ANONYMOUS, last?: LastFrame): StoredPublisher[] {
    const entries = [...this.#lastFrames].filter(([id]) => id !== publisher);
    if (publisher !== ANONYMOUS && last !== undefined) entries.push([publisher, last]);
    return entries
      .slice(-MAX_PUBLISHERS)
      .map(([id, { publisherSeq, seq, takenAtMs }]) => [id, publisherSeq, seq, takenAtMs]);
  }

  /** The numbering began anew, and every frame is gone; what publishers have sent stays known. */
  renumber(): void {
    for (const last of this.#lastFrames.values()) last.seq = 0;
  }
}
