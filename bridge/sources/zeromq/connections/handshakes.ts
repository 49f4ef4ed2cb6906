interface Links {
  /** Connections without an outcome of their handshake, and how many of these have failed but not ended yet. */
  shaking: number;
  failed: number;
  ready: number;
}

/**
 * Tells connections that ended from attempts that failed. libzmq says `disconnect` of both and names only the endpoint,
 * but before that it says of each handshake that it succeeded or failed: `stream_engine_base_t::error` in
 * https://github.com/zeromq/libzmq/blob/v4.3.5/src/stream_engine_base.cpp
 */
export class Handshakes {
  /** By endpoint: this socket's own, or those it connects to. */
  readonly #at = new Map<string, Links>();

  begun(endpoint: string): void {
    this.#of(endpoint).shaking++;
  }

  succeeded(endpoint: string): void {
    const links = this.#of(endpoint);
    links.shaking = Math.max(links.failed, links.shaking - 1);
    links.ready++;
  }

  /** May be told twice of the same one. */
  failed(endpoint: string): void {
    const links = this.#of(endpoint);
    links.failed = Math.min(links.shaking, links.failed + 1);
  }

  /** @returns whether it was a connection, and no mere attempt */
  ended(endpoint: string): boolean {
    const links = this.#of(endpoint);
    if (links.failed > 0) {
      links.failed--;
      links.shaking--;
      return false;
    }
    // libzmq tells nothing of some handshakes that fail (a socket of another type, `mechanism_t::parse_metadata`), nor of those
    // of ZMTP 2.0. Handshakes take milliseconds, so it is one of these and not a publisher that leaves at that moment.
    if (links.shaking > 0) {
      links.shaking--;
      return false;
    }
    if (links.ready === 0) return false;
    links.ready--;
    return true;
  }

  /** All connections there were ended by us, of which libzmq says nothing. */
  forget(endpoint: string): void {
    this.#at.delete(endpoint);
  }

  #of(endpoint: string): Links {
    const links = this.#at.get(endpoint) ?? { shaking: 0, failed: 0, ready: 0 };
    this.#at.set(endpoint, links);
    return links;
  }
}
