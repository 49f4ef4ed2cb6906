import { DurableObject } from "cloudflare:workers";
import type { Cursor } from "../../protocol/cursor.ts";
import { MAX_VIEWERS, PING, PONG, PUBLISH_SUBPROTOCOL, ROOM_SUBPROTOCOL } from "../../protocol/limits.ts";
import { parseObject } from "../../protocol/messages/guards.ts";
import type { Announcement, PublishAnswer } from "../../protocol/messages/publish.ts";
import type { Refusal } from "../../protocol/problem.ts";
import { CHANNEL_ITSELF } from "../../protocol/room/channel-itself.ts";
import type { ReceivedRoomMessage, RoomServerMessage } from "../../protocol/room/room-message.ts";
import type { ViewerShare } from "../auth/viewer-share.ts";
import { acceptViewer } from "../hub/accept-viewer.ts";
import { positiveOr, relayBounds, storeBounds } from "../hub/bounds-of-env.ts";
import { ChannelClock } from "../hub/channel-clock.ts";
import { answerClose, closeQuietly } from "../hub/close.ts";
import type { BatchBounds, FrameBatch, FrameLog, Taken } from "../hub/frame-log.ts";
import { Hub, type HubParts } from "../hub/hub.ts";
import { hubPartsOf } from "../hub/hub-parts-of.ts";
import {
  PUBLISHER_HEADER,
  parseJoinRequest,
  REGION_HEADER,
  RELAY_HEADER,
  RELAYED_WITH,
  ROOM_HEADER,
} from "../hub/join-request.ts";
import type { View } from "../hub/text-view.ts";
import { REFUSED_WITH, type Vacancy } from "../hub/vacancy.ts";
import type { RelayCounts } from "../relay/feed-message.ts";
import { relayRegion } from "../relay/relay-name.ts";
import { Room } from "../room/room.ts";
import { parseRoomRequest, type RoomRequest } from "../room/room-request.ts";
import { ChannelLog } from "./log/channel-log.ts";
import { NOTHING_STORED } from "./log/nothing-stored.ts";
import type { ReadOpened, ReadRequest, SliceAnswer, SliceRequest } from "./log/slice.ts";
import type { Bounds } from "./log/trim.ts";
import { Presence } from "./presence.ts";
import { type PublisherRequest, parsePublisherRequest } from "./publisher-request.ts";
import { PUBLISHER_TAG, PublisherSockets } from "./publisher-sockets.ts";
import { Reads } from "./reads.ts";
import { dialRelay } from "./relays/dial-relay.ts";
import { Relays } from "./relays/relays.ts";
import { StoredRelays } from "./relays/stored-relays.ts";
import { StoredRoom } from "./stored-room.ts";

const DEFAULT_FORGET_AFTER_DAYS = 30;
/** By which sockets of the room are known from those of viewers. */
const ROOM_TAG = "room";
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * An alarm that is overdue for so long does not come any more: with alarms that follow each other closely workerd (1.20261117.1) now and then
 * has one in the object's database and none in its own list, also after a restart.
 */
const LOST_ALARM_MS = 1_000;

/**
 * One channel: numbers what publishers send, stores it, and shows it to viewers, in this order. It is its own
 * single thread, so between a viewer's greeting and its first live frame nothing can come.
 */
export class Channel extends DurableObject<Env> {
  readonly #bounds: Bounds;
  readonly #forgetAfterMs: number;
  /** Undefined until the first publish: whoever only looks makes no row, and no alarm. */
  #log: ChannelLog | undefined;
  readonly #presence = new Presence((publisher) => this.#log?.takenOf(publisher));
  readonly #clock = new ChannelClock();
  readonly #hub: Hub<WebSocket>;
  readonly #room: Room<WebSocket>;
  readonly #publishers: PublisherSockets;
  readonly #storedRoom: StoredRoom;
  /** When the next alarm is, by the wall clock; null: there is none; undefined: not known since the last eviction. */
  #alarmAtMs: number | null | undefined;
  /** Before the first publish, where there are no alarms: what is to be told of people. */
  #peopleTimer: number | null = null;
  readonly #reads = new Reads(() => this.#log);
  readonly #relays: Relays;
  readonly #storedRelays: StoredRelays;
  /** So many viewers it serves itself; 0: all. */
  readonly #relayAfter: number;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#bounds = storeBounds(env);
    const forgetAfterDays = positiveOr(DEFAULT_FORGET_AFTER_DAYS, env.FORGET_AFTER_DAYS, "FORGET_AFTER_DAYS");
    // While points are kept they are not forgotten.
    this.#forgetAfterMs = Math.max(forgetAfterDays * DAY_MS, this.#bounds.seconds * 1000);
    if (ChannelLog.isIn(ctx.storage)) this.#log = this.#open();
    // The Worker asks for every channel by its name, and an alarm knows it, too.
    const name = ctx.id.name ?? "";
    const of = hubPartsOf(env, { name, id: String(ctx.id) });
    const { after, viewers: maxViewers } = relayBounds(env);
    this.#relayAfter = after;
    this.#storedRelays = new StoredRelays(ctx.storage.kv);
    this.#relays = new Relays(name, maxViewers, {
      log: () => this.#log ?? NOTHING_STORED,
      pause: of.pause,
      nowMs: () => this.#now(),
      dial: (relay) => dialRelay(env.RELAY, relay),
      status: () => ({ goneAtMs: this.#presence.allGoneAtMs(this.#now()), aheadMs: this.#clock.aheadMs }),
      viewersHere: () => this.#hub.count,
      behindHere: () => this.#hub.behindCount,
      sharesHere: () => this.#hub.viewers.bounded(),
      countOf: (who) => this.#hub.viewers.of(who),
      changed: () => {
        this.#tellStatus(this.#now());
        this.ctx.waitUntil(this.#setAlarm());
      },
      kept: this.#storedRelays,
    });
    const parts: HubParts = {
      ...of,
      log: this.#log ?? NOTHING_STORED,
      presence: this.#presence,
      clock: this.#clock,
      elsewhere: this.#relays,
    };
    const inRoom = new Set(ctx.getWebSockets(ROOM_TAG));
    const publishing = new Set(ctx.getWebSockets(PUBLISHER_TAG));
    const viewers = ctx.getWebSockets().filter((socket) => !inRoom.has(socket) && !publishing.has(socket));
    const forPublishers = {
      publish: (frames: Uint8Array, series: string[], maxSeries?: number) => this.publish(frames, series, maxSeries),
      announce: (announcement: Announcement) => this.announce(announcement),
    };
    this.#publishers = new PublisherSockets(forPublishers, [...publishing]);
    this.#hub = new Hub(parts, viewers, this.#now());
    const ofLog = {
      isThere: () => this.#log !== undefined,
      begin: () => this.#begin(),
      append: (frame: Uint8Array, series: string) => this.#appendOwn(frame, series),
      lastNumber: () => this.#log?.lastNumberOf(CHANNEL_ITSELF) ?? 0,
      rewrite: (seq: number, frameOf: (publisherSeq: number) => Uint8Array) => this.#rewrite(seq, frameOf),
    };
    this.#storedRoom = new StoredRoom(ctx.storage, ofLog, parts.isPrivate);
    this.#room = new Room(this.#storedRoom, [...inRoom], this.#now());
    // Answered by the runtime, so that a viewer that asks whether the line is alive wakes nobody.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  /**
   * Takes frames of one publisher, one after the other and checked by the Worker. When this resolves, and when a
   * viewer sees them, they are durable: the output gate holds answers and sockets back until the write is.
   *
   * @param maxSeries with more than so many series in the channel, frames with a new one are refused
   */
  async publish(frames: Uint8Array, series: string[], maxSeries?: number): Promise<PublishAnswer | Refusal> {
    const isFirst = this.#log === undefined;
    this.#log ??= this.#open();
    const nowMs = this.#nowToTake(this.#log);
    const { position } = this.#log;
    const taken = this.#log.append(frames, series, nowMs, maxSeries);
    if ("code" in taken) {
      if (isFirst) {
        await this.#deleteAll();
        await this.#setAlarm();
      }
      return taken;
    }
    if (isFirst) this.#beginFirst(this.#log, position);
    const { fresh, publisher, seq, points, duplicates, repeats, decided } = taken;
    if (fresh.length > 0) this.#presence.heardOf(publisher, nowMs);
    this.#hub.broadcast(fresh);
    this.#relays.taken(fresh, nowMs);
    if (decided.size > 0) this.#tellLayout(decided);
    await this.#hub.flushPending(nowMs);
    this.#tellStatus(nowMs);
    this.#sweep(nowMs);
    await this.#setAlarm();
    return { seq, points, viewers: this.#hub.channelCount, duplicates, ...(repeats && { repeats }) };
  }

  /**
   * The owner says what everybody should see; "": nothing any more. It is kept for as long as a channel is, as if nothing
   * but this had been published.
   */
  async share(arrangement: string): Promise<void> {
    const isFirst = this.#log === undefined;
    if (isFirst && arrangement === "") return;
    this.#log ??= this.#open();
    this.#log.arrangement = arrangement;
    if (isFirst) this.#beginFirst(this.#log, this.#log.position);
    this.#tellLayout(new Map());
    await this.#setAlarm();
  }

  #tellLayout(decided: ReadonlyMap<string, number>): void {
    this.#hub.tellLayout(decided);
    const { arrangement = "" } = this.#log ?? {};
    this.#relays.tellLayout({
      type: "layout",
      series: [...decided.keys()],
      scales: [...decided.values()],
      arrangement,
    });
  }

  /** A publisher says that it is here, or gone: viewers are told. */
  async announce(announcement: Announcement): Promise<void> {
    const nowMs = this.#now();
    this.#presence.announce(announcement, nowMs);
    this.#tellStatus(nowMs);
    await this.#setAlarm();
  }

  /** Makes what is stored of a channel, if it is not there. */
  #begin(): ChannelLog {
    if (this.#log !== undefined) return this.#log;
    this.#log = this.#open();
    this.#beginFirst(this.#log, this.#log.position);
    return this.#log;
  }

  /** Relays are there before the first publish where a channel was deleted while they had viewers. */
  #beginFirst(log: ChannelLog, beginning: Cursor): void {
    this.#hub.beginFirst(log, beginning);
    this.#relays.resetEpoch(beginning, true);
  }

  /** Something happened in the room: it is an event of the log, as any frame. */
  #appendOwn(frame: Uint8Array, series: string): Cursor {
    const log = this.#begin();
    const taken = log.append(frame, [series], this.#nowToTake(log));
    if ("code" in taken) throw new Error(taken.detail);
    this.#hub.broadcast(taken.fresh);
    this.#relays.taken(taken.fresh, log.takenAtMs ?? 0);
    return log.position;
  }

  #rewrite(seq: number, frameOf: (publisherSeq: number) => Uint8Array): void {
    const frame = this.#log?.rewrite(seq, frameOf);
    if (frame === undefined) return;
    this.#hub.rewritten();
    this.#relays.rewritten(frame);
  }

  /** What a publisher says in the room by POST, and what there is for it. */
  async exchange(request: RoomRequest, messages: ReceivedRoomMessage[]): Promise<RoomServerMessage[]> {
    const said = this.#room.exchange(request, messages, this.#now());
    await this.#setAlarm();
    return said;
  }

  /** Somebody joins the room. */
  async #enter(request: RoomRequest): Promise<Response> {
    const nowMs = this.#now();
    const entry = this.#room.entryFor(request);
    if (entry !== "room") return new Response(null, { status: REFUSED_WITH[entry] });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [ROOM_TAG]);
    const ended = this.#hub.endOf(request.grant, nowMs);
    if (ended === undefined) this.#room.join(server, request, nowMs);
    else closeQuietly(server, ended.code, ended.reason);
    await this.#setAlarm();
    return new Response(null, {
      status: 101,
      webSocket: client,
      headers: { "Sec-WebSocket-Protocol": ROOM_SUBPROTOCOL },
    });
  }

  /** The Worker opens a WebSocket for a publisher, whose bodies come by it. */
  #openPublisher(request: PublisherRequest): Response {
    if (this.#publishers.isFull) return new Response(null, { status: REFUSED_WITH.full });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [PUBLISHER_TAG]);
    const ended = this.#hub.endOf(request.grant, this.#now());
    if (ended === undefined) this.#publishers.add(server, request);
    else closeQuietly(server, ended.code, ended.reason);
    const headers = { "Sec-WebSocket-Protocol": PUBLISH_SUBPROTOCOL };
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  /** A viewer joins. Its request has passed the guards. @returns 101; or, without a body, what {@link REFUSED_WITH} has */
  override async fetch(request: Request): Promise<Response> {
    const roomRequest = parseRoomRequest(parseObject(request.headers.get(ROOM_HEADER) ?? ""));
    if (roomRequest !== undefined) return await this.#enter(roomRequest);
    const publisherRequest = parsePublisherRequest(parseObject(request.headers.get(PUBLISHER_HEADER) ?? ""));
    if (publisherRequest !== undefined) return this.#openPublisher(publisherRequest);
    const nowMs = this.#now();
    this.#sweep(nowMs);
    const joinRequest = parseJoinRequest(request);
    const room = this.#roomFor(joinRequest.share, joinRequest.view);
    if (room !== "room") return new Response(null, { status: REFUSED_WITH[room] });
    if (this.#isRelayed) return this.#routed(request.headers);
    const channel = new URL(request.url).pathname.slice("/c/".length);
    const accept = { acceptWebSocket: (socket: WebSocket) => this.ctx.acceptWebSocket(socket) };
    const response = await acceptViewer(accept, this.#hub, joinRequest, channel, nowMs);
    await this.#setAlarm();
    this.#tellNow();
    return response;
  }

  /** Whether who joins now is to join a relay: from the first that there is on, all. Where nothing was published yet, there is nothing to spread. */
  get #isRelayed(): boolean {
    if (this.#log === undefined || this.#relayAfter === 0) return false;
    // After a deploy all viewers come at once: to say where takes a thirtieth of the time that it takes to let one in.
    return this.#hub.count >= this.#relayAfter || this.#relays.count > 0;
  }

  /** Which relay a viewer is to join. */
  #routed(headers: Headers): Response {
    const refused = headers.get(RELAY_HEADER) ?? undefined;
    const relay = this.#relays.routeFor(relayRegion(headers.get(REGION_HEADER)), refused);
    if (relay === undefined) return new Response(null, { status: REFUSED_WITH.full });
    return new Response(null, { status: RELAYED_WITH, headers: { [RELAY_HEADER]: relay } });
  }

  /** A relay has viewers and no feed. Resolves once it was dialled. */
  async feedRelay(relay: string): Promise<void> {
    await this.#relays.feed(relay);
    await this.#setAlarm();
  }

  /** A relay without a feed says how many watch there. */
  async countRelay(relay: string, counts: RelayCounts): Promise<void> {
    this.#relays.counted(relay, counts);
    await this.#setAlarm();
  }

  /** A relay has no viewers any more. */
  async leaveRelay(relay: string): Promise<void> {
    this.#relays.left(relay);
    await this.#setAlarm();
  }

  /** {@link FrameLog}, as relays ask it for what they have not. */
  async position(): Promise<Cursor> {
    return this.#frames.position;
  }

  async tailStart(points: number, seconds: number): Promise<Cursor> {
    return await this.#frames.tailStart(points, seconds);
  }

  async framesAfter(cursor: Cursor, bounds: BatchBounds): Promise<FrameBatch | undefined> {
    return await this.#frames.framesAfter(cursor, bounds);
  }

  async framesBefore(seq: number, bounds: BatchBounds): Promise<{ frames: Uint8Array; after: number }> {
    return await this.#frames.framesBefore(seq, bounds);
  }

  async takings(after: number, through: number): Promise<Taken[]> {
    return [...(await this.#frames.takings(after, through))];
  }

  async takenSince(ms: number): Promise<number> {
    return await this.#frames.takenSince(ms);
  }

  get #frames(): FrameLog {
    return this.#log ?? NOTHING_STORED;
  }

  /** Begins a read of what is stored, if there are not too many at once. */
  async openRead(request: ReadRequest): Promise<ReadOpened> {
    if (this.#log !== undefined) await this.#forgetLater(this.#log);
    return this.#reads.open(request);
  }

  /** The next slice of a read. */
  async slice(request: SliceRequest): Promise<SliceAnswer> {
    return this.#reads.slice(request);
  }

  /** A read ended before its last slice. */
  async closeRead(readId: string): Promise<void> {
    this.#reads.close(readId);
  }

  /** Forgets every point; the epoch changes, and viewers are told. */
  async clear(): Promise<void> {
    if (this.#log === undefined) return;
    this.#log.clear(this.#now());
    this.#room.emptied(this.#now());
    this.#hub.resetEpoch();
    this.#relays.resetEpoch(this.#log.position, false);
    await this.#setAlarm();
  }

  /** A token was revoked: whoever was let in with it is closed. */
  async revoke(tokenId: string): Promise<void> {
    const nowMs = this.#now();
    this.#publishers.revoke(tokenId);
    const isOfRoom = this.#room.revoke(tokenId, nowMs);
    const isOfHub = this.#hub.revoke(tokenId, nowMs);
    // Who keeps tokens tells it again if one of them cannot be told.
    await Promise.all(this.#relays.names.map((name) => this.env.RELAY.getByName(name).revoke(tokenId)));
    if (!isOfHub && !isOfRoom) return;
    this.#tellNow();
    await this.#setAlarm();
  }

  /** Whether one more may watch: there is room; all watch who may; or as many of its token or address as may. */
  async roomFor(share: ViewerShare): Promise<Vacancy> {
    return this.#roomFor(share, undefined);
  }

  #roomFor(share: ViewerShare, view: View | undefined): Vacancy {
    if (this.#hub.count >= MAX_VIEWERS) return "full";
    if (!this.#relays.hasRoom(share)) return "quota";
    return this.#isRelayed ? "room" : this.#hub.views.hasRoom(view, share.who) ? "room" : "filters";
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    if (this.#publishers.has(socket)) return await this.#publishers.receive(socket, message);
    const nowMs = this.#now();
    if (this.#room.has(socket)) {
      this.#room.receive(socket, message, nowMs);
      return await this.#setAlarm();
    }
    await this.#hub.receive(socket, message, nowMs);
    // Where nothing was ever published there are no alarms that would look.
    if (this.#sweep(nowMs)) this.#tellNow();
    await this.#setAlarm();
  }

  override async webSocketClose(socket: WebSocket, code: number, reason: string): Promise<void> {
    if (this.#publishers.remove(socket)) return answerClose(socket, code, reason);
    this.#leave(socket);
    answerClose(socket, code, reason);
    this.#tellNow();
    await this.#setAlarm();
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    if (this.#publishers.remove(socket)) return;
    this.#leave(socket);
    this.#tellNow();
    await this.#setAlarm();
  }

  #leave(socket: WebSocket): void {
    if (this.#room.has(socket)) this.#room.leave(socket, this.#now());
    else this.#hub.leave(socket);
  }

  override async alarm(): Promise<void> {
    const nowMs = this.#now();
    this.#alarmAtMs = null;
    if (this.#log !== undefined && nowMs >= this.#log.usedAtMs + this.#forgetAfterMs) {
      const deleted = this.#deleteAll();
      this.#room.emptied(nowMs);
      this.#hub.resetEpoch(NOTHING_STORED);
      this.#relays.resetEpoch(NOTHING_STORED.position, false);
      await deleted;
      return await this.#setAlarm();
    }
    await this.#hub.alarm(nowMs);
    this.#room.alarm(nowMs);
    this.#tellStatus(this.#now());
    this.#relays.alarm(this.#now());
    this.#sweep(nowMs);
    // What an alarm leaves in the storage goes with the last one.
    const isNeeded = this.#expiryInMs !== undefined || this.#relays.dueInMs(nowMs) !== undefined;
    if (this.#log === undefined && !isNeeded) return await this.#deleteAll();
    await this.#setAlarm();
  }

  /** The time of what is taken now. No two are taken at one: what is thinned out by time is told apart by it (VW22b). */
  #nowToTake(log: ChannelLog): number {
    this.#clock.passed((log.takenAtMs ?? 0) + 1);
    return this.#now();
  }

  /** The channel's time, by which everything stored is measured. */
  #now(): number {
    return this.#clock.at(Date.now());
  }

  #sweep(nowMs: number): boolean {
    return this.#hub.sweep(nowMs, (socket) => {
      const pingedAt = this.ctx.getWebSocketAutoResponseTimestamp(socket);
      return pingedAt ? pingedAt.getTime() + this.#clock.aheadMs : undefined;
    });
  }

  /** Viewers are told how many watch, and whether publishers are gone; those of relays, too. */
  #tellStatus(nowMs: number): void {
    this.#hub.tellStatus(nowMs);
    this.#relays.tellStatus(nowMs);
  }

  /** Where there are no alarms, nothing would tell it later. */
  #tellNow(): void {
    if (this.#log === undefined) this.#hub.tellStatus(this.#now());
  }

  /**
   * Sets an alarm for what nothing else would wake us for. Before the first publish that is only a token that expires: who has one
   * is no stranger.
   */
  async #setAlarm(): Promise<void> {
    const nowMs = this.#now();
    const hubMs = this.#log === undefined ? this.#expiryInMs : this.#hub.alarmInMs(nowMs);
    const due = [
      hubMs,
      this.#log === undefined ? undefined : this.#room.dueInMs(nowMs),
      // None is there without a publish.
      this.#relays.dueInMs(nowMs),
    ].filter((ms) => ms !== undefined);
    this.#tellPeopleLater(nowMs);
    const afterMs = due.length === 0 ? undefined : Math.min(...due);
    if (afterMs !== undefined) await this.#wakeBy(nowMs + afterMs);
    if (this.#log !== undefined) await this.#forgetLater(this.#log);
  }

  /**
   * Before the first publish nobody makes alarms. Who left a room may come back for 30 s, and is then told of: a timer keeps the object awake for
   * so long, as any message would.
   */
  #tellPeopleLater(nowMs: number): void {
    clearTimeout(this.#peopleTimer);
    if (this.#log !== undefined || this.#room.count === 0) return;
    const dueInMs = this.#room.peopleDueInMs(nowMs);
    if (dueInMs === undefined) return;
    this.#peopleTimer = setTimeout(() => {
      this.#room.alarm(this.#now());
      this.#tellPeopleLater(this.#now());
    }, dueInMs);
  }

  /** In how long the first token of anybody here expires. */
  get #expiryInMs(): number | undefined {
    const due = [this.#hub.expiryInMs, this.#room.expiryInMs].filter((ms) => ms !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** There is always an alarm by the time a channel may be forgotten: a row once a month, not one for each publish. */
  async #forgetLater(log: ChannelLog): Promise<void> {
    await this.#wakeBy(log.usedAtMs + this.#forgetAfterMs);
  }

  /** Sees to it that an alarm comes at this time of the channel's, or before. One that is long overdue is set anew. */
  async #wakeBy(atMs: number): Promise<void> {
    const wallMs = atMs - this.#clock.aheadMs;
    if (this.#alarmAtMs === undefined) this.#alarmAtMs = await this.ctx.storage.getAlarm();
    const isLost = this.#alarmAtMs !== null && Date.now() - this.#alarmAtMs > LOST_ALARM_MS;
    if (this.#alarmAtMs !== null && this.#alarmAtMs <= wallMs && !isLost) return;
    this.#alarmAtMs = wallMs;
    await this.ctx.storage.setAlarm(wallMs);
  }

  #open(): ChannelLog {
    const log = new ChannelLog(this.ctx.storage, this.#bounds, this.#now());
    this.#clock.passed(log.takenAtMs ?? 0);
    this.#presence.keepIn(this.ctx.storage.sql, this.#now());
    this.#clock.passed(this.#presence.latestMs);
    return log;
  }

  async #deleteAll(): Promise<void> {
    this.#log = undefined;
    this.#alarmAtMs = undefined;
    this.#presence.keepNowhere();
    this.#storedRoom.forget();
    await this.ctx.storage.deleteAll();
    // Relays may have viewers, who are to see what is published here next.
    if (this.#relays.count > 0) this.#storedRelays.names = this.#relays.names;
  }
}
