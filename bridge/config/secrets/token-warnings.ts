import { BlockList, isIP } from "node:net";

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
