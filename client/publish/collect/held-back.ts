/**
 * What the store holds under a repeat's number (SPEC.md, RT4): `s` the same frame, `d` another, `-` nothing; undefined if
 * the frame was no repeat, and was taken.
 */
export type Letter = "s" | "d" | "-" | undefined;

/**
 * The frames that were passed over as repeats, and perhaps never taken: another may have used this publisher's id and a
 * higher number.
 *
 * A repeat alone proves nothing. An answer may have been lost, a proxy may have sent the body twice, and a copy of the
 * spool may have delivered the same frames: the store has the same points then, value for value. So none is lost, whoever
 * sent them, and under a new id they would come twice. Where it has another frame, another used this number. Where it has
 * nothing, a frame was never taken; or it was, long ago, and is trimmed. Frames are taken and trimmed in order, so the next
 * of which the store has anything decides. If there is none, a frame that was sent before was taken, unless the last
 * number that was used is none of those that were sent.
 */
export class HeldBack<Frame> {
  /** In their order. `isSure`: it was never taken. */
  #held: { frame: Frame; isSure: boolean }[] = [];
  #isContested = false;

  get length(): number {
    return this.#held.length;
  }

  get frames(): readonly Frame[] {
    return this.#held.map(({ frame }) => frame);
  }

  get first(): Frame | undefined {
    return this.#held[0]?.frame;
  }

  /**
   * What became of the next frame that was sent. With `-` and `d` it is held back.
   * @param isNew it was not sent before
   * @returns frames of those held back that were taken, as is known now
   */
  see(frame: Frame, letter: Letter, isNew: boolean): Frame[] {
    switch (letter) {
      case undefined:
        return [];
      case "s":
        return this.#release();
      case "d":
        for (const held of this.#held) held.isSure = true;
        this.#held.push({ frame, isSure: true });
        return [];
      case "-":
        this.#held.push({ frame, isSure: isNew });
        return [];
    }
  }

  /** Somebody has used a number that this bridge has not. */
  contest(): void {
    this.#isContested = true;
  }

  /** No frame that was sent is in doubt any more. @returns frames of those held back that were taken, as is assumed now */
  decide(): Frame[] {
    if (this.#isContested) for (const held of this.#held) held.isSure = true;
    this.#isContested = false;
    return this.#release();
  }

  /** All that is held back: it is not any more. */
  takeAll(): Frame[] {
    const frames = this.#held.map(({ frame }) => frame);
    this.#held = [];
    return frames;
  }

  #release(): Frame[] {
    const released = this.#held.filter(({ isSure }) => !isSure).map(({ frame }) => frame);
    this.#held = this.#held.filter(({ isSure }) => isSure);
    return released;
  }
}
