import { readCounter } from "../layout.ts";
import type { FrameLook } from "./look.ts";
import { StampFrame } from "./stamp-frame.ts";

/** So many messages that show their payload tell of those that do not. */
const MESSAGES_TO_LEARN = 10;
/** Numbers of frames of which that is remembered for a topic. */
const MAX_COUNTS = 4;

/** What is remembered of a topic with three frames or more: what those beside the payload are, and which is the payload. */
export class FrameMemory {
  readonly #stamps = new Map<number, StampFrame>();
  readonly #payloads = new Map<number, PayloadPlace>();

  /** @param place of the frame in its message */
  stamp(place: number): StampFrame {
    let stamp = this.#stamps.get(place);
    if (stamp === undefined) {
      stamp = new StampFrame();
      this.#stamps.set(place, stamp);
    }
    return stamp;
  }

  /**
   * Which frame is the payload.
   * @param candidates one at least
   * @returns undefined: there is no telling
   */
  payload(frames: readonly Buffer[], looks: readonly FrameLook[], candidates: readonly number[]): number | undefined {
    let place = this.#payloads.get(frames.length);
    if (place === undefined) {
      // Nothing has to be learnt of what shows by itself, message by message.
      if (candidates.length === 1 && !looks.some(({ kind }) => kind === "count")) return candidates[0];
      if (this.#payloads.size >= MAX_COUNTS) this.#payloads.clear();
      place = new PayloadPlace();
      this.#payloads.set(frames.length, place);
    }
    return place.choose(frames, looks, candidates);
  }
}

/** Which of so many frames is the payload. */
class PayloadPlace {
  #at: number | undefined;
  /** Messages in a row that have shown it there. */
  #shown = 0;
  /** Of each frame that may count: its last number, and how often in a row it has gone on by one. */
  readonly #counts = new Map<number, { last: number | undefined; times: number }>();

  choose(frames: readonly Buffer[], looks: readonly FrameLook[], candidates: readonly number[]): number | undefined {
    const [only] = candidates;
    if (candidates.length === 1) {
      this.#shown = only === this.#at ? this.#shown + 1 : 1;
      this.#at = only;
      return only;
    }
    const counting = candidates.filter((i) => this.#timesCounted(i, frames[i], looks[i]) >= MESSAGES_TO_LEARN);
    const rest = candidates.filter((i) => !counting.includes(i));
    if (counting.length === 1 && rest.length === 1) return rest[0];
    const isKnown = this.#shown >= MESSAGES_TO_LEARN && this.#at !== undefined && candidates.includes(this.#at);
    return isKnown ? this.#at : undefined;
  }

  #timesCounted(place: number, frame: Buffer | undefined, look: FrameLook | undefined): number {
    const number = look?.kind === "count" && frame !== undefined ? readCounter(look.type, frame) : undefined;
    const before = this.#counts.get(place);
    const goesOn = number !== undefined && before?.last === number - 1;
    const times = goesOn ? (before?.times ?? 0) + 1 : 0;
    this.#counts.set(place, { last: number, times });
    return times;
  }
}
