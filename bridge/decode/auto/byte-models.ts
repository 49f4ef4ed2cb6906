/** What bytes take, in bits, that are no samples: letters of a text, or fields at their places in each message. */

const ALPHABET = 256;
/** Of a byte that has not come yet: small, so that few different ones are told soon. */
const UNSEEN = 0.05;

/** Counts as it goes what each byte takes that is told by how often it came before. */
class Counts {
  bits = 0;
  readonly #counts = new Uint16Array(ALPHABET);
  #total = 0;

  add(byte: number): void {
    const count = this.#counts[byte] ?? 0;
    this.bits -= Math.log2((count + UNSEEN) / (this.#total + UNSEEN * ALPHABET));
    this.#counts[byte] = count + 1;
    this.#total++;
  }
}

/** Bits a byte, if each is told by how often it came before, wherever. */
export function bitsByFrequency(messages: readonly Buffer[]): number {
  const counts = new Counts();
  let bytes = 0;
  for (const message of messages) {
    for (const byte of message) counts.add(byte);
    bytes += message.length;
  }
  return bytes === 0 ? 0 : counts.bits / bytes;
}

/** Bits a byte, if each is told by what stood at its place in the messages before. */
export function bitsByPlace(messages: readonly Buffer[]): number {
  const places: Counts[] = [];
  let bytes = 0;
  for (const message of messages) {
    for (const [i, byte] of message.entries()) {
      places[i] ??= new Counts();
      places[i]?.add(byte);
    }
    bytes += message.length;
  }
  return bytes === 0 ? 0 : places.reduce((sum, { bits }) => sum + bits, 0) / bytes;
}
