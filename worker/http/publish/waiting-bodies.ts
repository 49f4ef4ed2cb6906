import { MAX_BODY_BYTES } from "../../../protocol/limits.ts";
import { HttpProblem } from "../problem-response.ts";

/** What bodies that are not whole yet may take in memory, all together (an isolate has 128 MB). */
export const MAX_WAITING_BYTES = 32 * MAX_BODY_BYTES;
/** A body that is not whole after this long is slow. */
export const SLOW_AFTER_MS = 1_000;
/** Slow bodies at once: of an isolate, of a token, of an address. Quick ones are let in however many of these there are. */
export const MAX_SLOW_BODIES = 1_024;
export const MAX_SLOW_BODIES_OF_TOKEN = 256;
export const MAX_SLOW_BODIES_OF_ADDRESS = 64;
/** Where a client hangs up, the runtime may never go on with its request: so long after its time a body is forgotten. */
const FORGET_AFTER_MS = 10_000;

/** Who sends a body. */
export interface Sender {
  address: string;
  /** The id of its token's principal. */
  token: string;
}

/** Bodies that are being read. */
const waiting = new Set<WaitingBody>();
let waitingBytes = 0;

/** GD11: a body that is being read, until {@link end}: what it holds, and for how long. */
export class WaitingBody {
  readonly #sender: Sender | undefined;
  #bytes = 0;
  #isSlow = false;
  #untilMs: number;

  /** @param sender undefined: its slow bodies are not counted */
  constructor(sender: Sender | undefined, untilMs: number) {
    this.#sender = sender;
    this.#untilMs = untilMs;
    waiting.add(this);
  }

  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** By when it is whole, or something comes of it. */
  set untilMs(ms: number) {
    this.#untilMs = ms;
  }

  /** So many bytes of it are in memory now. @throws Problem `too-many-requests` */
  hold(bytes: number, nowMs: number): void {
    if (!waiting.has(this)) return;
    waitingBytes += bytes - this.#bytes;
    this.#bytes = bytes;
    if (waitingBytes <= MAX_WAITING_BYTES) return;
    forgetOld(nowMs);
    if (waitingBytes > MAX_WAITING_BYTES) throw tooMany("Too many bodies are on their way at once.", 1);
  }

  /** It is not whole after {@link SLOW_AFTER_MS}. @throws Problem `too-many-requests` */
  becomeSlow(nowMs: number): void {
    forgetOld(nowMs);
    this.#isSlow = true;
    if (this.#sender === undefined) return;
    const { address, token } = this.#sender;
    const slow = [...waiting].filter((each) => each.#isSlow);
    if (slow.length > MAX_SLOW_BODIES) throw tooMany("Too many slow bodies are on their way at once.", 5);
    if (slow.filter((each) => each.#sender?.address === address).length > MAX_SLOW_BODIES_OF_ADDRESS) {
      throw tooMany(`This address has ${MAX_SLOW_BODIES_OF_ADDRESS} slow bodies on their way at once.`, 5);
    }
    if (slow.filter((each) => each.#sender?.token === token).length > MAX_SLOW_BODIES_OF_TOKEN) {
      throw tooMany(`This token has ${MAX_SLOW_BODIES_OF_TOKEN} slow bodies on their way at once.`, 5);
    }
  }

  end(): void {
    if (waiting.delete(this)) waitingBytes -= this.#bytes;
  }

  isOver(nowMs: number): boolean {
    return this.#untilMs + FORGET_AFTER_MS < nowMs;
  }
}

function forgetOld(nowMs: number): void {
  for (const one of waiting) if (one.isOver(nowMs)) one.end();
}

function tooMany(what: string, retryAfterS: number): HttpProblem {
  const seconds = retryAfterS === 1 ? "a second" : `${retryAfterS} seconds`;
  return new HttpProblem("too-many-requests", `${what} Send this one again in ${seconds}.`, {
    "Retry-After": String(retryAfterS),
  });
}
