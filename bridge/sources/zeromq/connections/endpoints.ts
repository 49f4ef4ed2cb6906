import { isIP } from "node:net";
import { hostOf, portOf } from "../../../config/syntax/endpoint.ts";

/** Names that libzmq has used for an address; a host name may come to mean many numbers in the course of time. */
const MAX_ALIASES = 256;

/**
 * Which of the addresses that we connect to an event is about. libzmq names the address as it was given at first, and
 * after that the numbers that its host name was found to be.
 */
export class Endpoints {
  readonly #connect: readonly string[];
  readonly #aliases = new Map<string, string>();

  constructor(connect: readonly string[]) {
    this.#connect = connect;
  }

  /**
   * Of an event that only connections of our own have.
   * @param isAway whether nobody is connected there: what has just been connected is sought among those
   */
  learn(address: string, isAway: (address: string) => boolean): string | undefined {
    const known = this.of(address);
    if (known !== undefined) return known;
    const port = portOf(address);
    const named = this.#connect.filter((each) => portOf(each) === port && isIP(hostOf(each) ?? "") === 0);
    const found = named.find(isAway) ?? named[0];
    if (found === undefined) return undefined;
    if (this.#aliases.size >= MAX_ALIASES) this.#aliases.clear();
    this.#aliases.set(address, found);
    return found;
  }

  /** Undefined: it is about an address that we bind. */
  of(address: string): string | undefined {
    return this.#connect.includes(address) ? address : this.#aliases.get(address);
  }
}
