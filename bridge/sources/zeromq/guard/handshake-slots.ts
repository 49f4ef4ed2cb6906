import type { Socket } from "node:net";

export interface SlotLimits {
  /** For one's handshake while others wait; then it is ended. */
  holdForMs: number;
  /** For a slot: no client of libzmq waits longer for its handshake. */
  waitForMs: number;
  /** A slot is not used again so soon after who had it left unasked: the question may still be on its way. */
  settleMs: number;
}

export const SLOT_LIMITS: SlotLimits = { holdForMs: 5000, waitForMs: 30_000, settleMs: 100 };

/** A connection before its handshake. */
export interface Visitor {
  /** An IP address; empty for ipc. */
  readonly from: string;
  /** Its {@link networkOf}. */
  readonly network: string;
  /** Ends the connection, which has taken too long. Called once. */
  end(): void;
}

/** @param dial connects to libzmq */
export type Begin = (dial: () => Socket) => void;

interface Slot {
  readonly dial: () => Socket;
  holder: Visitor | undefined;
  sinceMs: number;
  isEnding: boolean;
}

interface Waiting {
  begin: Begin;
  sinceMs: number;
}

/**
 * Whom libzmq asks about. Behind the guard it sees no address of a publisher, but ZAP tells the domain of the endpoint that
 * the publisher has come by. So an address that is bound has several endpoints, each with a domain of its own, and
 * a connection has one of them for itself until it has been asked about. Pure but for `end` and `begin`.
 */
export class HandshakeSlots {
  readonly #limits: SlotLimits;
  readonly #nowMs: () => number;
  readonly #slots: readonly Slot[];
  /** The one that was free first is used first. */
  readonly #free: Slot[];
  readonly #waiting = new Map<Visitor, Waiting>();

  constructor(
    dials: readonly (() => Socket)[],
    limits: Partial<SlotLimits> = {},
    nowMs: () => number = () => performance.now(),
  ) {
    this.#limits = { ...SLOT_LIMITS, ...limits };
    this.#nowMs = nowMs;
    this.#slots = dials.map((dial) => ({ dial, holder: undefined, sinceMs: 0, isEnding: false }));
    this.#free = [...this.#slots];
  }

  /** Calls `begin` when there is a slot for this one. Of those who wait, who has the fewest of its network goes first. */
  enter(visitor: Visitor, begin: Begin): void {
    this.#waiting.set(visitor, { begin, sinceMs: this.#nowMs() });
    this.#fill();
  }

  /** libzmq asks about who came by this slot: it is free again. @returns the address; undefined if nobody has it */
  asked(index: number): string | undefined {
    const slot = this.#slots[index];
    const holder = slot?.holder;
    if (slot === undefined || holder === undefined) return undefined;
    this.#release(slot);
    return holder.from;
  }

  /** Its connection to libzmq is closed, or never was begun. */
  left(visitor: Visitor): void {
    this.#waiting.delete(visitor);
    const slot = this.#slots.find(({ holder }) => holder === visitor);
    if (slot === undefined) return;
    // Whoever is asked about meanwhile is this one. After the timers of a turn come its messages, then `setImmediate`.
    const release = (): void => {
      if (slot.holder === visitor) this.#release(slot);
    };
    setTimeout(() => setImmediate(release), this.#limits.settleMs).unref();
  }

  /** To be called about once a second: ends those who keep others waiting, and those who have waited for too long. */
  check(): void {
    const nowMs = this.#nowMs();
    for (const [visitor, { sinceMs }] of this.#waiting) {
      if (nowMs - sinceMs < this.#limits.waitForMs) continue;
      this.#waiting.delete(visitor);
      visitor.end();
    }
    if (this.#waiting.size === 0) return;
    for (const slot of this.#slots) {
      if (slot.holder === undefined || slot.isEnding || nowMs - slot.sinceMs < this.#limits.holdForMs) continue;
      slot.isEnding = true;
      slot.holder.end();
    }
  }

  #release(slot: Slot): void {
    slot.holder = undefined;
    this.#free.push(slot);
    this.#fill();
  }

  #fill(): void {
    while (this.#waiting.size > 0) {
      const slot = this.#free.shift();
      if (slot === undefined) return;
      const next = this.#next();
      if (next === undefined) return;
      const [visitor, { begin }] = next;
      this.#waiting.delete(visitor);
      slot.holder = visitor;
      slot.sinceMs = this.#nowMs();
      slot.isEnding = false;
      begin(slot.dial);
    }
  }

  #next(): [Visitor, Waiting] | undefined {
    const held = new Map<string, number>();
    for (const { holder } of this.#slots) {
      if (holder !== undefined) held.set(holder.network, (held.get(holder.network) ?? 0) + 1);
    }
    let best: [Visitor, Waiting] | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const each of this.#waiting) {
      const count = held.get(each[0].network) ?? 0;
      if (count < fewest) [best, fewest] = [each, count];
      if (fewest === 0) break;
    }
    return best;
  }
}
