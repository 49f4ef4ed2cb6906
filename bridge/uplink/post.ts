import { Client } from "undici";
import { type Outcome, outcomeOf, type Sent } from "../../client/publish/deliver/answer.ts";
import { FRAME_TYPE, PRESENCE_TYPE } from "../../protocol/limits.ts";
import { errorAdvice, errorCode } from "../observability/error-advice.ts";
import type { UplinkTransport } from "./transport.ts";

export interface PostOptions {
  /** The channel's URL. */
  to: URL;
  token: string;
  /** How long to wait for headers, and between parts of the body. */
  timeoutMs?: number;
  /** How long one POST may take in all, sending included: enough for 1 MiB over a slow line. */
  totalTimeoutMs?: number;
}

/** What a connection that was there can fail with. */
const UNDER_WAY = new Set([
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "UND_ERR_SOCKET",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);
/** Our answers are some hundred bytes; another server's may be a page, or endless. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * One connection to the Worker, opened when needed, with one request in flight: another waits for it. HTTP/1.1, because
 * that needs no more and costs less.
 */
export class Poster implements UplinkTransport {
  readonly #client: Client;
  readonly #path: string;
  readonly #headers: Record<string, string>;
  readonly #token: string;
  readonly #totalTimeoutMs: number;

  constructor({ to, token, timeoutMs = 10_000, totalTimeoutMs = 60_000 }: PostOptions) {
    this.#client = new Client(to.origin, {
      allowH2: false,
      connectTimeout: timeoutMs,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: 30_000,
    });
    this.#path = to.pathname;
    this.#headers = { accept: "application/json", authorization: `Bearer ${token}` };
    this.#token = token;
    this.#totalTimeoutMs = totalTimeoutMs;
  }

  /** POSTs a body. Never rejects: whatever goes wrong is an outcome. */
  async send(body: Uint8Array, signal: AbortSignal, sent: Sent): Promise<Outcome> {
    // Not AbortSignal.any: it would leave something at `signal`, which lives as long as the bridge, for every POST.
    const ending = new AbortController();
    const onEnd = (): void => ending.abort();
    const timer = setTimeout(onEnd, this.#totalTimeoutMs);
    signal.addEventListener("abort", onEnd);
    if (signal.aborted) onEnd();
    try {
      const {
        statusCode,
        headers,
        body: answer,
      } = await this.#client.request({
        path: this.#path,
        method: "POST",
        headers: { ...this.#headers, "content-type": sent.kind === "announcement" ? PRESENCE_TYPE : FRAME_TYPE },
        body,
        signal: ending.signal,
      });
      return outcomeOf({ status: statusCode, headers, text: await textOf(answer) }, sent, this.#token);
    } catch (error) {
      if (ending.signal.aborted) return { kind: "failed", reason: "it took too long", code: "", isUnderWay: true };
      const code = errorCode(error);
      return { kind: "failed", reason: errorAdvice(error, "request"), code, isUnderWay: UNDER_WAY.has(code) };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onEnd);
    }
  }

  /** Ends the connection at once. */
  close(): Promise<void> {
    return this.#client.destroy();
  }
}

/** The body's text, as much as an answer of ours could have. Reading no further ends the connection. */
export async function textOf(body: AsyncIterable<Buffer>, maxBytes = MAX_ANSWER_BYTES): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part);
    bytes += part.length;
    if (bytes > maxBytes) break;
  }
  return Buffer.concat(parts).subarray(0, maxBytes).toString();
}
