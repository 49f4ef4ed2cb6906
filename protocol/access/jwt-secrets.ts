/**
 * `JWT_SECRETS`, which the Worker verifies with and `plotcast token mint` signs with: words `<kid>:<secret>`, one of which may be a
 * secret alone. No sentence here shows a word: what was meant as a kid may be the beginning of a secret.
 */

/** HS256 asks for a key as long as its digest (RFC 7518, 3.2). */
export const MIN_SECRET_LENGTH = 32;
/** So many are enough to exchange them one by one. */
export const MAX_SECRETS = 16;
const KID = /^[A-Za-z0-9._-]{1,64}$/;

export interface JwtSecret {
  /** Which it is; undefined: it is for tokens that name none. */
  kid: string | undefined;
  secret: string;
}

/** Reads `JWT_SECRETS`. What is at fault counts for nothing, with a sentence each; two words of one kid both are. */
export function parseJwtSecrets(text: string): { secrets: JwtSecret[]; faults: string[] } {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const faults: string[] = [];
  if (words.length > MAX_SECRETS)
    faults.push(`JWT_SECRETS has more than ${MAX_SECRETS} words; only the first ${MAX_SECRETS} count.`);
  const all = words.slice(0, MAX_SECRETS).map(secretOf);
  const secrets = all.filter(({ kid, secret }, i) => {
    const fault = wordFault(kid, secret);
    const twin = all.findIndex((other, j) => j !== i && other.kid === kid);
    if (fault !== undefined) faults.push(`JWT_SECRETS: word ${i + 1} ${fault} It does not count.`);
    else if (twin > i) faults.push(`JWT_SECRETS: words ${i + 1} and ${twin + 1} ${twinFault(kid)} Neither counts.`);
    return fault === undefined && twin < 0;
  });
  return { secrets, faults };
}

function secretOf(word: string): JwtSecret {
  const colon = word.indexOf(":");
  return colon < 0 ? { kid: undefined, secret: word } : { kid: word.slice(0, colon), secret: word.slice(colon + 1) };
}

function wordFault(kid: string | undefined, secret: string): string | undefined {
  if (kid !== undefined && !KID.test(kid))
    return 'has a kid, which is before its ":", that is not 1 to 64 letters, digits, ".", "_" and "-".';
  if (secret.length < MIN_SECRET_LENGTH)
    return `has a secret of ${secret.length} characters, which can be guessed. Give it ${MIN_SECRET_LENGTH} at least; openssl rand -hex 32 makes one.`;
  return undefined;
}

function twinFault(kid: string | undefined): string {
  return kid === undefined
    ? "are secrets without a kid. Write <kid>:<secret>."
    : "have the same kid. Give each its own.";
}
