import type { GuardedConnection } from "./connection.ts";
import type { GuardLimits } from "./guard-limits.ts";
import type { ConnectionTable, ProcessRoom } from "./process-room.ts";
import { whomToEnd } from "./room.ts";

export type Room =
  | { kind: "free" }
  /** This one was ended for it, of so many. */
  | { kind: "made"; ended: GuardedConnection; most: number; of: Bounded }
  /** So many are open, and none of them was ended. */
  | { kind: "none"; most: number; of: Bounded };

/** What has as many connections as it may: the newcomer's address, one socket, or the process with all its files. */
export type Bounded = "address" | "socket" | "process";

/** Of making room: at once, and in a second after that. */
const TURNS_AT_ONCE = 100;

/** The connections that others have begun, and who of them goes so that they stay within their bounds. */
export class Connections implements ConnectionTable {
  readonly #limits: GuardLimits;
  readonly #process: ProcessRoom;
  /** In the order in which they began. */
  readonly #open = new Set<GuardedConnection>();
  /** Of these, who have not said yet that they speak ZMTP. */
  readonly #silent = new Set<GuardedConnection>();
  readonly #countOf = new Map<string, number>();
  /** Ended to make room, and not closed yet. */
  readonly #leaving = new Set<GuardedConnection>();
  #unfinishedBytes = 0;
  /** How often room may be made now: whoever floods a full bridge with connections must not keep it busy with that. */
  #turns = TURNS_AT_ONCE;
  #turnsSinceMs = 0;

  constructor(limits: GuardLimits, process: ProcessRoom) {
    this.#limits = limits;
    this.#process = process;
  }

  [Symbol.iterator](): Iterator<GuardedConnection> {
    return this.#open.values();
  }

  /** Makes room for one more, if there is none. @param network the newcomer's; empty for ipc, where who comes is not told apart */
  makeRoom(network: string, nowMs = performance.now()): Room {
    const room = this.#process;
    const ofAddress = Math.min(this.#limits.connectionsOfAddress, room.mostOfAddress);
    const of = this.#fullFor(network, ofAddress);
    if (of === undefined && !room.isSpent) return { kind: "free" };
    const most = { address: ofAddress, socket: this.#limits.connections, process: room.most }[of ?? "process"];
    const none: Room = { kind: "none", most, of: of ?? "process" };
    if (of === undefined || room.isSpent || this.#leaving.size >= this.#limits.leaving) return none;
    if (!this.#takeTurn(nowMs)) return none;
    const all = of === "process" ? [...room.tables].flatMap((table) => [...table]) : [...this.#open];
    const ended = whomToEnd(of === "address" ? all.filter((each) => each.network === network) : all, network, nowMs);
    if (ended === undefined) return none;
    for (const table of room.tables) if (table.makeLeave(ended)) break;
    return { kind: "made", ended, most, of };
  }

  makeLeave(connection: GuardedConnection): boolean {
    if (!this.#open.has(connection)) return false;
    this.#remove(connection);
    this.#leaving.add(connection);
    connection.splice.end();
    return true;
  }

  add(connection: GuardedConnection): void {
    const { network } = connection;
    this.#countOf.set(network, (this.#countOf.get(network) ?? 0) + 1);
    this.#open.add(connection);
    this.#process.tables.add(this);
    this.#process.open++;
    this.#process.held++;
    this.#silent.add(connection);
    if (this.#silent.size > this.#limits.silent) this.#endOldestSilent();
  }

  speaksZmtp(connection: GuardedConnection): void {
    this.#silent.delete(connection);
  }

  /** What libzmq keeps of its unfinished message has changed. @returns who was ended for it, because all have too much */
  unfinished(connection: GuardedConnection, bytes: number): GuardedConnection | undefined {
    connection.unfinishedBytes += bytes;
    this.#unfinishedBytes += bytes;
    if (this.#unfinishedBytes <= this.#limits.unfinishedBytes) return undefined;
    const largest = [...this.#open].reduce((a, b) => (b.unfinishedBytes > a.unfinishedBytes ? b : a));
    this.#forgetUnfinished(largest);
    largest.splice.end();
    return largest;
  }

  /** Its files are free. To be called once. */
  closed(connection: GuardedConnection): void {
    this.#process.held--;
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

  #fullFor(network: string, ofAddress: number): Bounded | undefined {
    if (network !== "" && (this.#countOf.get(network) ?? 0) >= ofAddress) return "address";
    if (this.#open.size >= this.#limits.connections) return "socket";
    return this.#process.open >= this.#process.most ? "process" : undefined;
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

  #remove(connection: GuardedConnection): void {
    if (!this.#open.delete(connection)) return;
    this.#process.open--;
    if (this.#open.size === 0) this.#process.tables.delete(this);
    this.#silent.delete(connection);
    this.#forgetUnfinished(connection);
    const left = (this.#countOf.get(connection.network) ?? 1) - 1;
    if (left > 0) this.#countOf.set(connection.network, left);
    else this.#countOf.delete(connection.network);
  }

  #forgetUnfinished(connection: GuardedConnection): void {
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
