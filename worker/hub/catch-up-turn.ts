import { valuesIn } from "../../protocol/frame/frame.ts";
import { splitFrames } from "../../protocol/frame/header.ts";
import { CATCH_UP_BYTES } from "../../protocol/limits.ts";
import type { Source } from "./frame-log.ts";
import { SharedTexts, textsAfter } from "./json-encoder.ts";

/**
 * What viewers that are behind may cost, and anybody may be one. The unit is a message of text, which takes 25 to 80 µs; so much
 * is sent by one alarm, and publishes wait meanwhile.
 */
const UNITS_AT_ONCE = 512;
/** Reading from the store takes about as long as so many messages, and one more for so many bytes that are sent. */
const UNITS_OF_A_READ = 4;
const BYTES_OF_A_UNIT = 4096;
/**
 * Frames that a viewer of text is sent at once: of one point each some 240, and no more have room. Were it one frame, each would
 * cost an alarm.
 */
const TEXT_BATCH_BYTES = 32 * 1024;
/** And values, those of x and missing ones counted too; or one frame. */
const TEXT_BATCH_VALUES = 8192;
/** To decode so many takes about as long as a message. */
const VALUES_OF_A_UNIT = 1024;

/** What viewers get at once when they join or ask on; those who come when there is no more of it wait for an alarm. */
export const AT_ONCE = { atOnce: 1024, perSecond: 4096 };
/** Of what is stored a viewer of text gets so many points at most when it joins. */
export const MAX_TEXTS_STORED = 10_000;
/** More texts have no room, however short they are. */
const MAX_TEXTS_WAITING = 256;
const POINTS_OF_A_UNIT = 128;

/** What the next step of catching up costs about, of a viewer that so many points are missing to. */
export function stepUnits(format: "frames" | "json", points: number): number {
  if (points <= 0) return 0;
  const most = format === "json" ? MAX_TEXTS_WAITING : CATCH_UP_BYTES / BYTES_OF_A_UNIT;
  return UNITS_OF_A_READ + Math.min(most, format === "json" ? points : Math.ceil(points / POINTS_OF_A_UNIT));
}

/** What one alarm sends of the store; or, of a publish, the texts beside the first to each viewer of text. */
export class CatchUpTurn {
  /** How many units are left. */
  left = UNITS_AT_ONCE;
  readonly #source: Source;
  #read: { after: number; seq: number; texts: SharedTexts } | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Stored frames after a number, up to `seq`. */
  frames(after: number): { seq: number; frames: Uint8Array } {
    const read = this.#source.after(after, CATCH_UP_BYTES);
    this.left -= UNITS_OF_A_READ + Math.ceil(read.frames.byteLength / BYTES_OF_A_UNIT);
    return read;
  }

  /** The texts after a number, up to `seq`: read once for viewers that are at the same. */
  texts(after: number): { seq: number; texts: SharedTexts } {
    if (this.#read?.after === after) return this.#read;
    const { frames, seq } = this.#source.after(after, TEXT_BATCH_BYTES, TEXT_BATCH_VALUES);
    const values = splitFrames(frames).reduce((sum, frame) => sum + valuesIn(frame), 0);
    this.left -= UNITS_OF_A_READ + Math.ceil(values / VALUES_OF_A_UNIT);
    this.#read = { after, seq, texts: new SharedTexts(textsAfter(after, frames)) };
    return this.#read;
  }
}
