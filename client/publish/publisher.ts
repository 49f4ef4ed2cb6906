import type { Problem } from "../subscribe/transport.ts";
import type { Outcome } from "./deliver/answer.ts";
import type { DeliveryReport, Waiting } from "./deliver/deliverer.ts";
import { MAX_OUTLIVING_BYTES } from "./deliver/fetch-post.ts";
import type { FrameStore, OutboxLocks, OutboxName, Release } from "./keep/frame-store.ts";
import { Outbox, type OutboxSetup } from "./outbox.ts";
import type { PlaceEvent } from "./place.ts";
import { type LeftOutReason, rowsOf, type Values } from "./rows.ts";

/** How it stands with what was published. */
export type PublisherState =
  /** Everything is stored in the channel. */
  | { state: "idle" }
  | { state: "sending" }
  /** It is sent again by itself; `reason` is for people. */
  | { state: "waiting"; reason: string }
  /** The channel refuses, as for a wrong token. It is asked again now and then, and what waits goes out once it does not. */
  | { state: "refused"; problem: Problem }
  /** Nothing more is sent. */
  | { state: "closed" };

/** What no channel has confirmed yet. */
export interface Held {
  points: number;
  bytes: number;
}

export interface CloseOptions {
  /** What is left is delivered within this; 10,000 by default. */
  withinMs?: number;
}

export interface PublisherSetup {
  store: FrameStore;
  locks: OutboxLocks;
  /** The channel's URL. */
  channel: string;
  outbox: Pick<OutboxSetup, "post" | "maxBytes" | "maxFrames" | "policy">;
  onState: (state: PublisherState) => void;
}

/** A page may be asked to do without us in far less. */
const CLOSE_WITHIN_MS = 10_000;
/** The longest that a timer can wait. */
const NEVER_MS = 2 ** 31 - 1;
/** What others left had its bounds when it came. */
const NO_BOUND = { maxBytes: Number.MAX_SAFE_INTEGER, maxFrames: Number.POSITIVE_INFINITY };

/** Publishes to one channel: its own outbox, and those that others have left. */
export class Publisher {
  readonly #setup: PublisherSetup;
  readonly #own: Outbox;
  readonly #releaseOwn: Release;
  /** Left by others, and not empty yet. */
  readonly #left = new Set<Outbox>();
  readonly #closing = new AbortController();
  #unwatch: () => void = () => undefined;
  #state: PublisherState = { state: "idle" };
  #isLasting: boolean;
  #dropped = 0;
  #refused = 0;
  readonly #leftOut = new Map<LeftOutReason, number>();
  #flushers: (() => void)[] = [];

  /** @internal `openPublisher` makes one. */
  constructor(setup: PublisherSetup, own: { name: OutboxName; release: Release; state: OutboxSetup["state"] }) {
    this.#setup = setup;
    this.#isLasting = setup.store.isLasting;
    this.#releaseOwn = own.release;
    this.#own = this.#outbox(own.name, own.state);
  }

  /**
   * Delivers what others have left, one after the other, then what is published here.
   * @internal
   * @param left outboxes that nobody owned
   * @param owned those of others, which are delivered when nobody owns them any more
   */
  async start(
    watch: (notify: (event: PlaceEvent) => void) => () => void,
    left: readonly { name: OutboxName; release: Release }[],
    owned: readonly OutboxName[],
  ): Promise<void> {
    this.#unwatch = watch((event) => this.#on(event));
    if (this.held.points > 0) this.#say({ state: "sending" });
    for (const name of owned) void this.#takeWhenLeft(name);
    for (const { name, release } of left) await this.#deliver(name, release);
    if (!this.#closing.signal.aborted) this.#own.run();
  }

  /**
   * Publishes values of series at one x. It never waits, and never fails: what is no number is left out and counted
   * (`leftOut`); null breaks the line of its series.
   * @param x a time in unix seconds, or as a Date, or any other number; now by default
   */
  publish(values: Values, x: number | Date = Date.now() / 1000): void {
    if (this.#closing.signal.aborted) throw new Error("This publisher is closed.");
    const { rows, leftOut } = rowsOf(values, typeof x === "number" ? x : x.getTime() / 1000);
    for (const [reason, count] of leftOut) this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + count);
    if (rows.length === 0) return;
    this.#own.add(rows);
    if (this.#state.state === "idle" && this.#own.held.points > 0) this.#say({ state: "sending" });
  }

  get state(): PublisherState {
    return this.#state;
  }

  /** Whether what is not stored yet outlives this page. Else it is in memory alone. */
  get isLasting(): boolean {
    return this.#isLasting;
  }

  get held(): Held {
    let points = 0;
    let bytes = 0;
    for (const { held } of [this.#own, ...this.#left]) {
      points += held.points;
      bytes += held.bytes;
    }
    return { points, bytes };
  }

  /** Points that were dropped because there was no room for them. The channel is told of the gap. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Points that the channel refused for good. It is told of the gap. */
  get refused(): number {
    return this.#refused;
  }

  /** Values that were no points, by reason. */
  get leftOut(): Readonly<Partial<Record<LeftOutReason, number>>> {
    return Object.fromEntries(this.#leftOut);
  }

  /**
   * Resolves when everything is stored in the channel, also what others have left.
   * @throws the signal's reason
   */
  flush({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    for (const outbox of [this.#own, ...this.#left]) outbox.hurry();
    return new Promise((resolve, reject) => {
      if (signal?.aborted) reject(signal.reason);
      else if (this.held.points === 0) resolve();
      else if (this.#closing.signal.aborted)
        reject(new Error("This publisher is closed, and not everything is stored."));
      else {
        const onAbort = (): void => reject(signal?.reason);
        signal?.addEventListener("abort", onAbort);
        this.#flushers.push(() => {
          signal?.removeEventListener("abort", onAbort);
          if (this.held.points === 0) resolve();
          else reject(new Error("This publisher was closed before everything was stored."));
        });
      }
    });
  }

  /** Delivers what is left, and ends. What cannot be delivered stays in the store, if that lasts. @returns what was not */
  async close({ withinMs = CLOSE_WITHIN_MS }: CloseOptions = {}): Promise<Held> {
    if (!this.#closing.signal.aborted) {
      this.#closing.abort();
      this.#unwatch();
      this.#own.run();
      await Promise.all([this.#own, ...this.#left].map((outbox) => outbox.close(withinMs)));
      for (const resolve of this.#whenEmpty.values()) resolve();
      this.#releaseOwn();
      this.#say({ state: "closed" });
      this.#settleFlushers();
      this.#setup.store.close();
    }
    return this.held;
  }

  async #takeWhenLeft(name: OutboxName): Promise<void> {
    const release = await this.#setup.locks.take(name.id, this.#closing.signal);
    if (release !== undefined) await this.#deliver(name, release);
  }

  /** Delivers what an outbox of another holds. */
  async #deliver(name: OutboxName, release: Release): Promise<void> {
    const { store } = this.#setup;
    try {
      const state = await store.read(name.id).catch(() => undefined);
      if (state === undefined || this.#closing.signal.aborted) return;
      const outbox = this.#outbox(name, state, NO_BOUND);
      // Nothing is added there, so they would never be told.
      this.#own.addGaps(state.gaps);
      this.#left.add(outbox);
      outbox.run();
      if (outbox.held.points > 0) {
        this.#say({ state: "sending" });
        await new Promise<void>((resolve) => this.#whenEmpty.set(outbox, resolve));
      }
      if (!this.#closing.signal.aborted) await outbox.close(NEVER_MS);
      this.#left.delete(outbox);
    } finally {
      release();
    }
  }

  /** Who waits for an outbox of another to be delivered. */
  readonly #whenEmpty = new Map<Outbox, () => void>();

  #outbox(name: OutboxName, state: OutboxSetup["state"], bounds?: typeof NO_BOUND): Outbox {
    const { store, outbox } = this.#setup;
    return new Outbox({
      ...outbox,
      ...bounds,
      name,
      state,
      store: store.isLasting ? store : undefined,
      report: this.#report,
      onDropped: (points) => {
        this.#dropped += points;
      },
      onStoreFailed: () => {
        this.#isLasting = false;
      },
    });
  }

  readonly #report: DeliveryReport = {
    posting: () => {
      if (this.#state.state === "idle") this.#say({ state: "sending" });
    },
    answered: () => undefined,
    delivered: () => this.#progressed(),
    waiting: (next, outcome) => this.#say(waitingState(next, outcome)),
    halved: () => undefined,
    refused: (points) => {
      this.#refused += points;
      this.#progressed();
    },
    renewed: () => undefined,
  };

  /** Something waits no longer. */
  #progressed(): void {
    for (const [outbox, resolve] of this.#whenEmpty) {
      if (outbox.held.points > 0) continue;
      this.#whenEmpty.delete(outbox);
      resolve();
    }
    if (this.held.points > 0) return this.#say({ state: "sending" });
    this.#say({ state: "idle" });
    this.#settleFlushers();
  }

  #settleFlushers(): void {
    for (const settle of this.#flushers.splice(0)) settle();
  }

  #on(event: PlaceEvent): void {
    const outboxes = [this.#own, ...this.#left];
    if (event !== "hidden") {
      for (const outbox of outboxes) outbox.hurry();
      return;
    }
    for (const outbox of outboxes) {
      outbox.save();
      // Where nothing can be delivered there is nobody to say goodbye to.
      const last = this.#state.state === "sending" ? outbox.farewell(MAX_OUTLIVING_BYTES) : undefined;
      if (last !== undefined) void this.#setup.outbox.post(last, new AbortController().signal);
    }
  }

  #say(state: PublisherState): void {
    if (this.#state.state === "closed" || JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#setup.onState(state);
  }
}

function waitingState(next: Waiting, outcome: Outcome): PublisherState {
  if (outcome.kind !== "refused" || next.do === "retry") return { state: "waiting", reason: next.message };
  return { state: "refused", problem: { code: outcome.code, detail: outcome.detail } };
}
