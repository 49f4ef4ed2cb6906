import type { ConnectionState } from "../../client/connection-state.ts";
import type { ChannelData } from "../data/channel-data.ts";
import type { Clocks } from "../data/clocks.ts";
import type { FeedRate } from "../data/feed-rate.ts";
import type { ViewModel, Viewport } from "../viewport/viewport.ts";
import type { Header } from "./header.ts";
import type { Notice } from "./notice.ts";
import { figuresText, type Status, statusOf } from "./status.ts";

/** Words that people read change no faster than this. */
const EVERY_MS = 250;
/** A fetch that ends before this is not mentioned: the notice would only flicker. */
const SOON_MS = 600;

/** After a failure the empty state is loaded again no sooner than this. */
const AGAIN_MS = 5_000;

/** Says what to do for a channel that has no points yet. Most pages have some: it is loaded for those that have none. */
export interface EmptyState {
  show(isEmpty: boolean): void;
}

/** What the state is read from, and where it is shown. */
export interface PresentedState {
  header: Header;
  viewport: Viewport;
  source: ChannelData;
  feedRate: FeedRate;
  clocks: Clocks;
  notice: Notice;
  viewModel(): ViewModel | undefined;
  connection(): ConnectionState;
  /** @returns undefined: it cannot be loaded now */
  loadEmptyState(): Promise<EmptyState | undefined>;
}

/** Presents the state of the page in words: the header, notices about history, and the empty state. */
export class StatusPresenter {
  viewers: number | undefined;
  /** Since when every publisher is gone, by our clock. */
  goneSinceMs: number | undefined;
  /** How many points came since the picture was paused. */
  pointsSince = 0;
  /** Shown instead of the connection's state. */
  override: Status | undefined;
  #historyText: string | undefined;
  readonly #about: PresentedState;
  #empty: EmptyState | undefined;
  #isEmpty = false;
  #emptyNotBeforeMs = -Infinity;
  #fetchingSinceMs: number | undefined;

  constructor(about: PresentedState) {
    this.#about = about;
    setInterval(() => {
      if (document.visibilityState === "visible") this.show();
    }, EVERY_MS);
  }

  get status(): Status {
    const { viewport, feedRate, connection } = this.#about;
    const circumstances = {
      nowMs: performance.now(),
      staleSinceMs: feedRate.staleSinceMs(Date.now()),
      goneSinceMs: this.goneSinceMs,
      wasGone: feedRate.wasGone,
      isPaused: !viewport.isLive,
    };
    return this.override ?? statusOf(connection(), circumstances);
  }

  show(): void {
    const { header, viewport, source, feedRate, clocks } = this.#about;
    const { store } = source;
    const nowMs = Date.now();
    const now = this.status;
    header.showStatus(now, nowMs);
    header.showChoices(
      viewport.range === undefined ? viewport.window(source) : undefined,
      !viewport.isLive,
      this.pointsSince,
    );
    const { kind } = now.kind === "paused" ? now.feed : now;
    const isFlowing = kind === "live";
    const isConnected = isFlowing || ["waiting", "stale", "gone"].includes(kind);
    header.showFigures(
      figuresText({
        rate: isConnected ? feedRate.rate(nowMs) : undefined,
        series: store.size,
        refusedSeries: store.refused,
        lagMs: isFlowing ? clocks.lagMs : undefined,
        clocks: clocks.remarks,
        lostPoints: store.lost,
        viewers: isConnected ? this.viewers : undefined,
      }),
    );
    this.#isEmpty = store.size === 0 && isConnected;
    this.#empty?.show(this.#isEmpty);
    if (this.#isEmpty && this.#empty === undefined) void this.#loadEmptyState();
    this.#showHistory();
  }

  async #loadEmptyState(): Promise<void> {
    if (performance.now() < this.#emptyNotBeforeMs) return;
    this.#emptyNotBeforeMs = Infinity;
    this.#empty = await this.#about.loadEmptyState();
    this.#emptyNotBeforeMs = performance.now() + AGAIN_MS;
    this.#empty?.show(this.#isEmpty);
  }

  /** What is being done about points that are older than what came. */
  #showHistory(): void {
    const { notice, source, viewModel } = this.#about;
    const { history } = source;
    const seen = viewModel();
    const nowMs = performance.now();
    const state = source.fetchState;
    this.#fetchingSinceMs = state === "fetching" ? (this.#fetchingSinceMs ?? nowMs) : undefined;
    const isSoon = nowMs - (this.#fetchingSinceMs ?? nowMs) <= SOON_MS;
    const text =
      state === "fetching"
        ? isSoon
          ? this.#historyText
          : "Loading history …"
        : state === "failed"
          ? "History cannot be loaded now. Trying again."
          : history.isTruncated && seen !== undefined && seen.x.min < (history.fetched?.min ?? seen.x.min)
            ? "There is more than this page can hold: zoom in to see what is older."
            : undefined;
    // Who took it away has read it.
    if (text === this.#historyText) return;
    this.#historyText = text;
    if (text === undefined) notice.hide("past");
    else notice.show("past", text);
  }
}
