import { type Capability, isCapability } from "../../../protocol/access/capability.ts";
import { isObject } from "../../../protocol/json/json.ts";
import { SESSION_HEADER, SESSION_TYPE, SHARE_TYPE } from "../../../protocol/limits.ts";
import { isCount, isString } from "../../../protocol/messages/guards.ts";
import type { ShareAnswer, ShareRequest, ShareRevocation } from "../../../protocol/messages/named-tokens.ts";
import { type Answer, answerOf, refusalText } from "../refusal-text.ts";

/** What a token may do in this channel, and until when (AC9a). */
export interface Session {
  capabilities: readonly Capability[];
  /** Milliseconds since 1970; null: it does not expire. */
  expiresAtMs: number | null;
}

/** The header that says who asks; empty where nothing does. */
export type AccessHeaders = Readonly<Record<string, string>>;

/** The header with a token. */
export function tokenHeader(token: string): AccessHeaders {
  return { Authorization: `Bearer ${token}` };
}

/** The header that makes the cookie count. */
export function sessionHeader(key: string): AccessHeaders {
  return { [SESSION_HEADER]: key };
}

/** What came of putting a token into the cookie. */
export interface KeptSession extends Session {
  /** What the cookie counts with. */
  key: string;
}

/** What came of a request. */
export type Outcome<T> =
  | { kind: "done"; value: T }
  /** @property code the problem's; undefined where something on the way answered */
  | { kind: "refused"; code: string | undefined; text: string; later?: Later }
  /** Nothing answered. */
  | { kind: "unreachable" };

/** It was refused because of the moment. @property retryAfterMs undefined: nobody knows */
export interface Later {
  retryAfterMs: number | undefined;
}

/** What a page asks the Worker about its token. */
export interface SessionRequests {
  /** Puts the token into the cookie that no script can read. */
  keep(token: string): Promise<Outcome<KeptSession>>;
  /** What the page may do with the cookie. */
  session(access: AccessHeaders): Promise<Outcome<Session>>;
  /** Takes the cookie away. */
  forget(): Promise<Outcome<typeof NOTHING>>;
  /** Makes a token that lets others watch. */
  share(request: ShareRequest, access: AccessHeaders): Promise<Outcome<ShareAnswer>>;
  /** Takes one back, by its name. */
  takeBack(name: string, access: AccessHeaders): Promise<Outcome<typeof NOTHING>>;
}

/** The value of what has none. */
const NOTHING = "nothing";
const DEADLINE_MS = 15_000;

/** {@link SessionRequests} as a browser makes them. */
export function sessionRequests(channelUrl: URL): SessionRequests {
  const keep = { keep: true } satisfies { keep: boolean };
  return {
    keep: (token) => post(channelUrl, SESSION_TYPE, keep, tokenHeader(token), readKeptSession),
    session: (access) => post(channelUrl, SESSION_TYPE, keep, access, readSession),
    forget: () => post(channelUrl, SESSION_TYPE, { keep: false } satisfies { keep: boolean }, {}, () => NOTHING),
    share: (request, access) => post(channelUrl, SHARE_TYPE, request, access, readShareAnswer, true),
    takeBack: (name, access) =>
      post(channelUrl, SHARE_TYPE, { revoke: name } satisfies ShareRevocation, access, () => NOTHING, true),
  };
}

/** @param isOwn it is done by the token that the page has: where that counts no more, access has ended */
async function post<T>(
  url: URL,
  type: string,
  message: object,
  access: AccessHeaders,
  read: (body: unknown) => T | undefined,
  isOwn = false,
): Promise<Outcome<T>> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { ...access, "Content-Type": type },
      body: JSON.stringify(message),
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
  } catch {
    return { kind: "unreachable" };
  }
  const body: unknown = await response.json().catch(() => undefined);
  const answer = answerOf(response, body);
  const value = response.ok && answer.isOurs ? read(body) : undefined;
  if (value !== undefined) return { kind: "done", value };
  return {
    kind: "refused",
    code: answer.isOurs ? answer.code : undefined,
    text: refusedText(answer, url.pathname, isOwn),
    ...(isOfTheMoment(answer) ? { later: { retryAfterMs: answer.retryAfterMs } } : {}),
  };
}

/** Whether the same may be taken later: too much was asked, or what should answer does not. */
function isOfTheMoment({ isOurs, status, wantsToken }: Answer): boolean {
  return status >= 500 || (isOurs && status === 429 && wantsToken !== true);
}

/** Why a token was not taken, or nothing is done by the one that the page has, in a sentence that says what to do. */
function refusedText(answer: Answer, path: string, isOwn: boolean): string {
  const { isOurs, status, code, detail, retryAfterMs, wantsToken } = answer;
  if (!isOurs) return refusalText(answer, path);
  const isTooMany = status === 429 && wantsToken === true;
  if (isOwn && (status === 401 || isTooMany))
    return "Your access has ended. Load this page again to enter a new token.";
  if (isTooMany && retryAfterMs !== undefined)
    return `Too many wrong tokens came from this address. The right one is taken at once; wait ${Math.ceil(retryAfterMs / 1000)} s before you try others.`;
  if (status === 200) return "The Worker's answer cannot be understood. Load this page again.";
  switch (code) {
    case "token-wrong":
      return detail ?? "This token is wrong. Check that you have all of it, or ask for a new one.";
    case "not-found":
      // The Worker says how programs bring a token.
      return "This token is not for this channel, or may not do this here. Ask for one that may.";
    default:
      return refusalText(answer, path);
  }
}

function readSession(body: unknown): Session | undefined {
  if (!isObject(body)) return undefined;
  const { capabilities, expiresAtMs } = body;
  if (!Array.isArray(capabilities) || !(expiresAtMs === null || isCount(expiresAtMs))) return undefined;
  // A newer Worker may know others.
  return { capabilities: capabilities.filter(isCapability), expiresAtMs };
}

function readKeptSession(body: unknown): KeptSession | undefined {
  const session = readSession(body);
  const key = isObject(body) ? body.key : undefined;
  return session !== undefined && isString(key) ? { ...session, key } : undefined;
}

function readShareAnswer(body: unknown): ShareAnswer | undefined {
  if (!isObject(body)) return undefined;
  const { token, name, expiresAtMs } = body;
  return isString(token) && isString(name) && isCount(expiresAtMs) ? { token, name, expiresAtMs } : undefined;
}
