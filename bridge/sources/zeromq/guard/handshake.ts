import type { SocketConfig } from "../../../config/config.ts";

/** What a handshake must be, so that libzmq lets the peer in. */
export interface HandshakeRules {
  mechanism: "NULL" | "PLAIN" | "CURVE";
  /** Whether this side says who may come in. */
  isServer: boolean;
  /** Types of sockets that fit ours, in words and in the numbers of ZMTP 2.0. */
  socketTypes: ReadonlyMap<string, number>;
  /** Whether ZMTP 2.0 is let in. */
  takesOld: boolean;
}

const PUBLISHERS: ReadonlyMap<string, number> = new Map([
  ["PUB", 1],
  ["XPUB", 9],
]);
const PUSHERS: ReadonlyMap<string, number> = new Map([["PUSH", 8]]);

export function handshakeRules(
  { type, security }: Pick<SocketConfig, "type" | "security">,
  takesOld = true,
): HandshakeRules {
  const [name = "none", side] = security.mechanism.split("-");
  const mechanism = name === "plain" ? "PLAIN" : name === "curve" ? "CURVE" : "NULL";
  const socketTypes = type === "pull" ? PUSHERS : PUBLISHERS;
  return { mechanism, isServer: side === "server", socketTypes, takesOld: takesOld && mechanism === "NULL" };
}

// https://rfc.zeromq.org/spec/37/ and, for 2.0, 15: a greeting, then commands until READY.
const REVISION_AT = 10;
const MECHANISM_AT = 12;
const MECHANISM_BYTES = 20;
const GREETING_BYTES = 64;
const GREETING2_BYTES = 12;
const FLAG = { long: 2, command: 4 };
/** A READY has a socket's type and identity, and what a program adds. What comes later is not looked at. */
const MAX_BYTES = 4096;

/**
 * Whether a connection has become one for messages, as both sides say it on the line: libzmq tells that of an address, and
 * not of which connection. Pure: it is fed what either side sends, until it knows.
 */
export class HandshakeWatch {
  readonly #rules: HandshakeRules;
  #peer = Buffer.alloc(0);
  #own = Buffer.alloc(0);
  #state: "open" | "ready" | "failed" = "open";

  constructor(rules: HandshakeRules) {
    this.#rules = rules;
  }

  /** Nothing more need be fed. */
  get isOver(): boolean {
    return this.#state !== "open";
  }

  get isReady(): boolean {
    return this.#state === "ready";
  }

  /** The other side has sent this. */
  takePeer(chunk: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#peer = added(this.#peer, chunk);
    this.#look();
  }

  /** libzmq has sent this. */
  takeOwn(chunk: Uint8Array): void {
    const { mechanism, isServer } = this.#rules;
    if (this.#state !== "open" || mechanism === "NULL" || !isServer) return;
    this.#own = added(this.#own, chunk);
    this.#look();
  }

  #look(): void {
    this.#state = this.#found();
    if (this.isOver) this.#peer = this.#own = Buffer.alloc(0);
  }

  #found(): "open" | "ready" | "failed" {
    const { mechanism, isServer, socketTypes, takesOld } = this.#rules;
    const peer = this.#peer;
    const revision = peer[REVISION_AT];
    if (revision === undefined) return "open";
    if (revision < 3) {
      // Its identity follows, which is no part of a handshake: it waits for nothing.
      if (!takesOld) return "failed";
      if (peer.length < GREETING2_BYTES) return "open";
      return [...socketTypes.values()].includes(peer[GREETING2_BYTES - 1] ?? 0) ? "ready" : "failed";
    }
    if (peer.length < GREETING_BYTES) return "open";
    const named = peer.toString("latin1", MECHANISM_AT, MECHANISM_AT + MECHANISM_BYTES).replace(/\0.*$/s, "");
    if (named !== mechanism) return "failed";
    // Who lets in says READY last; without security, both do.
    const isOurs = isServer && mechanism !== "NULL";
    const ready = readyIn((isOurs ? this.#own : peer).subarray(GREETING_BYTES));
    if (typeof ready === "string") return ready;
    // CURVE hides it, and libzmq checked what it answered with READY.
    if (isOurs || mechanism === "CURVE") return "ready";
    const type = socketTypeIn(ready);
    return type === undefined || socketTypes.has(type) ? "ready" : "failed";
  }
}

function added(before: Buffer, chunk: Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.concat([before, chunk.subarray(0, MAX_BYTES - before.length)]);
}

/** The properties of the first READY among these commands. */
function readyIn(bytes: Buffer): Buffer | "open" | "failed" {
  for (let at = 0; at < bytes.length; ) {
    const flags = bytes[at] ?? 0;
    if ((flags & FLAG.command) === 0) return "failed";
    const isLong = (flags & FLAG.long) !== 0;
    const start = at + (isLong ? 9 : 2);
    if (start > bytes.length) return "open";
    const end = start + (isLong ? Number(bytes.readBigUInt64BE(at + 1)) : (bytes[at + 1] ?? 0));
    const nameEnd = start + 1 + (bytes[start] ?? 0);
    const name = bytes.toString("latin1", start + 1, nameEnd);
    if (name === "ERROR") return "failed";
    if (end > bytes.length) {
      if (bytes.length < MAX_BYTES - GREETING_BYTES) return "open";
      return name === "READY" ? bytes.subarray(nameEnd) : "failed";
    }
    if (name === "READY") return bytes.subarray(nameEnd, end);
    at = end;
  }
  return "open";
}

/** Properties: each a name with its length in a byte, and a value with its length in four. */
function socketTypeIn(properties: Buffer): string | undefined {
  for (let at = 0; at < properties.length; ) {
    const nameEnd = at + 1 + (properties[at] ?? 0);
    if (nameEnd + 4 > properties.length) return undefined;
    const end = nameEnd + 4 + properties.readUInt32BE(nameEnd);
    if (properties.toString("latin1", at + 1, nameEnd).toLowerCase() === "socket-type") {
      return properties.toString("latin1", nameEnd + 4, end);
    }
    at = end;
  }
  return undefined;
}
