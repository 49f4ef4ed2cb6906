import { withGaps } from "../../../protocol/frame/with-gaps.ts";
import type { ToldGap } from "../../hub/written.ts";

/** What is missing, until a frame comes that can tell of it: for who gets frames and nothing else, and not all of them. */
export class PendingGaps {
  #gaps: ToldGap[] = [];

  add(gap: ToldGap): void {
    this.#gaps.push(gap);
  }

  /** These frames, and in them what is missing before, if one has room. */
  into(frames: Uint8Array): Uint8Array {
    if (this.#gaps.length === 0 || frames.byteLength === 0) return frames;
    const longer = withGaps(
      frames,
      this.#gaps.map(({ reason, points, series }) => ({ reason, points, series })),
    );
    if (longer !== undefined) this.#gaps = [];
    return longer ?? frames;
  }
}
