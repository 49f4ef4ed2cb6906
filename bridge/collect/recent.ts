import { type Passage, REPEAT_WITHIN_MS } from "../receive/paths.ts";

interface Came {
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
  /** By number; the one that came first is the first. */
  readonly #came = new Map<number, Came>();

  /** Whether a message is one of these, come by another connection. If so, that is noted. */
  isRepeat(number: number, crc: number, passage: Passage, nowMs: number): boolean {
    const came = this.#came.get(number);
    if (came === undefined || came.crc !== crc || nowMs - came.atMs > REPEAT_WITHIN_MS) return false;
    if (!isOtherPath(came, passage)) return false;
    came.paths.push(passage.path);
    return true;
  }

  /** @param most how many are remembered */
  add(number: number, crc: number, { path, newest }: Passage, nowMs: number, most: number): void {
    this.#came.delete(number);
    this.#came.set(number, { crc, atMs: nowMs, newest, paths: [path] });
    for (const [old, { atMs }] of this.#came) {
      if (this.#came.size <= most && nowMs - atMs <= REPEAT_WITHIN_MS) return;
      this.#came.delete(old);
    }
  }

  clear(): void {
    this.#came.clear();
  }
}

/**
 * Whether a message that has come may come again by this connection, because the publisher had both when it sent it. Where
 * nobody knows the connections, two that were there then and send now are enough for one repeat.
 */
function isOtherPath({ paths, newest }: Came, { path, second }: Passage): boolean {
  if (path !== undefined && !paths.includes(undefined)) return path <= newest && !paths.includes(path);
  return paths.length === 1 && second() <= newest;
}
