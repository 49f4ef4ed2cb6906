import { isObject } from "../../protocol/json/json.ts";
import { PLOTCAST_HEADER } from "../../protocol/limits.ts";
import { isString } from "../../protocol/messages/guards.ts";
import type { SocketRefusal } from "../environment.ts";
import type { Ended, OpenRequest, Problem, TransportEvents } from "./transport.ts";

/** However long the Worker says. */
const MAX_LATER_MS = 600_000;
const CLOSED: Ended = { kind: "closed" };

/** Where a request goes. */
export function urlOf({ url, query, picks }: OpenRequest, more: Readonly<Record<string, string>> = {}): URL {
  const at = new URL(url);
  at.search = [...Object.entries({ ...query, ...more }).map((pair) => pair.join("=")), picks].filter(Boolean).join("&");
  return at;
}

/** What an answer says of what was picked. */
export function noteIn({ headers }: Response, events: TransportEvents): void {
  const note = headers.get("Plotcast-Note");
  if (note !== null) events.note(note);
}

/** A GET with the token, if there is one. @throws TypeError if nobody can be reached */
export function ask(url: URL, accept: string, token: string | undefined, signal: AbortSignal): Promise<Response> {
  const access: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return fetch(url, { headers: { Accept: accept, ...access }, signal });
}

/**
 * What an answer means that is not what was asked for. Only a problem with a code, or the header `Plotcast`, is the
 * Worker's. Everything else comes from something on the way (a proxy, a portal that wants a login), which may be gone
 * the next time.
 */
export async function endedBy(response: Response): Promise<Ended> {
  const { status, headers } = response;
  const problem = await problemOf(response);
  if (problem === undefined) return CLOSED;
  return endedAs({ ...problem, status, retryAfterMs: 1000 * Number(headers.get("Retry-After")) });
}

/** What a refusal of the Worker's means. */
export function endedAs({ status, code, detail, retryAfterMs }: SocketRefusal): Ended {
  // This way of watching is refused, and not who asks: what was on the way lost the upgrade, or the Worker is older.
  if (status === 406 || status === 426) return CLOSED;
  const problem = { code, detail };
  if (status === 408 || status === 429 || status >= 500) {
    return { kind: "come-later", afterMs: Math.min(MAX_LATER_MS, Math.max(0, retryAfterMs || 0)), problem };
  }
  return { kind: "refused", problem };
}

async function problemOf(response: Response): Promise<Problem | undefined> {
  const { headers, body } = response;
  const isOurs = headers.get(PLOTCAST_HEADER.name) === PLOTCAST_HEADER.value;
  if (!isOurs && !(headers.get("Content-Type") ?? "").startsWith("application/problem+json")) {
    await body?.cancel().catch(() => undefined);
    return undefined;
  }
  const problem: unknown = await response.json().catch(() => undefined);
  const { code, detail } = isObject(problem) ? problem : {};
  return isString(code) && isString(detail) ? { code, detail } : undefined;
}
