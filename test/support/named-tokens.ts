/** Making, listing and revoking named tokens, as an administrator does. */
import assert from "node:assert/strict";
import {
  type ListedToken,
  parseTokenAnswer,
  parseTokenList,
  type TokenAnswer,
} from "../../protocol/messages/named-tokens.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import type { Served } from "./publish.ts";

export const ADMIN = "the-admins-own-token";

export function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

/** Asks for a token, with any body. */
export function askForToken(edge: Served, body: unknown, headers = bearer(ADMIN)): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(new URL("/tokens", edge.url), { method: "POST", headers, body: text });
}

/** Makes a token. @param rights `{"lab/**": ["publish"]}` */
export async function makeToken(
  edge: Served,
  name: string,
  rights: Record<string, string[]>,
  { expiresAtMs = null, admin = ADMIN }: { expiresAtMs?: number | null; admin?: string } = {},
): Promise<TokenAnswer> {
  const response = await askForToken(edge, { name, rights, expiresAtMs }, bearer(admin));
  const text = await response.text();
  assert.equal(response.status, 201, text);
  return messageIn(parseTokenAnswer(text)) ?? assert.fail(text);
}

export async function listTokens(edge: Served, admin = ADMIN): Promise<ListedToken[]> {
  const response = await fetch(new URL("/tokens", edge.url), { headers: bearer(admin) });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return messageIn(parseTokenList(text))?.tokens ?? assert.fail(text);
}

export function revokeToken(edge: Served, name: string, admin = ADMIN): Promise<Response> {
  return fetch(new URL(`/tokens/${name}`, edge.url), { method: "DELETE", headers: bearer(admin) });
}
