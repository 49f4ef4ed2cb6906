import { FRAME_TYPE } from "../../../protocol/limits.ts";
import type { TokenSource } from "../../token-source.ts";
import type { Batch } from "../collect/batch.ts";
import { type Outcome, outcomeOf } from "./answer.ts";

export interface FetchPostOptions {
  /** The channel's. */
  url: URL;
  token: TokenSource | undefined;
  /** Whether what was begun may go on when the page ends. */
  mayOutlive: boolean;
}

/** How long one POST may take: enough for 1 MiB over a slow line. */
const POST_WITHIN_MS = 60_000;
/**
 * Browsers let requests of 64 KiB, all together, outlive their page (https://fetch.spec.whatwg.org, "keepalive"), and refuse
 * what is more. Two may be under way: what is sent as usual, and what is sent at the end.
 */
export const MAX_OUTLIVING_BYTES = 30 * 1024;
/** Our answers are some hundred bytes; another server's may be a page, or endless. */
const MAX_ANSWER_BYTES = 64 * 1024;
const NO_ANSWER =
  "there is no network, nothing answers at this URL, or the Worker's ALLOWED_ORIGINS does not name the origin of this page";

/** What POSTs frames with `fetch`. It never rejects: whatever goes wrong is an outcome. */
export function fetchPost(options: FetchPostOptions) {
  // What other requests of the page left no room for must not fail for that again.
  let hasFailed = false;
  return async ({ body, points }: Pick<Batch, "body" | "points">, signal: AbortSignal): Promise<Outcome> => {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const timer = setTimeout(end, POST_WITHIN_MS);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    try {
      const { token: source } = options;
      const token = typeof source === "function" ? await source() : source;
      const mayOutlive = options.mayOutlive && !hasFailed;
      const outcome = await postOnce({ ...options, mayOutlive }, token, { body, points }, ending.signal);
      hasFailed = false;
      return outcome;
    } catch (error) {
      hasFailed = true;
      if (ending.signal.aborted) return { kind: "failed", reason: "it took too long", code: "", isUnderWay: true };
      // `fetch` says only that it failed (TypeError). Anything else is the program's own, as one that gives no token.
      const reason = error instanceof TypeError ? NO_ANSWER : `there is no token: ${String(error)}`;
      return { kind: "failed", reason, code: "", isUnderWay: false };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    }
  };
}

async function postOnce(
  { url, mayOutlive }: FetchPostOptions,
  token: string | undefined,
  { body, points }: Pick<Batch, "body" | "points">,
  signal: AbortSignal,
): Promise<Outcome> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Content-Type": FRAME_TYPE,
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    body: new Uint8Array(body),
    signal,
    // Where a redirect leads, nobody knows who asks for the token.
    redirect: "manual",
    ...(mayOutlive && body.length <= MAX_OUTLIVING_BYTES && { keepalive: true }),
  });
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    headers[name.toLowerCase()] = value;
  });
  // Browsers do not say which one, nor where it leads.
  const status = response.type === "opaqueredirect" ? 302 : response.status;
  return outcomeOf({ status, headers, text: await beginningOf(response) }, { kind: "frames", points }, token ?? "");
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  const reader = body?.getReader();
  let text = "";
  for (let bytes = 0; bytes < MAX_ANSWER_BYTES; ) {
    const { value } = (await reader?.read()) ?? {};
    if (value === undefined) return text;
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
  }
  await reader?.cancel();
  return text;
}
