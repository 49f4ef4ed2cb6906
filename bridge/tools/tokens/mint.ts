import { SignJWT } from "jose";
import { type JwtSecret, parseJwtSecrets } from "../../../protocol/access/jwt-secrets.ts";
import type { Rights } from "../../../protocol/access/rights.ts";
import { ConfigError } from "../../config/errors.ts";
import type { Environment } from "../../config/secrets/security.ts";
import { FileFault, readSmallText } from "../../config/secrets/small-file.ts";

/** What a token is to say. */
export interface MintOptions {
  rights: Rights;
  forMs: number;
  /** Who has it. */
  sub: string | undefined;
  audience: string;
  issuer: string | undefined;
  /** Which of JWT_SECRETS signs it; undefined: the only one, or the one without a kid. */
  kid: string | undefined;
}

/** The Worker looks at no longer ones (AC1d). */
const MAX_TOKEN_LENGTH = 4_096;
/** Sixteen secrets, and more than anybody needs of each. */
const MAX_FILE_BYTES = 16 * 1024;
const SET_SECRETS =
  "JWT_SECRETS is not set. Set it in the environment to what the Worker has (never as a flag, which others could read), or name a file with it in JWT_SECRETS_FILE.";

/**
 * A JWT that the Worker takes, signed here by one of its JWT_SECRETS: nobody is asked.
 * @throws ConfigError which has nothing of a secret
 */
export async function mintToken(options: MintOptions, env: Environment, nowMs: number): Promise<string> {
  const { rights, forMs, sub, audience, issuer, kid } = options;
  const chosen = chosenSecret(secretsIn(env), kid);
  const nowSeconds = Math.floor(nowMs / 1000);
  const jwt = new SignJWT({ plotcast: { ...rights } })
    .setProtectedHeader({ alg: "HS256", ...(chosen.kid !== undefined && { kid: chosen.kid }) })
    .setAudience(audience)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(Math.floor((nowMs + forMs) / 1000));
  if (sub !== undefined) jwt.setSubject(sub);
  if (issuer !== undefined) jwt.setIssuer(issuer);
  const token = await jwt.sign(new TextEncoder().encode(chosen.secret));
  if (token.length <= MAX_TOKEN_LENGTH) return token;
  throw new ConfigError(
    `The token would have ${token.length} characters, and ${MAX_TOKEN_LENGTH} at most count. Give it fewer patterns.`,
  );
}

function chosenSecret(secrets: readonly JwtSecret[], kid: string | undefined): JwtSecret {
  const kids = secrets.map((each) => each.kid).filter((each) => each !== undefined);
  if (kid !== undefined) {
    const named = secrets.find((each) => each.kid === kid);
    if (named !== undefined) return named;
    const there = kids.length === 0 ? "none has one" : `there are ${kids.join(", ")}`;
    throw new ConfigError(`JWT_SECRETS has no secret with the kid ${JSON.stringify(kid)}; ${there}.`);
  }
  const chosen = secrets.length === 1 ? secrets[0] : secrets.find((each) => each.kid === undefined);
  if (chosen !== undefined) return chosen;
  throw new ConfigError(`JWT_SECRETS has several secrets. Name one: --kid ${kids.join(", or --kid ")}`);
}

/** What signs, as the Worker reads it: what does not count there signs nothing here. @throws ConfigError */
function secretsIn(env: Environment): JwtSecret[] {
  const { secrets, faults } = parseJwtSecrets(textOf(env));
  if (secrets.length > 0) return secrets;
  throw new ConfigError(faults.length > 0 ? faults.join(" ") : SET_SECRETS);
}

function textOf(env: Environment): string {
  const [text, file] = [env.JWT_SECRETS?.trim() ?? "", env.JWT_SECRETS_FILE?.trim() ?? ""];
  if (file === "") return text;
  if (text !== "") throw new ConfigError("JWT_SECRETS and JWT_SECRETS_FILE are both set: leave one out.");
  try {
    return readSmallText(file, MAX_FILE_BYTES);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    // Of a file that is not there the name may be a secret.
    const which = error.isMissing ? "The file that JWT_SECRETS_FILE names" : `${file}, which JWT_SECRETS_FILE names,`;
    throw new ConfigError(`${which} cannot be read: ${error.message}.`);
  }
}
