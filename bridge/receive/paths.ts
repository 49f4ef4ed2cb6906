/** How a message came: what tells a repeat from a publisher that counts anew. */
export interface Passage {
  /** Its connection; undefined: nobody knows. Connections are numbered in the order in which they began. */
  path: number | undefined;
  /** The newest connection when it came. */
  newest: number;
  /** The second oldest of those that are open and have sent something lately; Infinity if there are fewer than two. */
  second: () => number;
}

/** So long a message can come again by another connection: one that is slower, such as that of a forwarder. */
export const REPEAT_WITHIN_MS = 5000;

type Passed = Pick<Passage, "newest"> & { path: number };

/** Messages that libzmq has and that were not read yet: more than it keeps of one connection, in about 15 MB. */
const MAX_PENDING = 131_072;

/**
 * By which connection each message of a socket has come. libzmq does not say it, but the guard has seen the message go by:
 * it is known again by the CRC-32 of its frames. With CURVE, which hides them, only the connections are known.
 */
export class Paths {
  readonly #maxPending: number;
  readonly #nowMs: () => number;
  /** When each has last sent a message. The oldest is the first. */
  readonly #open = new Map<number, number>();
  /** By CRC-32; of messages that are alike in the order in which they came. */
  readonly #pending = new Map<number, Passed[]>();
  #newest = 0;

  constructor(maxPending = MAX_PENDING, nowMs: () => number = () => performance.now()) {
    this.#maxPending = maxPending;
    this.#nowMs = nowMs;
  }

  /** A connection begins. @returns its number */
  begin(): number {
    this.#open.set(++this.#newest, Number.NEGATIVE_INFINITY);
    return this.#newest;
  }

  /** Messages have come by it, whether their frames can be seen or not. */
  heard(path: number): void {
    if (this.#open.has(path)) this.#open.set(path, this.#nowMs());
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
    return { path: passed?.path, newest: passed?.newest ?? this.#newest, second: this.#second };
  }

  readonly #second = (): number => {
    const nowMs = this.#nowMs();
    let found = 0;
    for (const [path, heardAtMs] of this.#open) {
      // What it sent may have waited for as long in libzmq.
      if (nowMs - heardAtMs <= 2 * REPEAT_WITHIN_MS && ++found === 2) return path;
    }
    return Number.POSITIVE_INFINITY;
  };

  /** The socket is closed, with what was not read. */
  clear(): void {
    this.#open.clear();
    this.#pending.clear();
  }
}
