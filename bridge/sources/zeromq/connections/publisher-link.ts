/** One connection of a publisher, from its handshake to its end. */
export class PublisherLink {
  /** Our own address, or the one that is connected to. */
  readonly address: string;
  /** Its number among the arrival paths; undefined where there is no guard. */
  readonly path: number | undefined;
  /** By performance.now(); undefined before the handshake was over. */
  cameAtMs: number | undefined;
  #messages = 0;
  #firstAtMs = 0;
  #lastAtMs = 0;

  constructor(address: string, path?: number) {
    this.address = address;
    this.path = path;
  }

  get hasCome(): boolean {
    return this.cameAtMs !== undefined;
  }

  /** To be called when messages have come. @param messages how many so far */
  heard(messages: number, nowMs: number): void {
    if (this.#messages === 0) this.#firstAtMs = nowMs;
    this.#messages = messages;
    this.#lastAtMs = nowMs;
  }

  /** How many messages have come by it; undefined where there is no guard, which counts them. */
  get messages(): number | undefined {
    return this.path === undefined ? undefined : this.#messages;
  }

  /** The time from its first message to its last. */
  get sendingMs(): number {
    return this.#lastAtMs - this.#firstAtMs;
  }
}
