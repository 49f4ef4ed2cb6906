import { Problem } from "./problem.ts";
import { isChannelName, MAX_CHANNEL_NAME_LENGTH, SUBPROTOCOL } from "./protocol/limits.ts";

/** Who may publish, who may watch, and what a channel is called. Each guard throws a {@link Problem} or passes. */

/** GD1, GD2: a publish carries the configured token. */
export async function mayPublish(request: Request, token: string | undefined): Promise<void> {
  if (token === undefined || token === "") {
    throw new Problem(
      "publishing-not-configured",
      "This Worker has no PUBLISH_TOKEN, so nobody can publish to it. Set one with: npx wrangler secret put PUBLISH_TOKEN",
      { "Retry-After": "60" },
    );
  }
  const challenge = { "WWW-Authenticate": 'Bearer realm="plotcast"' };
  const given = /^Bearer +(\S+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1];
  if (given === undefined) {
    throw new Problem(
      "token-missing",
      'Publishing needs the header "Authorization: Bearer <PUBLISH_TOKEN>".',
      challenge,
    );
  }
  if (!(await equalInConstantTime(given, token))) {
    throw new Problem("token-wrong", "The token is not this Worker's PUBLISH_TOKEN.", challenge);
  }
}

/** Compares digests, which have one length, so that time tells nothing about where two texts differ. */
async function equalInConstantTime(a: string, b: string): Promise<boolean> {
  const [digestA, digestB] = await Promise.all([sha256(a), sha256(b)]);
  let difference = 0;
  for (let i = 0; i < digestA.length; i++) difference |= (digestA[i] ?? 0) ^ (digestB[i] ?? 0);
  return difference === 0;
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** VW8: which language a viewer asks to speak. */
export function dialectOf(request: Request): "frames" | "points" {
  const asked = request.headers.get("Sec-WebSocket-Protocol");
  if (asked === null) return "points";
  if (asked.split(",").some((item) => item.trim() === SUBPROTOCOL)) return "frames";
  throw new Problem(
    "subprotocol-unsupported",
    `The subprotocol is "${SUBPROTOCOL}", or none for JSON text, a message a point.`,
  );
}

export function channelName(name: string): string {
  if (isChannelName(name)) return name;
  throw new Problem(
    "channel-name-invalid",
    `A channel's name is segments of A–Z, a–z, 0–9, ".", "_" and "-" joined by "/", ${MAX_CHANNEL_NAME_LENGTH} characters at most.`,
  );
}
