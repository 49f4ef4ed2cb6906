import { DurableObject } from "cloudflare:workers";
import { MAX_VIEWERS, PING, PONG, SUBPROTOCOL } from "../../protocol/limits.ts";
import type { Announcement, PublishAnswer } from "../../protocol/messages/publish.ts";
import type { Refusal } from "../../protocol/problem.ts";
import { answerClose } from "../hub/close.ts";
import { Hub } from "../hub/hub.ts";
import { parseJoinRequest } from "../hub/join-request.ts";
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
import { ReadSlots } from "./read-slots.ts";
import { pause, readTurns } from "./read-turns.ts";

const DEFAULT_STORE_SECONDS = 900;
const DEFAULT_STORE_BYTES = 32 * 1024 * 1024;
const DEFAULT_FORGET_AFTER_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

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
  /** When the next alarm is, by the wall clock; null: there is none; undefined: not known since the last eviction. */
  #alarmAtMs: number | null | undefined;
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
    // A timer keeps the object awake: it is awake anyway while an alarm brings viewers on, and nothing else pauses.
    const parts = { log: this.#log ?? NOTHING_STORED, presence: this.#presence, clock: this.#clock, pause };
    this.#hub = new Hub(parts, ctx.getWebSockets(), this.#now());
    // Answered by the runtime, so that a viewer that asks whether the line is alive wakes nobody.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  /**
   * Takes frames of one publisher, one after the other and checked by the Worker. When this resolves, and when a
   * viewer sees them, they are durable: the output gate holds answers and sockets back until the write is.
   */
  async publish(frames: Uint8Array, series: string[]): Promise<PublishAnswer | Refusal> {
    const isFirst = this.#log === undefined;
    this.#log ??= this.#open();
    const nowMs = this.#now();
    const { position } = this.#log;
    const taken = this.#log.append(frames, series, nowMs);
    if ("code" in taken) {
      if (isFirst) await this.#deleteAll();
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

  /** A viewer joins. Its request has passed the guards. @returns 101; or 503 if as many watch as may */
  override async fetch(request: Request): Promise<Response> {
    const nowMs = this.#now();
    this.#sweep(nowMs);
    if (!(await this.hasRoom())) return new Response(null, { status: 503 });
    const joinRequest = parseJoinRequest(request);
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    const channel = new URL(request.url).pathname.slice("/c/".length);
    await this.#hub.join(server, joinRequest, channel, nowMs);
    await this.#setAlarm();
    this.#tellNow();
    const headers = joinRequest.format === "frames" ? { "Sec-WebSocket-Protocol": SUBPROTOCOL } : undefined;
    return new Response(null, { status: 101, webSocket: client, ...(headers && { headers }) });
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
    this.#hub.resetEpoch();
  }

  /** Whether one more may watch. */
  async hasRoom(): Promise<boolean> {
    return this.#hub.count < MAX_VIEWERS;
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    await this.#hub.receive(socket, message, this.#now());
    await this.#setAlarm();
  }

  override async webSocketClose(socket: WebSocket, code: number, reason: string): Promise<void> {
    this.#hub.leave(socket);
    answerClose(socket, code, reason);
    this.#tellNow();
    await this.#setAlarm();
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#hub.leave(socket);
    this.#tellNow();
    await this.#setAlarm();
  }

  override async alarm(): Promise<void> {
    const nowMs = this.#now();
    this.#alarmAtMs = null;
    if (this.#log === undefined) return;
    if (nowMs >= this.#log.usedAtMs + this.#forgetAfterMs) {
      const deleted = this.#deleteAll();
      this.#hub.resetEpoch(NOTHING_STORED);
      return await deleted;
    }
    await this.#hub.alarm();
    this.#hub.tellStatus(this.#now());
    this.#sweep(nowMs);
    await this.#setAlarm();
  }

  /** The channel's time, by which everything stored is measured. */
  #now(): number {
    return this.#clock.at(Date.now());
  }

  #sweep(nowMs: number): void {
    this.#hub.sweep(nowMs, (socket) => {
      const pingedAt = this.ctx.getWebSocketAutoResponseTimestamp(socket);
      return pingedAt ? pingedAt.getTime() + this.#clock.aheadMs : undefined;
    });
  }

  /** Where there are no alarms, nothing would tell it later. */
  #tellNow(): void {
    if (this.#log === undefined) this.#hub.tellStatus(this.#now());
  }

  /** Sets an alarm for what nothing else would wake us for. */
  async #setAlarm(): Promise<void> {
    if (this.#log === undefined) return;
    const nowMs = this.#now();
    const afterMs = this.#hub.alarmInMs(nowMs);
    if (afterMs !== undefined) await this.#wakeBy(nowMs + afterMs);
    await this.#forgetLater(this.#log);
  }

  /** There is always an alarm by the time a channel may be forgotten: a row once a month, not one for each publish. */
  async #forgetLater(log: ChannelLog): Promise<void> {
    await this.#wakeBy(log.usedAtMs + this.#forgetAfterMs);
  }

  /** Sees to it that an alarm comes at this time of the channel's, or before. */
  async #wakeBy(atMs: number): Promise<void> {
    const wallMs = atMs - this.#clock.aheadMs;
    if (this.#alarmAtMs === undefined) this.#alarmAtMs = await this.ctx.storage.getAlarm();
    if (this.#alarmAtMs !== null && this.#alarmAtMs <= wallMs) return;
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
    await this.ctx.storage.deleteAll();
  }
}

/** A bound from the configuration. What is no number must not be taken for "keep nothing". */
function positiveOr(fallback: number, text: string | undefined, name: string): number {
  const value = Number(text);
  if (value > 0) return value;
  if (text !== undefined) console.warn(`${name} must be a number above 0, not "${text}"; ${fallback} is used.`);
  return fallback;
}
