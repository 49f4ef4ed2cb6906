/** What strangers may ask and is refused, by what it is. */

import { ARRANGEMENT_TYPE, PRESENCE_TYPE, SESSION_TYPE, SUBPROTOCOL } from "../../protocol/limits.ts";
import { sealToken } from "../../worker/http/access/sealed-token.ts";
import type { Edge } from "../support/edge.ts";
import { rawRequest } from "../support/raw.ts";
import { openViewer, UpgradeRefused } from "../support/sockets.ts";

const PROBLEM_TYPE = "application/problem+json";

/** Of any channel. */
export const REFUSED: readonly (readonly [string, (edge: Edge, channel: string) => Promise<number>])[] = [
  ["401: a POST without a token", (edge, channel) => asked(edge, channel, 401, { method: "POST", body: '{"y":1}' })],
  [
    "401: a POST of 1 MiB with a wrong token",
    (edge, channel) => asked(edge, channel, 401, { method: "POST", headers: WRONG, body: "x".repeat(1 << 20) }),
  ],
  [
    "401: an announcement with a wrong token",
    (edge, channel) =>
      asked(edge, channel, 401, { method: "POST", headers: { ...WRONG, "Content-Type": PRESENCE_TYPE }, body: "{}" }),
  ],
  [
    "401: a DELETE with a wrong token",
    (edge, channel) => asked(edge, channel, 401, { method: "DELETE", headers: WRONG }),
  ],
  [
    "415: a session that is compressed",
    (edge, channel) =>
      asked(edge, channel, 415, {
        method: "POST",
        headers: { "Content-Type": SESSION_TYPE, "Content-Encoding": "gzip" },
        body: "x".repeat(1_000),
      }),
  ],
  ["400: a name that is none", (edge) => asked(edge, "a%20b", 400)],
  ["400: a query that is none", (edge, channel) => asked(edge, `${channel}?points=x`, 400)],
  ["403: another name in Host", (edge, channel) => asked(edge, channel, 403, { headers: { Host: "evil.example" } })],
  [
    "403: a page of another site",
    (edge, channel) => asked(edge, channel, 403, { headers: { Origin: "https://evil.example" } }),
  ],
  ["404: another path", (edge) => asked(edge, "../x", 404)],
  ["405: another method", (edge, channel) => asked(edge, channel, 405, { method: "PUT", body: "x" })],
  ["406: another representation", (edge, channel) => asked(edge, channel, 406, { headers: { Accept: "image/png" } })],
  ["OPTIONS", (edge, channel) => asked(edge, channel, 204, { method: "OPTIONS" })],
  ["the page", (edge, channel) => asked(edge, channel, 200, { headers: { Accept: "text/html" } })],
];
const WRONG = { Authorization: "Bearer wrong" };
/** Of the right form, and known to nobody. */
const WRONG_NAMED = `pct_${"A".repeat(43)}`;
const WRONG_JWT = `${base64Url('{"alg":"HS256"}')}.${base64Url('{"plotcast":{"**":["admin"]}}')}.${"A".repeat(43)}`;

/** What a stranger may ask of a private channel: there is nothing for them, by whatever way, and with whatever they call a token. */
export const REFUSED_PRIVATE: readonly (readonly [string, (edge: Edge, channel: string) => Promise<number>])[] = [
  ["404: GET", (edge, channel) => asked(edge, channel, 404)],
  ["404: HEAD", (edge, channel) => asked(edge, channel, 404, { method: "HEAD" })],
  ["404: events", (edge, channel) => asked(edge, channel, 404, { headers: { Accept: "text/event-stream" } })],
  ["404: a long poll", (edge, channel) => asked(edge, `${channel}?wait=25`, 404)],
  ["404: a read that follows", (edge, channel) => asked(edge, `${channel}?follow=1`, 404)],
  ["401: an announcement", (edge, channel) => posted(edge, channel, PRESENCE_TYPE, "{}", {})],
  ["404: a WebSocket", (edge, channel) => joined(edge, channel, 404)],
  ["404: why not a WebSocket", (edge, channel) => asked(edge, channel, 404, { headers: { Accept: PROBLEM_TYPE } })],
  ["401: POST", (edge, channel) => asked(edge, channel, 401, { method: "POST", body: '{"y":1}' })],
  ["401: DELETE", (edge, channel) => asked(edge, channel, 401, { method: "DELETE" })],
  ["401: an arrangement", (edge, channel) => posted(edge, channel, ARRANGEMENT_TYPE, "panel=y", {})],
  ["401: a session without a token", (edge, channel) => posted(edge, channel, SESSION_TYPE, '{"keep":true}', {})],
  ["401: a session with a wrong token", (edge, channel) => posted(edge, channel, SESSION_TYPE, '{"keep":true}', WRONG)],
  ["401: GET with a wrong token", (edge, channel) => asked(edge, channel, 401, { headers: WRONG })],
  ["401: GET with a wrong named token", (edge, channel) => asked(edge, channel, 401, { headers: bearer(WRONG_NAMED) })],
  ["401: GET with a wrong JWT", (edge, channel) => asked(edge, channel, 401, { headers: bearer(WRONG_JWT) })],
  [
    "401: GET with the cookie of a wrong token",
    async (edge, channel) => {
      const { sealed, key } = await sealToken("wrong");
      const headers = { Cookie: `plotcast=${sealed}`, "Plotcast-Session": key };
      return await asked(edge, channel, 401, { headers });
    },
  ],
  ["401: a WebSocket with a wrong token", (edge, channel) => joined(edge, channel, 401, "wrong")],
  ["401: a WebSocket with a wrong named token", (edge, channel) => joined(edge, channel, 401, WRONG_NAMED)],
  ["401: a WebSocket with a wrong JWT", (edge, channel) => joined(edge, channel, 401, WRONG_JWT)],
];

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

function base64Url(text: string): string {
  return Buffer.from(text).toString("base64url");
}

let strangers = 0;

/** Each request is of another address: so many wrong tokens would be too many of one. */
function fromElsewhere(): Record<string, string> {
  strangers++;
  return { "CF-Connecting-IP": `198.51.${(strangers >> 8) & 255}.${strangers & 255}` };
}

async function posted(
  edge: Edge,
  channel: string,
  type: string,
  body: string,
  headers: Record<string, string>,
): Promise<number> {
  return await asked(edge, channel, 401, { method: "POST", headers: { "Content-Type": type, ...headers }, body });
}

/** Wants to watch. @param token by the subprotocol, as a page sends it */
async function joined(edge: Edge, channel: string, status: number, token?: string): Promise<number> {
  const outcome = await openViewer(edge.channelUrl(channel), {
    subprotocol: SUBPROTOCOL,
    extraSubprotocols: token === undefined ? [] : [`plotcast.token.${base64Url(token)}`],
    headers: fromElsewhere(),
  }).catch((error: unknown) => error);
  if (!(outcome instanceof UpgradeRefused) || outcome.status !== status) {
    throw new Error(`A WebSocket of ${channel} was not refused with ${status}: ${outcome}`);
  }
  return Buffer.byteLength(outcome.body);
}

/** Asks, and sees that the answer has this status. @returns how many bytes its body had */
async function asked(
  edge: Edge,
  channel: string,
  status: number,
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<number> {
  const answer = await rawRequest(edge.url, {
    method,
    path: `/c/${channel}`,
    headers: { ...fromElsewhere(), ...headers },
    ...(body === "" ? {} : { body }),
  });
  if (answer.status !== status)
    throw new Error(`${method} of ${channel} was answered ${answer.status}, not ${status}.`);
  return (await answer.arrayBuffer()).byteLength;
}
