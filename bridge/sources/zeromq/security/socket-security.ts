import { createHash, timingSafeEqual } from "node:crypto";
import { capability, type SocketOptions, type Subscriber } from "zeromq";
import type { SecurityConfig } from "../../../config/config.ts";
import { encodeZ85, keyFault, publicKeyOf } from "../../../config/syntax/curve-key.ts";
import { networkOf } from "../network.ts";
import type { PasswordBrake } from "./brake.ts";
import { NO_CURVE } from "./curve-keys.ts";
import type { Admit } from "./zap.ts";

/** zmq_setsockopt(3): ZMQ_PLAIN_USERNAME; a length is one byte in the handshake. */
const MAX_PLAIN_BYTES = 255;

/** What is wrong with a source's security, in a sentence; undefined if nothing is. No secret is quoted. */
export function securityFault(security: SecurityConfig, hasCurve = capability.curve === true): string | undefined {
  switch (security.mechanism) {
    case "none":
      return undefined;
    case "curve-client":
      if (!hasCurve) return NO_CURVE;
      return keyNamed("server_key", security.serverKey) ?? pairFault(security);
    case "curve-server":
      if (!hasCurve) return NO_CURVE;
      return pairFault(security) ?? first(security.allow ?? [], (key) => keyNamed("allow", key));
    case "plain-client":
      return plainFault(security.user, security.password);
    case "plain-server":
      if (security.users.size === 0) return "No user is given, so nobody could connect.";
      return first([...security.users], ([user, password]) => plainFault(user, password));
    default:
      return security satisfies never;
  }
}

function keyNamed(name: string, key: string): string | undefined {
  const fault = keyFault(key);
  return fault === undefined ? undefined : `${name}: ${fault}.`;
}

function pairFault({ publicKey, secretKey }: { publicKey: string; secretKey: string }): string | undefined {
  const fault = keyNamed("public_key", publicKey) ?? keyNamed("secret_key", secretKey);
  if (fault !== undefined || publicKeyOf(secretKey) === publicKey) return fault;
  return publicKeyOf(publicKey) === secretKey
    ? "public_key and secret_key are interchanged."
    : "public_key does not belong to secret_key: both must be of one pair.";
}

function plainFault(user: string, password: string): string | undefined {
  const isFit = (text: string): boolean => text.length > 0 && Buffer.byteLength(text) <= MAX_PLAIN_BYTES;
  return isFit(user) && isFit(password) ? undefined : `A user and a password have 1 to ${MAX_PLAIN_BYTES} bytes each.`;
}

function first<T>(values: readonly T[], fault: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = fault(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The options of a socket with this security.
 * @param zapDomain for servers: who guards it is asked about each client
 */
export function securityOptions(security: SecurityConfig, zapDomain: string): SocketOptions<Subscriber> {
  // Without a handler libzmq would let everyone in to CURVE, unless this is set:
  // https://github.com/zeromq/libzmq/blob/v4.3.5/src/curve_server.cpp#L385-L413
  const guarded = { zapDomain, zapEnforceDomain: true };
  switch (security.mechanism) {
    case "none":
      // With a domain, libzmq asks the handler about clients without a mechanism, too, and refuses ZMTP 1.0 and 2.0.
      return zapDomain === "" ? {} : { zapDomain };
    case "curve-client":
      return {
        curveServerKey: security.serverKey,
        curvePublicKey: security.publicKey,
        curveSecretKey: security.secretKey,
      };
    case "curve-server":
      return { ...guarded, curveServer: true, curveSecretKey: security.secretKey };
    case "plain-client":
      return { plainUsername: security.user, plainPassword: security.password };
    case "plain-server":
      return { ...guarded, plainServer: true };
    default:
      return security satisfies never;
  }
}

/**
 * Who is let in to a server's socket; undefined for other mechanisms.
 * @param refused is told of each that is not, in a sentence
 * @param brake is told of each wrong password
 */
export function admission(
  security: SecurityConfig,
  refused: (sentence: string) => void,
  brake: PasswordBrake,
): Admit | undefined {
  if (security.mechanism === "curve-server") {
    const allowed = security.allow === undefined ? undefined : new Set(security.allow);
    return ({ address, mechanism, credentials: [key] }) => {
      if (mechanism !== "CURVE" || key?.length !== 32) return undefined;
      const text = encodeZ85(key);
      if (allowed === undefined || allowed.has(text)) return text;
      refused(
        `A publisher${at(address)} was refused: its public key ${text} is not on the allow list. ` +
          `To let it in, add the key to the list and start it again; ${GIVEN_UP}.`,
      );
      return undefined;
    };
  }
  if (security.mechanism === "plain-server") {
    const { users } = security;
    return ({ address, mechanism, credentials: [user, password] }) => {
      if (mechanism !== "PLAIN" || user === undefined || password === undefined) return undefined;
      const name = user.toString();
      const expected = users.get(name);
      if (expected !== undefined && isSame(password, Buffer.from(expected))) return name;
      if (brake.failed(networkOf(address))) {
        refused(
          `There are many wrong passwords${from(address)}: those that come from there are looked at ever more slowly.`,
        );
      }
      // Neither is quoted: who swaps the two has the password where the user belongs.
      refused(
        `A publisher${at(address)} was refused: its user or its password is wrong. ` +
          `Give it a user and a password of this source and start it again; ${GIVEN_UP}.`,
      );
      return undefined;
    };
  }
  return undefined;
}

/** `session_base_t::engine_error` ends a session whose handshake was refused, and does not connect again. */
export const GIVEN_UP = "ZeroMQ does not try again by itself";

function from(address: string): string {
  return address === "" ? "" : ` from ${address}`;
}

function at(address: string): string {
  return address === "" ? "" : ` at ${address}`;
}

/** Takes as long whatever differs. */
function isSame(a: Buffer, b: Buffer): boolean {
  const digest = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();
  return timingSafeEqual(digest(a), digest(b));
}
