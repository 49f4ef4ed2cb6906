import { fromBase64Url } from "../../../protocol/base64url.ts";
import { SESSION_HEADER, SESSION_SUBPROTOCOL, TOKEN_SUBPROTOCOL } from "../../../protocol/limits.ts";
import { MAX_TOKEN_LENGTH } from "../../auth/authenticate.ts";
import type { Access } from "./access.ts";
import { isOfOtherOrigin } from "./cross-origin.ts";
import { openSealed } from "./sealed-token.ts";

/** The cookie that a page's token is kept in, encrypted (AC9). */
export const SESSION_COOKIE = "plotcast";
/** So many of this name are tried. */
const MAX_COOKIES = 16;

/** How a request says who it is. */
export type Credential =
  | { kind: "none" }
  | { kind: "token"; token: string; from: "authorization" | "subprotocol" | "cookie" }
  | { kind: "access-assertion"; assertion: string };

/**
 * AC1. The first that a request has. (A first message that carried the token would let strangers open connections to a channel, and keep
 * it awake, before anybody knows who they are; and what is in the query stands in histories and logs.)
 */
export async function credentialOf(request: Request, access: Access): Promise<Credential> {
  const { headers } = request;
  const authorization = headers.get("Authorization");
  // Another scheme is a proxy's own.
  const bearer = authorization === null ? undefined : /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return { kind: "token", token: bearer, from: "authorization" };
  const encoded = offered(headers, TOKEN_SUBPROTOCOL);
  if (encoded !== undefined) return { kind: "token", token: textOf(encoded), from: "subprotocol" };
  // The other two come with whatever the browser asks for, whoever made it ask. (Access makes an assertion of a cookie of its own.)
  if (isOfOtherOrigin(request, access)) return { kind: "none" };
  const key = headers.get(SESSION_HEADER) ?? offered(headers, SESSION_SUBPROTOCOL);
  const token = key === undefined ? undefined : await tokenIn(cookiesOf(headers.get("Cookie")), key);
  if (token !== undefined) return { kind: "token", token, from: "cookie" };
  const assertion = access.hasAssertions ? headers.get("Cf-Access-Jwt-Assertion") : null;
  return assertion === null ? { kind: "none" } : { kind: "access-assertion", assertion };
}

/** The cookie with a sealed token in it, until the token expires. @param maxAgeSeconds undefined: until the browser ends; 0: it is taken away */
export function sessionCookie(sealed: string, channel: string, isSecure: boolean, maxAgeSeconds?: number): string {
  return [
    `${SESSION_COOKIE}=${sealed}`,
    `Path=/c/${channel}`,
    "HttpOnly",
    "SameSite=Strict",
    ...(isSecure ? ["Secure"] : []),
    ...(maxAgeSeconds === undefined ? [] : [`Max-Age=${maxAgeSeconds}`]),
  ].join("; ");
}

/** What stands after a prefix in one of the subprotocols that are offered. */
function offered(headers: Headers, prefix: string): string | undefined {
  const subprotocols = (headers.get("Sec-WebSocket-Protocol") ?? "").split(",").map((each) => each.trim());
  return subprotocols.find((each) => each.startsWith(prefix))?.slice(prefix.length);
}

/** The token of the first that the key opens. */
async function tokenIn(cookies: readonly string[], key: string): Promise<string | undefined> {
  for (const sealed of cookies) {
    const token = await openSealed({ sealed, key });
    if (token !== undefined) return token;
  }
  return undefined;
}

/** Our cookies: there may be one of each path above, and others that a server at another port has put beside them. */
function cookiesOf(header: string | null): string[] {
  return (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${SESSION_COOKIE}=`))
    .slice(0, MAX_COOKIES)
    .map((pair) => pair.slice(SESSION_COOKIE.length + 1));
}

/** What is no base64url of UTF-8 is no token either. */
function textOf(encoded: string): string {
  if (encoded.length > 2 * MAX_TOKEN_LENGTH) return "";
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(fromBase64Url(encoded));
  } catch {
    return "";
  }
}
