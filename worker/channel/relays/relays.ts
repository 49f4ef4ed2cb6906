import { concat } from "../../../protocol/bytes.ts";
import type { Cursor } from "../../../protocol/cursor.ts";
import type { ViewerShare } from "../../auth/viewer-share.ts";
import { STATUS_INTERVAL_MS } from "../../hub/status.ts";
import {
  encodeFeedFrames,
  FeedEnd,
  type FeedMessage,
  type FeedStatus,
  parseCounts,
  type RelayCounts,
  type RelayPosition,
  type RelayShare,
} from "../../relay/feed-message.ts";
import { type Region, regionOf } from "../../relay/relay-name.ts";
import { chooseRelay, type RelayLoad, reachedRegion } from "./choose-relay.ts";
import { Feed, type FeedParts, type FeedSocket, feedStart } from "./feed.ts";
import { fullShares } from "./full-shares.ts";
import { KnownRelay } from "./known-relay.ts";
import { Turns } from "./turns.ts";

/** A runtime lets six requests wait for an answer (https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections). */
const MAX_DIALS = 4;
/**
 * A Worker that is told of a relay sends everybody there for a while, and nobody knows how many that will be. If each counted as one, all
 * Workers would be sent to the newest relay until that is full, and thousands who come at once would be refused by one after the other.
 */
const ASKS_TO_FILL = 40;
/** That is a guess, so of one region no more relays are filled at once: it takes time to dial them, and each costs for as long as it has viewers. */
const MAX_FILLING = 4;
/** After so long in which nothing was taken feeds end: they keep the channel awake. */
export const FEED_IDLE_MS = 60_000;

/** What became of dialling a relay. */
export type Dialled =
  | { kind: "connected"; socket: FeedSocket; position: RelayPosition; onMessage: SocketEvents }
  /** It has no viewers. */
  | { kind: "not-needed" }
  | { kind: "failed" };

/** Begins to hand out what comes by a socket. */
export type SocketEvents = (events: { message(text: string): void; closed(): void }) => void;

/** What outlives an eviction of the channel. */
export interface KeptRelays {
  names: readonly string[];
  /** How many frames were rewritten while there were relays. */
  rewrites: number;
}

/** What relays need of their channel. */
export interface RelayParts extends FeedParts {
  dial(name: string): Promise<Dialled>;
  /** What viewers are told, beside counts. All times are the channel's. */
  status(): { goneAtMs: number | null; aheadMs: number };
  /** How many viewers the channel has itself. */
  viewersHere(): number;
  /** How many of these are behind. */
  behindHere(): number;
  /** How many of its own it counts by tokens and addresses that have a bound. */
  sharesHere(): Iterable<RelayShare>;
  /** How many of its own it counts by a token or address. */
  countOf(who: string): number;
  /** Counts are others now, which viewers are to be told; or an alarm is due sooner. */
  changed(): void;
  /** What an eviction is not to forget. */
  readonly kept: KeptRelays;
}

/**
 * The relays that serve a channel's viewers beyond its own: which there are, who is sent where, and the feeds to them. They are dialled by
 * the channel, which is awake whenever there is something to say.
 */
export class Relays {
  readonly #channel: string;
  readonly #maxViewers: number;
  readonly #parts: RelayParts;
  readonly #relays = new Map<string, KnownRelay>();
  readonly #dials = new Turns(MAX_DIALS);
  #toldAtMs = 0;
  /** What was told last that does not come from relays. */
  #told = "";
  #goneAtMs: number | null;
  #hasNewCounts = false;
  /** When a frame was taken last, or a relay was dialled. */
  #busyAtMs = 0;
  /** How many feeds ended because something was not as it should be. */
  brokenFeeds = 0;

  /** @param maxViewers of one relay */
  constructor(channel: string, maxViewers: number, parts: RelayParts) {
    this.#channel = channel;
    this.#maxViewers = maxViewers;
    this.#parts = parts;
    this.#goneAtMs = null;
    for (const name of parts.kept.names) this.#add(name);
  }

  /** How many relays there are. */
  get count(): number {
    return this.#relays.size;
  }

  get names(): string[] {
    return [...this.#relays.keys()];
  }

  /** All viewers that relays have. */
  get viewers(): number {
    return this.#sum(({ viewers }) => viewers);
  }

  get behind(): number {
    return this.#sum(({ behind }) => behind);
  }

  /** How many viewers relays count by a token or address. */
  countOf(who: string): number {
    return this.#sum(({ shares }) => shares.find(([each]) => each === who)?.[1] ?? 0);
  }

  /**
   * Where a viewer is to join.
   * @param refused a relay that is full, though it is not known here
   * @returns undefined if all are full
   */
  routeFor(region: Region, refused?: string): string | undefined {
    const nowMs = this.#parts.nowMs();
    // Until it tells its counts. Most who went there were not sent from here.
    this.#relays.get(refused ?? "")?.refused(this.#maxViewers, nowMs);
    const [loads, failing]: [RelayLoad[], string[]] = [[], []];
    for (const relay of this.#relays.values()) {
      if (relay.isFailing) failing.push(relay.name);
      else loads.push(relay.load(nowMs));
    }
    const near = reachedRegion(loads, failing, region);
    const name = chooseRelay(this.#channel, loads, near, this.#maxViewers, failing);
    if (name === undefined) return undefined;
    const relay = this.#relays.get(name) ?? this.#filling(near, nowMs) ?? this.#lease(name);
    relay.assign(Math.max(1, Math.floor(this.#maxViewers / ASKS_TO_FILL)), nowMs);
    // Where enough are being filled the next is named, and not made: it is once its first viewer has come there, and it asks for a feed.
    return name;
  }

  /** What is used in place of one more relay: as many of the region are new as may be, and nobody knows yet whether these are full. */
  #filling(region: Region, nowMs: number): KnownRelay | undefined {
    const filling = [...this.#relays.values()].filter(
      (relay) => relay.isFilling(this.#maxViewers, nowMs) && regionOf(relay.name) === region,
    );
    if (filling.length < MAX_FILLING) return undefined;
    return filling.reduce((a, b) => (b.load(nowMs).viewers < a.load(nowMs).viewers ? b : a));
  }

  /** Whether one more of a token or address may watch, wherever. */
  hasRoom({ who, most }: ViewerShare): boolean {
    return most === null || this.#parts.countOf(who) + this.countOf(who) < most;
  }

  /** A relay has viewers and no feed. Resolves once it has one, or it cannot be had. */
  async feed(name: string): Promise<void> {
    const dialling = this.#relays.get(name)?.dialling;
    await dialling;
    // It may have been dialled before it had viewers.
    if (dialling !== undefined && this.#relays.get(name)?.hasFeed === true) return;
    await this.#dial(this.#relays.get(name) ?? this.#lease(name), true);
  }

  /** A relay has no viewers any more. */
  left(name: string): void {
    const relay = this.#relays.get(name);
    if (relay === undefined) return;
    relay.feed?.end(FeedEnd.over, "No viewers are left.");
    this.#forget(relay);
  }

  /** A relay without a feed tells its counts. */
  counted(name: string, counts: RelayCounts): void {
    const relay = this.#relays.get(name);
    if (relay === undefined) return;
    relay.counted(counts);
    this.#hasNewCounts = true;
    this.#parts.changed();
  }

  /** Frames were taken together: relays get them, and those without a feed are dialled. */
  taken(frames: readonly Uint8Array[], atMs: number): void {
    if (this.count === 0 || frames.length === 0) return;
    this.#busyAtMs = atMs;
    const message = encodeFeedFrames({ kind: "taken", atMs, frames: concat(frames) });
    const { series } = this.#parts.log();
    for (const { feed } of this.#relays.values()) feed?.taken(message, series);
    this.#reach();
  }

  /** The frame of an event was put in the place of another. A relay that misses it gets what it has anew. */
  rewritten(frame: Uint8Array): void {
    if (this.count === 0) return;
    const rewrites = ++this.#parts.kept.rewrites;
    const message = encodeFeedFrames({ kind: "rewritten", rewrites, frames: frame });
    for (const { feed } of this.#relays.values()) feed?.rewritten(message);
    this.#reach();
  }

  /** What panels are made from has changed. */
  tellLayout(message: Extract<FeedMessage, { type: "layout" }>): void {
    const { series } = this.#parts.log();
    for (const { feed } of this.#relays.values()) feed?.tellLayout(message, series);
    this.#reach();
  }

  /** The numbering began anew. */
  resetEpoch(at: Cursor, isFirst: boolean): void {
    for (const { feed } of this.#relays.values()) feed?.resetEpoch(at, isFirst);
    this.#reach();
  }

  /** Tells each relay how many watch elsewhere, and of publishers, if that changed; once a second at most. */
  tellStatus(nowMs: number): void {
    if (this.count === 0 || nowMs - this.#toldAtMs < STATUS_INTERVAL_MS || !this.#isStatusDue) return;
    const status = this.#channelStatus();
    [this.#toldAtMs, this.#told, this.#hasNewCounts] = [nowMs, JSON.stringify(this.#moment()), false];
    for (const relay of this.#relays.values()) {
      if (!relay.hasFeed) continue;
      const message = { type: "status", ...relay.statusOf(status) } as const satisfies FeedMessage;
      const told = JSON.stringify(message);
      if (told === relay.told) continue;
      relay.told = told;
      relay.feed?.send(message);
    }
    // How many watch is no reason to wake relays: they are told with the next frame.
    if (status.goneAtMs !== this.#goneAtMs) this.#reach();
    this.#goneAtMs = status.goneAtMs;
  }

  /** In how long an alarm is due; undefined: none is. */
  dueInMs(nowMs: number): number | undefined {
    const due: number[] = [];
    for (const { hasFeed, dialling, dialAtMs } of this.#relays.values()) {
      if (hasFeed || dialling !== undefined) due.push(this.#busyAtMs + FEED_IDLE_MS);
      else if (dialAtMs !== undefined) due.push(dialAtMs);
    }
    if (due.length === 0) return undefined;
    const dueInMs = Math.max(0, due.reduce((a, b) => Math.min(a, b)) - nowMs);
    return this.#isStatusDue ? Math.min(dueInMs, STATUS_INTERVAL_MS) : dueInMs;
  }

  /** An alarm came. */
  alarm(nowMs: number): void {
    const isIdle = nowMs - this.#busyAtMs >= FEED_IDLE_MS;
    for (const relay of this.#relays.values()) {
      if (!relay.hasFeed && relay.dialAtMs !== undefined && relay.dialAtMs <= nowMs) void this.#dial(relay, false);
      if (!isIdle || relay.feed?.isLive !== true) continue;
      relay.feed.end(FeedEnd.idle, "Nothing is published now.");
      relay.feed = undefined;
    }
  }

  /** There is something to be told: relays without a feed are dialled, and get all there is. */
  #reach(): void {
    const nowMs = this.#parts.nowMs();
    for (const relay of this.#relays.values()) {
      if (relay.hasFeed) continue;
      relay.dialAtMs = Math.max(nowMs, relay.notBeforeMs);
      if (relay.notBeforeMs <= nowMs) void this.#dial(relay, false);
    }
  }

  #sum(of: (counts: RelayCounts) => number): number {
    let sum = 0;
    for (const { counts } of this.#relays.values()) sum += of(counts);
    return sum;
  }

  get #isStatusDue(): boolean {
    return this.#hasNewCounts || JSON.stringify(this.#moment()) !== this.#told;
  }

  /** What relays are told that does not come from them. */
  #moment(): { viewers: number; goneAtMs: number | null; aheadMs: number } {
    return { viewers: this.#parts.viewersHere(), ...this.#parts.status() };
  }

  /** What all relays together are told. */
  #channelStatus(): FeedStatus {
    const { viewers, goneAtMs, aheadMs } = this.#moment();
    const elsewhere = { viewers: viewers + this.viewers, behind: this.#parts.behindHere() + this.behind };
    const shares = [[...this.#parts.sharesHere()], ...[...this.#relays.values()].map(({ counts }) => counts.shares)];
    return { elsewhere, goneAtMs, aheadMs, fullShares: fullShares(shares) };
  }

  #add(name: string): KnownRelay {
    const relay = new KnownRelay(name, this.#parts.nowMs());
    this.#relays.set(name, relay);
    return relay;
  }

  #lease(name: string): KnownRelay {
    const relay = this.#add(name);
    this.#parts.kept.names = this.names;
    return relay;
  }

  #forget(relay: KnownRelay): void {
    if (!this.#isKnown(relay)) return;
    this.#relays.delete(relay.name);
    this.#hasNewCounts = true;
    this.#parts.kept.names = this.names;
    this.#parts.changed();
  }

  /** It may have been forgotten, and be there anew, while it was dialled. */
  #isKnown(relay: KnownRelay): boolean {
    return this.#relays.get(relay.name) === relay;
  }

  /** @param isAnew an open feed is none to the relay that asks */
  async #dial(relay: KnownRelay, isAnew: boolean): Promise<void> {
    if (relay.dialling !== undefined) return await relay.dialling;
    if (relay.hasFeed) {
      if (!isAnew) return;
      relay.feed?.end(FeedEnd.over, "It is fed anew.");
      relay.feed = undefined;
    }
    relay.dialling = this.#dialNow(relay);
    try {
      await relay.dialling;
    } finally {
      relay.dialling = undefined;
    }
  }

  async #dialNow(relay: KnownRelay): Promise<void> {
    const dialled = await this.#dials.take(() => this.#parts.dial(relay.name));
    switch (dialled.kind) {
      case "connected":
        return await this.#connected(relay, dialled);
      case "not-needed":
        if (!relay.notNeeded(this.#parts.nowMs())) this.#forget(relay);
        return;
      case "failed":
        relay.failed(this.#parts.nowMs());
        this.#hasNewCounts = true;
        return this.#parts.changed();
      default:
        dialled satisfies never;
    }
  }

  async #connected(relay: KnownRelay, { socket, position, onMessage }: Extract<Dialled, { kind: "connected" }>) {
    this.#busyAtMs = this.#parts.nowMs();
    relay.connected();
    const feed = new Feed(socket, this.#parts);
    onMessage({
      message: (text) => {
        const counts = parseCounts(text);
        if (counts !== undefined && relay.feed === feed) this.counted(relay.name, counts);
      },
      closed: () => this.#cut(relay, feed),
    });
    try {
      const { from, rewrites } = await this.#startOf(position);
      if (!this.#isKnown(relay) || feed.isEnded) return feed.end(FeedEnd.restart, "It is to ask again.");
      relay.feed = feed;
      const status = relay.statusOf(this.#channelStatus());
      relay.told = JSON.stringify({ type: "status", ...status });
      await feed.open(from, rewrites, status);
    } catch (error) {
      // The relay asks again. There is nobody else who could be told.
      console.error(error);
      feed.end(FeedEnd.restart, "What is stored could not be read.");
    }
  }

  /** Where a feed begins, as long as that is so. */
  async #startOf(position: RelayPosition): Promise<{ from: Cursor; rewrites: number }> {
    for (;;) {
      const { rewrites } = this.#parts.kept;
      const log = this.#parts.log();
      const from = await feedStart(log, position, rewrites);
      const isSo = this.#parts.log() === log && log.position.epoch === from.epoch;
      if (isSo && rewrites === this.#parts.kept.rewrites) return { from, rewrites };
    }
  }

  /** The line to a relay is gone. If it has viewers it asks for another; if it says nothing for long it is asked. */
  #cut(relay: KnownRelay, feed: Feed): void {
    feed.cut();
    if (relay.feed !== feed) return;
    relay.feed = undefined;
    relay.dialAtMs = this.#parts.nowMs() + FEED_IDLE_MS;
    this.brokenFeeds++;
    this.#parts.changed();
  }
}
