import type { Cursor } from "../../protocol/cursor.ts";
import { CloseCode, JSON_PONG } from "../../protocol/limits.ts";
import type { ServerMessage } from "../../protocol/messages/server-message.ts";
import type { ViewerMessage } from "../../protocol/messages/viewer-message.ts";
import type { Grant } from "../auth/grant.ts";
import { CatchUp, tellTrimmed } from "./catch-up.ts";
import { closeQuietly } from "./close.ts";
import type { FrameLog } from "./frame-log.ts";
import { type GrantParts, Grants } from "./grants.ts";
import { helloTo } from "./hello.ts";
import type { JoinRequest } from "./join-request.ts";
import { beginningOf } from "./join-start.ts";
import { LiveBroadcast } from "./live-broadcast.ts";
import { LiveStretches } from "./rate/live-stretches.ts";
import { REVOKED } from "./revoked-tokens.ts";
import { noteOnView } from "./series-note.ts";
import { cursorKind, parseAttachment } from "./session-state.ts";
import { isGone, SilenceWatch } from "./silence.ts";
import {
  type ChannelStatus,
  type PublisherPresence,
  retryWithinMs,
  STATUS_INTERVAL_MS,
  StatusTeller,
  type ViewersElsewhere,
  type WallClockLead,
} from "./status.ts";
import type { View } from "./text-view.ts";
import { ViewCounts } from "./view-counts.ts";
import { ViewEncoder } from "./view-encoder.ts";
import type { ViewerCounts } from "./viewer-counts.ts";
import { ViewerMessages } from "./viewer-messages.ts";
import { type SessionSocket, ViewerSession } from "./viewer-session.ts";
import { WaitingBytes } from "./waiting-bytes.ts";

const MAX_VIEWERS_TOLD_AT_ONCE = 20;
/** Each alarm is a billed request and a row: where points come often, the next brings what is held back. */
const MIN_STRETCH_ALARM_MS = 1000;
const EXPIRED = "Your token has expired; connect again with another.";
const NEEDS_TOKEN = "This channel needs a token now; connect again with one.";
/** Of what is stored a viewer of text gets so many points at most when it joins. */
export const MAX_JSON_TAIL_POINTS = 10_000;

/** `WebSocket.OPEN`. */
const OPEN = 1;

/** The part of a WebSocket that is used. */
export interface HubSocket extends SessionSocket {
  readonly readyState: number;
  deserializeAttachment(): unknown;
}

/** What a hub is made of. */
export interface HubParts extends GrantParts {
  log: FrameLog;
  presence: PublisherPresence;
  clock: WallClockLead;
  /** The channel's viewers that other hubs have. */
  elsewhere: ViewersElsewhere;
  /** Whether nobody may watch without a token. */
  isPrivate: boolean;
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
  readonly #messages = new ViewerMessages();
  readonly #encoder = new ViewEncoder();
  readonly #catchUp: CatchUp;
  readonly #status = new StatusTeller();
  readonly #silence = new SilenceWatch();
  readonly #grants: Grants;
  #stretches: LiveStretches;
  /** Of those that pick series. */
  readonly views = new ViewCounts();
  /** What waits for all viewers together. */
  readonly waiting = new WaitingBytes();

  /** @param sockets those that outlived an eviction: what they were is in their attachments */
  constructor({ log, ...parts }: HubParts, sockets: readonly Socket[], nowMs: number) {
    this.#parts = parts;
    const pause = async (ms: number): Promise<void> => {
      await parts.pause(ms);
      this.#endExpired();
    };
    this.#catchUp = new CatchUp(log, this.#encoder, pause, nowMs);
    this.#grants = new Grants(parts);
    this.#stretches = new LiveStretches(log.position.seq, log.takenAtMs);
    for (const socket of sockets) {
      // One that was closed stays among the channel's until its viewer answers, and an eviction keeps that it is closing.
      if (socket.readyState !== OPEN) continue;
      const record = parseAttachment(socket.deserializeAttachment());
      if (record === undefined) {
        closeQuietly(socket, CloseCode.badMessage, "This connection is from another version; connect again.");
        continue;
      }
      if (parts.isPrivate && record.grant === undefined) {
        closeQuietly(socket, CloseCode.tokenExpired, NEEDS_TOKEN);
        continue;
      }
      const session = new ViewerSession(socket, record, nowMs, this.waiting);
      this.#sessions.set(socket, session);
      this.#grants.add(session);
      this.views.add(session.view, session.who);
      this.#catchUp.restore(session);
      // What had not ended when it was sent the last is read from the log: nothing else says how far it came.
      const { stretchMs, sentSeq, state } = session;
      if (stretchMs !== undefined && state.kind === "live" && sentSeq < log.position.seq) {
        const cursor = { epoch: log.position.epoch, seq: sentSeq };
        this.#catchUp.place(session, { kind: "behind", cursor, hasAsked: true });
      }
      this.#status.restore(session);
      this.#silence.joined(session.joinedAtMs);
    }
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** How many watch the channel in all. */
  get channelCount(): number {
    return this.count + this.#parts.elsewhere.viewers;
  }

  /** How many of its own are behind. */
  get behindCount(): number {
    let behind = 0;
    for (const { state } of this.#sessions.values()) if (state.kind === "behind") behind++;
    return behind;
  }

  /** How many there are of each token and each address. */
  get viewers(): ViewerCounts {
    return this.#grants.viewers;
  }

  /** When an {@link alarm} is due, if nothing else happens before; undefined if none is. */
  alarmInMs(nowMs: number): number | undefined {
    if (this.count === 0) return undefined;
    const due = [
      this.#catchUp.dueInMs,
      this.#status.isDue(this.#channelStatus(nowMs)) ? STATUS_INTERVAL_MS : undefined,
      this.#parts.presence.expiresInMs(nowMs),
      this.#silence.dueInMs(this.#log.takenAtMs, nowMs),
      this.#stretchesDueInMs(nowMs),
      this.expiryInMs,
    ];
    return Math.min(...due.filter((ms) => ms !== undefined));
  }

  #stretchesDueInMs(nowMs: number): number | undefined {
    const dueInMs = this.#stretches.dueInMs(nowMs, this.views.stretchesMs);
    return dueInMs === undefined ? undefined : Math.max(MIN_STRETCH_ALARM_MS, dueInMs);
  }

  /** The same for tokens that expire alone. */
  get expiryInMs(): number | undefined {
    return this.count === 0 ? undefined : this.#grants.dueInMs;
  }

  /** Why nobody comes in with this grant, whom the Worker has let in; undefined: it counts. */
  endOf(grant: Grant | undefined, nowMs: number): { code: number; reason: string } | undefined {
    if (this.#grants.isRevoked(grant, nowMs)) return { code: CloseCode.notPermitted, reason: REVOKED };
    // On the way here.
    if (this.#grants.isExpired(grant)) return { code: CloseCode.tokenExpired, reason: EXPIRED };
    // A Worker of before may hold a stream that comes back.
    if (this.#parts.isPrivate && grant === undefined) return { code: CloseCode.tokenExpired, reason: NEEDS_TOKEN };
    return undefined;
  }

  /** Greets a viewer and sends it the first of what it asks for. */
  async join(socket: Socket, request: JoinRequest, channel: string, nowMs: number): Promise<void> {
    const { format, view, start, build, grant, share } = request;
    const ended = this.endOf(grant, nowMs);
    if (ended !== undefined) return closeQuietly(socket, ended.code, ended.reason);
    const { position } = this.#log;
    const id = crypto.randomUUID().slice(0, 8);
    const state = { kind: "behind", cursor: position, hasAsked: false } as const;
    const { who, most } = share;
    const [joinedAtMs, sinceEpoch] = [nowMs, position.epoch];
    const record = {
      id,
      format,
      ...(view && { view }),
      sinceEpoch,
      joinedAtMs,
      state,
      told: undefined,
      who,
      most,
      grant,
      isWarned: false,
    };
    const session = new ViewerSession(socket, record, nowMs, this.waiting);
    this.#sessions.set(socket, session);
    this.views.add(view, who);
    this.#status.add(session);
    this.#silence.joined(nowMs);
    session.tell(helloTo({ viewer: id, channel, build }, this.#log, this.#channelStatus(nowMs), nowMs));
    this.#grants.add(session);
    this.#endExpired();
    const note = this.noteOn(view);
    if (note !== undefined) session.tellNote(note, position);
    const hasHistory = grant?.hasHistory ?? true;
    const { from, gap, earlierAfter, trimmed } = await beginningOf(this.#log, start, format, hasHistory, {
      view,
      turn: this.#catchUp.turnToJoin(nowMs),
    });
    // It left meanwhile, or the numbering ended and it was told so.
    if (session.isClosed || session.state !== state) return;
    if (gap !== undefined) session.tell({ type: "gap", ...gap, epoch: from.epoch, seq: earlierAfter ?? from.seq });
    if (trimmed !== undefined) tellTrimmed(session, trimmed.cursor, trimmed);
    if (earlierAfter !== undefined) session.tell({ type: "earlier", after: earlierAfter, ...from });
    // Who cannot be told that points are missing gets the newest.
    const isShort = format === "json" && view?.ids !== true;
    const seq = isShort ? Math.max(from.seq, this.#log.position.seq - MAX_JSON_TAIL_POINTS) : from.seq;
    await this.#catchUp.ask(session, { epoch: from.epoch, seq }, nowMs);
    this.#leaveIfClosed(socket, session);
  }

  /** What is to be said of what a viewer asks for. */
  noteOn(view: View | undefined): string | undefined {
    return noteOnView(view, this.#log);
  }

  leave(socket: Socket): void {
    const session = this.#sessions.get(socket);
    if (session === undefined) return;
    session.close();
    this.#sessions.delete(socket);
    this.#grants.remove(session);
    this.views.remove(session.view);
    this.#catchUp.forget(session);
    this.#status.forget(session);
  }

  /** Sends frames that were just taken, numbered, to everybody who can take them. */
  broadcast(frames: readonly Uint8Array[]): void {
    this.#endExpired();
    if (frames.length === 0) return;
    const endedOf = this.#stretches.add(frames, this.#log.takenAtMs ?? 0);
    this.#sendLive(new LiveBroadcast(frames, this.#encoder, endedOf));
  }

  #sendLive(broadcast: LiveBroadcast, isFor = (_: ViewerSession): boolean => true): void {
    for (const [socket, session] of this.#sessions) {
      if (session.state.kind !== "live" || !isFor(session)) continue;
      const seq = broadcast.sendTo(session);
      if (seq !== undefined) this.#catchUp.fallBehind(session, seq);
      this.#leaveIfClosed(socket, session);
    }
  }

  /** Something was published: those who wait for what is stored get more. To be called once it was broadcast. */
  async flushPending(nowMs: number): Promise<void> {
    this.waiting.look(this.#sessions.values(), nowMs);
    if (await this.#catchUp.flushAtPublish(nowMs)) this.#leaveClosed();
  }

  /** Takes a message from a viewer. */
  async receive(socket: Socket, message: string | ArrayBuffer, nowMs: number): Promise<void> {
    this.#endExpired();
    const session = this.#sessions.get(socket);
    if (session === undefined) return;
    const said = this.#messages.read(session, message, nowMs);
    switch (said.kind) {
      case "message":
        await this.#act(socket, session, said.message, nowMs);
        return this.#leaveIfClosed(socket, session);
      case "unknown-type":
        this.ignoredMessages++;
        return;
      case "ended":
        return this.#dismiss(socket, said.code, said.reason);
      default:
        said satisfies never;
    }
  }

  async #act(socket: Socket, session: ViewerSession, message: ViewerMessage, nowMs: number): Promise<void> {
    switch (message.type) {
      case "continue":
        return await this.#continue(socket, session, message, nowMs);
      case "ping":
        session.pinged(nowMs);
        return session.send(JSON_PONG);
      case "renew":
        return await this.#renew(socket, session, message.token, nowMs);
      default:
        message satisfies never;
    }
  }

  /** A viewer has another token. Whoever needs none is told that nothing expires, and its token is not looked at. */
  async #renew(socket: Socket, session: ViewerSession, token: string, nowMs: number): Promise<void> {
    const verified = await this.#grants.verify(session, token, nowMs);
    // It left meanwhile, or its token expired or was revoked.
    if (this.#sessions.get(socket) !== session) return;
    if (verified.kind === "not-needed") return session.tell({ type: "renewed", expiresInMs: null });
    const outcome = verified.kind === "granted" ? this.#grants.take(session, verified, nowMs) : verified;
    if (outcome.kind === "ended") return this.#dismiss(socket, outcome.code, outcome.reason);
    if (outcome.hasLessHistory) await this.#catchUp.keepToTail(session);
  }

  /**
   * Ends the sessions of a token that was revoked, and those that come with it all the same in the next minute.
   * @returns whether there was any
   */
  revoke(tokenId: string, nowMs: number): boolean {
    const sockets = this.#grants.revoke(tokenId, this.#sessions, nowMs);
    for (const socket of sockets) this.#dismiss(socket, CloseCode.notPermitted, REVOKED);
    return sockets.length > 0;
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
  async alarm(nowMs: number): Promise<void> {
    this.#grants.alarmed();
    this.#endExpired();
    this.#endStretches(nowMs);
    this.waiting.look(this.#sessions.values(), nowMs);
    await this.#catchUp.flushByAlarm(nowMs);
    this.#leaveClosed();
  }

  /** VW22. Nothing more was taken: viewers with `max_rate` get what has ended by itself. */
  #endStretches(nowMs: number): void {
    for (const lengthMs of this.views.stretchesMs) {
      const ended = this.#stretches.endBy(nowMs, lengthMs);
      if (ended === undefined) continue;
      const broadcast = new LiveBroadcast([], this.#encoder, () => ended);
      this.#sendLive(broadcast, (session) => session.stretchMs === lengthMs);
    }
  }

  /** Tells everybody how many watch, how many are behind, and whether publishers are gone, if that changed. */
  tellStatus(nowMs: number): void {
    this.#endExpired();
    // Before the first publish there are no alarms: what is not told at once is not told until something else happens.
    const isAtOnce = this.#log.position.epoch === 0 && this.count <= MAX_VIEWERS_TOLD_AT_ONCE;
    const status = this.#channelStatus(nowMs);
    this.#status.tell(() => this.behindCount, status, nowMs, isAtOnce ? 0 : STATUS_INTERVAL_MS);
  }

  /**
   * Tells everybody what their panels are made from, because it changed. Who has no room learns it with its next `hello`.
   * @param decided scales that were just decided, by series
   */
  tellLayout(decided: ReadonlyMap<string, number>): void {
    this.#endExpired();
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
      viewers: this.channelCount,
      behindElsewhere: this.#parts.elsewhere.behind,
      retryWithinMs: retryWithinMs(this.count, this.channelCount),
      allGoneAtMs: this.#parts.presence.allGoneAtMs(nowMs),
      takenAtMs: this.#log.takenAtMs,
      aheadMs: this.#parts.clock.aheadMs,
    };
  }

  /** The first publish: whoever is there is told in which numbering the frames that come now are. */
  beginFirst(log: FrameLog, beginning: Cursor): void {
    this.#endExpired();
    this.#catchUp.log = log;
    this.#stretches = new LiveStretches(beginning.seq, null);
    for (const [socket, session] of this.#sessions) {
      session.tell({ type: "live", ...beginning });
      // It still waited for what the empty log has: a cursor that means nothing to this one.
      if (session.state.kind !== "live")
        this.#catchUp.place(session, { kind: "behind", cursor: beginning, hasAsked: true });
      this.#leaveIfClosed(socket, session);
    }
  }

  /** Frames were taken that were not broadcast here: whoever was sent everything, up to a number, reads them from the log. */
  skippedAfter(seq: number): void {
    this.#endExpired();
    this.#stretches = new LiveStretches(this.#log.position.seq, this.#log.takenAtMs);
    for (const [socket, session] of this.#sessions) {
      if (session.state.kind !== "live") continue;
      this.#catchUp.fallBehind(session, session.stretchMs === undefined ? seq : session.sentSeq);
      this.#leaveIfClosed(socket, session);
    }
  }

  /** A frame of the log was put in the place of another: what was read of the log before is not shown to who comes now. */
  rewritten(): void {
    this.#catchUp.rewritten();
  }

  /**
   * The numbering began anew: tells everybody, and nobody is behind any more.
   * @param log another one, if the channel was deleted
   */
  resetEpoch(log = this.#log): void {
    this.#endExpired();
    this.#catchUp.log = log;
    const { position } = log;
    this.#stretches = new LiveStretches(position.seq, null);
    for (const [socket, session] of this.#sessions) {
      this.#catchUp.place(session, session.liveAt(position.seq));
      session.tell({ type: "gap", reason: "epoch", points: null, ...position });
      session.tell({ type: "live", ...position });
      this.#leaveIfClosed(socket, session);
    }
  }

  /**
   * Closes the sockets of viewers that are gone without having said so. Looks once a minute, whatever the calls.
   * @param lastPingMs when a viewer last sent a ping, by the channel's clock; undefined if it never did
   * @returns whether there was any
   */
  sweep(nowMs: number, lastPingMs: (socket: Socket) => number | undefined): boolean {
    if (!this.#silence.isTime(nowMs)) return false;
    const before = this.count;
    const { takenAtMs } = this.#log;
    for (const [socket, session] of this.#sessions) {
      if (!isGone(session, { pingedAtMs: lastPingMs(socket), takenAtMs }, nowMs)) continue;
      this.#dismiss(socket, CloseCode.gone, "Nothing was heard of you for long.");
    }
    return this.count < before;
  }

  get #log(): FrameLog {
    return this.#catchUp.log;
  }

  /** Whose token has expired gets nothing more; whose token soon does is told so. */
  #endExpired(): void {
    for (const socket of this.#grants.expired(this.#sessions)) {
      this.#dismiss(socket, CloseCode.tokenExpired, EXPIRED);
    }
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
