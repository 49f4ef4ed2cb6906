import type { ReceivingSocket } from "../socket.ts";
import { setZapDomain } from "../socket.ts";
import { type Begin, HandshakeSlots, type Visitor } from "./handshake-slots.ts";
import type { PrivateEndpoint, PrivateEndpoints } from "./private.ts";

/** Handshakes at once with a server of CURVE or PLAIN, of one bound address. */
export const SLOTS = 64;

/** Where libzmq takes what has connected to one public address. */
export interface Entry {
  /** As libzmq names them in its events. */
  readonly endpoints: readonly string[];
  /** Calls `begin` when it is this one's turn. */
  enter(visitor: Visitor, begin: Begin): void;
  /** To be called when its connection is closed. */
  left(visitor: Visitor): void;
  /** To be called about once a second. */
  check(): void;
}

/** The ZAP domains of a server's socket: one for each way by which libzmq gets a publisher, so that it is known again. */
export class ZapDomains {
  readonly #base: string;
  readonly #addressOf: (() => string | undefined)[] = [];

  /** @param base the domain of all that come by no such way */
  constructor(base: string) {
    this.#base = base;
  }

  get base(): string {
    return this.#base;
  }

  /** @param address whose handshake it is, an IP address; undefined if nobody's. @returns the domain to be set */
  add(address: () => string | undefined): string {
    return `${this.#base}/${this.#addressOf.push(address) - 1}`;
  }

  /** Who is asked about. @param way what follows the base in the domain */
  addressOf(way: string): string | undefined {
    return this.#addressOf[Number(way)]?.();
  }
}

/** Binds libzmq for one public address. @param domains of a server of CURVE or PLAIN */
export async function openEntry(
  privates: PrivateEndpoints,
  socket: ReceivingSocket,
  domains: ZapDomains | undefined,
): Promise<Entry> {
  if (domains === undefined) {
    const { endpoint, dial } = await privates.bind(socket);
    return {
      endpoints: [endpoint],
      enter: (_, begin) => begin(dial),
      left: () => undefined,
      check: () => undefined,
    };
  }
  const bound: PrivateEndpoint[] = [];
  let slots: HandshakeSlots | undefined;
  for (let i = 0; i < SLOTS; i++) {
    setZapDomain(
      socket,
      domains.add(() => slots?.asked(i)),
    );
    bound.push(await privates.bind(socket));
  }
  const made = new HandshakeSlots(bound.map(({ dial }) => dial));
  slots = made;
  return {
    endpoints: bound.map(({ endpoint }) => endpoint),
    enter: (visitor, begin) => made.enter(visitor, begin),
    left: (visitor) => made.left(visitor),
    check: () => made.check(),
  };
}
