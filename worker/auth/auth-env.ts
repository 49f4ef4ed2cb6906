import type { QuotaVars } from "./quota-config.ts";
import type { RateLimitBinding } from "./rate-limit-binding.ts";
import type { SecretTokenVars } from "./secret-tokens.ts";
import type { NamedTokens } from "./token-list.ts";

/** What decides who a token is and what it may do: the Worker's secrets and variables. */
export interface AuthEnv extends SecretTokenVars, QuotaVars {
  WATCH?: string | undefined;
  JWT_SECRETS?: string | undefined;
  JWT_AUDIENCE?: string | undefined;
  JWT_ISSUER?: string | undefined;
  JWT_JWKS_URL?: string | undefined;
  ACCESS_TEAM?: string | undefined;
  ACCESS_AUD?: string | undefined;
  ACCESS_RIGHTS?: string | undefined;
  /** Of the addresses that sent a wrong token, where it is configured. */
  WRONG_TOKEN_LIMIT?: RateLimitBinding | undefined;
  /** The object that keeps named tokens; where there is none, nobody has any. */
  TOKENS?: { getByName(name: string): NamedTokens } | undefined;
}
