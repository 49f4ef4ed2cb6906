import { MAX_CHANNEL_NAME_LENGTH } from "../../../protocol/limits.ts";
import { isChannelName } from "../../../protocol/names.ts";
import { Problem } from "../../../protocol/problem.ts";
import { HttpProblem } from "../problem-response.ts";
import { clientAddress } from "./client-address.ts";
import { WrongTokens } from "./wrong-tokens.ts";

/** Who may publish, and what a channel is called. Each guard throws a {@link Problem} or passes. */

/** Longer ones are not looked at. */
export const MAX_AUTHORIZATION_LENGTH = 4_096;

const wrongTokens = new WrongTokens();
let known: { token: string; digest: Uint8Array } | undefined;

/** GD1, GD2, GD10: a publish carries the configured token. Nothing of its body is read before. */
export async function mayPublish(request: Request, token: string | undefined): Promise<void> {
  if (token === undefined || token === "") {
    throw new HttpProblem(
      "publishing-not-configured",
      "This Worker has no PUBLISH_TOKEN, so nobody can publish to it. Set one with: npx wrangler secret put PUBLISH_TOKEN",
      { "Retry-After": "60" },
    );
  }
  const challenge = { "WWW-Authenticate": 'Bearer realm="plotcast"' };
  const authorization = request.headers.get("Authorization") ?? "";
  const isTooLong = authorization.length > MAX_AUTHORIZATION_LENGTH;
  const given = isTooLong ? "" : /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (given === undefined) {
    throw new HttpProblem(
      "token-missing",
      'Publishing needs the header "Authorization: Bearer <PUBLISH_TOKEN>".',
      challenge,
    );
  }
  if (!isTooLong && (await isToken(given, token))) return;
  const waitMs = wrongTokens.note(clientAddress(request), Date.now());
  if (waitMs === undefined)
    throw new HttpProblem("token-wrong", "The token is not this Worker's PUBLISH_TOKEN.", challenge);
  throw new HttpProblem(
    "too-many-requests",
    "Too many wrong tokens came from this address. Give it the Worker's PUBLISH_TOKEN, which is taken at once.",
    { "Retry-After": String(Math.ceil(waitMs / 1000)) },
  );
}

/** Compares digests, which have one length, so that time tells nothing about where two texts differ. */
async function isToken(given: string, token: string): Promise<boolean> {
  // Assigned when it is there: a promise belongs to the request that made it.
  if (known?.token !== token) known = { token, digest: await sha256(token) };
  return equalInConstantTime(await sha256(given), known.digest);
}

/** Whether two lists of bytes, of one length, are the same. It looks at all of them, wherever they differ. */
export function equalInConstantTime(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

export function channelName(name: string): string {
  if (isChannelName(name)) return name;
  throw new Problem(
    "channel-name-invalid",
    `A channel's name is segments of A–Z, a–z, 0–9, ".", "_" and "-" joined by "/", ${MAX_CHANNEL_NAME_LENGTH} characters at most.`,
  );
}
