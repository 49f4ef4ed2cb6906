import { checksumOf } from "../../checksum.ts";

/** Why a connection is ended: what came on it is no ZMTP 2.0 or 3.x, or more than a message may have. */
export type FramingFault =
  /** The first bytes are no ZMTP signature: HTTP, TLS, or ZMTP 1.0 of libzmq 2, which looks like any text. */
  | "not-zmtp"
  /** A frame that the protocol does not know. */
  | "frame-invalid"
  | "too-many-parts"
  | "message-too-large"
  | "command-too-large";

export interface FramingLimits {
  maxParts: number;
  /** Of all parts of a message together. */
  maxMessageBytes: number;
}

// https://rfc.zeromq.org/spec/23/ (3.0), 37 (3.1) and 15 (2.0): a greeting, then frames of flags, length and body.
const SIGNATURE_BYTES = 10;
const GREETING_BYTES = { "2.0": 12, "3.x": 64 };
const FLAG = { more: 1, long: 2, command: 4 };
const KNOWN_FLAGS = FLAG.more | FLAG.long | FLAG.command;
/** READY has a socket's type and identity (255 bytes at most), and what a program adds. */
const MAX_COMMAND_BYTES = 65_536;
/**
 * A PING has a name (5 bytes) and a time to live (2). Of one that is shorter libzmq 4.3.5 takes the bytes behind it for
 * its context, and sends them back: `zmtp_engine_t::process_heartbeat_message`.
 */
const MIN_PING_BYTES = 7;
const PING = Buffer.from("\u0004PING");
const PONG = Buffer.from("\u0004PONG");
/** What libzmq keeps for a part, however short that is: `sizeof (zmq_msg_t)`. */
export const PART_BYTES = 64;

/**
 * Follows the frames of one connection, without keeping them. libzmq bounds a part of a message (ZMQ_MAXMSGSIZE) and the
 * whole messages that wait, but not how many parts a message has before its last one. Pure: it is fed bytes as they come.
 */
export class ZmtpFraming {
  readonly #limits: FramingLimits;
  readonly #onMessage: ((sum: number) => void) | undefined;
  readonly #notes: { readonly isNoting: boolean };
  /** Whether the sum of this message is asked for. */
  #isNoted = false;
  #phase: "signature" | "revision" | "greeting" | "flags" | "length" | "body" = "signature";
  /** Of the greeting, of a length, or of a body: bytes that are still to come. */
  #left = SIGNATURE_BYTES;
  #isFirstByte = true;
  #flags = 0;
  #length = 0;
  #parts = 0;
  #bytes = 0;
  #received = 0;
  #messages = 0;
  /** The CRC-32 of the frames of this message, one after the other. */
  #sum = 0;
  /** ZMTP 2.0 begins with a frame that is no message: the identity. */
  #isIdentityDue = false;
  /** Of a command: how it begins. */
  readonly #command: number[] = [];
  #hasPonged = false;

  /**
   * @param onMessage is told of each whole message, with the CRC-32 of its frames
   * @param notes whether it is, of those that begin now
   */
  constructor(limits: FramingLimits, onMessage?: (sum: number) => void, notes = { isNoting: true }) {
    this.#limits = limits;
    this.#onMessage = onMessage;
    this.#notes = notes;
  }

  /** Whether the other side has answered a PING, or says what an answer says. With CURVE it cannot be seen. */
  get hasPonged(): boolean {
    return this.#hasPonged;
  }

  /** Whether all that has come is whole messages. */
  get isBetweenMessages(): boolean {
    return this.#phase === "flags" && this.#parts === 0;
  }

  /** How many whole messages have come. */
  get messages(): number {
    return this.#messages;
  }

  /** Whether the signature has come, so that the other side speaks ZMTP. */
  get isZmtp(): boolean {
    return this.#phase !== "signature";
  }

  /** What libzmq keeps of a message that has no end yet. */
  get unfinishedBytes(): number {
    return this.#received;
  }

  /** @returns what is wrong; nothing may be fed after that */
  take(chunk: Uint8Array): FramingFault | undefined {
    for (let at = 0; at < chunk.length; ) {
      if (this.#phase === "body") {
        const count = Math.min(this.#left, chunk.length - at);
        if ((this.#flags & FLAG.command) !== 0) {
          for (let i = 0; i < count && this.#command.length < PING.length; i++) this.#command.push(chunk[at + i] ?? 0);
        } else if (this.#isNoted) {
          this.#sum = checksumOf(chunk, this.#sum, at, at + count);
        }
        at += count;
        this.#left -= count;
        if ((this.#flags & FLAG.command) === 0) this.#received += count;
        if (this.#left > 0) break;
        if ((this.#flags & FLAG.command) !== 0) {
          if (this.#length < MIN_PING_BYTES && this.#isCommand(PING)) return "frame-invalid";
          this.#hasPonged ||= this.#isCommand(PONG);
        }
        this.#endFrame();
        continue;
      }
      const fault = this.#takeByte(chunk[at++] ?? 0);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #takeByte(byte: number): FramingFault | undefined {
    switch (this.#phase) {
      case "signature":
        return this.#takeSignature(byte);
      case "revision":
        // 0 is ZMTP 1.0 with a signature, which no release of libzmq sends.
        if (byte === 0) return "not-zmtp";
        this.#isIdentityDue = byte === 1;
        this.#left = GREETING_BYTES[byte === 1 ? "2.0" : "3.x"] - SIGNATURE_BYTES - 1;
        this.#phase = "greeting";
        return undefined;
      case "greeting":
        if (--this.#left === 0) this.#phase = "flags";
        return undefined;
      case "flags":
        if ((byte & ~KNOWN_FLAGS) !== 0) return "frame-invalid";
        if ((byte & FLAG.command) !== 0 && (byte & FLAG.more) !== 0) return "frame-invalid";
        this.#flags = byte;
        this.#length = 0;
        this.#left = (byte & FLAG.long) === 0 ? 1 : 8;
        this.#phase = "length";
        return undefined;
      case "length":
        // Beyond 2^53 it loses its last digits, and is far too large all the same.
        this.#length = this.#length * 256 + byte;
        return --this.#left === 0 ? this.#beginBody() : undefined;
      case "body":
        return undefined;
      default:
        return this.#phase satisfies never;
    }
  }

  #takeSignature(byte: number): FramingFault | undefined {
    // libzmq takes whatever begins otherwise for ZMTP 1.0: `zmtp_engine_t::receive_greeting`.
    if (this.#isFirstByte && byte !== 0xff) return "not-zmtp";
    this.#isFirstByte = false;
    if (--this.#left > 0) return undefined;
    if ((byte & 1) === 0) return "not-zmtp";
    this.#phase = "revision";
    return undefined;
  }

  #beginBody(): FramingFault | undefined {
    if ((this.#flags & FLAG.command) !== 0) {
      if (this.#length > MAX_COMMAND_BYTES) return "command-too-large";
      this.#command.length = 0;
    } else {
      if (this.#parts === 0) this.#isNoted = this.#onMessage !== undefined && this.#notes.isNoting;
      this.#parts++;
      this.#bytes += this.#length;
      this.#received += PART_BYTES;
      if (this.#parts > this.#limits.maxParts) return "too-many-parts";
      if (this.#bytes > this.#limits.maxMessageBytes) return "message-too-large";
    }
    this.#left = this.#length;
    this.#phase = "body";
    if (this.#left === 0) this.#endFrame();
    return undefined;
  }

  #endFrame(): void {
    this.#phase = "flags";
    if ((this.#flags & (FLAG.command | FLAG.more)) !== 0) return;
    this.#parts = 0;
    this.#bytes = 0;
    this.#received = 0;
    const sum = this.#sum;
    this.#sum = 0;
    if (this.#isIdentityDue) {
      this.#isIdentityDue = false;
      return;
    }
    this.#messages++;
    if (this.#isNoted) this.#onMessage?.(sum);
  }

  #isCommand(name: Buffer): boolean {
    return name.every((byte, i) => this.#command[i] === byte);
  }
}
