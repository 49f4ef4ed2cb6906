import { RingBuffer } from "./ring-buffer.ts";

/** The memory of all ring buffers, in bytes. A point takes 32: x and y as float64, each written twice. */
export const BUDGET_BYTES = 64 * 1024 * 1024;
const BYTES_A_POINT = 32;
export const FIRST_CAPACITY = 1024;

/** Shares {@link BUDGET_BYTES} out: a ring doubles while there is room, and then at the cost of one four times its size. */
export class RingBudget {
  readonly #rings: RingBuffer[] = [];
  readonly #maxPoints: number;
  #points = 0;

  constructor(bytes = BUDGET_BYTES) {
    this.#maxPoints = Math.floor(bytes / BYTES_A_POINT);
  }

  /** What all rings can hold, in bytes. */
  get bytes(): number {
    return this.#points * BYTES_A_POINT;
  }

  /** A new, small ring. */
  newRing(): RingBuffer {
    while (this.#points + FIRST_CAPACITY > this.#maxPoints) {
      const largest = this.#largest();
      if (largest === undefined || largest.capacity < 2 * FIRST_CAPACITY) break;
      this.#resize(largest, largest.capacity / 2);
    }
    return this.add(new RingBuffer(FIRST_CAPACITY));
  }

  /** Counts a ring, too. */
  add(ring: RingBuffer): RingBuffer {
    this.#rings.push(ring);
    this.#points += ring.capacity;
    return ring;
  }

  /** Makes the ring large enough for `points`, or as large as its share allows. */
  makeRoom(ring: RingBuffer, points: number): void {
    while (ring.capacity < points) {
      if (this.#points + ring.capacity > this.#maxPoints) {
        const largest = this.#largest();
        if (largest === undefined || largest.capacity < 4 * ring.capacity) return;
        this.#resize(largest, largest.capacity / 2);
      } else {
        this.#resize(ring, ring.capacity * 2);
      }
    }
  }

  #largest(): RingBuffer | undefined {
    return this.#rings.sort((a, b) => b.capacity - a.capacity)[0];
  }

  #resize(ring: RingBuffer, capacity: number): void {
    this.#points += capacity - ring.capacity;
    ring.resize(capacity);
  }
}
