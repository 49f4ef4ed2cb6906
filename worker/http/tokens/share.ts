import { MAX_SHARE_BYTES } from "../../../protocol/limits.ts";
import { isCount, isString, parseObject } from "../../../protocol/messages/guards.ts";
import {
  isShareFor,
  MAX_SHARE_MS,
  MIN_SHARE_MS,
  SHARE_PREFIX,
  type ShareAnswer,
  type ShareRequest,
  type ShareRevocation,
} from "../../../protocol/messages/named-tokens.ts";
import { Problem } from "../../../protocol/problem.ts";
import type { Principal } from "../../auth/principal.ts";
import { decodeText } from "../publish/body.ts";
import { readBody } from "../publish/read-body.ts";
import { spendOnChange } from "./maker-bounds.ts";
import { keepNewToken, revokeShare, shareRights } from "./named-tokens.ts";

/** What became of a share link: the answer, and the name that is logged. */
export type Shared = { kind: "made"; answer: ShareAnswer; name: string } | { kind: "revoked"; name: string };

/**
 * AC11a, AC11b: a token for the link of a channel, or the end of one. Who asks has passed the guard.
 * @throws Problem
 */
export async function shareAs(request: Request, env: Env, principal: Principal, channel: string): Promise<Shared> {
  await spendOnChange(principal, env);
  const asked = readShare(decodeText(await readBody(request, MAX_SHARE_BYTES)));
  if ("revoke" in asked) {
    await revokeShare(env, channel, asked.revoke);
    return { kind: "revoked", name: asked.revoke };
  }
  const expiresAtMs = Date.now() + asked.forMs;
  const prefix = asked.for === undefined ? SHARE_PREFIX : `${SHARE_PREFIX}${asked.for}-`;
  const made = await keepNewToken(env, principal, { prefix }, shareRights(channel), expiresAtMs);
  return { kind: "made", answer: { ...made, expiresAtMs }, name: made.name };
}

/** @throws Problem `share-invalid` */
function readShare(text: string): ShareRequest | ShareRevocation {
  const asked = parseObject(text) ?? {};
  const { forMs, for: forWhom, revoke } = asked;
  if (isString(revoke) && Object.keys(asked).length === 1) return { revoke };
  if (revoke !== undefined || !isCount(forMs) || forMs < MIN_SHARE_MS || forMs > MAX_SHARE_MS) {
    throw invalid(
      'A share link is asked for with {"forMs":86400000}: for how many milliseconds it counts, a minute to 31 days; and taken back with {"revoke":"share-…"}.',
    );
  }
  if (forWhom === undefined) return { forMs };
  if (isShareFor(forWhom)) return { forMs, for: forWhom };
  throw invalid('For whom a share link is ("for") is 1 to 40 of letters, digits, ".", "_" and "-"; or leave it out.');
}

function invalid(detail: string): Problem {
  return new Problem("share-invalid", detail);
}
