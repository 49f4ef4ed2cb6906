/** How a message came: what tells a repeat from a publisher that counts anew. */
export interface Passage {
  /** Its connection; undefined: nobody knows. Connections are numbered in the order in which they began. */
  path: number | undefined;
  /** The newest connection when it came. */
  newest: number;
  /** The second oldest of those that are open now; Infinity if there are fewer than two. */
  second: number;
}

type Passed = Pick<Passage, "newest"> & { path: number };

/** Messages that libzmq has and that were not read yet: more than it keeps of one connection, in about 15 MB. */
const MAX_PENDING = 131_072;

/**
 * By which connection each message of a socket has come. libzmq does not say it, but the guard has seen the message go by:
 * it is known again by the CRC-32 of its frames. With CURVE, which hides them, only the connections are known.
 */
export class Paths {
  readonly #maxPending: number;
  /** The oldest is the first. */
  readonly #open = new Set<number>();
  /** By CRC-32; of messages that are alike in the order in which they came. */
  readonly #pending = new Map<number, Passed[]>();
  #newest = 0;

  constructor(maxPending = MAX_PENDING) {
    this.#maxPending = maxPending;
  }

  /** A connection begins. @returns its number */
  begin(): number {
    this.#open.add(++this.#newest);
    return this.#newest;
  }

  end(path: number): void {
    this.#open.delete(path);
  }

  /** A whole message goes to libzmq. @param sum the CRC-32 of its frames, one after the other */
  passed(path: number, sum: number): void {
    const passed = { path, newest: this.#newest };
    const alike = this.#pending.get(sum);
    if (alike !== undefined) alike.push(passed);
    else this.#pending.set(sum, [passed]);
    if (this.#pending.size <= this.#maxPending) return;
    const [oldest] = this.#pending.keys();
    if (oldest !== undefined) this.#pending.delete(oldest);
  }

  /** A message was read. */
  take(sum: number): Passage {
    const alike = this.#pending.get(sum);
    const passed = alike?.shift();
    if (alike?.length === 0) this.#pending.delete(sum);
    const [, second = Number.POSITIVE_INFINITY] = this.#open;
    return { path: passed?.path, newest: passed?.newest ?? this.#newest, second };
  }

  /** The socket is closed, with what was not read. */
  clear(): void {
    this.#open.clear();
    this.#pending.clear();
  }
}
