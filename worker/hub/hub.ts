import type { Cursor } from "../../protocol/cursor.ts";
import {
  CATCH_UP_BYTES,
  CloseCode,
  MAX_SILENCE_MS,
  MAX_VIEWER_MESSAGE_BYTES,
  RECONNECTS_PER_SECOND,
  VIEWER_MESSAGES_PER_SECOND,
} from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import { parseViewerMessage } from "../../protocol/messages/viewer-message.ts";
import { AlarmPace } from "./alarm-pace.ts";
import { AT_ONCE, CatchUpTurn, MAX_TEXTS_STORED, stepUnits } from "./catch-up-turn.ts";
import type { Source } from "./frame-log.ts";
import { helloTo } from "./hello.ts";
import type { JoinRequest } from "./join-request.ts";
import { SharedTexts, textsOf } from "./json-encoder.ts";
import { RateLimit } from "./rate-limit.ts";
import { cursorKind, readAttachment } from "./session-state.ts";
import { type PublisherPresence, STATUS_INTERVAL_MS, type Standing, Status, type WallClockLead } from "./status.ts";
import { closeQuietly, Outlet, sendFrames, sendTexts, silentForMs } from "./viewer-session.ts";

const SWEEP_INTERVAL_MS = 60_000;
const MIN_RETRY_WITHIN_MS = 500;
const MAX_VIEWERS_TOLD_AT_ONCE = 20;
const MIN_ROOM_FOR_TEXTS_BYTES = 64 * 1024;
/** Where a viewer begins whose own cursor means nothing here. */
const DEFAULT_TAIL = { points: 1000, seconds: 300 };

/**
 * The viewers of one channel: greets, sends or skips, catches up. A viewer is `live` and gets each frame as it
 * is taken, or `behind` and gets what is stored in steps, each when it has read the one before. So what waits
 * for one socket is bounded, and what it costs is its own affair.
 */
export class Viewers {
  #source: Source;
  readonly #publishers: PublisherPresence;
  readonly #clock: WallClockLead;
  readonly #outlets = new Map<WebSocket, Outlet>();
  readonly #limits = new WeakMap<WebSocket, RateLimit>();
  readonly #status = new Status();
  #sweptAtMs = 0;
  readonly #pace: AlarmPace;
  readonly #atOnce: RateLimit;

  /**
   * @param clock whose time all `nowMs` are
   * @param sockets those that outlived an eviction: what they were is in their attachments
   */
  constructor(
    source: Source,
    publishers: PublisherPresence,
    clock: WallClockLead,
    sockets: WebSocket[],
    nowMs: number,
  ) {
    this.#source = source;
    this.#publishers = publishers;
    this.#clock = clock;
    this.#pace = new AlarmPace(nowMs);
    this.#atOnce = new RateLimit(AT_ONCE.perSecond, nowMs, AT_ONCE.atOnce);
    for (const socket of sockets) {
      const viewer = readAttachment(socket.deserializeAttachment());
      if (viewer !== undefined) this.#outlets.set(socket, new Outlet(socket, viewer, nowMs));
      else closeQuietly(socket, CloseCode.badMessage, "This connection is from another version; connect again.");
    }
  }

  get count(): number {
    return this.#outlets.size;
  }

  /** Over how long all of them should spread their coming back, should they all be cut off. */
  get retryWithinMs(): number {
    return Math.max(MIN_RETRY_WITHIN_MS, Math.round((1000 * this.count) / RECONNECTS_PER_SECOND));
  }

  /** When to {@link attend} to viewers that wait with nothing else to wake us; undefined if there are none. */
  attendAfterMs(nowMs: number): number | undefined {
    if (this.count === 0) return undefined;
    let isUntold = this.#status.isUntold(this.#standing(nowMs));
    for (const { viewer, owesStatus } of this.#outlets.values()) {
      if (viewer.state.kind === "behind" && viewer.state.asked) {
        return this.#pace.intervalMs;
      }
      isUntold ||= owesStatus;
    }
    return isUntold ? STATUS_INTERVAL_MS : this.#publishers.expiresInMs(nowMs);
  }

  /** Greets a viewer and sends it the first of what it asks for. */
  join(socket: WebSocket, { format, start, build }: JoinRequest, channel: string, nowMs: number): void {
    const id = crypto.randomUUID().slice(0, 8);
    const { position } = this.#source;
    const outlet = new Outlet(
      socket,
      { id, format, sinceEpoch: position.epoch, state: { kind: "behind", seq: 0, asked: true } },
      nowMs,
    );
    this.#outlets.set(socket, outlet);
    if (format === "frames") outlet.tell(helloTo(id, channel, build, this.#source, this.#standing(nowMs), nowMs));
    const asked =
      start.kind === "tail"
        ? this.#source.tailStart(start.points, start.seconds)
        : this.#resumeAt(outlet, start.cursor);
    this.#catchUpSoon(outlet, format === "frames" ? asked : Math.max(asked, position.seq - MAX_TEXTS_STORED), nowMs);
    if (outlet.isClosed) this.leave(socket);
  }

  /** Sends a viewer the next step, or leaves that to an alarm if there was much of it lately. */
  #catchUpSoon(outlet: Outlet, seq: number, nowMs: number): void {
    const units = stepUnits(outlet.viewer.format, this.#source.position.seq - seq);
    if (this.#atOnce.take(nowMs, units)) return this.#catchUp(outlet, seq);
    outlet.become({ kind: "behind", seq, asked: true });
    this.#pace.someoneReads = true;
  }

  leave(socket: WebSocket): void {
    this.#outlets.delete(socket);
  }

  /** Sends frames that were just taken, numbered, to everybody who can take them. */
  broadcast(frames: Uint8Array[]): void {
    const texts = new SharedTexts(textsOf(frames));
    const turn = new CatchUpTurn(this.#source);
    for (const [socket, outlet] of this.#outlets) {
      const { state } = outlet.viewer;
      if (state.kind === "live") this.#sendLive(outlet, frames, texts, turn);
      // An alarm looks after it, so that no publish waits for that.
      else if (state.asked && this.#hasRoom(outlet)) this.#pace.someoneReads = true;
      if (outlet.isClosed) this.leave(socket);
    }
  }

  /** Takes a message from a viewer: it has read so far and asks on. */
  receive(socket: WebSocket, message: string | ArrayBuffer, nowMs: number): void {
    const outlet = this.#outlets.get(socket);
    if (outlet === undefined) return;
    const limit = this.#limits.get(socket) ?? new RateLimit(VIEWER_MESSAGES_PER_SECOND, nowMs);
    this.#limits.set(socket, limit);
    if (!limit.take(nowMs)) return this.#dismiss(socket, CloseCode.tooManyMessages, "Too many messages.");
    const fits = typeof message === "string" && message.length <= MAX_VIEWER_MESSAGE_BYTES;
    const parsed = fits ? messageIn(parseViewerMessage(message)) : undefined;
    if (parsed === undefined) return this.#dismiss(socket, CloseCode.badMessage, "That is no message of plotcast.v1.");
    switch (parsed.type) {
      case "continue": {
        const { state, sinceEpoch } = outlet.viewer;
        const kind = cursorKind(parsed, this.#source.position, sinceEpoch);
        if (kind === "wrong") return this.#dismiss(socket, CloseCode.badMessage, "That cursor is not of this channel.");
        // It crossed the gap that told the viewer where to go on. (One for each such message would queue as many.)
        if (kind === "outdated" || state.kind === "live") return;
        // It is sent what is stored once. One that is before what it was sent would have it read again and again.
        if (state.asked || parsed.seq < state.seq) return;
        return this.#catchUpSoon(outlet, parsed.seq, nowMs);
      }
      default:
        parsed.type satisfies never;
    }
  }

  /** What no frame and no message would do: catch up who has drained, tell how things stand. */
  attend(nowMs: number): void {
    this.#pace.someoneReads = false;
    const beganAtMs = Date.now();
    const turn = new CatchUpTurn(this.#source);
    for (const [socket, outlet] of [...this.#outlets]) {
      const isServed = this.#lookAfter(outlet, turn);
      if (outlet.isClosed) this.leave(socket);
      else if (isServed) {
        // The others first, the next time.
        this.#outlets.delete(socket);
        this.#outlets.set(socket, outlet);
      }
    }
    this.#pace.alarmed(nowMs, Date.now() - beganAtMs);
    this.tellStatus(nowMs);
  }

  /** Tells everybody how many watch, how many are behind, and whether publishers are gone, if that changed. */
  tellStatus(nowMs: number): void {
    // Before the first publish there are no alarms: what is not told at once is not told until something else happens.
    const atOnce = this.#source.position.epoch === 0 && this.count <= MAX_VIEWERS_TOLD_AT_ONCE;
    this.#status.tell(this.#outlets.values(), this.#standing(nowMs), nowMs, atOnce ? 0 : STATUS_INTERVAL_MS);
  }

  #standing(nowMs: number): Standing {
    return {
      viewers: this.count,
      retryWithinMs: this.retryWithinMs,
      allGoneAtMs: this.#publishers.allGoneAtMs(nowMs),
      takenAtMs: this.#source.takenAtMs,
      aheadMs: this.#clock.aheadMs,
    };
  }

  /** The first publish: whoever waits is told in which numbering the frames that come now are. */
  beginFirst(source: Source, beginning: Cursor): void {
    this.#source = source;
    for (const outlet of this.#outlets.values()) {
      if (outlet.viewer.format === "frames") outlet.tell({ type: "live", ...beginning });
    }
  }

  /** Everything is gone, the numbering too. */
  forget(source: Source): void {
    this.#source = source;
    this.beginAnew();
  }

  /** The numbering began anew: tells everybody, and nobody is behind any more. */
  beginAnew(): void {
    const { position } = this.#source;
    for (const outlet of this.#outlets.values()) {
      outlet.become({ kind: "live" });
      if (outlet.viewer.format !== "frames") continue;
      outlet.tell({ type: "gap", reason: "epoch", points: null, ...position });
      outlet.tell({ type: "live", ...position });
    }
  }

  /**
   * Closes the sockets of viewers that are gone without having said so: what waits for them was not read for long, or
   * their pings have ceased. Looks once a minute, whatever the calls.
   *
   * @param lastPingMs when a viewer last sent a ping, by the channel's clock; undefined if it never did
   */
  sweep(nowMs: number, lastPingMs: (socket: WebSocket) => number | undefined): void {
    if (nowMs - this.#sweptAtMs < SWEEP_INTERVAL_MS) return;
    this.#sweptAtMs = nowMs;
    for (const [socket, outlet] of this.#outlets) {
      const silenceMs = silentForMs(outlet.stuckForMs(nowMs), lastPingMs(socket), nowMs);
      if (silenceMs > MAX_SILENCE_MS) this.#dismiss(socket, CloseCode.gone, "Nothing was heard of you for long.");
    }
  }

  #sendLive(outlet: Outlet, frames: Uint8Array[], texts: SharedTexts, turn: CatchUpTurn): void {
    if (outlet.viewer.format === "json") {
      const reached = sendTexts(outlet, texts, turn);
      if (reached !== "all") this.#fallBehind(outlet, reached);
      return;
    }
    for (const frame of frames) {
      const reached = sendFrames(outlet, frame);
      if (reached !== "all") return this.#fallBehind(outlet, reached);
    }
  }

  /** Catches up who is behind. @returns whether it had its turn */
  #lookAfter(outlet: Outlet, turn: CatchUpTurn): boolean {
    const { state } = outlet.viewer;
    if (state.kind !== "behind" || !state.asked || !this.#hasRoom(outlet)) return false;
    // It may come soon.
    this.#pace.someoneReads = true;
    if (turn.left <= 0) return false;
    this.#catchUp(outlet, state.seq, turn);
    return true;
  }

  /** Where to go on from a viewer's cursor; says why, if not there. */
  #resumeAt(outlet: Outlet, cursor: Cursor): number {
    const { epoch, seq } = this.#source.position;
    if (cursor.epoch === epoch && cursor.seq <= seq) return cursor.seq;
    // It watched before anything was published: what came since is all there is.
    if (cursor.epoch === 0) return 0;
    const start = this.#source.tailStart(DEFAULT_TAIL.points, DEFAULT_TAIL.seconds);
    if (outlet.viewer.format === "frames") {
      outlet.tell({ type: "gap", reason: "epoch", points: null, epoch, seq: start });
    }
    return start;
  }

  /** Sends one step of what is stored after `seq`, if the socket has room for it. */
  #catchUp(outlet: Outlet, seq: number, turn = new CatchUpTurn(this.#source)): void {
    const { position, keptAfter } = this.#source;
    const speaksFrames = outlet.viewer.format === "frames";
    if (!this.#hasRoom(outlet)) return outlet.become({ kind: "behind", seq, asked: true });
    const from = Math.max(seq, keptAfter);
    if (from > seq && speaksFrames) this.#tellTrimmed(outlet, seq, { epoch: position.epoch, seq: from });
    const reached = speaksFrames ? this.#sendStored(outlet, from, turn) : this.#sendStoredTexts(outlet, from, turn);
    if (reached > seq) this.#pace.someoneReads = true;
    if (reached < position.seq) return this.#fallBehind(outlet, reached);
    outlet.become({ kind: "live" });
    if (speaksFrames) outlet.tell({ type: "live", ...position });
  }

  /** Whole frames need room for the largest; texts go one by one. */
  #hasRoom(outlet: Outlet): boolean {
    return outlet.room >= (outlet.viewer.format === "frames" ? CATCH_UP_BYTES : MIN_ROOM_FOR_TEXTS_BYTES);
  }

  #sendStored(outlet: Outlet, after: number, turn: CatchUpTurn): number {
    const { frames, seq } = turn.frames(after);
    const sent = sendFrames(outlet, frames);
    return sent === "all" ? seq : sent;
  }

  #sendStoredTexts(outlet: Outlet, after: number, turn: CatchUpTurn): number {
    const { texts, seq } = turn.texts(after);
    const sent = sendTexts(outlet, texts, turn);
    return sent === "all" ? seq : sent;
  }

  /** Nothing between number `after` and the cursor can be had any more: neither points, nor what was told there. */
  #tellTrimmed(outlet: Outlet, after: number, cursor: Cursor): void {
    outlet.tell({ type: "gap", reason: "trimmed", points: cursor.seq - after, ...cursor });
    const told = this.#source.toldInTrimmed(after);
    if (told !== 0) outlet.tell({ type: "gap", reason: "gaps-trimmed", points: told, ...cursor });
  }

  #fallBehind(outlet: Outlet, seq: number): void {
    const speaksFrames = outlet.viewer.format === "frames";
    outlet.become({ kind: "behind", seq, asked: !speaksFrames });
    if (speaksFrames) outlet.tell({ type: "behind", epoch: this.#source.position.epoch, seq });
  }

  #dismiss(socket: WebSocket, code: number, reason: string): void {
    this.leave(socket);
    closeQuietly(socket, code, reason);
  }
}
