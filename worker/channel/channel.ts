import { DurableObject } from "cloudflare:workers";
import type { Cursor } from "../../protocol/cursor.ts";
import { MAX_VIEWERS, PING, PONG, PUBLISH_SUBPROTOCOL, ROOM_SUBPROTOCOL, SUBPROTOCOL } from "../../protocol/limits.ts";
import { parseObject } from "../../protocol/messages/guards.ts";
import type { Announcement, PublishAnswer } from "../../protocol/messages/publish.ts";
import type { Refusal } from "../../protocol/problem.ts";
import { CHANNEL_ITSELF } from "../../protocol/room/channel-itself.ts";
import type { ReceivedRoomMessage, RoomServerMessage } from "../../protocol/room/room-message.ts";
import { auditLog, shown } from "../auth/audit-log.ts";
import { renewal } from "../auth/renewal.ts";
import type { ViewerShare } from "../auth/viewer-share.ts";
import { audienceOf, parseWatch } from "../auth/watch-policy.ts";
import { answerClose, closeQuietly } from "../hub/close.ts";
import { Hub, type HubParts } from "../hub/hub.ts";
import { PUBLISHER_HEADER, parseJoinRequest, ROOM_HEADER } from "../hub/join-request.ts";
import { NOTE_HEADER } from "../hub/series-note.ts";
import type { View } from "../hub/text-view.ts";
import { Room } from "../room/room.ts";
import { parseRoomRequest, type RoomRequest } from "../room/room-request.ts";
import { ChannelClock } from "./channel-clock.ts";
import { ChannelLog } from "./log/channel-log.ts";
import { NOTHING_STORED } from "./log/nothing-stored.ts";
import { MAX_READ_PAUSE_MS, MAX_READS, MAX_READS_PER_ADDRESS, SLICE_PAUSE_MS } from "./log/read-limits.ts";
import {
  type Cut,
  isDone,
  noFrames,
  type ReadOpened,
  type ReadRequest,
  type Slice,
  type SliceAnswer,
  type SliceRequest,
} from "./log/slice.ts";
import type { Bounds } from "./log/trim.ts";
import { Presence } from "./presence.ts";
import { type PublisherRequest, parsePublisherRequest } from "./publisher-request.ts";
import { PUBLISHER_TAG, PublisherSockets } from "./publisher-sockets.ts";
import { ReadSlots } from "./read-slots.ts";
import { pause, readTurns } from "./read-turns.ts";
import { StoredRoom } from "./stored-room.ts";

const DEFAULT_STORE_SECONDS = 900;
const DEFAULT_STORE_BYTES = 32 * 1024 * 1024;
const DEFAULT_FORGET_AFTER_DAYS = 30;
/** Whether one more viewer may join. */
export type Vacancy = "room" | "full" | "quota" | "filters";

/** The status that stands for why there is none, between channel and Worker. */
export const REFUSED_WITH = { full: 503, quota: 429, filters: 409 } as const satisfies Record<
  Exclude<Vacancy, "room">,
  number
>;

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
  readonly #reads = new ReadSlots(MAX_READS, MAX_READS_PER_ADDRESS, MAX_READ_PAUSE_MS);

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#bounds = {
      seconds: positiveOr(DEFAULT_STORE_SECONDS, env.STORE_SECONDS, "STORE_SECONDS"),
      bytes: positiveOr(DEFAULT_STORE_BYTES, env.STORE_BYTES, "STORE_BYTES"),
    };
    const forgetAfterDays = positiveOr(DEFAULT_FORGET_AFTER_DAYS, env.FORGET_AFTER_DAYS, "FORGET_AFTER_DAYS");
    // While points are kept they are not forgotten.
    this.#forgetAfterMs = Math.max(forgetAfterDays * DAY_MS, this.#bounds.seconds * 1000);
    if (ChannelLog.isIn(ctx.storage)) this.#log = this.#open();
    // The Worker asks for every channel by its name, and an alarm knows it, too.
    const name = ctx.id.name ?? "";
    const parts: HubParts = {
      log: this.#log ?? NOTHING_STORED,
      presence: this.#presence,
      clock: this.#clock,
      wallMs: () => Date.now(),
      // It was not, perhaps, when those that outlived an eviction joined.
      isPrivate: audienceOf(parseWatch(env.WATCH), name) === "token",
      verify: (token) => renewal(token, env, { name, id: String(ctx.id) }, Date.now()),
      audit: (event, { who, principal }) => {
        if (env.AUDIT === "off") return;
        // Its address is known to the Worker alone.
        const by = { method: "renew", channel: shown(name), address: who, principal: shown(principal) };
        auditLog.add({ ...event, ...by, atMs: Date.now() });
      },
      // A timer keeps the object awake: it is awake anyway while an alarm brings viewers on, and nothing else pauses.
      pause,
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
      rewrite: (seq: number, frameOf: (publisherSeq: number) => Uint8Array) => this.#log?.rewrite(seq, frameOf),
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
    if (isFirst) this.#hub.beginFirst(this.#log, position);
    const { fresh, publisher, seq, points, duplicates, repeats, decided } = taken;
    if (fresh.length > 0) this.#presence.heardOf(publisher, nowMs);
    this.#hub.broadcast(fresh);
    if (decided.size > 0) this.#hub.tellLayout(decided);
    await this.#hub.flushPending(nowMs);
    this.#hub.tellStatus(nowMs);
    this.#sweep(nowMs);
    await this.#setAlarm();
    return { seq, points, viewers: this.#hub.count, duplicates, ...(repeats && { repeats }) };
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
    if (isFirst) this.#hub.beginFirst(this.#log, this.#log.position);
    this.#hub.tellLayout(new Map());
    await this.#setAlarm();
  }

  /** A publisher says that it is here, or gone: viewers are told. */
  async announce(announcement: Announcement): Promise<void> {
    const nowMs = this.#now();
    this.#presence.announce(announcement, nowMs);
    this.#hub.tellStatus(nowMs);
    await this.#setAlarm();
  }

  /** Makes what is stored of a channel, if it is not there. */
  #begin(): ChannelLog {
    if (this.#log !== undefined) return this.#log;
    this.#log = this.#open();
    this.#hub.beginFirst(this.#log, this.#log.position);
    return this.#log;
  }

  /** Something happened in the room: it is an event of the log, as any frame. */
  #appendOwn(frame: Uint8Array, series: string): Cursor {
    const log = this.#begin();
    const taken = log.append(frame, [series], this.#nowToTake(log));
    if ("code" in taken) throw new Error(taken.detail);
    this.#hub.broadcast(taken.fresh);
    return log.position;
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
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    const channel = new URL(request.url).pathname.slice("/c/".length);
    await this.#hub.join(server, joinRequest, channel, nowMs);
    await this.#setAlarm();
    this.#tellNow();
    const headers = new Headers();
    if (joinRequest.format === "frames") headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
    const note = this.#hub.noteOn(joinRequest.view);
    if (note !== undefined) headers.set(NOTE_HEADER, note);
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  /** Begins a read of what is stored, if there are not too many at once. */
  async openRead(request: ReadRequest): Promise<ReadOpened> {
    const { readId, address } = request;
    if (!this.#reads.open(readId, address, Date.now())) return { kind: "too-many-reads" };
    if (this.#log === undefined) {
      this.#reads.close(readId);
      return { kind: "opened", epoch: 0, seq: 0, first: noFrames(0, 0), pauseMs: 0 };
    }
    const log = this.#log;
    await this.#forgetLater(log);
    const opened = readTurns.spend(() => log.openRead(request));
    if (isDone(request.direction, opened.first, opened.seq)) this.#reads.close(readId);
    return { ...opened, pauseMs: SLICE_PAUSE_MS * this.#reads.count };
  }

  /** The next slice of a read. */
  async slice(request: SliceRequest): Promise<SliceAnswer> {
    const { readId, address, direction, through } = request;
    const isInTime = this.#reads.use(readId, address, Date.now());
    const answer = isInTime ? this.#sliceNow(request) : ({ kind: "cut", reason: "too-slow" } as const);
    if (answer.kind === "cut" || isDone(direction, answer, through)) this.#reads.close(readId);
    return answer.kind === "cut" ? answer : { ...answer, pauseMs: SLICE_PAUSE_MS * this.#reads.count };
  }

  #sliceNow(request: SliceRequest): ({ kind: "slice" } & Slice) | Cut {
    const log = this.#log;
    if (log === undefined) return { kind: "cut", reason: "emptied" };
    return readTurns.spend(() => log.slice(request));
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
  }

  /** A token was revoked: whoever was let in with it is closed. */
  async revoke(tokenId: string): Promise<void> {
    const nowMs = this.#now();
    this.#publishers.revoke(tokenId);
    const isOfRoom = this.#room.revoke(tokenId, nowMs);
    if (!this.#hub.revoke(tokenId, nowMs) && !isOfRoom) return;
    this.#tellNow();
    await this.#setAlarm();
  }

  /** Whether one more may watch: there is room; all watch who may; or as many of its token or address as may. */
  async roomFor(share: ViewerShare): Promise<Vacancy> {
    return this.#roomFor(share, undefined);
  }

  #roomFor(share: ViewerShare, view: View | undefined): Vacancy {
    if (this.#hub.count >= MAX_VIEWERS) return "full";
    if (!this.#hub.viewers.hasRoom(share)) return "quota";
    return this.#hub.views.hasRoom(view, share.who) ? "room" : "filters";
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
      await deleted;
      return await this.#setAlarm();
    }
    await this.#hub.alarm(nowMs);
    this.#room.alarm(nowMs);
    this.#hub.tellStatus(this.#now());
    this.#sweep(nowMs);
    // What an alarm leaves in the storage goes with the last one.
    if (this.#log === undefined && this.#expiryInMs === undefined) return await this.#deleteAll();
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
    const due = [hubMs, this.#log === undefined ? undefined : this.#room.dueInMs(nowMs)].filter(
      (ms) => ms !== undefined,
    );
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
  }
}

/** A bound from the configuration. What is no number must not be taken for "keep nothing". */
function positiveOr(fallback: number, text: unknown, name: string): number {
  const value = typeof text === "string" || typeof text === "number" ? Number(text) : Number.NaN;
  if (value > 0) return value;
  if (text !== undefined) console.warn(`${name} must be a number above 0, not "${text}"; ${fallback} is used.`);
  return fallback;
}
