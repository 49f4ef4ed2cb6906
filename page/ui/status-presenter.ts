import type { ConnectionState } from "../../client/connection-state.ts";
import type { ChannelData } from "../data/channel-data.ts";
import type { ClockRemarks, Clocks } from "../data/clocks.ts";
import type { FeedRate } from "../data/feed-rate.ts";
import type { ViewModel, Viewport } from "../viewport/viewport.ts";
import type { Header } from "./header.ts";
import type { Notice } from "./notice.ts";
import { figuresText, type Status, statusOf } from "./status.ts";

/** Words that people read change no faster than this. */
const EVERY_MS = 250;
/** A fetch that ends before this is not mentioned: the notice would only flicker. */
const SOON_MS = 600;

/** After a failure what is rarely shown is loaded again no sooner than this. */
const AGAIN_MS = 5_000;

const NOTHING_LOST = { points: 0, unknown: false };

/** A lag may be a zone from here on. */
const LONG_LAG_MS = 600_000;

/** What most pages that somebody looks at never show: it is loaded for those that do. */
export interface RareStates {
  /** Says what to do for a channel that has no points yet. */
  showEmpty(isEmpty: boolean): void;
  /** What is said of clocks that are off. */
  clocksText(remarks: ClockRemarks): string | undefined;
  /** Asks for the zone where a lag looks like one. */
  zoneHint(lagMs: number): string;
  /** What is said of how points come, where that is by no WebSocket. */
  transportText(): string | undefined;
  /** Shows the state in the icon of the tab. */
  showIcon(kind: Status["kind"]): void;
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
  loadRareStates(): Promise<RareStates | undefined>;
}

/** Presents the state of the page in words: the header, notices about history, and the empty state. */
export class StatusPresenter {
  viewers: number | undefined;
  /** Since when every publisher is gone, by our clock. */
  goneSinceMs: number | undefined;
  /** How many points came since the picture was paused. */
  pointsSince = 0;
  /** Why the Worker wants the page to come back later, in place of "Reconnecting". */
  refusal: string | undefined;
  /** Shown instead of the connection's state. */
  override: Status | undefined;
  #historyText: string | undefined;
  readonly #about: PresentedState;
  #rare: RareStates | undefined;
  #rareNotBeforeMs = -Infinity;
  #fetchingSinceMs: number | undefined;
  #offlineSinceMs: number | undefined;

  constructor(about: PresentedState) {
    this.#about = about;
    // Where nobody looks, the tab says it.
    setInterval(() => this.show(), EVERY_MS);
  }

  get status(): Status {
    const { viewport, feedRate, connection } = this.#about;
    const nowMs = Date.now();
    const circumstances = {
      nowMs: performance.now(),
      offlineSinceMs: this.#offlineSinceMs ?? nowMs,
      takenMs: feedRate.takenMs,
      staleSinceMs: feedRate.staleSinceMs(nowMs),
      goneSinceMs: this.goneSinceMs,
      wasGone: feedRate.wasGone,
      isPaused: !viewport.isLive,
      refusal: this.refusal,
    };
    const status = this.override ?? statusOf(connection(), circumstances);
    this.#offlineSinceMs = status.kind === "offline" ? status.sinceMs : undefined;
    return status;
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
      now.kind === "snapshot",
    );
    const { kind } = now.kind === "paused" ? now.feed : now;
    const isFlowing = kind === "live";
    // What is still seen of a channel that was emptied is nothing of its own.
    const isEmpty = kind === "empty";
    const isConnected = isFlowing || ["empty", "waiting", "stale", "gone"].includes(kind);
    const lagMs = isFlowing ? clocks.lagMs : undefined;
    const { remarks } = clocks;
    header.showFigures(
      figuresText({
        file: now.kind === "snapshot" ? now.about() : "",
        rate: isConnected ? feedRate.rate(nowMs) : undefined,
        series: isEmpty ? 0 : store.size,
        refusedSeries: store.refused,
        lagMs,
        lagHint: this.#rare?.zoneHint(lagMs ?? 0),
        clocks: this.#rare?.clocksText(remarks),
        lostPoints: isEmpty ? NOTHING_LOST : store.lost,
        viewers: isConnected ? this.viewers : undefined,
        transport: isConnected ? this.#rare?.transportText() : undefined,
      }),
    );
    this.#rare?.showEmpty(store.size === 0 && isConnected);
    this.#rare?.showIcon(now.kind);
    // The icon of a page is that of one that is live.
    const isOff = (lagMs ?? 0) > LONG_LAG_MS || Object.values(remarks).some((remark) => remark !== undefined);
    const isUsual = ["live", "connecting"].includes(now.kind) && !isOff;
    if (document.hidden || !isUsual) void this.#loadRare();
    this.#showHistory();
  }

  async #loadRare(): Promise<void> {
    if (this.#rare !== undefined || performance.now() < this.#rareNotBeforeMs) return;
    this.#rareNotBeforeMs = Infinity;
    this.#rare = await this.#about.loadRareStates();
    this.#rareNotBeforeMs = performance.now() + AGAIN_MS;
    if (this.#rare !== undefined) this.show();
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
          : seen && history.truncation(seen.x);
    // Who took it away has read it.
    if (text === this.#historyText) return;
    this.#historyText = text;
    if (text === undefined) notice.hide("past");
    else notice.show("past", text);
  }
}
