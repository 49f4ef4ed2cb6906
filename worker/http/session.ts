import type { Capability } from "../../protocol/access/capability.ts";
import { capabilitiesFor } from "../../protocol/access/rights.ts";
import { MAX_SESSION_BYTES } from "../../protocol/limits.ts";
import { isBoolean } from "../../protocol/messages/guards.ts";
import { messageIn, parseFields } from "../../protocol/messages/parsed.ts";
import { Problem } from "../../protocol/problem.ts";
import type { AuthEnv } from "../auth/auth-env.ts";
import { ANONYMOUS } from "../auth/principal.ts";
import { audienceOf } from "../auth/watch-policy.ts";
import type { Access } from "./access/access.ts";
import { credentialOf, sessionCookie } from "./access/credential.ts";
import { isAskedByHttps } from "./access/cross-origin.ts";
import { NOT_HERE, principalBy, tokenMissing } from "./access/guard.ts";
import { sealToken } from "./access/sealed-token.ts";
import { decodeText } from "./publish/body.ts";
import { readBody } from "./publish/read-body.ts";

/** What browsers keep of one cookie, its name and attributes included (RFC 6265, 6.1). */
const MAX_COOKIE_LENGTH = 4096;

/** What a page learns when its token is kept. */
export interface Session {
  /** What may be done in this channel with it. */
  capabilities: Capability[];
  /** Milliseconds since 1970; null: it does not expire. */
  expiresAtMs: number | null;
  /** What the cookie counts with, if there is a new one. */
  key?: string;
}

/**
 * AC9: the token of a page goes into a cookie that no script can read, or out of it; or the page asks what its cookie may do.
 * @returns what to answer, and the cookie to set
 * @throws Problem
 */
export async function keepSession(
  request: Request,
  env: AuthEnv,
  access: Access,
  channel: string,
): Promise<{ session: Session | undefined; cookie: string | undefined }> {
  const isSecure = isAskedByHttps(request, access);
  const credential = await credentialOf(request, access);
  // What Cloudflare Access adds is not asked for here.
  const principal = credential.kind === "access-assertion" ? ANONYMOUS : await principalBy(credential, request, env);
  if (!(await readKeep(request))) return { session: undefined, cookie: sessionCookie("", channel, isSecure, 0) };
  if (credential.kind !== "token") throw tokenMissing();
  const capabilities = capabilitiesFor(principal.rights, channel);
  if (capabilities.length === 0) {
    if (audienceOf(access.watch, channel) === "token") throw new Problem("not-found", NOT_HERE);
    throw new Problem("not-permitted", "This token has no right for this channel.");
  }
  const { expiresAtMs } = principal;
  // Other pages of this browser have the key of the cookie that is there.
  if (credential.from === "cookie") return { session: { capabilities, expiresAtMs }, cookie: undefined };
  const { sealed, key } = await sealToken(credential.token);
  const maxAgeSeconds = expiresAtMs === null ? undefined : Math.max(1, Math.ceil((expiresAtMs - Date.now()) / 1000));
  const cookie = sessionCookie(sealed, channel, isSecure, maxAgeSeconds);
  if (cookie.length > MAX_COOKIE_LENGTH) {
    throw new Problem(
      "session-invalid",
      "This token is too long: encrypted it has no room in a cookie, which has 4,096 characters at most. Give it fewer rights.",
    );
  }
  return { session: { capabilities, expiresAtMs, key }, cookie };
}

async function readKeep(request: Request): Promise<boolean> {
  const text = decodeText(await readBody(request, MAX_SESSION_BYTES));
  const message = messageIn(parseFields<{ keep: boolean }>(text, { keep: isBoolean }));
  if (message !== undefined) return message.keep;
  throw new Problem(
    "session-invalid",
    'A session is {"keep":true}, with the token in Authorization, or {"keep":false} to end it.',
  );
}
