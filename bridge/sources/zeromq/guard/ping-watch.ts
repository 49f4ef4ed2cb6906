// https://rfc.zeromq.org/spec/37/: a greeting, then frames of flags, length and body.
const GREETING_BYTES = 64;
const FLAG = { long: 2, command: 4 };
const PING = Buffer.from("\u0004PING");
/** A PONG without a context. */
export const PONG_FRAME = Buffer.from("\u0004\u0005\u0004PONG", "latin1");

/** Finds the PINGs in what libzmq sends to a peer of ZMTP 3. Pure: it is fed bytes as they go by. */
export class PingWatch {
  #phase: "greeting" | "flags" | "length" | "body" = "greeting";
  #left = GREETING_BYTES;
  #isCommand = false;
  #length = 0;
  #begun: number[] = [];

  /** @returns how many PINGs end in this chunk */
  take(chunk: Uint8Array): number {
    let pings = 0;
    for (let at = 0; at < chunk.length; ) {
      const byte = chunk[at] ?? 0;
      if (this.#phase === "flags") {
        this.#isCommand = (byte & FLAG.command) !== 0;
        this.#left = (byte & FLAG.long) === 0 ? 1 : 8;
        this.#length = 0;
        this.#begun = [];
        this.#phase = "length";
        at++;
      } else if (this.#phase === "length") {
        this.#length = this.#length * 256 + byte;
        at++;
        if (--this.#left === 0) {
          this.#left = this.#length;
          this.#phase = this.#left === 0 ? "flags" : "body";
        }
      } else {
        const count = Math.min(this.#left, chunk.length - at);
        for (let i = 0; i < count && this.#begun.length < PING.length; i++) this.#begun.push(chunk[at + i] ?? 0);
        at += count;
        this.#left -= count;
        if (this.#left > 0) break;
        if (this.#phase === "body" && this.#isCommand && PING.every((each, i) => this.#begun[i] === each)) pings++;
        this.#phase = "flags";
      }
    }
    return pings;
  }
}
