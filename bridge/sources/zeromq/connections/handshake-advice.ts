import type { SecurityConfig } from "../../../config/config.ts";
import { GIVEN_UP } from "../security/socket-security.ts";

export interface Failure {
  kind: "auth" | "protocol" | "other";
  /** `ERR_ZMTP_…` of protocol failures; errno's name of others. */
  code: string;
  /** Our own address, or the one we connect to. */
  address: string;
  isOurs: "bound" | "connected";
}

/** What to do about a handshake that failed, in a sentence; undefined if it is said better elsewhere. */
export function adviceOn(failure: Failure, security: SecurityConfig): string | undefined {
  switch (failure.kind) {
    case "auth":
      return onRefusal(failure, security);
    case "protocol":
      return onProtocol(failure, security);
    case "other":
      return onBreak(failure, security);
    default:
      return failure.kind satisfies never;
  }
}

function onRefusal({ address }: Failure, security: SecurityConfig): string | undefined {
  switch (security.mechanism) {
    case "curve-client":
      return (
        `The publisher at ${address} refuses this bridge's key. ` +
        `Add ${security.publicKey} to the clients that it allows; trying on.`
      );
    case "plain-client":
      return `The publisher at ${address} refuses the user or the password of this source; trying on.`;
    // Whoever refuses says whom and why.
    case "curve-server":
    case "plain-server":
      return undefined;
    case "none":
      return `The other side at ${address} refuses this bridge; trying on.`;
    default:
      return security satisfies never;
  }
}

function onProtocol({ code, address, isOurs }: Failure, security: SecurityConfig): string {
  const after = isOurs === "connected" ? "trying on" : `start the publisher again after that, as ${GIVEN_UP}`;
  if (code === "ERR_ZMTP_MECHANISM_MISMATCH") {
    const [ours] = security.mechanism.split("-");
    return security.mechanism === "none"
      ? `A publisher at ${address} has security (CURVE or PLAIN), and this source has none. Give this source the same; ${after}.`
      : `A publisher at ${address} does not use ${ours?.toUpperCase()} as this source does, so nothing is taken from it. Give both the same security; ${after}.`;
  }
  if (code === "ERR_ZMTP_CRYPTOGRAPHIC" && security.mechanism === "curve-server") {
    return (
      `A publisher at ${address} has a wrong server key, or keys that are no pair. ` +
      `Its server key must be this source's public key, ${security.publicKey}.`
    );
  }
  if (security.mechanism === "curve-client") {
    return `The handshake with ${address} failed (${code}). Check that server_key is the publisher's public key; trying on.`;
  }
  return `The handshake with a publisher at ${address} failed (${code}): the two sides do not understand each other.`;
}

function onBreak({ code, address, isOurs }: Failure, security: SecurityConfig): string {
  if (isOurs === "bound") {
    return `Something connected to ${address} and left before it spoke ZeroMQ (${code}): a port scan, a health check, another protocol, or a publisher that closes its socket as soon as it has sent.`;
  }
  switch (security.mechanism) {
    case "curve-client":
      return (
        `${address} breaks the handshake off (${code}): most likely server_key is not the publisher's public key, ` +
        "which must be copied from its .key file; trying on."
      );
    case "plain-client":
    case "plain-server":
    case "curve-server":
    case "none":
      return `${address} breaks the handshake off (${code}): what listens there may be no ZeroMQ publisher; trying on.`;
    default:
      return security satisfies never;
  }
}
