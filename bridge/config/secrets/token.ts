import { BlockList, isIP } from "node:net";
import type { Environment } from "./security.ts";
import { FileFault, readSmallText } from "./small-file.ts";

export type GivenToken = { kind: "token"; token: string } | { kind: "fault"; sentence: string };

/** What the environment has of a secret. `named` is how a sentence calls it. */
type GivenSecret =
  | { kind: "secret"; text: string; named: string }
  | { kind: "fault"; sentence: string }
  | { kind: "absent" };

/** No token is longer. */
const MAX_FILE_BYTES = 4 * 1024;

const SET_TOKEN =
  "PUBLISH_TOKEN is not set. Set it in the environment to the token that the Worker has, for example: " +
  "PUBLISH_TOKEN=… plotcast … (never as a flag, which others could read), or name a file with it in PUBLISH_TOKEN_FILE.";
/** As it can stand in a header. */
const TOKEN = /^[\x21-\x7e]+$/;
/** As the Worker takes them (AC5a). */
const MAX_TOKENS = 2;
const UNUSABLE = "characters that cannot stand in a header";

/**
 * A secret of this name in the environment, or what is in the file that `<name>_FILE` names, such as a credential of systemd. Sentences do
 * not have it.
 */
export function secretIn(env: Environment, name: string): GivenSecret {
  const [text, file] = [env[name]?.trim() || undefined, env[`${name}_FILE`]?.trim() || undefined];
  const fault = (sentence: string): GivenSecret => ({ kind: "fault", sentence });
  if (text !== undefined && file !== undefined) return fault(`${name} and ${name}_FILE are both set: leave one out.`);
  if (text !== undefined) return { kind: "secret", text, named: name };
  if (file === undefined) return { kind: "absent" };
  try {
    const read = readSmallText(file, MAX_FILE_BYTES).trim();
    if (read === "") return fault(`${file}, which ${name}_FILE names, is empty.`);
    return { kind: "secret", text: read, named: `${file}, which ${name}_FILE names,` };
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    const which = error.isMissing ? `The file that ${name}_FILE names` : `${file}, which ${name}_FILE names,`;
    return fault(`${which} cannot be read: ${error.message}.`);
  }
}

/** One token as {@link secretIn} finds it: the first, where there is another that it is exchanged with. */
export function tokenIn(env: Environment, name: string): GivenToken | { kind: "absent" } {
  const given = secretIn(env, name);
  if (given.kind !== "secret") return given;
  const { text, named } = given;
  const [token] = tokensIn(text) ?? [];
  if (token !== undefined) return { kind: "token", token };
  if (/^bearer\s/i.test(text)) return { kind: "fault", sentence: `${named} begins with "Bearer": leave that out.` };
  const how = named === name ? "has" : "is not a token: it has";
  return { kind: "fault", sentence: `${named} ${how} ${UNUSABLE}, or more than two tokens.` };
}

/** The token of a secret, and the one that it is exchanged with, if there is one; undefined if these are none. */
export function tokensIn(text: string): readonly string[] | undefined {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const areTokens = words.length > 0 && words.length <= MAX_TOKENS && words.every((word) => TOKEN.test(word));
  return areTokens && !/^bearer$/i.test(words[0] ?? "") ? words : undefined;
}

/**
 * The token for publishing: PUBLISH_TOKEN, or what is in the file that PUBLISH_TOKEN_FILE names.
 * @returns the token, or what is wrong in a sentence that does not have it
 */
export function publishToken(env: Environment): GivenToken {
  const given = tokenIn(env, "PUBLISH_TOKEN");
  return given.kind === "absent" ? { kind: "fault", sentence: SET_TOKEN } : given;
}

/** The token for making and revoking others: ADMIN_TOKEN, else PUBLISH_TOKEN, which owns the Worker where it has no other. */
export function adminToken(
  env: Environment,
): { kind: "token"; token: string; name: string } | { kind: "fault"; sentence: string } {
  for (const name of ["ADMIN_TOKEN", "PUBLISH_TOKEN"]) {
    const given = tokenIn(env, name);
    if (given.kind === "fault") return given;
    if (given.kind === "token") return { ...given, name };
  }
  const sentence =
    "ADMIN_TOKEN is not set. Set it in the environment to the one that the Worker has (PUBLISH_TOKEN, if that has no ADMIN_TOKEN), " +
    "never as a flag, which others could read; or name a file with it in ADMIN_TOKEN_FILE.";
  return { kind: "fault", sentence };
}

/** A shorter one can be guessed by trying. */
const MIN_TOKEN_LENGTH = 16;

const THIS_MACHINE = new BlockList();
THIS_MACHINE.addSubnet("127.0.0.0", 8, "ipv4");
// Connecting to "any address" reaches this machine.
THIS_MACHINE.addAddress("0.0.0.0", "ipv4");
THIS_MACHINE.addAddress("::1", "ipv6");
THIS_MACHINE.addAddress("::", "ipv6");

/** What is doubtful about a token that is sent to a Worker: a sentence each, without the token. */
export function tokenWarnings(to: URL, token: string, name = "PUBLISH_TOKEN"): string[] {
  const warnings: string[] = [];
  if (to.protocol === "http:" && !isThisMachine(to.hostname)) {
    warnings.push(
      `${name} goes to ${to.host} over plain http: whoever is on the way can read and use it. Give --to an https:// URL.`,
    );
  }
  if (token.length < MIN_TOKEN_LENGTH) {
    warnings.push(
      `${name} has ${token.length} characters, which can be guessed. Use ${MIN_TOKEN_LENGTH} or more, here and at the ` +
        "Worker, for example what this prints: openssl rand -hex 32",
    );
  }
  return warnings;
}

/** Whether what is sent to this host stays on this machine. @param hostname as `URL` has it */
export function isThisMachine(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const version = isIP(host);
  // BlockList takes an IPv4 address in IPv6 form, ::ffff:7f00:1, for the IPv4 address.
  if (version !== 0) return THIS_MACHINE.check(host, version === 4 ? "ipv4" : "ipv6");
  return host === "localhost" || host.endsWith(".localhost");
}
