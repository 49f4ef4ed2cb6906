import { type ArrivalPath, REPEAT_WITHIN_MS } from "../inlet.ts";

type Passed = Pick<ArrivalPath, "newest"> & { path: number };

/** Messages of one sum, the first that comes next at `head`. */
interface Alike {
  passed: Passed[];
  head: number;
}

/** Of the last so many messages it is known how they came, until they are read: libzmq keeps fewer of a connection. 15 MB. */
const MAX_PENDING = 131_072;

/**
 * By which connection each message of a socket has come. libzmq does not say it, but the guard has seen the message go by:
 * it is known again by the CRC-32 of its frames. With CURVE, which hides them, only the connections are known.
 */
export class ArrivalPaths {
  readonly #maxPending: number;
  readonly #nowMs: () => number;
  /** When each has last sent a message. The oldest is the first. */
  readonly #open = new Map<number, number>();
  /**
   * By CRC-32, in two generations: when half of all came since the younger one began, the older one is forgotten. (A Map of
   * which the oldest entry is looked for and deleted again and again takes ever longer.)
   */
  #old = new Map<number, Alike>();
  #young = new Map<number, Alike>();
  #youngCount = 0;
  #newest = 0;
  /** Whether messages are known again: each costs its CRC-32. */
  isNoting = true;

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

  /** Whether messages that begin now are known again. */
  note(isOn: boolean): void {
    if (isOn && !this.isNoting) this.#forget();
    this.isNoting = isOn;
  }

  /** The connection that began last. */
  get newest(): number {
    return this.#newest;
  }

  /** That of those that are open which began first; Infinity if none is. */
  get oldest(): number {
    const [oldest = Number.POSITIVE_INFINITY] = this.#open.keys();
    return oldest;
  }

  isOpen(path: number): boolean {
    return this.#open.has(path);
  }

  /** A whole message goes to libzmq. @param sum the CRC-32 of its frames, one after the other */
  passed(path: number, sum: number): void {
    if (this.#youngCount >= this.#maxPending / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngCount = 0;
    }
    const passed = { path, newest: this.#newest };
    const alike = this.#young.get(sum);
    if (alike === undefined) this.#young.set(sum, { passed: [passed], head: 0 });
    else alike.passed.push(passed);
    this.#youngCount++;
  }

  /** A message was read. */
  take(sum: number): ArrivalPath {
    const passed = takeFirst(this.#old, sum) ?? takeFirst(this.#young, sum);
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
    this.#forget();
  }

  #forget(): void {
    this.#old.clear();
    this.#young.clear();
    this.#youngCount = 0;
  }
}

function takeFirst(pending: Map<number, Alike>, sum: number): Passed | undefined {
  const alike = pending.get(sum);
  if (alike === undefined) return undefined;
  const first = alike.passed[alike.head++];
  if (alike.head === alike.passed.length) pending.delete(sum);
  return first;
}
