import type { Visitor } from "./handshake-slots.ts";
import type { GuardLimits } from "./limits.ts";
import { type Occupant, whomToEnd } from "./room.ts";
import type { Splice } from "./splice.ts";

export interface Connection extends Visitor, Occupant {
  readonly splice: Pick<Splice, "end" | "hold">;
  /** Our own, public address. */
  readonly address: string;
  heardAtMs: number | undefined;
  /** Of its share of all that is unfinished. */
  unfinishedBytes: number;
}

export type Room =
  | { kind: "free" }
  /** This one was ended for it, of so many. */
  | { kind: "made"; ended: Connection; most: number }
  /** So many are open, of the newcomer's address or in all, and none of them was ended. */
  | { kind: "none"; most: number; isOfAddress: boolean };

/** Of making room: at once, and in a second after that. */
const TURNS_AT_ONCE = 100;

/** The connections that others have begun, and who of them goes so that they stay within their bounds. */
export class Connections {
  readonly #limits: GuardLimits;
  /** In the order in which they began. */
  readonly #open = new Set<Connection>();
  /** Of these, who have not said yet that they speak ZMTP. */
  readonly #silent = new Set<Connection>();
  readonly #countOf = new Map<string, number>();
  /** Ended to make room, and not closed yet. */
  readonly #leaving = new Set<Connection>();
  #unfinishedBytes = 0;
  /** How often room may be made now: whoever floods a full bridge with connections must not keep it busy with that. */
  #turns = TURNS_AT_ONCE;
  #turnsSinceMs = 0;

  constructor(limits: GuardLimits) {
    this.#limits = limits;
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#open.values();
  }

  /** Makes room for one more, if there is none. @param network the newcomer's; empty for ipc, where who comes is not told apart */
  makeRoom(network: string, nowMs = performance.now()): Room {
    const { connections, connectionsOfAddress, leaving } = this.#limits;
    const isOfAddress = network !== "" && (this.#countOf.get(network) ?? 0) >= connectionsOfAddress;
    if (!isOfAddress && this.#open.size < connections) return { kind: "free" };
    const most = isOfAddress ? connectionsOfAddress : connections;
    const none: Room = { kind: "none", most, isOfAddress };
    if (this.#leaving.size >= leaving || !this.#takeTurn(nowMs)) return none;
    const all = [...this.#open];
    const ended = whomToEnd(isOfAddress ? all.filter((each) => each.network === network) : all, network, nowMs);
    if (ended === undefined) return none;
    this.#remove(ended);
    this.#leaving.add(ended);
    ended.splice.end();
    return { kind: "made", ended, most };
  }

  add(connection: Connection): void {
    const { network } = connection;
    this.#countOf.set(network, (this.#countOf.get(network) ?? 0) + 1);
    this.#open.add(connection);
    this.#silent.add(connection);
    if (this.#silent.size > this.#limits.silent) this.#endOldestSilent();
  }

  speaksZmtp(connection: Connection): void {
    this.#silent.delete(connection);
  }

  /** What libzmq keeps of its unfinished message has changed. @returns who was ended for it, because all have too much */
  unfinished(connection: Connection, bytes: number): Connection | undefined {
    connection.unfinishedBytes += bytes;
    this.#unfinishedBytes += bytes;
    if (this.#unfinishedBytes <= this.#limits.unfinishedBytes) return undefined;
    const largest = [...this.#open].reduce((a, b) => (b.unfinishedBytes > a.unfinishedBytes ? b : a));
    this.#forgetUnfinished(largest);
    largest.splice.end();
    return largest;
  }

  closed(connection: Connection): void {
    this.#remove(connection);
    this.#leaving.delete(connection);
  }

  /** To be called about once a second: ends those who have said nothing for too long. */
  check(nowMs = performance.now()): void {
    for (const { sinceMs } of this.#silent) {
      if (nowMs - sinceMs < this.#limits.silentForMs) return;
      this.#endOldestSilent();
    }
  }

  #takeTurn(nowMs: number): boolean {
    const earned = Math.floor(((nowMs - this.#turnsSinceMs) / 1000) * TURNS_AT_ONCE);
    if (earned > 0) {
      this.#turns = Math.min(TURNS_AT_ONCE, this.#turns + earned);
      this.#turnsSinceMs = nowMs;
    }
    if (this.#turns === 0) return false;
    this.#turns--;
    return true;
  }

  #remove(connection: Connection): void {
    if (!this.#open.delete(connection)) return;
    this.#silent.delete(connection);
    this.#forgetUnfinished(connection);
    const left = (this.#countOf.get(connection.network) ?? 1) - 1;
    if (left > 0) this.#countOf.set(connection.network, left);
    else this.#countOf.delete(connection.network);
  }

  #forgetUnfinished(connection: Connection): void {
    this.#unfinishedBytes -= connection.unfinishedBytes;
    connection.unfinishedBytes = 0;
  }

  #endOldestSilent(): void {
    const [oldest] = this.#silent;
    if (oldest === undefined) return;
    this.#silent.delete(oldest);
    oldest.splice.end();
  }
}
