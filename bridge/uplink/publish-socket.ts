import { WebSocket } from "ws";
import { type Outcome, refusalBy, type Sent } from "../../client/publish/deliver/answer.ts";
import { CloseCode, PING, PONG, PUBLISH_SUBPROTOCOL, PUBLISHER_PING_MS } from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import { parseAnnouncement } from "../../protocol/messages/publish.ts";
import {
  numberedBody,
  type PublisherClientMessage,
  type PublisherServerMessage,
  parsePublisherServerMessage,
} from "../../protocol/messages/publisher-message.ts";
import { errorCode } from "../observability/error-advice.ts";

/** Of a {@link PublishSocket}: what came of a body; or "again": it was not taken, and the connection is to be opened anew. */
export type SocketOutcome = Outcome | { kind: "again" };

export interface PublishSocketOptions {
  /** The channel's URL, as for a POST. */
  to: URL;
  token: string;
  /** How long the first message may take, opening included. */
  helloWithinMs: number;
  /** How long an answer may take, once everything was given to the network; and sending included. */
  answerWithinMs: number;
  totalWithinMs: number;
  /** After so long without anything heard it pings; after so long again without an answer the line is dead. */
  pingEveryMs?: number;
  pongWithinMs?: number;
}

/** A WebSocket could not be had. `why` is for a person; undefined: nothing can be reached, which a POST says better. */
export interface OpenFailure {
  kind: "failed";
  why: string | undefined;
}

type Answer = Extract<PublisherServerMessage, { type: "taken" | "refused" }>;

const PONG_WITHIN_MS = 10_000;
/** Our answers are some hundred bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_NUMBER = 2 ** 32 - 1;

/** One WebSocket that brings bodies to a channel (SPEC.md, UP). It is open until {@link ended}. */
export class PublishSocket {
  /** Resolves to the close code once the connection has ended. */
  readonly ended: Promise<number>;
  /** How many bodies and announcements were answered. */
  answered = 0;
  readonly #socket: WebSocket;
  readonly #options: PublishSocketOptions;
  readonly #waiting = new Map<number, (outcome: Answer | "again" | "lost") => void>();
  #timer: NodeJS.Timeout | undefined;
  #n = 0;

  private constructor(socket: WebSocket, options: PublishSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    this.ended = new Promise((resolve) => {
      socket.on("close", (code) => {
        clearTimeout(this.#timer);
        // Only this code, which nobody else uses, says that what was not answered was not taken.
        const end = code === CloseCode.comeBack ? "again" : "lost";
        for (const settle of [...this.#waiting.values()]) settle(end);
        resolve(code);
      });
    });
    socket.on("message", (data, isBinary) => this.#heard(isBinary ? "" : String(data)));
    this.#pingLater();
  }

  /** Opens one; it is there once the Worker has said something over it. Never rejects. @param signal gives it up */
  static open(options: PublishSocketOptions, signal: AbortSignal): Promise<PublishSocket | OpenFailure> {
    const { to, token, helloWithinMs } = options;
    const url = new URL(to);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url, [PUBLISH_SUBPROTOCOL], {
      headers: { authorization: `Bearer ${token}` },
      // It costs workerd more than it saves on the way.
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: MAX_ANSWER_BYTES,
    });
    return new Promise((resolve) => {
      const fail = (why: string | undefined): void => {
        settled();
        resolve({ kind: "failed", why });
        socket.terminate();
      };
      const onEnd = (): void => fail(undefined);
      signal.addEventListener("abort", onEnd);
      const settled = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onEnd);
      };
      const timer = setTimeout(() => {
        fail(`nothing came over it in ${helloWithinMs / 1000} s, so something on the way holds it back`);
      }, helloWithinMs);
      socket.on("unexpected-response", (_request, response) => {
        response.resume();
        fail(refusalAdvice(response.statusCode ?? 0));
      });
      socket.on("error", (error) => fail(errorReason(error)));
      socket.on("close", () => fail(undefined));
      socket.once("message", (data, isBinary) => {
        const message = isBinary ? undefined : messageIn(parsePublisherServerMessage(String(data)));
        if (message?.type !== "hello") return fail("what answers over it is not Plotcast");
        settled();
        resolve(new PublishSocket(socket, options));
      });
      if (signal.aborted) onEnd();
    });
  }

  /** Sends a body, or an announcement, and waits for its answer. Never rejects. */
  async send(body: Uint8Array, signal: AbortSignal, sent: Exclude<Sent, { kind: "nothing" }>): Promise<SocketOutcome> {
    if (this.#socket.readyState !== WebSocket.OPEN) return { kind: "again" };
    if (signal.aborted) return LATE;
    this.#n = this.#n === MAX_NUMBER ? 1 : this.#n + 1;
    const n = this.#n;
    const { promise, resolve } = Promise.withResolvers<Answer | "again" | "lost" | "late">();
    this.#waiting.set(n, resolve);
    // Whoever gives up goes on without an answer, and the line stays.
    const giveUp = (): void => resolve("late");
    // A line that answers this late is taken for dead.
    const drop = (): void => {
      resolve("late");
      this.#socket.terminate();
    };
    const total = setTimeout(drop, this.#options.totalWithinMs);
    let answer: NodeJS.Timeout | undefined;
    signal.addEventListener("abort", giveUp);
    this.#socket.send(sent.kind === "frames" ? numberedBody(n, body) : announcementOf(n, body), () => {
      if (this.#waiting.has(n)) answer = setTimeout(drop, this.#options.answerWithinMs);
    });
    try {
      return this.#outcomeOf(await promise, sent);
    } finally {
      this.#waiting.delete(n);
      clearTimeout(total);
      clearTimeout(answer);
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** Ends the connection; nobody waits long for the other side to agree. */
  async close(): Promise<void> {
    this.#socket.close(1000);
    const timer = setTimeout(() => this.#socket.terminate(), 500);
    await this.ended;
    clearTimeout(timer);
  }

  #heard(text: string): void {
    this.#pingLater();
    if (text === PONG) return;
    const parsed = parsePublisherServerMessage(text);
    if (parsed.kind === "unknown-type") return;
    // Of a newer Worker, perhaps, which a POST understands.
    if (parsed.kind === "malformed") return this.#socket.terminate();
    const { message } = parsed;
    if (message.type === "hello") return;
    this.answered++;
    this.#waiting.get(message.n)?.(message);
  }

  #outcomeOf(answer: Answer | "again" | "lost" | "late", sent: Sent): SocketOutcome {
    if (answer === "again") return { kind: "again" };
    if (answer === "lost") return LOST;
    if (answer === "late") return LATE;
    switch (answer.type) {
      case "refused": {
        const { status, code, detail, retryAfterMs } = answer;
        return refusalBy({ status, code, detail }, this.#options.token, retryAfterMs ?? undefined);
      }
      case "taken": {
        if (answer.answer === null) return sent.kind === "announcement" ? TAKEN : LOST;
        const isOfThis = sent.kind === "frames" && answer.answer.points === sent.points;
        return isOfThis ? { kind: "taken", answer: answer.answer } : LOST;
      }
      default:
        return answer satisfies never;
    }
  }

  /** Nothing was heard for a while: proxies cut idle lines, and a dead one is noticed. A body under way has its own deadline. */
  #pingLater(): void {
    const { pingEveryMs = PUBLISHER_PING_MS, pongWithinMs = PONG_WITHIN_MS } = this.#options;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#waiting.size > 0) return this.#pingLater();
      this.#socket.send(PING);
      this.#timer = setTimeout(() => this.#socket.terminate(), pongWithinMs).unref();
    }, pingEveryMs).unref();
  }
}

const TAKEN: Outcome = { kind: "taken", answer: undefined };
const LATE: Outcome = { kind: "failed", reason: "it took too long", code: "", isUnderWay: true };
const LOST: Outcome = { kind: "failed", reason: "the WebSocket was cut", code: "", isUnderWay: true };
const OLDER = "this Worker is older than that and does not know it: deploy it anew (npm run deploy)";

function announcementOf(n: number, body: Uint8Array): string {
  const announcement = messageIn(parseAnnouncement(Buffer.from(body).toString()));
  if (announcement === undefined) throw new Error("This is no announcement.");
  return JSON.stringify({ type: "announce", n, ...announcement } satisfies PublisherClientMessage);
}

/** What an error says that came in place of an answer. */
function errorReason(error: Error): string | undefined {
  // `ws` has these words alone, and no code, for what the other side chose.
  if (/subprotocol/i.test(error.message)) return OLDER;
  return errorCode(error) === "ECONNRESET" ? "the connection for it is cut before an answer" : undefined;
}

/** What an answer says that is not 101. */
function refusalAdvice(status: number): string {
  switch (status) {
    case 400:
      return OLDER;
    case 401:
    case 403:
      return `it is refused with ${status}, and so may be a POST: then the log says why`;
    case 429:
      return "as many are open as may be (429)";
    case 200:
    case 204:
    case 302:
    case 404:
    case 426:
      return `the answer to it is ${status}: a proxy on the way does not pass on Connection and Upgrade (docs/BEHIND-A-PROXY.md)`;
    default:
      return `the answer to it is ${status}`;
  }
}
