import { LineRate } from "../../../observability/line-rate.ts";
import type { Log } from "../../../observability/log.ts";
import { counted } from "../../../observability/printable.ts";
import type { PublisherLink } from "./publisher-link.ts";
import { Visitors } from "./visitors.ts";

export interface PeersOptions {
  log: Log;
  /** A publisher has come to an address where one had gone. */
  onReturn: (address: string) => void;
  /** What the log says of a return of one that had stayed, beside that it was one. */
  returnNote?: string;
  onGone: () => void;
  onVisit?: () => void;
  /** One that did not come just to send something and leave has gone, or was cut off by us: what it sends now is lost. */
  onMissed: () => void;
  onCount: (publishers: number) => void;
  /** Whether who sends before it is subscribed sends to nobody: true of PUB, and by default. */
  dropsEarly?: boolean;
  nowMs?: () => number;
}

interface Address {
  readonly links: Set<PublisherLink>;
  /** Of those, who is taken for a visitor as yet, and was not said to be connected. */
  readonly unproven: Set<PublisherLink>;
  readonly visitors: Visitors;
  /** How many have gone and not come back; of these, who had stayed. */
  gone: number;
  missed: number;
}

/** So long a message proves that somebody is there, though no connection is known. */
const HEARD_MS = 2000;
/** So many in a row that leave without a message are no chance. */
const EMPTY_VISITS = 5;
const SAY_EMPTY_EVERY_MS = 600_000;

/**
 * Who is connected: each connection by itself, from the end of its handshake to its own end. A publisher that comes to an
 * address after one has gone there is taken for the one that went, as nobody can know better. Those that come, send and
 * leave in turn ({@link Visitors}) are one publisher as long as the next is not overdue.
 */
export class Peers {
  readonly #options: PeersOptions & { nowMs: () => number };
  readonly #at = new Map<string, Address>();
  readonly #rate: LineRate;
  #told = 0;
  /** When a message came though nobody was counted. */
  #heardAtMs = Number.NEGATIVE_INFINITY;
  #emptySaidAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: PeersOptions) {
    this.#options = { nowMs: () => performance.now(), ...options };
    this.#rate = new LineRate(options.nowMs);
  }

  came(link: PublisherLink): void {
    const at = this.#of(link.address);
    at.links.add(link);
    const isUnproven = at.visitors.areExpected(this.#options.nowMs());
    if (isUnproven) at.unproven.add(link);
    this.#count();
    if (at.gone > 0) {
      at.gone--;
      this.#options.onReturn(link.address);
    }
    if (!isUnproven) this.#sayCame(at, link);
  }

  left(link: PublisherLink): void {
    const at = this.#of(link.address);
    // Those that we have ended ourselves were told as gone by `reopened`.
    if (!at.links.delete(link)) return;
    at.gone++;
    const wasUnproven = at.unproven.delete(link);
    const wasVisit = at.visitors.left(link, this.#options.nowMs());
    this.#count();
    this.#options.onGone();
    if (wasVisit) this.#options.onVisit?.();
    else {
      at.missed++;
      this.#options.onMissed();
    }
    if (!wasVisit || !wasUnproven) this.#say(`A publisher is gone from ${link.address}`);
    if (wasVisit) this.#sayVisits(at, link.address);
  }

  /** We have ended the connections to these addresses ourselves, which nobody else tells. */
  reopened(addresses: readonly string[]): void {
    for (const address of addresses) {
      const at = this.#at.get(address);
      if (at === undefined || at.links.size === 0) continue;
      const count = at.links.size;
      at.links.clear();
      at.unproven.clear();
      at.gone += count;
      at.missed += count;
      this.#count();
      this.#options.onMissed();
    }
  }

  /** A message was read: whatever is known of connections, somebody is there. */
  heard(): void {
    if (this.#told > 0 && this.#heardAtMs === Number.NEGATIVE_INFINITY) return;
    if (this.#present > 0) return;
    this.#heardAtMs = this.#options.nowMs();
    this.#count();
  }

  /** To be called about once a second. */
  check(): void {
    const nowMs = this.#options.nowMs();
    for (const at of this.#at.values()) {
      for (const link of at.unproven) {
        if (!at.visitors.stays(link, nowMs)) continue;
        at.unproven.delete(link);
        this.#sayCame(at, link);
      }
    }
    this.#count();
  }

  /** Publishers that are connected, and those that come and go. */
  get #present(): number {
    const nowMs = this.#options.nowMs();
    let sum = 0;
    for (const { links, unproven, visitors } of this.#at.values()) {
      sum += links.size - unproven.size;
      if (unproven.size > 0 || visitors.areHere(nowMs)) sum++;
    }
    return sum;
  }

  #of(address: string): Address {
    const known = this.#at.get(address);
    if (known !== undefined) return known;
    const at = { links: new Set<PublisherLink>(), unproven: new Set<PublisherLink>(), visitors: new Visitors() };
    const made = { ...at, gone: 0, missed: 0 };
    this.#at.set(address, made);
    return made;
  }

  #count(): void {
    const present = this.#present;
    if (present > 0 || this.#options.nowMs() - this.#heardAtMs >= HEARD_MS) this.#heardAtMs = Number.NEGATIVE_INFINITY;
    const publishers = present === 0 && this.#heardAtMs !== Number.NEGATIVE_INFINITY ? 1 : present;
    if (publishers === this.#told) return;
    this.#told = publishers;
    this.#options.onCount(publishers);
  }

  #sayCame(at: Address, { address }: PublisherLink): void {
    const isReturn = at.missed > 0;
    if (isReturn) at.missed--;
    const { returnNote } = this.#options;
    const note = isReturn && returnNote ? ` (${returnNote})` : "";
    this.#say(`A publisher is connected${isReturn ? " again" : ""} at ${address}${note}`);
  }

  #sayVisits(at: Address, address: string): void {
    if (at.visitors.takeNews()) {
      this.#options.log.info(
        `Publishers come to ${address}, send and leave, as a process for each message does. That is fine: they count as one ` +
          "publisher, and that they come and go is neither said again nor marked as a gap.",
      );
    }
    if (this.#options.dropsEarly === false) return;
    const nowMs = this.#options.nowMs();
    if (at.visitors.empty < EMPTY_VISITS || nowMs - this.#emptySaidAtMs < SAY_EMPTY_EVERY_MS) return;
    this.#emptySaidAtMs = nowMs;
    this.#options.log.warn(
      `${counted(at.visitors.empty, "publisher")} in a row came to ${address} and left without a message. A PUB socket drops ` +
        "what it sends before this bridge has subscribed: wait for 0.2 s between connect and send, or send with PUSH and give " +
        "this source --socket pull. If topics are given (--topic), it may send others.",
    );
  }

  #say(text: string): void {
    const unsaid = this.#rate.take();
    if (unsaid === undefined) return;
    const more = unsaid === 0 ? "" : ` (and ${counted(unsaid, "such change")} before)`;
    this.#options.log.info(`${text}; ${counted(this.#told, "publisher")} now${more}.`);
  }
}
