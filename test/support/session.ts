/** A page's cookie, and the key that it counts with (AC9a), as a test's own requests bring them. */
import assert from "node:assert/strict";
import { isObject } from "../../protocol/json/json.ts";
import { SESSION_TYPE } from "../../protocol/limits.ts";

export interface KeptSession {
  /** `plotcast=…`, without its attributes. */
  cookie: string;
  key: string;
}

/** Puts a token into a cookie. It needs a right in that channel. */
export async function keepSession(
  channelUrl: URL,
  token: string,
  more: Record<string, string> = {},
): Promise<KeptSession> {
  const response = await fetch(channelUrl, {
    method: "POST",
    headers: { "Content-Type": SESSION_TYPE, Authorization: `Bearer ${token}`, ...more },
    body: '{"keep":true}',
  });
  const body: unknown = await response.json();
  assert.equal(response.status, 200, JSON.stringify(body));
  assert.ok(isObject(body) && typeof body.key === "string");
  const cookie = response.headers.get("Set-Cookie")?.split(";")[0] ?? assert.fail("no cookie");
  return { cookie, key: body.key };
}

/** The headers of a request that has both. */
export function withSession({ cookie, key }: KeptSession): Record<string, string> {
  return { Cookie: cookie, "Plotcast-Session": key };
}
