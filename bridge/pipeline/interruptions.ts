import { gapOf } from "../../client/publish/collect/gaps.ts";
import type { Row } from "../../protocol/frame/frame-builder.ts";
import type { Arrivals } from "../sources/inlet.ts";
import type { ChannelUplink } from "../uplink/channel-uplink.ts";

/** What is asked of a channel that points go to. */
export type InterruptedUplink = Pick<ChannelUplink, "addGaps" | "seriesNames">;

/** Of a channel: each series that may lack points, and the newest connection when its publisher went. */
type Interrupted = Map<string, number>;

interface Channel {
  /** Nobody has come back yet. A point that comes now shows that its series goes on. */
  waiting: Interrupted;
  /** Somebody has: the next point comes after the gap, if there is one. */
  resuming: Interrupted;
  /** The gap that is told was counted. */
  isCounted: boolean;
}

/** What came before a publisher went, or came back, is read by then, however fast messages come. */
const CAUGHT_UP_WITHIN_MS = 5000;
/** So long is it found out by which connection messages come; it costs a checksum each. */
const NOTE_FOR_MS = 600_000;
/** Publishers that come and go all the time must not keep a bridge of very many series busy with their names. */
const MANY_SERIES = 8192;
const COPY_MANY_EVERY_MS = 1000;

/**
 * Which series lack points when a publisher that stayed has gone and another came: those that did not go on meanwhile. A
 * series goes on if it has a point between the two, or its next one after that by a connection that was there before. Of
 * a source whose connections cannot be told apart, a series that was just silent meanwhile is marked, too: no hole is silent.
 */
export class Interruptions {
  readonly #channels = new Map<InterruptedUplink, Channel>();
  readonly #uplinks: Iterable<InterruptedUplink>;
  readonly #isAlone: boolean;
  readonly #nowMs: () => number;
  #arrivals: Arrivals | undefined;
  #isCaughtUp = true;
  #laterMs = 0;
  #noteUntilMs = Number.NEGATIVE_INFINITY;
  #copiedAtMs = Number.NEGATIVE_INFINITY;
  /** It is told of all series when somebody comes: which these are was not looked at. */
  #isOfAll = false;

  /**
   * @param uplinks the channels that the source feeds, as they are then
   * @param isAlone no other source feeds them
   */
  constructor(uplinks: Iterable<InterruptedUplink>, isAlone: boolean, nowMs: () => number = () => performance.now()) {
    this.#uplinks = uplinks;
    this.#isAlone = isAlone;
    this.#nowMs = nowMs;
  }

  /** Where the source knows connections. */
  follow(arrivals: Arrivals | undefined): void {
    this.#arrivals = arrivals;
  }

  /** Whether any series may lack points. */
  get isAny(): boolean {
    return this.#channels.size > 0;
  }

  /** A publisher that had stayed has gone. */
  interrupted(): void {
    const newest = this.#arrivals?.newest ?? 0;
    const series = [...this.#uplinks].reduce((sum, { seriesNames }) => sum + seriesNames.size, 0);
    const nowMs = this.#nowMs();
    if (series > MANY_SERIES && nowMs - this.#copiedAtMs < COPY_MANY_EVERY_MS) {
      this.#isOfAll = true;
      return;
    }
    this.#copiedAtMs = nowMs;
    for (const uplink of this.#uplinks) {
      const channel = this.#channels.get(uplink) ?? { waiting: new Map(), resuming: new Map(), isCounted: false };
      this.#channels.set(uplink, channel);
      for (const name of uplink.seriesNames) channel.waiting.set(name, newest);
    }
    this.#catchUp();
  }

  /** A publisher has come where one had gone. */
  returned(): void {
    if (this.#isOfAll) {
      this.#isOfAll = false;
      for (const uplink of this.#uplinks) uplink.addGaps([gapOf("publisher-reconnected", null)], true);
    }
    let isAny = false;
    for (const channel of this.#channels.values()) {
      if (channel.waiting.size === 0) continue;
      isAny = true;
      for (const [name, newest] of channel.waiting) channel.resuming.set(name, newest);
      channel.waiting.clear();
      channel.isCounted = false;
    }
    if (!isAny) return;
    this.#arrivals?.note(true);
    this.#noteUntilMs = this.#nowMs() + NOTE_FOR_MS;
    this.#catchUp();
  }

  /** To be called before points are added. @param path by which connection they came; undefined: nobody knows */
  before(uplink: InterruptedUplink, rows: readonly Row[], path: number | undefined): void {
    const channel = this.#channels.get(uplink);
    if (channel === undefined) return;
    if (!this.#isCaughtUp && this.#nowMs() >= this.#laterMs) this.#isCaughtUp = true;
    const missing: string[] = [];
    let isOnly = this.#isAlone;
    for (const { names, values } of rows) {
      for (const [i, name] of names.entries()) {
        if (Number.isNaN(values[i])) continue;
        if (this.#isCaughtUp) channel.waiting.delete(name);
        const newest = channel.resuming.get(name);
        if (newest === undefined) continue;
        const goesOn = this.#goesOn(path, newest);
        if (goesOn === undefined) continue;
        channel.resuming.delete(name);
        if (goesOn) continue;
        missing.push(name);
        isOnly &&= this.#isOnly(newest);
      }
    }
    if (missing.length > 0) this.#tell(uplink, channel, missing, isOnly);
    if (channel.waiting.size === 0 && channel.resuming.size === 0) this.#channels.delete(uplink);
    if (this.#channels.size === 0) this.#arrivals?.note(false);
  }

  /** To be called about once a second. */
  check(): void {
    if (this.#channels.size > 0 && this.#nowMs() >= this.#noteUntilMs) this.#arrivals?.note(false);
  }

  /** Whether a series goes on by this connection; undefined: its point says nothing of that. */
  #goesOn(path: number | undefined, newest: number): boolean | undefined {
    if (path === undefined) return this.#isCaughtUp ? false : undefined;
    if (path > newest) return false;
    // One that has gone had sent it before.
    return this.#arrivals?.isOpen(path) === true ? true : undefined;
  }

  /** Whether all that was there when a publisher went is gone. */
  #isOnly(newest: number): boolean {
    return newest > 0 && this.#arrivals?.isAnyOpenSince(newest) === false;
  }

  /** @param isOnly nobody else can have sent the other series */
  #tell(uplink: InterruptedUplink, channel: Channel, missing: readonly string[], isOnly: boolean): void {
    const isAll = isOnly && missing.length + channel.resuming.size === uplink.seriesNames.size;
    if (isAll) channel.resuming.clear();
    const gaps = (isAll ? [""] : missing).map((series) => ({ ...gapOf("publisher-reconnected", null), series }));
    uplink.addGaps(gaps, !channel.isCounted);
    channel.isCounted = true;
  }

  #catchUp(): void {
    this.#laterMs = this.#nowMs() + CAUGHT_UP_WITHIN_MS;
    this.#isCaughtUp = this.#arrivals === undefined;
    this.#arrivals?.whenCaughtUp(() => {
      this.#isCaughtUp = true;
    });
  }
}
