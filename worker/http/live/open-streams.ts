import type { ViewerShare } from "../../auth/viewer-share.ts";

/**
 * Streams that an isolate holds at once, in all channels; and of one address. Each is a request that goes on, with a socket to its channel, and
 * takes some 200 KB of workerd (3,000 that were idle took 600 MB, version 1.20261117.1).
 */
export const MAX_STREAMS = 4_096;
export const MAX_STREAMS_PER_ADDRESS = 1_024;

/**
 * How many streams this isolate holds: of each token and each address in a channel, of each address, and in all. A stream whose client reads
 * nothing has let go of the channel, which then counts it no more: it is counted here as long as its client may still read.
 */
export class OpenStreams {
  readonly #ofShares = new Map<string, number>();
  readonly #ofAddresses = new Map<string, number>();
  #count = 0;

  /** Whether one more may be open; or of what there are too many: viewers of its own (AC13h), or streams. */
  roomFor({ who, most }: ViewerShare, address: string): "room" | "quota" | "too-many" {
    if (most !== null && (this.#ofShares.get(who) ?? 0) >= most) return "quota";
    const ofAddress = this.#ofAddresses.get(address) ?? 0;
    return this.#count < MAX_STREAMS && ofAddress < MAX_STREAMS_PER_ADDRESS ? "room" : "too-many";
  }

  open({ who }: ViewerShare, address: string): void {
    this.#add(who, address, 1);
  }

  close({ who }: ViewerShare, address: string): void {
    this.#add(who, address, -1);
  }

  #add(who: string, address: string, more: 1 | -1): void {
    this.#count += more;
    for (const [counts, key] of [
      [this.#ofShares, who],
      [this.#ofAddresses, address],
    ] as const) {
      const count = (counts.get(key) ?? 0) + more;
      if (count > 0) counts.set(key, count);
      else counts.delete(key);
    }
  }
}

/** Of this isolate. */
export const openStreams = new OpenStreams();
