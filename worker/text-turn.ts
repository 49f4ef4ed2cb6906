import type { Source } from "./source.ts";
import { SharedTexts, textsAfter } from "./texts.ts";

/**
 * What viewers of text may cost: each point is a message of its own, which takes 25 to 80 µs, and anybody may be such a viewer.
 * So many messages are sent at once, and publishes wait meanwhile.
 */
const TEXTS_AT_ONCE = 512;
/** Reading a batch of frames from the store takes about as long as so many messages. */
const TEXTS_OF_A_READ = 16;
/**
 * Frames that a viewer of text is sent at once: of one point each some 240, and no more have room. Were it one frame, each would
 * cost an alarm.
 */
const BATCH_BYTES = 32 * 1024;

/** More have no room, however short they are. */
export const MAX_TEXTS_WAITING = 256;
/** Texts that viewers get while they join; those who come when there are no more of these wait for an alarm. */
export const JOIN_TEXTS = { atOnce: 1024, perSecond: 2048 };
/** Of what is stored a viewer of text gets so many points at most when it joins. */
export const MAX_TEXTS_STORED = 10_000;

/** What viewers of text are sent of the store by one alarm, or of one publish beside the first text to each. */
export class TextTurn {
  /** How many more may be sent. */
  left = TEXTS_AT_ONCE;
  readonly #source: Source;
  #read: { after: number; seq: number; texts: SharedTexts } | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /** The texts after a number, up to `seq`: read once for viewers that are at the same. */
  after(after: number): { seq: number; texts: SharedTexts } {
    if (this.#read?.after === after) return this.#read;
    this.left -= TEXTS_OF_A_READ;
    const { frames, seq } = this.#source.after(after, BATCH_BYTES);
    this.#read = { after, seq, texts: new SharedTexts(textsAfter(after, frames)) };
    return this.#read;
  }
}
