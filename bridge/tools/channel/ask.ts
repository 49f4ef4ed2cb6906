import { request } from "undici";
import { notTaken, type Outcome } from "../../../client/publish/deliver/answer.ts";
import { errorAdvice } from "../../observability/error-advice.ts";
import { textOf } from "../../uplink/post.ts";

/** A channel answers within this, or not at all. */
const HEADERS_TIMEOUT_MS = 30_000;
/** Nothing came for so long: the answer is over. */
const BODY_TIMEOUT_MS = 60_000;

/** A channel, and who asks it. */
export interface ChannelAccess {
  /** Its URL, without a query. */
  url: URL;
  token: string | undefined;
}

/** Why a channel does not answer what was asked, in a sentence that does not have a token. */
export class ChannelError extends Error {
  override readonly name = "ChannelError";
}

type Answering = ReturnType<typeof request>;
type NotTaken = Extract<Outcome, { kind: "refused" | "foreign" }>;

/**
 * Reads what is stored of a channel.
 * @throws ChannelError if it is refused, or cannot be reached
 */
export async function readChannel(
  access: ChannelAccess,
  query: URLSearchParams,
  accept: string,
  signal: AbortSignal,
): Promise<{ body: AsyncIterable<Buffer>; note: string | undefined }> {
  const answer = await ask(access, query, accept, signal).catch((error: unknown) => {
    throw new ChannelError(`${access.url.href} cannot be read: ${errorAdvice(error, "request")}.`);
  });
  // Any server may answer 200: a read of Plotcast says which numbering its points are of.
  const { body, headers } = answer;
  const note = headers["plotcast-note"];
  if (answer.statusCode === 200 && headers["plotcast-epoch"] !== undefined) {
    return { body, note: typeof note === "string" ? note : undefined };
  }
  throw new ChannelError(sentenceOf(access, await otherThan(answer, access)));
}

/** What becomes of who watches a channel, as the Worker says it (SPEC.md, RT9). */
export type Watchable =
  | { kind: "yes" }
  /** Asking again brings the same. */
  | { kind: "no"; sentence: string }
  /** It may be mended by waiting. */
  | { kind: "later"; sentence: string; retryAfterMs: number };

/** Asks whether a channel may be watched: a WebSocket that is refused does not say why. */
export async function askWhetherWatchable(access: ChannelAccess, signal: AbortSignal): Promise<Watchable> {
  try {
    const answer = await ask(access, new URLSearchParams(), "application/problem+json", signal);
    if (answer.statusCode === 204) return { kind: "yes" };
    const other = await otherThan(answer, access);
    const sentence = sentenceOf(access, other);
    const { status, retryAfterMs = 0 } = other;
    const isPassing = status === 408 || status === 425 || status === 429 || status >= 500;
    return isPassing ? { kind: "later", sentence, retryAfterMs } : { kind: "no", sentence };
  } catch (error) {
    const sentence = `${access.url.href} cannot be reached: ${errorAdvice(error, "request")}.`;
    return { kind: "later", sentence, retryAfterMs: 0 };
  }
}

function ask({ url, token }: ChannelAccess, query: URLSearchParams, accept: string, signal: AbortSignal): Answering {
  const target = new URL(url);
  target.search = query.toString();
  return request(target, {
    headers: { accept, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    signal,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
  });
}

/** An answer that is not the one that was asked for. */
async function otherThan(
  { statusCode: status, headers, body }: Awaited<Answering>,
  { token = "" }: ChannelAccess,
): Promise<NotTaken> {
  return notTaken({ status, headers, text: await textOf(body) }, token);
}

function sentenceOf({ url }: ChannelAccess, other: NotTaken): string {
  switch (other.kind) {
    case "refused":
      return `${url.href} refused: ${other.detail}`;
    case "foreign":
      return `${url.href} is no channel of Plotcast: it answered ${other.what}. Check the URL.`;
    default:
      return other satisfies never;
  }
}
