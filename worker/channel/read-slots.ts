import { MAX_READ_MS } from "./log/read-limits.ts";

interface Slot {
  address: string;
  beganAtMs: number;
  usedAtMs: number;
}

/**
 * The reads under way, bounded in all and for one address. A read that is over gives its slot back; one that ended
 * without a word, as when its Worker was stopped, loses it after a while.
 */
export class ReadSlots {
  readonly #slots = new Map<string, Slot>();
  readonly #maxReads: number;
  readonly #maxPerAddress: number;
  readonly #forgetAfterMs: number;

  /** @param forgetAfterMs how long a read that is not used keeps its slot */
  constructor(maxReads: number, maxPerAddress: number, forgetAfterMs: number) {
    this.#maxReads = maxReads;
    this.#maxPerAddress = maxPerAddress;
    this.#forgetAfterMs = forgetAfterMs;
  }

  get count(): number {
    return this.#slots.size;
  }

  /** Lets a read in. @returns false if there are too many, of all or of this address */
  open(id: string, address: string, nowMs: number): boolean {
    this.#forgetIdle(nowMs);
    let ofAddress = 0;
    for (const slot of this.#slots.values()) if (slot.address === address) ofAddress++;
    if (this.#slots.size >= this.#maxReads || ofAddress >= this.#maxPerAddress) return false;
    this.#slots.set(id, { address, beganAtMs: nowMs, usedAtMs: nowMs });
    return true;
  }

  /**
   * A read goes on. One that is not known was let in before memory was lost, and stays.
   * @returns false if it has lasted too long
   */
  use(id: string, address: string, nowMs: number): boolean {
    const { beganAtMs } = this.#slots.get(id) ?? { beganAtMs: nowMs };
    if (nowMs - beganAtMs > MAX_READ_MS) return false;
    this.#slots.set(id, { address, beganAtMs, usedAtMs: nowMs });
    return true;
  }

  close(id: string): void {
    this.#slots.delete(id);
  }

  #forgetIdle(nowMs: number): void {
    for (const [id, { usedAtMs }] of this.#slots) if (nowMs - usedAtMs > this.#forgetAfterMs) this.#slots.delete(id);
  }
}
