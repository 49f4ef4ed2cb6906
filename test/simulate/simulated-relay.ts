/**
 * A relay. Its log, and what it reads and writes on its feed, are the real ones; who joins, asks and tells does it as worker/relay/relay.ts
 * does, whose class needs the runtime.
 */
import { type Cursor, cursorText } from "../../protocol/cursor.ts";
import { splitFrames } from "../../protocol/frame/header.ts";
import { STATUS_INTERVAL_MS } from "../../worker/hub/status.ts";
import { NOT_FED, REFUSED_WITH } from "../../worker/hub/vacancy.ts";
import {
  countsText,
  decodeFeedFrames,
  FeedEnd,
  type FeedFrames,
  parseFeedMessage,
  type RelayCounts,
  type RelayPosition,
} from "../../worker/relay/feed-message.ts";
import { type OlderFrames, RelayLog } from "../../worker/relay/relay-log.ts";
import { type Region, regionOf } from "../../worker/relay/relay-name.ts";
import { Audience } from "./audience.ts";
import type { FeedLine } from "./feed-line.ts";
import type { FollowedViewer } from "./followed-viewer.ts";
import { latencyMs } from "./regions.ts";
import { SimulatedObject } from "./simulated-object.ts";
import { StatusPace } from "./status-pace.ts";
import type { World } from "./world.ts";

// As in worker/relay/relay.ts, but of 900 s only as much as viewers come back for: it is kept of every relay.
const RING = { bytes: 12 * 1024 * 1024, seconds: 120 };
const MAX_JOIN_WAIT_MS = 10_000;
const [MIN_ASK_MS, MAX_ASK_MS] = [1_000, 30_000];

/** Every relay gets the same bytes: they are decoded once. */
const decoded = new WeakMap<Uint8Array, { kind: FeedFrames["kind"]; atMs: number; frames: Uint8Array[] }>();

/** What a relay asks of its channel. */
export interface FeedingChannel {
  readonly region: Region;
  feedRelay(name: string, from: Region): Promise<void>;
  countRelay(name: string, counts: RelayCounts): void;
  olderFor(region: Region): OlderFrames;
}

export class SimulatedRelay {
  readonly name: string;
  readonly region: Region;
  readonly object: SimulatedObject;
  readonly audience: Audience;
  readonly #world: World;
  readonly #channel: FeedingChannel;
  readonly #status: StatusPace;
  #log: RelayLog;
  #line: FeedLine | undefined;
  #isWhole = false;
  /** The feed has brought what it began with. */
  #through: Cursor | undefined;
  #waiting: { until: Cursor | undefined; done(isFed: boolean): void }[] = [];
  #isAsking = false;
  #askMs = MIN_ASK_MS;
  #elsewhere = 0;
  #counted = "";
  #countedAtMs = 0;
  /** Nobody reaches it until then. */
  downUntilMs = 0;

  constructor(world: World, channel: FeedingChannel, name: string) {
    this.name = name;
    this.region = regionOf(name) ?? "weur";
    this.#world = world;
    this.#channel = channel;
    this.object = new SimulatedObject(world.queue);
    this.audience = new Audience(world, this.region);
    this.#status = new StatusPace(world, this.object, () => this.settle());
    this.#log = this.#newLog();
  }

  get isDown(): boolean {
    return this.#world.nowMs < this.downUntilMs || this.#world.isLost(this.region);
  }

  /** The channel dials, and has come this far. @returns where it is; undefined: it has no viewers */
  accept(line: FeedLine): RelayPosition | undefined {
    if (this.audience.count === 0 && this.#waiting.length === 0) return undefined;
    this.#line?.closeByRelay(FeedEnd.over);
    this.#line = line;
    line.relayEnd = {
      message: (data) => this.object.post(() => this.#fed(line, data)),
      closed: (code) => this.object.post(() => this.#feedEnded(line, code)),
    };
    return { ...this.#log.position, isWhole: this.#isWhole, rewrites: 0 };
  }

  /** A viewer joins. @returns a status as the relay answers it */
  join(region: Region, followed: FollowedViewer | undefined): Promise<number> {
    return new Promise((resolve) => {
      this.object.count("requests");
      this.object.post(async () => {
        if (this.audience.count + this.#waiting.length >= this.#world.settings.relayViewers)
          return resolve(REFUSED_WITH.full);
        if (!(await this.#isFed(followed?.cursor))) return resolve(NOT_FED);
        if (this.audience.count >= this.#world.settings.relayViewers) return resolve(REFUSED_WITH.full);
        const untilMs = this.object.spend(this.#world.settings.costs.joinUs);
        this.object.count("sends", 3);
        if (followed === undefined) this.audience.add(region);
        else {
          await followed.catchUp(this.#log, () => untilMs + latencyMs(this.region, region));
          this.audience.follow(followed);
        }
        this.settle();
        resolve(101);
      });
    });
  }

  /** Somebody leaves who is not followed. @returns from where */
  leave(): Region | undefined {
    const region = this.audience.leave();
    if (region !== undefined) {
      this.object.count("messages");
      this.object.post(() => {
        this.object.spend(this.#world.settings.costs.messageUs);
        this.settle();
      });
    }
    return region;
  }

  /** It loses its memory, its feed and its viewers. @returns these */
  die(): ReturnType<Audience["cut"]> {
    const cut = this.audience.cut();
    this.object.restart();
    for (const { done } of this.#waiting.splice(0)) done(false);
    this.#line?.cut();
    this.#line = undefined;
    this.#log = this.#newLog();
    this.#isWhole = false;
    this.#through = undefined;
    this.#isAsking = false;
    this.#counted = "";
    return cut;
  }

  /** Something between channel and relay breaks. */
  cutFeed(): void {
    this.#line?.cut();
  }

  /** What is to be done after anything. */
  settle(): void {
    const nowMs = this.#world.nowMs;
    this.#status.tell(this.audience.count, this.audience.count + this.#elsewhere);
    const counts = { viewers: this.audience.count, behind: 0, shares: [] };
    const text = countsText(counts);
    if (text === this.#counted) return;
    if (nowMs - this.#countedAtMs < STATUS_INTERVAL_MS) return this.#status.wake();
    [this.#counted, this.#countedAtMs] = [text, nowMs];
    if (this.#line?.isOpen === true) return this.#line.sendUp(text);
    this.#world.queue.in(latencyMs(this.region, this.#channel.region), () =>
      this.#channel.countRelay(this.name, counts),
    );
  }

  #newLog(): RelayLog {
    return new RelayLog(this.#channel.olderFor(this.region), { epoch: 0, seq: 0 }, null, RING);
  }

  #fed(line: FeedLine, data: string | Uint8Array): void {
    line.read(data.length);
    if (line !== this.#line) return;
    this.object.count("messages");
    const fromMs = this.object.spend(this.#world.settings.costs.messageUs);
    if (typeof data === "string") this.#told(line, data);
    else this.#framesCame(line, data, fromMs);
    this.settle();
  }

  #framesCame(line: FeedLine, data: Uint8Array, fromMs: number): void {
    const came = decodedOf(data);
    let fresh: Uint8Array[];
    try {
      fresh = this.#log.append(came.frames, came.atMs);
    } catch {
      line.closeByRelay(FeedEnd.restart);
      return this.#feedEnded(line, FeedEnd.restart);
    }
    const { count } = this.audience;
    if (fresh.length > 0 && count > 0) {
      const untilMs = this.object.spend(count * this.#world.settings.costs.sendUs);
      this.object.count("sends", count);
      this.audience.deliver(fresh, fromMs, untilMs);
    }
    this.#reached();
  }

  #told(line: FeedLine, text: string): void {
    const parsed = parseFeedMessage(text);
    if (parsed.kind !== "message") throw new Error(`A relay cannot read ${text}.`);
    const { message } = parsed;
    switch (message.type) {
      case "open": {
        const before = this.#log.position;
        const opened = this.#log.open(message, message);
        if (opened.kind === "skipped") {
          // Whoever was live reads on from there.
          for (const viewer of this.audience.followed)
            void viewer.catchUp(this.#log, () => this.#world.nowMs + latencyMs(this.region, viewer.region));
        } else if (opened.kind === "epoch" && !opened.isFirst) {
          throw new Error(`Nothing here begins a new numbering, but ${line.isOpen} ${cursorText(before)}.`);
        }
        this.#isWhole = true;
        [this.#counted, this.#countedAtMs, this.#askMs] = ["", 0, MIN_ASK_MS];
        this.#elsewhere = message.elsewhere.viewers;
        this.#through = { epoch: message.epoch, seq: message.throughSeq };
        return this.#reached();
      }
      case "status":
        this.#elsewhere = message.elsewhere.viewers;
        return;
      case "series":
        return this.#log.addSeries(message.series);
      case "layout":
      case "epoch":
        return;
      default:
        message satisfies never;
    }
  }

  #reached(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) {
      const until = each.until ?? this.#through;
      if (this.#isReached(until)) each.done(true);
      else this.#waiting.push(each);
    }
  }

  #isReached(until: Cursor | undefined): boolean {
    const { epoch, seq } = this.#log.position;
    return until !== undefined && epoch === until.epoch && seq >= until.seq;
  }

  /** Whether there is a feed, and all that who joins needs; it waits for that. */
  async #isFed(cursor: Cursor | undefined): Promise<boolean> {
    const isReady = this.#line !== undefined && this.#isWhole && this.#isReached(this.#through);
    if (!isReady) {
      const waited = this.#wait(undefined);
      // A line that is here has been opened, or will be.
      if (this.#line === undefined && !this.#isAsking) {
        this.#isAsking = true;
        void this.#channel.feedRelay(this.name, this.region).then(() => {
          this.#isAsking = false;
        });
      }
      if (!(await waited)) return false;
    }
    return cursor === undefined || this.#isReached(cursor) || (await this.#wait(cursor));
  }

  #wait(until: Cursor | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting.push({ until, done: resolve });
      this.#world.queue.in(MAX_JOIN_WAIT_MS, async () => resolve(false));
    });
  }

  #feedEnded(line: FeedLine, code: number): void {
    if (line !== this.#line) return;
    this.#line = undefined;
    if (this.audience.count === 0) return;
    this.object.count("rowsWritten");
    if (code === FeedEnd.idle) return;
    this.#askIn(this.#world.random.next() * this.#askMs);
  }

  /** By an alarm. */
  #askIn(ms: number): void {
    this.object.count("rowsWritten");
    this.#world.queue.in(ms, async () => {
      if (this.#line !== undefined || this.audience.count === 0) return;
      this.object.count("alarms");
      await this.#channel.feedRelay(this.name, this.region);
      if (this.#line !== undefined) return;
      this.#askMs = Math.min(2 * this.#askMs, MAX_ASK_MS);
      this.#askIn(this.#askMs / 2 + (this.#world.random.next() * this.#askMs) / 2);
    });
  }
}

function decodedOf(data: Uint8Array): { kind: FeedFrames["kind"]; atMs: number; frames: Uint8Array[] } {
  const known = decoded.get(data);
  if (known !== undefined) return known;
  const came = decodeFeedFrames(new Uint8Array(data).buffer);
  if (came?.kind !== "taken") throw new Error("A relay cannot read what its channel sent.");
  const made = { kind: came.kind, atMs: came.atMs, frames: splitFrames(came.frames) };
  decoded.set(data, made);
  return made;
}
