import type { Socket } from "node:net";
import type { FramingFault, ZmtpFraming } from "./framing.ts";
import type { HandshakeWatch } from "./handshake.ts";
import type { Begin } from "./handshake-slots.ts";
import { PingWatch, PONG_FRAME } from "./ping-watch.ts";

export interface SpliceOptions {
  /** The other side: a publisher, or whatever has connected. `allowHalfOpen` is set. */
  peer: Socket;
  framing: ZmtpFraming;
  handshake: HandshakeWatch;
  /** Whether libzmq sends heartbeats that can be seen. */
  hasHeartbeat: boolean;
  /** Calls `begin` with what connects to libzmq, at once or when it is this one's turn. `allowHalfOpen` must be set. */
  enter: (begin: Begin) => void;
  /** The signature is complete: the other side speaks ZMTP. */
  onZmtp: () => void;
  /** The handshake is over: what comes now are messages. */
  onReady: () => void;
  /** One whole message or more has come. */
  onMessages: () => void;
  /** What came is ended for this. @param head the first bytes that came, at most {@link MAX_HEAD_BYTES} */
  onFault: (fault: FramingFault, head: Buffer) => void;
  /** The peer ended before it spoke ZMTP. @param code errno's name */
  onLeft: (code: string) => void;
  /** libzmq could not be reached. */
  onFailure: (error: Error) => void;
  /** By how much what libzmq keeps of an unfinished message has changed. */
  onUnfinished: (bytes: number) => void;
  /** Both sides are closed. */
  onClose: () => void;
}

/**
 * What libzmq says first, to whomever: signature and version (`zmtp_engine_t::receive_greeting_versioned`). Who gets both
 * at once says what security it has before it finds that ours is another, and hangs up: so that can be told.
 */
const PREAMBLE = Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3]);
export const MAX_HEAD_BYTES = 64;
/** For an answer of libzmq's that is still on its way to a peer that is ended. */
const LINGER_MS = 2000;

/**
 * Passes bytes between a peer and libzmq, both ways, as fast as the slower side reads, and looks at what the peer sends.
 *
 * libzmq is only ever told of an end by a half-close behind all bytes. A connection that is reset, or closed whole, while
 * libzmq has stopped reading it (its high-water mark is reached) makes it abort the process at the next PING that it sends
 * or answers: `zmq_assert (!_io_error)` in `stream_engine_base_t::out_event`, libzmq 4.3.5.
 */
export class Splice {
  readonly #options: SpliceOptions;
  readonly #peer: Socket;
  #inner: Socket | undefined;
  /** Of libzmq's own preamble: the peer has got it already. */
  #toSkip = PREAMBLE.length;
  #head: Buffer = Buffer.alloc(0);
  #isPeerDone = false;
  #isClosed = false;
  #isHeld = false;
  readonly #pings: PingWatch | undefined;
  /** Until it is this one's turn nothing is read. */
  #isWaiting = false;

  constructor(options: SpliceOptions) {
    const { peer, hasHeartbeat } = options;
    this.#options = options;
    this.#pings = hasHeartbeat ? new PingWatch() : undefined;
    this.#peer = peer;
    peer.write(PREAMBLE);
    peer.on("data", (chunk) => this.#take(chunk));
    peer.on("end", () => this.#peerDone("EPIPE"));
    peer.on("error", (error) => this.#peerDone("code" in error ? String(error.code) : error.message));
    peer.on("close", () => {
      this.#peerDone("EPIPE");
      this.#closeIfOver();
    });
    peer.on("drain", () => this.#inner?.resume());
  }

  /** Reads nothing more from the peer, or reads on. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) this.#peer.pause();
    else this.#readOn();
  }

  /** Whether more may have come that is not read. */
  get isPaused(): boolean {
    return this.#peer.isPaused();
  }

  /** Ends the connection; what libzmq has of an unfinished message it lets go. */
  end(): void {
    this.#isPeerDone = true;
    this.#inner?.end();
    this.#inner?.resume();
    this.#peer.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#isPeerDone) return;
    const { framing } = this.#options;
    const wasZmtp = framing.isZmtp;
    const before = this.#head;
    if (!wasZmtp) this.#head = Buffer.concat([before, chunk.subarray(0, MAX_HEAD_BYTES - before.length)]);
    const { unfinishedBytes: unfinished, messages } = framing;
    const fault = framing.take(chunk);
    if (framing.unfinishedBytes !== unfinished) this.#options.onUnfinished(framing.unfinishedBytes - unfinished);
    // It may just have been ended for that.
    if (this.#isPeerDone) return;
    if (fault !== undefined) {
      this.end();
      this.#options.onFault(fault, this.#head);
      return;
    }
    if (!this.#options.handshake.isOver) this.#shake(() => this.#options.handshake.takePeer(chunk));
    if (framing.messages !== messages) this.#options.onMessages();
    if (!framing.isZmtp) return;
    if (!wasZmtp) {
      this.#options.onZmtp();
      this.#head = Buffer.alloc(0);
      this.#isWaiting = true;
      this.#peer.pause();
      // Less than a signature may have come before.
      const first = Buffer.concat([before, chunk]);
      this.#options.enter((dial) => {
        if (!this.#isPeerDone) this.#join(dial(), first);
      });
      return;
    }
    if (this.#inner?.write(chunk) === false) this.#peer.pause();
  }

  #readOn(): void {
    if (!this.#isHeld && !this.#isWaiting && this.#inner?.writableNeedDrain !== true) this.#peer.resume();
  }

  #join(inner: Socket, first: Buffer): void {
    this.#inner = inner;
    this.#isWaiting = false;
    inner.on("data", (chunk) => {
      if (!this.#options.handshake.isOver) this.#shake(() => this.#options.handshake.takeOwn(chunk));
      if (this.#pings !== undefined && this.#pings.take(chunk) > 0) this.#answerFor();
      const skipped = Math.min(this.#toSkip, chunk.length);
      this.#toSkip -= skipped;
      if (skipped === chunk.length || !this.#peer.writable) return;
      if (!this.#peer.write(skipped === 0 ? chunk : chunk.subarray(skipped))) inner.pause();
    });
    inner.on("drain", () => this.#readOn());
    // libzmq has ended it: the handshake failed, or a part is too large.
    inner.on("end", () => this.#endPeer());
    let isConnected = !inner.connecting;
    inner.once("connect", () => {
      isConnected = true;
    });
    inner.on("error", (error) => {
      // Later it is libzmq that has ended a handshake, with more of it unread.
      if (!isConnected) this.#options.onFailure(error);
      this.#endPeer();
    });
    inner.on("close", () => {
      this.#endPeer();
      this.#closeIfOver();
    });
    inner.write(first);
    this.#readOn();
  }

  #shake(feed: () => void): void {
    const { handshake, onReady } = this.#options;
    feed();
    if (handshake.isReady && !this.#isPeerDone) onReady();
  }

  /**
   * Who has never answered a PING may not know what it is, as few did before ZMTP 3.1: libzmq, which would cut it off, gets
   * the answer from here. Whether such a peer is still there, TCP says. In the middle of a message it is heard of anyway.
   */
  #answerFor(): void {
    const { framing } = this.#options;
    if (this.#isPeerDone || framing.hasPonged || !framing.isBetweenMessages) return;
    this.#inner?.write(PONG_FRAME);
  }

  #peerDone(code: string): void {
    if (this.#isPeerDone) return;
    this.#isPeerDone = true;
    if (this.#inner === undefined) {
      this.#peer.destroy();
      this.#options.onLeft(code);
      return;
    }
    this.#inner.end();
    this.#inner.resume();
  }

  #endPeer(): void {
    this.#isPeerDone = true;
    this.#inner?.end();
    if (this.#peer.destroyed) return;
    this.#peer.destroySoon();
    setTimeout(() => this.#peer.destroy(), LINGER_MS).unref();
  }

  #closeIfOver(): void {
    if (this.#isClosed || !this.#peer.destroyed || this.#inner?.destroyed === false) return;
    this.#isClosed = true;
    this.#options.onClose();
  }
}
