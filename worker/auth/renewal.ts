import type { Refusal } from "../../protocol/problem.ts";
import type { AuthEnv } from "./auth-env.ts";
import { authenticate } from "./authenticate.ts";
import { type Grant, grantOf } from "./grant.ts";
import { noteUse } from "./named-tokens.ts";
import { parseQuotas } from "./quota-config.ts";
import { type ViewerShare, viewerShare } from "./viewer-share.ts";

/** What a token came to that a viewer sent to renew its own. */
export type Renewal =
  | { kind: "granted"; grant: Grant; share: ViewerShare }
  /** It is no token, or has expired. */
  | { kind: "wrong" | "expired" }
  /** It is good, and has no right to watch this channel. */
  | { kind: "no-right" }
  /** It is good, and in use in as many channels as it may be (AC6f). */
  | { kind: "too-many-channels" }
  /** Whether it is good cannot be found out now. */
  | { kind: "unavailable" };

/** AC10c. Verifies a token for a connection that is open. (What an object does for a message goes on when whoever sent it is gone.) */
export async function renewal(
  token: string,
  env: AuthEnv,
  channel: { name: string; id: string },
  nowMs: number,
): Promise<Renewal> {
  try {
    const found = await authenticate(token, env, nowMs);
    if (found.kind === "refused") return refused(found.refusal);
    const grant = grantOf(found.principal, channel.name);
    if (grant === undefined) return { kind: "no-right" };
    // As when it is let in: so the channel is told when this token is revoked.
    const refusal = await noteUse(grant, channel.name, env);
    if (refusal !== undefined) return refused(refusal);
    const asker = { kind: "token", id: grant.principal } as const;
    return { kind: "granted", grant, share: await viewerShare(parseQuotas(env), asker, channel.id) };
  } catch (error) {
    // Another object that was asked restarts, or has too much to do. (The message may have what was sent to it.)
    console.warn(`A token could not be verified: ${error instanceof Error ? error.name : "unknown"}`);
    return { kind: "unavailable" };
  }
}

function refused({ code }: Refusal): Renewal {
  switch (code) {
    case "keys-unavailable":
      return { kind: "unavailable" };
    case "token-expired":
      return { kind: "expired" };
    case "quota-exceeded":
      return { kind: "too-many-channels" };
    default:
      return { kind: "wrong" };
  }
}
