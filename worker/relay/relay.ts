import { DurableObject } from "cloudflare:workers";
import { PING, PONG } from "../../protocol/limits.ts";
import { shown } from "../auth/audit-log.ts";
import { acceptViewer } from "../hub/accept-viewer.ts";
import { relayBounds, ringBounds } from "../hub/bounds-of-env.ts";
import { ChannelClock } from "../hub/channel-clock.ts";
import { answerClose, closeQuietly } from "../hub/close.ts";
import { Hub } from "../hub/hub.ts";
import { hubPartsOf } from "../hub/hub-parts-of.ts";
import { FEED_HEADER, type JoinRequest, type JoinStart, parseJoinRequest } from "../hub/join-request.ts";
import { NOT_FED, REFUSED_WITH, type Vacancy } from "../hub/vacancy.ts";
import { CountsTeller, relayCounts } from "./counts-teller.ts";
import { FeedAsking } from "./feed-asking.ts";
import { countsText, FEED_SUBPROTOCOL, FeedEnd, POSITION_HEADER, positionText } from "./feed-message.ts";
import { FeedReader } from "./feed-reader.ts";
import { FeedWait } from "./feed-wait.ts";
import { RelayLog } from "./relay-log.ts";
import { channelOfRelay } from "./relay-name.ts";
import { NOTHING_FED, parseRelayState, type RelayState } from "./relay-state.ts";

/** A relay without viewers lets go after so long. */
const EMPTY_MS = 60_000;
/** A viewer waits for the feed for so long when it joins. */
const MAX_JOIN_WAIT_MS = 10_000;

const FEED_TAG = "feed";
const STATE_KEY = "state";
const OPEN = 1;

/**
 * The viewers of a channel beyond those that it serves itself: the same hub, on a ring of the newest frames that the channel sends. It
 * numbers and stores no points. What it must not forget is in the attachment of its feed, or, while it has none, in its storage.
 */
export class Relay extends DurableObject<Env> {
  readonly #channelName: string;
  readonly #maxViewers: number;
  readonly #log: RelayLog;
  readonly #hub: Hub<WebSocket>;
  readonly #clock = new ChannelClock();
  readonly #wait = new FeedWait();
  #feed: WebSocket | undefined;
  #state: RelayState;
  readonly #reader: FeedReader;
  /** The feed was accepted since the last eviction: what it begins with comes. */
  #isFeedNew = false;
  readonly #counts = new CountsTeller();
  #emptySinceMs: number | undefined;
  /** How many are about to join. */
  #joining = 0;
  readonly #asking = new FeedAsking();
  /** The channel is asked for a feed: once for all who join meanwhile. */
  #asked: Promise<void> | undefined;
  #alarmAtMs: number | undefined;
  /** How many messages of a feed could not be used. */
  brokenMessages = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#channelName = channelOfRelay(ctx.id.name ?? "") ?? "";
    this.#maxViewers = relayBounds(env).viewers;
    const feeds = new Set(ctx.getWebSockets(FEED_TAG));
    this.#feed = [...feeds].find(({ readyState }) => readyState === OPEN);
    this.#state = parseRelayState(this.#feed?.deserializeAttachment() ?? ctx.storage.kv.get(STATE_KEY)) ?? NOTHING_FED;
    const { position, takenAtMs, status } = this.#state;
    this.#clock.passed(takenAtMs ?? 0);
    this.#clock.passed(Date.now() + status.aheadMs);
    const channel = { name: this.#channelName, id: String(env.CHANNEL.idFromName(this.#channelName)) };
    const asked = {
      tailStart: (points: number, seconds: number) => this.#channel.tailStart(points, seconds),
      framesAfter: (...args: Parameters<RelayLog["framesAfter"]>) => this.#channel.framesAfter(...args),
      framesBefore: (...args: Parameters<RelayLog["framesBefore"]>) => this.#channel.framesBefore(...args),
      takings: (after: number, through: number) => this.#channel.takings(after, through),
      takenSince: (ms: number) => this.#channel.takenSince(ms),
    };
    this.#log = new RelayLog(asked, position, takenAtMs, ringBounds(env));
    const now = (): RelayState => this.#state;
    const parts = {
      ...hubPartsOf(env, channel),
      log: this.#log,
      clock: this.#clock,
      presence: { allGoneAtMs: () => now().status.goneAtMs, expiresInMs: () => undefined },
      elsewhere: {
        get viewers() {
          return now().status.elsewhere.viewers;
        },
        get behind() {
          return now().status.elsewhere.behind;
        },
      },
    };
    const viewers = ctx.getWebSockets().filter((socket) => !feeds.has(socket));
    this.#hub = new Hub(parts, viewers, this.#now());
    this.#reader = new FeedReader({
      log: this.#log,
      hub: this.#hub,
      wait: this.#wait,
      passed: (ms) => this.#clock.passed(ms),
      nowMs: () => this.#now(),
      wallMs: () => Date.now(),
      keep: (told) => {
        if (told !== undefined) this.#state = { ...this.#state, status: told };
        this.#keepState();
      },
    });
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  /** The channel dials; or a viewer joins, whom the Worker has let in. @returns 101; else what {@link REFUSED_WITH} has, or 410 to a channel */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.has(FEED_HEADER)) return await this.#acceptFeed();
    const joinRequest = parseJoinRequest(request);
    const room = this.#roomFor(joinRequest);
    if (room !== "room") return new Response(null, { status: REFUSED_WITH[room] });
    this.#joining++;
    try {
      return await this.#join(joinRequest);
    } finally {
      this.#joining--;
      await this.#settle();
    }
  }

  async #join(joinRequest: JoinRequest): Promise<Response> {
    try {
      await this.#mustBeFed();
      await this.#reaches(joinRequest.start);
    } catch (error) {
      console.warn(`A relay of ${shown(this.#channelName)} is not fed: ${error instanceof Error ? error.message : ""}`);
      return new Response(null, { status: NOT_FED });
    }
    const nowMs = this.#now();
    // Others joined meanwhile.
    const still = this.#roomFor(joinRequest, 1);
    if (still !== "room") return new Response(null, { status: REFUSED_WITH[still] });
    const accept = { acceptWebSocket: (socket: WebSocket) => this.ctx.acceptWebSocket(socket) };
    return await acceptViewer(accept, this.#hub, joinRequest, this.#channelName, nowMs);
  }

  /** A token was revoked: whoever was let in with it is closed. */
  async revoke(tokenId: string): Promise<void> {
    if (this.#hub.revoke(tokenId, this.#now())) await this.#settle();
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    if (this.ctx.getTags(socket).includes(FEED_TAG)) {
      if (socket === this.#feed) await this.#fed(message);
    } else {
      await this.#hub.receive(socket, message, this.#now());
    }
    await this.#settle();
  }

  override async webSocketClose(socket: WebSocket, code: number, reason: string): Promise<void> {
    if (socket === this.#feed) this.#feedEnded(code);
    else this.#hub.leave(socket);
    answerClose(socket, code, reason);
    await this.#settle();
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    if (socket === this.#feed) this.#feedEnded(1006);
    else this.#hub.leave(socket);
    await this.#settle();
  }

  override async alarm(): Promise<void> {
    this.#alarmAtMs = undefined;
    const nowMs = this.#now();
    await this.#hub.alarm(nowMs);
    if (this.#asking.dueInMs(nowMs) === 0) await this.#askForFeed();
    if (this.#emptySinceMs !== undefined && nowMs - this.#emptySinceMs >= EMPTY_MS && (await this.#letGo())) return;
    await this.#settle();
  }

  /** Whether anybody watches here, or is about to. */
  get #isNeeded(): boolean {
    return this.#hub.count + this.#joining > 0;
  }

  get #channel() {
    return this.env.CHANNEL.getByName(this.#channelName);
  }

  #now(): number {
    return this.#clock.at(Date.now());
  }

  /** @param own how many of those that are about to join it is itself */
  #roomFor({ share, view }: JoinRequest, own = 0): Vacancy {
    const { viewers, views, count } = this.#hub;
    if (count + this.#joining - own >= this.#maxViewers) return "full";
    const isFull = share.most !== null && this.#state.status.fullShares.includes(share.who);
    if (isFull || !viewers.hasRoom(share)) return "quota";
    return views.hasRoom(view, share.who) ? "room" : "filters";
  }

  async #acceptFeed(): Promise<Response> {
    if (!this.#isNeeded) {
      // The channel forgets it, and does not tell it of what it rewrites.
      this.#reader.isWhole = false;
      return new Response(null, { status: 410 });
    }
    if (this.#feed !== undefined) closeQuietly(this.#feed, FeedEnd.over, "Another feed took its place.");
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [FEED_TAG]);
    this.#feed = server;
    this.#isFeedNew = true;
    this.#wait.restarts();
    this.#state = { ...this.#state, isIdle: false };
    this.#keepState();
    this.#asking.notNeeded();
    return new Response(null, {
      status: 101,
      webSocket: client,
      headers: {
        "Sec-WebSocket-Protocol": FEED_SUBPROTOCOL,
        [POSITION_HEADER]: positionText({
          ...this.#log.position,
          isWhole: this.#reader.isWhole,
          rewrites: this.#reader.rewrites,
        }),
      },
    });
  }

  /** The channel says something. */
  async #fed(data: string | ArrayBuffer): Promise<void> {
    const outcome = await this.#reader.read(data);
    switch (outcome) {
      case "opened":
        this.#counts.restart();
        return this.#asking.opened();
      case "read":
        return;
      case "broken":
        return this.#feedBroken();
      default:
        outcome satisfies never;
    }
  }

  /** What came cannot be used: another feed is asked for. */
  #feedBroken(): void {
    this.brokenMessages++;
    if (this.#feed !== undefined) closeQuietly(this.#feed, FeedEnd.restart, "That cannot follow what was sent.");
    this.#feedEnded(FeedEnd.restart);
  }

  #feedEnded(code: number): void {
    this.#feed = undefined;
    this.#state = { ...this.#currentState(), isIdle: code === FeedEnd.idle };
    // Without a feed nothing else keeps it. One row each time.
    if (this.#isNeeded) this.ctx.storage.kv.put(STATE_KEY, this.#state);
  }

  async #askForFeed(): Promise<void> {
    if (this.#feed !== undefined || !this.#isNeeded) return this.#asking.notNeeded();
    try {
      await this.#channel.feedRelay(this.ctx.id.name ?? "");
    } catch {
      // The channel restarts, or has too much to do.
    }
    if (this.#feed === undefined) this.#asking.failed(this.#now());
  }

  /** Resolves once there is a feed, and what it began with is here. @throws Error the channel cannot feed it now */
  async #mustBeFed(): Promise<void> {
    if (this.#feed !== undefined && this.#reader.isWhole && this.#wait.isWhole) return;
    const whole = this.#wait.untilWhole(MAX_JOIN_WAIT_MS);
    // One that was just accepted brings it: another would begin anew.
    if (this.#feed !== undefined && this.#isFeedNew) return await whole;
    this.#asked ??= this.#channel.feedRelay(this.ctx.id.name ?? "").finally(() => {
      this.#asked = undefined;
    });
    await Promise.all([this.#asked, whole]);
  }

  /** A viewer that comes from elsewhere may have more than has come here yet; or a cursor that is nobody's. */
  async #reaches(start: JoinStart): Promise<void> {
    if (start.kind !== "resume") return;
    const { epoch, seq } = this.#log.position;
    const { cursor } = start;
    const isAhead = cursor.epoch > epoch || (cursor.epoch === epoch && cursor.seq > seq);
    if (!isAhead) return;
    const channelAt = await this.#channel.position();
    if (cursor.epoch !== channelAt.epoch || cursor.seq > channelAt.seq) return;
    await this.#wait.untilReached(cursor, this.#log.position, MAX_JOIN_WAIT_MS);
  }

  #currentState(): RelayState {
    return { ...this.#state, position: this.#log.position, takenAtMs: this.#log.takenAtMs };
  }

  #keepState(): void {
    this.#state = this.#currentState();
    this.#feed?.serializeAttachment(this.#state);
  }

  /** What is to be done after anything: viewers and channel are told, and the next alarm is set. */
  async #settle(): Promise<void> {
    const nowMs = this.#now();
    this.#hub.tellStatus(nowMs);
    this.#hub.sweep(nowMs, (socket) => {
      const pingedAt = this.ctx.getWebSocketAutoResponseTimestamp(socket);
      return pingedAt ? pingedAt.getTime() + this.#clock.aheadMs : undefined;
    });
    this.#emptySinceMs = this.#isNeeded ? undefined : (this.#emptySinceMs ?? nowMs);
    // The channel dials one whose feed ended idle.
    if (this.#isNeeded && this.#feed === undefined && !this.#state.isIdle) this.#asking.needed(nowMs);
    else this.#asking.notNeeded();
    await this.#tellCounts(nowMs);
    const due = [
      this.#hub.alarmInMs(nowMs),
      this.#counts.dueInMs(relayCounts(this.#hub), nowMs),
      this.#emptySinceMs === undefined ? undefined : this.#emptySinceMs + EMPTY_MS - nowMs,
      this.#asking.dueInMs(nowMs),
    ].filter((ms) => ms !== undefined);
    if (due.length > 0) await this.#wakeIn(Math.max(0, Math.min(...due)));
  }

  async #wakeIn(ms: number): Promise<void> {
    const atMs = Date.now() + ms;
    if (this.#alarmAtMs !== undefined && this.#alarmAtMs <= atMs && this.#alarmAtMs > Date.now() - 1000) return;
    this.#alarmAtMs = atMs;
    await this.ctx.storage.setAlarm(atMs);
  }

  /** Tells the channel how many watch here, if that changed; once a second at most. */
  async #tellCounts(nowMs: number): Promise<void> {
    const counts = relayCounts(this.#hub);
    if (this.#counts.dueInMs(counts, nowMs) !== 0) return;
    this.#counts.told(counts, nowMs);
    // They are told again once there is a feed.
    if (this.#feed === undefined && this.#asking.dueInMs(nowMs) !== undefined) return;
    try {
      // Nothing is published where there is no feed.
      if (this.#feed === undefined) await this.#channel.countRelay(this.ctx.id.name ?? "", counts);
      else this.#feed.send(countsText(counts));
    } catch {
      this.#counts.failed();
    }
  }

  /** No viewer came for long: the channel need not feed it. @returns whether nothing is left of it */
  async #letGo(): Promise<boolean> {
    try {
      await this.#channel.leaveRelay(this.ctx.id.name ?? "");
    } catch {
      this.#emptySinceMs = this.#now();
      return false;
    }
    // The channel does not tell it of what it rewrites now.
    this.#reader.isWhole = false;
    if (this.#isNeeded) return false;
    if (this.#feed !== undefined) closeQuietly(this.#feed, FeedEnd.over, "No viewers are left.");
    this.#feed = undefined;
    await this.ctx.storage.deleteAll();
    return true;
  }
}
