import { BlockList, isIP } from "node:net";
import type { Environment } from "./security.ts";
import { FileFault, readSmallText } from "./small-file.ts";

export type PublishToken = { kind: "token"; token: string } | { kind: "fault"; sentence: string };

/** No token is longer. */
const MAX_FILE_BYTES = 4 * 1024;

const SET_TOKEN =
  "PUBLISH_TOKEN is not set. Set it in the environment to the token that the Worker has, for example: " +
  "PUBLISH_TOKEN=… plotcast … (never as a flag, which others could read), or name a file with it in PUBLISH_TOKEN_FILE.";
const UNUSABLE = "characters that cannot stand in a header";

/**
 * The token for publishing: PUBLISH_TOKEN, or what is in the file that PUBLISH_TOKEN_FILE names, such as a credential of
 * systemd.
 * @returns the token, or what is wrong in a sentence that does not have it
 */
export function publishToken(env: Environment): PublishToken {
  const file = env.PUBLISH_TOKEN_FILE?.trim() || undefined;
  const fault = (sentence: string): PublishToken => ({ kind: "fault", sentence });
  if (env.PUBLISH_TOKEN?.trim()) {
    if (file !== undefined) return fault("PUBLISH_TOKEN and PUBLISH_TOKEN_FILE are both set: leave one out.");
    const token = tokenFrom(env);
    return token === undefined ? fault(`PUBLISH_TOKEN has ${UNUSABLE}.`) : { kind: "token", token };
  }
  if (file === undefined) return fault(SET_TOKEN);
  try {
    const text = readSmallText(file, MAX_FILE_BYTES);
    if (text.trim() === "") return fault(`${file}, which PUBLISH_TOKEN_FILE names, is empty.`);
    const token = tokenFrom({ PUBLISH_TOKEN: text });
    if (token !== undefined) return { kind: "token", token };
    return fault(`${file}, which PUBLISH_TOKEN_FILE names, is not one token: it has ${UNUSABLE}.`);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    const which = error.isMissing ? "The file that" : `${file}, which`;
    return fault(`${which} PUBLISH_TOKEN_FILE names${error.isMissing ? "" : ","} cannot be read: ${error.message}.`);
  }
}

/** A token as it can stand in a header, or undefined. */
export function tokenFrom(env: Partial<Record<string, string>>): string | undefined {
  const token = env.PUBLISH_TOKEN?.trim();
  return token !== undefined && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
}

/** A shorter one can be guessed by trying. */
const MIN_TOKEN_LENGTH = 16;

const THIS_MACHINE = new BlockList();
THIS_MACHINE.addSubnet("127.0.0.0", 8, "ipv4");
// Connecting to "any address" reaches this machine.
THIS_MACHINE.addAddress("0.0.0.0", "ipv4");
THIS_MACHINE.addAddress("::1", "ipv6");
THIS_MACHINE.addAddress("::", "ipv6");

/** What is doubtful about a token that is sent to a channel: a sentence each, without the token. */
export function tokenWarnings(to: URL, token: string): string[] {
  const warnings: string[] = [];
  if (to.protocol === "http:" && !isThisMachine(to.hostname)) {
    warnings.push(
      `PUBLISH_TOKEN goes to ${to.host} over plain http: whoever is on the way can read and use it. Give --to an https:// URL.`,
    );
  }
  if (token.length < MIN_TOKEN_LENGTH) {
    warnings.push(
      `PUBLISH_TOKEN has ${token.length} characters, which can be guessed. Use ${MIN_TOKEN_LENGTH} or more, here and at the ` +
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
