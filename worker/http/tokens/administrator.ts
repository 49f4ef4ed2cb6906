import { Problem } from "../../../protocol/problem.ts";
import type { AuthEnv } from "../../auth/auth-env.ts";
import type { Principal } from "../../auth/principal.ts";
import type { Access } from "../access/access.ts";
import { credentialOf } from "../access/credential.ts";
import { principalBy, tokenMissing } from "../access/guard.ts";

/**
 * AC6c: whoever makes, lists or revokes tokens has `admin` for some channels. A cookie does not count: no page does this, and so none can be
 * made to.
 * @throws Problem
 */
export async function mustAdminister(request: Request, env: AuthEnv, access: Access): Promise<Principal> {
  const credential = await credentialOf(request, access);
  if (credential.kind !== "token" || credential.from !== "authorization") throw tokenMissing("ADMIN_TOKEN");
  const principal = await principalBy(credential, request, env);
  if (Object.values(principal.rights).some((capabilities) => capabilities.includes("admin"))) return principal;
  throw new Problem("not-permitted", 'This token makes no others: it has no right "admin" for any channel.');
}
