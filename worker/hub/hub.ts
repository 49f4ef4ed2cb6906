import type { Cursor } from "../../protocol/cursor.ts";
import {
  CloseCode,
  MAX_VIEWER_MESSAGE_BYTES,
  RECONNECTS_PER_SECOND,
  VIEWER_MESSAGES_PER_SECOND,
} from "../../protocol/limits.ts";
import type { ServerMessage } from "../../protocol/messages/server-message.ts";
import { parseViewerMessage, type ViewerMessage } from "../../protocol/messages/viewer-message.ts";
import { CatchUp } from "./catch-up.ts";
import { closeQuietly } from "./close.ts";
import type { FrameLog } from "./frame-log.ts";
import { helloTo } from "./hello.ts";
import type { JoinRequest, JoinStart } from "./join-request.ts";
import { JsonEncoder } from "./json-encoder.ts";
import { LiveBroadcast } from "./live-broadcast.ts";
import { RateLimit } from "./rate-limit.ts";
import { cursorKind, parseAttachment } from "./session-state.ts";
import { isGone, SilenceWatch } from "./silence.ts";
import {
  type ChannelStatus,
  type PublisherPresence,
  STATUS_INTERVAL_MS,
  StatusTeller,
  type WallClockLead,
} from "./status.ts";
import { type SessionSocket, ViewerSession } from "./viewer-session.ts";

const MIN_RETRY_WITHIN_MS = 500;
const MAX_VIEWERS_TOLD_AT_ONCE = 20;
/** Of what is stored a viewer of text gets so many points at most when it joins. */
export const MAX_JSON_TAIL_POINTS = 10_000;
/** Where a viewer begins whose own cursor means nothing here. */
const DEFAULT_TAIL = { points: 1000, seconds: 300 };

/** The part of a WebSocket that is used. */
export interface HubSocket extends SessionSocket {
  close(code: number, reason: string): void;
  deserializeAttachment(): unknown;
}

/** What a hub is made of. */
export interface HubParts {
  log: FrameLog;
  presence: PublisherPresence;
  clock: WallClockLead;
  /** Resolves after so many milliseconds; other events come meanwhile. */
  pause(ms: number): Promise<void>;
}

/**
 * The viewers of one channel: greets them, sends them frames as they are taken, and leaves to {@link CatchUp} whoever is
 * behind. What waits for one socket is bounded, so a viewer that reads slowly changes nothing for the others. All `nowMs`
 * are the channel's time.
 */
export class Hub<Socket extends HubSocket> {
  /** Messages of viewers that were passed over, because a newer page sent them. */
  ignoredMessages = 0;
  readonly #parts: Omit<HubParts, "log">;
  readonly #sessions = new Map<Socket, ViewerSession>();
  readonly #limits = new WeakMap<Socket, RateLimit>();
  readonly #encoder = new JsonEncoder();
  readonly #catchUp: CatchUp;
  readonly #status = new StatusTeller();
  readonly #silence = new SilenceWatch();

  /** @param sockets those that outlived an eviction: what they were is in their attachments */
  constructor({ log, ...parts }: HubParts, sockets: readonly Socket[], nowMs: number) {
    this.#parts = parts;
    this.#catchUp = new CatchUp(log, this.#encoder, parts.pause, nowMs);
    for (const socket of sockets) {
      const record = parseAttachment(socket.deserializeAttachment());
      if (record === undefined) {
        closeQuietly(socket, CloseCode.badMessage, "This connection is from another version; connect again.");
        continue;
      }
      const session = new ViewerSession(socket, record, nowMs);
      this.#sessions.set(socket, session);
      this.#catchUp.restore(session);
      this.#status.restore(session);
      this.#silence.joined(session.joinedAtMs);
    }
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** Over how long all of them should spread their coming back, should they all be cut off. */
  get retryWithinMs(): number {
    return Math.max(MIN_RETRY_WITHIN_MS, Math.round((1000 * this.count) / RECONNECTS_PER_SECOND));
  }

  /** When an {@link alarm} is due, if nothing else happens before; undefined if none is. */
  alarmInMs(nowMs: number): number | undefined {
    if (this.count === 0) return undefined;
    const due = [
      this.#catchUp.dueInMs,
      this.#status.isDue(this.#channelStatus(nowMs)) ? STATUS_INTERVAL_MS : undefined,
      this.#parts.presence.expiresInMs(nowMs),
      this.#silence.dueInMs(this.#log.takenAtMs, nowMs),
    ];
    return Math.min(...due.filter((ms) => ms !== undefined));
  }

  /** Greets a viewer and sends it the first of what it asks for. */
  async join(socket: Socket, { format, start, build }: JoinRequest, channel: string, nowMs: number): Promise<void> {
    const { position } = this.#log;
    const id = crypto.randomUUID().slice(0, 8);
    const state = { kind: "behind", cursor: position, hasAsked: false } as const;
    const record = { id, format, sinceEpoch: position.epoch, joinedAtMs: nowMs, state, told: undefined };
    const session = new ViewerSession(socket, record, nowMs);
    this.#sessions.set(socket, session);
    this.#status.add(session);
    this.#silence.joined(nowMs);
    session.tell(helloTo({ viewer: id, channel, build }, this.#log, this.#channelStatus(nowMs), nowMs));
    const { from, isGap, earlierAfter } = await this.#startAt(start);
    // It left meanwhile, or the numbering ended and it was told so.
    if (session.isClosed || session.state !== state) return;
    if (isGap) session.tell({ type: "gap", reason: "epoch", points: null, ...from });
    if (earlierAfter !== undefined) session.tell({ type: "earlier", after: earlierAfter, ...from });
    const seq = format === "json" ? Math.max(from.seq, this.#log.position.seq - MAX_JSON_TAIL_POINTS) : from.seq;
    await this.#catchUp.ask(session, { epoch: from.epoch, seq }, nowMs);
    this.#leaveIfClosed(socket, session);
  }

  leave(socket: Socket): void {
    const session = this.#sessions.get(socket);
    if (session === undefined) return;
    session.close();
    this.#sessions.delete(socket);
    this.#catchUp.forget(session);
    this.#status.forget(session);
  }

  /** Sends frames that were just taken, numbered, to everybody who can take them. */
  broadcast(frames: readonly Uint8Array[]): void {
    if (frames.length === 0) return;
    const broadcast = new LiveBroadcast(frames, this.#encoder);
    for (const [socket, session] of this.#sessions) {
      if (session.state.kind !== "live") continue;
      const seq = broadcast.sendTo(session);
      if (seq !== undefined) this.#catchUp.fallBehind(session, seq);
      this.#leaveIfClosed(socket, session);
    }
  }

  /** Something was published: those who wait for what is stored get more. To be called once it was broadcast. */
  async flushPending(nowMs: number): Promise<void> {
    if (await this.#catchUp.flushAtPublish(nowMs)) this.#leaveClosed();
  }

  /** Takes a message from a viewer. */
  async receive(socket: Socket, message: string | ArrayBuffer, nowMs: number): Promise<void> {
    const session = this.#sessions.get(socket);
    if (session === undefined) return;
    const limit = this.#limits.get(socket) ?? new RateLimit(VIEWER_MESSAGES_PER_SECOND, nowMs);
    this.#limits.set(socket, limit);
    if (!limit.take(nowMs)) return this.#dismiss(socket, CloseCode.tooManyMessages, "Too many messages.");
    const fits = typeof message === "string" && message.length <= MAX_VIEWER_MESSAGE_BYTES;
    const parsed = fits ? parseViewerMessage(message) : ({ kind: "malformed" } as const);
    switch (parsed.kind) {
      case "message":
        await this.#act(socket, session, parsed.message, nowMs);
        return this.#leaveIfClosed(socket, session);
      case "unknown-type":
        this.ignoredMessages++;
        return;
      case "malformed":
        return this.#dismiss(socket, CloseCode.badMessage, "That is no message of plotcast.v1.");
      default:
        parsed satisfies never;
    }
  }

  async #act(socket: Socket, session: ViewerSession, message: ViewerMessage, nowMs: number): Promise<void> {
    switch (message.type) {
      case "continue":
        return await this.#continue(socket, session, message, nowMs);
      default:
        message.type satisfies never;
    }
  }

  /** A viewer has read so far, and asks on. */
  async #continue(socket: Socket, session: ViewerSession, cursor: Cursor, nowMs: number): Promise<void> {
    const { state, sinceEpoch } = session;
    const kind = cursorKind(cursor, this.#log.position, sinceEpoch);
    if (kind === "wrong") {
      return this.#dismiss(socket, CloseCode.badMessage, "That cursor is not one of this channel's.");
    }
    // One of an epoch that ended crossed the gap that says so. Who is live has everything, and what was sent is not sent again.
    if (kind === "outdated" || state.kind === "live" || state.hasAsked || cursor.seq < state.cursor.seq) return;
    await this.#catchUp.ask(session, { epoch: cursor.epoch, seq: cursor.seq }, nowMs);
  }

  /** What no frame and no message would do: those who wait and have room get more. It may take a second. */
  async alarm(): Promise<void> {
    await this.#catchUp.flushByAlarm();
    this.#leaveClosed();
  }

  /** Tells everybody how many watch, how many are behind, and whether publishers are gone, if that changed. */
  tellStatus(nowMs: number): void {
    // Before the first publish there are no alarms: what is not told at once is not told until something else happens.
    const isAtOnce = this.#log.position.epoch === 0 && this.count <= MAX_VIEWERS_TOLD_AT_ONCE;
    const status = this.#channelStatus(nowMs);
    this.#status.tell(this.#sessions.values(), status, nowMs, isAtOnce ? 0 : STATUS_INTERVAL_MS);
  }

  /**
   * Tells everybody what their panels are made from, because it changed. Who has no room learns it with its next `hello`.
   * @param decided scales that were just decided, by series
   */
  tellLayout(decided: ReadonlyMap<string, number>): void {
    const { arrangement } = this.#log;
    const message: ServerMessage = {
      type: "layout",
      series: [...decided.keys()],
      scales: [...decided.values()],
      arrangement,
    };
    const bytes = 3 * JSON.stringify(message).length;
    for (const session of this.#sessions.values()) if (session.room >= bytes) session.tell(message);
  }

  #channelStatus(nowMs: number): ChannelStatus {
    return {
      viewers: this.count,
      retryWithinMs: this.retryWithinMs,
      allGoneAtMs: this.#parts.presence.allGoneAtMs(nowMs),
      takenAtMs: this.#log.takenAtMs,
      aheadMs: this.#parts.clock.aheadMs,
    };
  }

  /** The first publish: whoever is there is told in which numbering the frames that come now are. */
  beginFirst(log: FrameLog, beginning: Cursor): void {
    this.#catchUp.log = log;
    for (const session of this.#sessions.values()) {
      session.tell({ type: "live", ...beginning });
      if (session.state.kind === "live") continue;
      // It still waited for what the empty log has: a cursor that means nothing to this one.
      this.#catchUp.place(session, { kind: "behind", cursor: beginning, hasAsked: true });
    }
  }

  /**
   * The numbering began anew: tells everybody, and nobody is behind any more.
   * @param log another one, if the channel was deleted
   */
  resetEpoch(log = this.#log): void {
    this.#catchUp.log = log;
    const { position } = log;
    for (const session of this.#sessions.values()) {
      this.#catchUp.place(session, { kind: "live" });
      session.tell({ type: "gap", reason: "epoch", points: null, ...position });
      session.tell({ type: "live", ...position });
    }
  }

  /**
   * Closes the sockets of viewers that are gone without having said so. Looks once a minute, whatever the calls.
   * @param lastPingMs when a viewer last sent a ping, by the channel's clock; undefined if it never did
   */
  sweep(nowMs: number, lastPingMs: (socket: Socket) => number | undefined): void {
    if (!this.#silence.isTime(nowMs)) return;
    const { takenAtMs } = this.#log;
    for (const [socket, session] of this.#sessions) {
      if (!isGone(session, { pingedAtMs: lastPingMs(socket), takenAtMs }, nowMs)) continue;
      this.#dismiss(socket, CloseCode.gone, "Nothing was heard of you for long.");
    }
  }

  get #log(): FrameLog {
    return this.#catchUp.log;
  }

  /** Where a viewer begins, whether that is not where its cursor is, and after which number what is left out of its tail begins. */
  async #startAt(start: JoinStart): Promise<{ from: Cursor; isGap: boolean; earlierAfter?: number }> {
    if (start.kind === "tail") {
      const { points, seconds, newest } = start;
      const tail = await this.#log.tailStart(points, seconds);
      if (newest === undefined) return { from: tail, isGap: false };
      const from = await this.#log.tailStart(newest, 0);
      const isShorter = from.epoch === tail.epoch && from.seq > tail.seq;
      return isShorter ? { from, isGap: false, earlierAfter: tail.seq } : { from: tail, isGap: false };
    }
    const { epoch, seq } = this.#log.position;
    if (start.cursor.epoch === epoch && start.cursor.seq <= seq) return { from: start.cursor, isGap: false };
    // It watched before anything was published: what came since is all there is.
    if (start.cursor.epoch === 0) return { from: { epoch, seq: 0 }, isGap: false };
    return { from: await this.#log.tailStart(DEFAULT_TAIL.points, DEFAULT_TAIL.seconds), isGap: true };
  }

  #leaveIfClosed(socket: Socket, session: ViewerSession): void {
    if (session.isClosed) this.leave(socket);
  }

  #leaveClosed(): void {
    for (const [socket, session] of this.#sessions) this.#leaveIfClosed(socket, session);
  }

  #dismiss(socket: Socket, code: number, reason: string): void {
    this.leave(socket);
    closeQuietly(socket, code, reason);
  }
}
