import type { Outcome, Sent } from "../../client/publish/deliver/answer.ts";
import { fullJitterMs } from "../../protocol/backoff.ts";
import { CloseCode } from "../../protocol/limits.ts";
import type { UplinkLedger } from "../observability/ledger.ts";
import type { Log } from "../observability/log.ts";
import { PublishSocket, type PublishSocketOptions } from "./publish-socket.ts";
import type { UplinkTransport } from "./transport.ts";

export interface SocketTransportOptions extends Pick<PublishSocketOptions, "to" | "token">, Partial<Times> {
  log: Log;
  ledger: Pick<UplinkLedger, "socketBodies" | "openSockets" | "fallbacks">;
  /** What sends while no WebSocket is open. It is closed with this. */
  poster: UplinkTransport;
  random?: () => number;
}

interface Times extends Omit<PublishSocketOptions, "to" | "token"> {
  /** What is waited before another is opened grows from the first to the second. */
  retryFromMs: number;
  retryUpToMs: number;
}

const TIMES: Times = {
  helloWithinMs: 8_000,
  answerWithinMs: 10_000,
  totalWithinMs: 60_000,
  retryFromMs: 2_000,
  retryUpToMs: 600_000,
};
/** Fewer failures in a row than this are not worth a line: a Worker that is restarted, a lost packet. */
const TRIES_BEFORE_WARNING = 2;
/** That a WebSocket cannot be had is said no more often. */
const SAY_EVERY_MS = 600_000;

/**
 * Sends by WebSocket while one is open, else by POST: nobody waits for one to open. It is opened in the background, and again whenever it is
 * lost. So whatever becomes of it costs no more than that bodies go by POST, which costs money and nothing else.
 */
export class SocketTransport implements UplinkTransport {
  readonly #options: SocketTransportOptions & Times;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;
  #socket: PublishSocket | undefined;
  /** Settles when what is under way by either has its outcome. */
  #last: Promise<unknown> = Promise.resolve();
  #saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: SocketTransportOptions) {
    this.#options = { ...TIMES, ...options };
    this.#running = this.#keepOpen();
  }

  /** @see UplinkTransport.send */
  async send(body: Uint8Array, signal: AbortSignal, sent: Sent): Promise<Outcome> {
    // A question for the token needs no turn.
    if (sent.kind === "nothing") return await this.#options.poster.send(body, signal, sent);
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    try {
      return await this.#sendNow(body, signal, sent);
    } finally {
      resolve();
    }
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.all([this.#socket?.close(), this.#options.poster.close(), this.#running]);
  }

  async #sendNow(body: Uint8Array, signal: AbortSignal, sent: Exclude<Sent, { kind: "nothing" }>): Promise<Outcome> {
    const { poster, ledger } = this.#options;
    const outcome = (await this.#socket?.send(body, signal, sent)) ?? ({ kind: "again" } as const);
    if (outcome.kind === "again") return await poster.send(body, signal, sent);
    if (sent.kind === "frames") ledger.socketBodies++;
    return outcome;
  }

  /** Has one open, again and again. Never rejects. */
  async #keepOpen(): Promise<void> {
    const { ledger, retryFromMs, retryUpToMs, random = Math.random } = this.#options;
    for (let attempt = 0; !this.#ending.signal.aborted; ) {
      const opened = await PublishSocket.open(this.#options, this.#ending.signal);
      if (opened instanceof PublishSocket) {
        const code = await this.#use(opened);
        if (this.#ending.signal.aborted) return;
        // Only one that was of use counts as working.
        if (opened.answered > 0) attempt = 0;
        if (code === CloseCode.comeBack && opened.answered > 0) continue;
      } else if (attempt >= TRIES_BEFORE_WARNING - 1) this.#say(opened.why);
      ledger.fallbacks++;
      await this.#sleep(fullJitterMs(attempt++, retryFromMs, retryUpToMs, random()));
    }
  }

  /** @returns the close code, once it has ended */
  async #use(socket: PublishSocket): Promise<number> {
    const { ledger } = this.#options;
    if (this.#ending.signal.aborted) void socket.close();
    this.#socket = socket;
    ledger.openSockets = 1;
    if (this.#saidAtMs > Number.NEGATIVE_INFINITY) this.#options.log.info("Frames go by WebSocket now.");
    this.#saidAtMs = Number.NEGATIVE_INFINITY;
    const code = await socket.ended;
    this.#socket = undefined;
    ledger.openSockets = 0;
    return code;
  }

  #say(why: string | undefined): void {
    const nowMs = performance.now();
    if (why === undefined || this.#ending.signal.aborted || nowMs - this.#saidAtMs < SAY_EVERY_MS) return;
    this.#saidAtMs = nowMs;
    const { to, log } = this.#options;
    log.warn(
      `Frames for ${to.href} go by POST, as a WebSocket cannot be had: ${why}. Nothing is lost by that; it is tried again now and then. With --uplink post it is not.`,
    );
  }

  /** Sleeps, but not past the end. */
  #sleep(ms: number): Promise<void> {
    const { signal } = this.#ending;
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms).unref();
      signal.addEventListener("abort", end);
    });
  }
}
