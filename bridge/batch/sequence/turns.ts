/**
 * So many breaks in a row, each to where another count had stopped, one of them back to a lower one, are no chance:
 * publishers take turns. (One that lost much before it began anew, and now again, may well meet some of these upwards.)
 */
const TURNS_OF_SEVERAL = 3;
/** Of so many publishers it is remembered how far they had come. */
const MAX_COUNTS = 8;

/**
 * Whether several publishers number one topic, each by itself. Of one, a break leads to a number that is new or that it
 * had begun with; of several, to the one that follows where another's count had stopped.
 */
export class Turns {
  /** The last numbers before breaks. */
  readonly #stopped: number[] = [];
  readonly #alone: number;
  #turns = 0;
  #turnsBack = 0;
  #inOrder = 0;
  #areTaken = false;

  /** @param alone so many numbers in order are one publisher's, whoever sent before */
  constructor(alone: number) {
    this.#alone = alone;
  }

  get areTaken(): boolean {
    return this.#areTaken;
  }

  /** A number followed the one before. */
  goOn(): void {
    if (!this.#areTaken || ++this.#inOrder < this.#alone) return;
    this.#areTaken = false;
    this.#turns = 0;
    this.#turnsBack = 0;
    this.#stopped.length = 0;
  }

  /** A number did not follow `last`. @returns whether it may be another publisher's, so that nothing need be missing */
  breakOff(last: number, number: number): boolean {
    const wereTurns = this.#turns > 0;
    const at = this.#stopped.indexOf(number - 1);
    if (at >= 0) this.#stopped.splice(at, 1);
    this.#stopped.push(last);
    if (this.#stopped.length > MAX_COUNTS) this.#stopped.shift();
    const isTurn = at >= 0;
    this.#turns = isTurn ? this.#turns + 1 : 0;
    this.#turnsBack = isTurn ? this.#turnsBack + Number(number <= last) : 0;
    this.#inOrder = 0;
    if (this.#turns >= TURNS_OF_SEVERAL && this.#turnsBack > 0) this.#areTaken = true;
    return wereTurns || isTurn;
  }
}
