import { Problem } from "../../../protocol/problem.ts";
import type { AuthEnv } from "../../auth/auth-env.ts";
import { noteUse } from "../../auth/named-tokens.ts";
import type { Principal } from "../../auth/principal.ts";
import { HttpProblem } from "../problem-response.ts";

/**
 * A channel where a token is used is told when that is revoked. So nothing is let in with a named token before the use is noted.
 * @param principal undefined where anybody may
 * @throws Problem `token-wrong` if it was revoked meanwhile, `quota-exceeded`, `keys-unavailable`
 */
export async function mustNote(
  principal: Pick<Principal, "tokenId"> | undefined,
  channel: string,
  env: AuthEnv,
): Promise<void> {
  const refusal = principal && (await noteUse(principal, channel, env));
  if (refusal === undefined) return;
  const { code, detail } = refusal;
  throw code === "keys-unavailable" ? new HttpProblem(code, detail, { "Retry-After": "5" }) : new Problem(code, detail);
}
