import { type ArrivalPath, REPEAT_WITHIN_MS } from "../../sources/inlet.ts";

/** Of the messages that are remembered, to begin with: of as many topics as there may be, no more than all that may be. */
const FEWEST = 8;

interface Came {
  number: number;
  crc: number;
  atMs: number;
  /** The newest connection then. */
  newest: number;
  /** By which it came, the first time and again. */
  paths: (number | undefined)[];
}

/**
 * The messages of a topic that came lately. A publisher that is reached over two connections sends each message over both,
 * so the second of them is a repeat. One that starts again and sends the same under the same numbers is not: its
 * connection began later, or has brought the message before.
 */
export class RecentMessages {
  /** A message's place is its number modulo their length. */
  #came: (Came | undefined)[] = Array(FEWEST).fill(undefined);

  /** Whether a message is one of these, come by another connection. If so, that is noted. */
  isRepeat(number: number, crc: number, arrivalPath: ArrivalPath, nowMs: number): boolean {
    const came = this.#came[number % this.#came.length];
    if (came?.number !== number || came.crc !== crc || !isRecent(came, nowMs)) return false;
    if (!isOtherPath(came, arrivalPath)) return false;
    came.paths.push(arrivalPath.path);
    return true;
  }

  /** @param most how many are remembered; no more places are taken than there are recent messages */
  add(number: number, crc: number, { path, newest }: ArrivalPath, nowMs: number, most: number): void {
    for (;;) {
      const there = this.#came[number % this.#came.length];
      if (there === undefined || there.number === number || !isRecent(there, nowMs)) break;
      if (!this.#grow(most)) break;
    }
    this.#came[number % this.#came.length] = { number, crc, atMs: nowMs, newest, paths: [path] };
  }

  clear(): void {
    this.#came = Array(FEWEST).fill(undefined);
  }

  /** How many messages there is room for. */
  get places(): number {
    return this.#came.length;
  }

  /** Forgets the older messages. @param most a power of two */
  shrink(most: number): void {
    if (this.#came.length > most) this.#move(Math.max(FEWEST, most));
  }

  #grow(most: number): boolean {
    if (2 * this.#came.length > most) return false;
    this.#move(2 * this.#came.length);
    return true;
  }

  #move(places: number): void {
    const before = this.#came;
    this.#came = Array(places).fill(undefined);
    for (const came of before) {
      if (came === undefined) continue;
      const there = this.#came[came.number % places];
      if (there === undefined || there.number < came.number) this.#came[came.number % places] = came;
    }
  }
}

function isRecent({ atMs }: Came, nowMs: number): boolean {
  return nowMs - atMs <= REPEAT_WITHIN_MS;
}

/**
 * Whether a message that has come may come again by this connection, because the publisher had both when it sent it. Where
 * nobody knows the connections, two that were there then and send now are enough for one repeat.
 */
function isOtherPath({ paths, newest }: Came, { path, second }: ArrivalPath): boolean {
  if (path !== undefined && !paths.includes(undefined)) return path <= newest && !paths.includes(path);
  return paths.length === 1 && second() <= newest;
}
