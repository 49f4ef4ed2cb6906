import type { IncomingHttpHeaders } from "node:http";
import { Client } from "undici";
import { FRAME_TYPE } from "../../worker/protocol/limits.ts";
import { parsePublishAnswer } from "../../worker/protocol/messages.ts";
import { escaped } from "../tell/text.ts";
import { type Outcome, retryAfterMs } from "./next.ts";

export interface PostOptions {
  /** The channel's URL. */
  to: URL;
  token: string;
  /** How long to wait for headers, and between parts of the body. */
  timeoutMs?: number;
  /** How long one POST may take in all, sending included: enough for 1 MiB over a slow line. */
  totalTimeoutMs?: number;
}

/** Our answers are some hundred bytes; another server's may be a page, or endless. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_DETAIL_LENGTH = 300;

/**
 * One connection to the Worker, opened when needed, with one request in flight: another waits for it. HTTP/1.1, because
 * that needs no more and costs less.
 */
export class Poster {
  readonly #client: Client;
  readonly #path: string;
  readonly #headers: Record<string, string>;
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
    this.#totalTimeoutMs = totalTimeoutMs;
  }

  /** POSTs a body, of frames unless another type is given. Never rejects: whatever goes wrong is an outcome. */
  async post(body: Uint8Array, signal: AbortSignal, type: string = FRAME_TYPE): Promise<Outcome> {
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
        headers: { ...this.#headers, "content-type": type },
        body,
        signal: ending.signal,
      });
      return outcomeOf(statusCode, headers, await textOf(answer));
    } catch (error) {
      return { kind: "failed", reason: ending.signal.aborted ? "it took too long" : reasonOf(error) };
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

/** The answer as an outcome. Nothing in it is trusted: what is not as expected is left out. */
export function outcomeOf(status: number, headers: IncomingHttpHeaders, text: string, nowMs = Date.now()): Outcome {
  const problem = status >= 400 ? problemOf(text) : { code: "", detail: "" };
  const redirect =
    status >= 300 && status < 400 ? `it redirects to ${escaped(headers.location ?? "", MAX_DETAIL_LENGTH)}` : "";
  return {
    kind: "answer",
    status,
    code: problem.code,
    detail: problem.detail || redirect,
    retryAfterMs: retryAfterMs(headers["retry-after"], nowMs),
    viewers: status < 300 ? parsePublishAnswer(text)?.viewers : undefined,
  };
}

/** `code` and `detail` of an RFC 9457 problem; "" for what it lacks. */
function problemOf(text: string): { code: string; detail: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const problem: { code?: unknown; detail?: unknown } = typeof value === "object" && value !== null ? value : {};
  const { code, detail } = problem;
  return {
    code: typeof code === "string" && /^[a-z0-9-]{1,64}$/.test(code) ? code : "",
    detail: typeof detail === "string" ? escaped(detail, MAX_DETAIL_LENGTH) : "",
  };
}

/** The body's text, as much as an answer of ours could have. Reading no further ends the connection. */
async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part);
    bytes += part.length;
    if (bytes > MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, MAX_ANSWER_BYTES).toString();
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  // A name with several addresses fails with an AggregateError, whose own message is empty.
  const [first] = error instanceof AggregateError ? error.errors : [];
  const code = "code" in error ? error.code : first instanceof Error && "code" in first ? first.code : undefined;
  const message = escaped(error.message, 120);
  return typeof code === "string"
    ? code.startsWith("UND_") && message !== ""
      ? message
      : code
    : message || error.name;
}
