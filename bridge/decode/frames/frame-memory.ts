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

  /** A message of so many frames has shown by itself which is its payload: as {@link payload}, where there is one candidate. */
  shows(count: number, at: number, hasCount: boolean): void {
    if (hasCount || this.#payloads.has(count)) this.#placeOf(count).shows(at);
  }

  /**
   * Which frame is the payload.
   * @param candidates one at least
   * @returns undefined: there is no telling
   */
  payload(frames: readonly Buffer[], looks: readonly FrameLook[], candidates: readonly number[]): number | undefined {
    // Nothing has to be learnt of what shows by itself, message by message.
    const isShown = candidates.length === 1 && !looks.some(({ kind }) => kind === "count");
    if (isShown && !this.#payloads.has(frames.length)) return candidates[0];
    return this.#placeOf(frames.length).choose(frames, looks, candidates);
  }

  #placeOf(count: number): PayloadPlace {
    let place = this.#payloads.get(count);
    if (place === undefined) {
      if (this.#payloads.size >= MAX_COUNTS) this.#payloads.clear();
      place = new PayloadPlace();
      this.#payloads.set(count, place);
    }
    return place;
  }
}

/** Which of so many frames is the payload. */
class PayloadPlace {
  #at: number | undefined;
  /** Messages in a row that have shown it there. */
  #shown = 0;
  /** Of each frame that may count: its last number, and how often in a row it has gone on by one. */
  readonly #counts = new Map<number, { last: number | undefined; times: number }>();

  shows(at: number): void {
    this.#shown = at === this.#at ? this.#shown + 1 : 1;
    this.#at = at;
  }

  choose(frames: readonly Buffer[], looks: readonly FrameLook[], candidates: readonly number[]): number | undefined {
    const [only] = candidates;
    if (candidates.length === 1) {
      if (only !== undefined) this.shows(only);
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
