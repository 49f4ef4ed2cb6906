/** Past that, the topic of a channel that was heard of least recently is forgotten: its next message is taken for its first. */
export const MAX_TOPICS_NUMBERED = 4096;
/** Of all channels together: up to 2 KiB each, with a name of 1 KiB. */
const ALL_TOPICS_NUMBERED = 16_384;
/** Of all topics of all channels together, about 150 bytes each. */
const ALL_NUMBERS_REMEMBERED = 131_072;

/** What shares the room. */
export interface Sharer {
  /** The shares have become smaller. */
  fit(): void;
}

/**
 * How much may be remembered of publishers' numbers. Channels have equal shares, so that the topics of one, which anybody
 * may make up, never drive out those of another.
 */
export class NumbersRoom {
  readonly #sharers = new Set<Sharer>();

  join(sharer: Sharer): void {
    this.#sharers.add(sharer);
    for (const each of this.#sharers) each.fit();
  }

  leave(sharer: Sharer): void {
    this.#sharers.delete(sharer);
  }

  /** How many topics one channel may have. */
  get topics(): number {
    return Math.min(MAX_TOPICS_NUMBERED, this.#shareOf(ALL_TOPICS_NUMBERED));
  }

  /** How many messages of one channel may be remembered. */
  get numbers(): number {
    return this.#shareOf(ALL_NUMBERS_REMEMBERED);
  }

  #shareOf(all: number): number {
    return Math.floor(all / Math.max(1, this.#sharers.size));
  }
}
