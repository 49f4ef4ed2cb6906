import { browserEnvironment } from "../../client/browser-environment.ts";
import { eventsTransport } from "../../client/subscribe/events-transport.ts";
import { pollTransport } from "../../client/subscribe/poll-transport.ts";
import { type StateEvent, Subscription, type SubscriptionEvent } from "../../client/subscribe/subscription.ts";
import { webSocketTransport } from "../../client/subscribe/websocket-transport.ts";
import { usualPauseMs } from "../../protocol/pause.ts";
import { SeriesFilter } from "../../protocol/series-filter.ts";
import { FeedRate } from "../data/feed-rate.ts";
import { isTime, SeriesStore } from "../data/store/series-store.ts";
import { Catalogue } from "../layout/catalogue.ts";
import { feedOf } from "../ui/status.ts";
import type { ElementToken } from "./api.ts";
import { PolicyWatch, whyUnreachable } from "./unreachable.ts";
import type { ElementStatus } from "./words.ts";

/** Whoever shows a channel. */
export interface FeedListener {
  pointsCame(): void;
  /** It may be another, and time has passed: once a second at least. */
  statusMayHaveChanged(): void;
}

/** As much as `plotcast-client` takes at first. */
const TAIL_POINTS = "1000";
export const TAIL_SECONDS = 300;
/** As `plotcast-client` takes them in a browser. */
const TRANSPORTS = [webSocketTransport(browserEnvironment), eventsTransport, pollTransport];
const TICK_MS = 1000;
/** Among so many of its last points a series' pace is looked for. */
const SAMPLE = 17;

/** One subscription to a channel, and its points, for all elements of a page that show it. */
export class ChannelFeed {
  readonly url: URL;
  /** Of the channel's series, as far as they are decided. */
  readonly catalogue = new Catalogue();
  held = new SeriesStore();
  #rate = new FeedRate();
  #connection: StateEvent = { kind: "state", state: "connecting", transport: "websocket" };
  #seq = 0;
  #tailSeconds = 0;
  /** What takes the place of what is held once something comes. */
  #next: SeriesStore | undefined;
  #hasBeenLive = false;
  #offlineSinceMs = 0;
  #unreachable: string | undefined;
  #token: ElementToken | undefined;
  #reading = new AbortController();
  readonly #listeners = new Set<FeedListener>();
  readonly #policy: PolicyWatch;
  readonly #ticks: ReturnType<typeof setInterval>;

  constructor(url: URL, token: ElementToken | undefined) {
    this.url = url;
    this.#token = token;
    this.#policy = new PolicyWatch(url);
    this.#ticks = setInterval(() => this.#tell(), TICK_MS);
  }

  /** Nothing more comes. */
  get isOver(): boolean {
    return this.#connection.state === "refused" || this.#reading.signal.aborted;
  }

  /** It is connected, and has all that there was. */
  get isLive(): boolean {
    return this.#connection.state === "live";
  }

  /** Whether it is the feed for this token. */
  isFor(token: ElementToken | undefined): boolean {
    return token === this.#token;
  }

  /** A function in place of the one that it was given is asked from then on. @returns false: another token needs another feed */
  exchange(token: ElementToken | undefined): boolean {
    if (this.isOver || typeof token !== "function" || typeof this.#token !== "function") return token === this.#token;
    this.#token = token;
    return true;
  }

  /** Shows itself to one more. @param seconds how far back what it gets is to reach */
  join(listener: FeedListener, seconds: number): void {
    this.#listeners.add(listener);
    this.reach(seconds);
  }

  /** @returns whether it was the last: then everything is closed */
  leave(listener: FeedListener): boolean {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return false;
    this.#reading.abort();
    this.#policy.close();
    clearInterval(this.#ticks);
    return true;
  }

  /** What it holds is to reach back so far: if it does not, it begins again further back. */
  reach(seconds: number): void {
    if (seconds <= this.#tailSeconds || this.isOver) return;
    this.#tailSeconds = seconds;
    this.#reading.abort();
    this.#reading = new AbortController();
    this.#next = new SeriesStore();
    void this.#follow(this.#reading.signal);
  }

  status(nowMs: number): ElementStatus {
    const connection = this.#connection;
    const { state } = connection;
    switch (state) {
      case "refused":
        return { kind: "refused", problem: connection.problem };
      case "offline":
        return { kind: "offline", sinceMs: this.#offlineSinceMs };
      case "connecting":
      case "waiting": {
        const advice = this.#hasBeenLive ? undefined : this.#unreachable;
        if (state === "connecting" && !this.#hasBeenLive && advice === undefined) return { kind: "connecting" };
        return { kind: "reconnecting", advice: connection.problem?.detail ?? advice };
      }
      case "live": {
        const { takenMs } = this.#rate;
        if (this.held.size === 0) return { kind: "empty" };
        if (takenMs === undefined) return { kind: "waiting" };
        const staleSinceMs = this.#rate.staleSinceMs(nowMs);
        return feedOf({ takenMs, staleSinceMs, goneSinceMs: undefined, wasGone: false });
      }
    }
  }

  /** When something last came, in x. */
  nowX(): number {
    return (this.#rate.takenMs ?? Date.now()) / 1000;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const token = typeof this.#token === "function" ? () => this.#tokenNow() : this.#token;
    const subscription = new Subscription({
      url: this.url,
      tail: { points: TAIL_POINTS, seconds: `${this.#tailSeconds}` },
      cursor: undefined,
      // Each element picks what it shows.
      filter: new SeriesFilter([]),
      picks: [],
      token,
      transports: TRANSPORTS,
      environment: browserEnvironment,
      keepsGaps: true,
    });
    signal.addEventListener("abort", () => subscription.close());
    subscription.open();
    for (let event = await subscription.next(); event !== undefined; event = await subscription.next()) {
      if (!signal.aborted) this.#take(event);
    }
  }

  #tokenNow(): string | Promise<string> {
    const token = this.#token;
    return typeof token === "function" ? token() : (token ?? "");
  }

  #take(event: SubscriptionEvent): void {
    if (event.kind === "state") return this.#takeState(event);
    this.#takeNext();
    const store = this.held;
    if (event.kind === "gap") {
      store.addLoss({ reason: event.reason, points: event.points });
      if (event.reason === "epoch") this.catalogue.clear();
    } else {
      const { points, seq } = event.frame.header;
      const [stored, nowMs] = [this.#connection.state !== "live", Date.now()];
      store.ingest(event.frame, stored, nowMs / 1000);
      this.#rate.noteFrame({ nowMs, points, seq, stored });
      this.#seq = seq;
      if (!stored) this.#decideScales();
    }
    for (const listener of this.#listeners) listener.pointsCame();
  }

  #takeState(event: StateEvent): void {
    const { state } = event;
    if (state === "offline" && this.#connection.state !== state) this.#offlineSinceMs = Date.now();
    this.#connection = event;
    if (state === "live") {
      this.#hasBeenLive = true;
      this.#unreachable = undefined;
      this.#takeNext();
      this.#noteCaughtUp();
      this.#decideScales();
    } else if (state === "waiting" && !this.#hasBeenLive && event.problem === undefined) {
      void this.#findOut();
    }
    this.#tell();
  }

  #takeNext(): void {
    this.held = this.#next ?? this.held;
    this.#next = undefined;
  }

  async #findOut(): Promise<void> {
    const why = await whyUnreachable(this.url, this.#policy.hasRefused);
    if (this.#hasBeenLive || this.isOver) return;
    this.#unreachable = why;
    this.#tell();
  }

  /**
   * What is stored says by its times when it was taken, and at which pace; where x is no time, nobody knows until something comes.
   */
  #noteCaughtUp(): void {
    const nowMs = Date.now();
    let takenMs = this.#rate.takenMs ?? -Infinity;
    let pauseMs = Infinity;
    for (const { headX, ring } of this.held.series) {
      if (!isTime(headX)) continue;
      takenMs = Math.max(takenMs, Math.min(nowMs, headX * 1000));
      pauseMs = Math.min(pauseMs, usualPauseMs([...ring.x.slice(-SAMPLE)].map((x) => x * 1000)) ?? Infinity);
    }
    this.#rate.noteStatus(nowMs, {
      type: "hello",
      seq: this.#seq,
      goneForMs: null,
      takenForMs: takenMs === -Infinity ? null : nowMs - takenMs,
      takenEveryMs: pauseMs === Infinity ? null : pauseMs,
    });
  }

  /** As the channel does: by what came first. Panels are made by it, and do not change with each point. */
  #decideScales(): void {
    for (const { name, magnitude } of this.held.series) {
      if (magnitude > 0 && !this.catalogue.has(name)) this.catalogue.learn([name], [magnitude]);
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener.statusMayHaveChanged();
  }
}
