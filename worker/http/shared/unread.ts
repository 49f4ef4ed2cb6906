/** What a message takes beside its bytes: the runtime's buffer, and its place in a queue. */
const MESSAGE_OVERHEAD_BYTES = 512;

/** What was sent by one connection and its client has not read yet, by channel. Of that a socket says only how many bytes it is in all. */
export class Unread {
  #sent: { id: number; bytes: number }[] = [];
  /** Those before it were read. */
  #first = 0;
  #bytes = 0;
  readonly #ofChannels = new Map<number, number>();

  /** @param id of the channel; 0: of the connection itself */
  add(id: number, bytes: number): void {
    const cost = bytes + MESSAGE_OVERHEAD_BYTES;
    this.#sent.push({ id, bytes });
    this.#bytes += bytes;
    this.#ofChannels.set(id, (this.#ofChannels.get(id) ?? 0) + cost);
  }

  /** @param bytes that wait now: it is the newest that does */
  settle(bytes: number): void {
    for (let oldest = this.#sent[this.#first]; oldest !== undefined; oldest = this.#sent[this.#first]) {
      if (this.#bytes - oldest.bytes < bytes) break;
      this.#first++;
      this.#bytes -= oldest.bytes;
      const left = (this.#ofChannels.get(oldest.id) ?? 0) - oldest.bytes - MESSAGE_OVERHEAD_BYTES;
      if (left > 0) this.#ofChannels.set(oldest.id, left);
      else this.#ofChannels.delete(oldest.id);
    }
    if (this.#first < this.#sent.length / 2) return;
    this.#sent = this.#sent.slice(this.#first);
    this.#first = 0;
  }

  /** What waits in all, in bytes. */
  get cost(): number {
    return this.#bytes + MESSAGE_OVERHEAD_BYTES * (this.#sent.length - this.#first);
  }

  /** Of which channel the most waits; undefined: nothing does. */
  get largest(): number | undefined {
    let largest: { id: number; cost: number } | undefined;
    for (const [id, cost] of this.#ofChannels) if (cost > (largest?.cost ?? 0)) largest = { id, cost };
    return largest?.id;
  }
}
