import type { ConnectionState } from "../../client/connection-state.ts";
import type { Clocks } from "../data/clocks.ts";
import type { Pulse } from "../data/feed-rate.ts";
import type { Holdings } from "../data/holdings.ts";
import type { Sight, View } from "../viewport/view.ts";
import { EmptyState } from "./empty.ts";
import type { Header } from "./header.ts";
import type { Notice } from "./notice.ts";
import { figuresText, type Status, statusOf } from "./status.ts";

/** Words are read, not watched: they change no faster than this. */
const EVERY_MS = 250;
/** What is over before that is not said: it would only flicker. */
const SOON_MS = 600;

/** What the words are about. */
export interface Spoken {
  header: Header;
  view: View;
  source: Holdings;
  pulse: Pulse;
  clocks: Clocks;
  channelUrl: string;
  notice: Notice;
  sight(): Sight | undefined;
  connection(): ConnectionState;
  /** The page has no points, and says what to do, for the first time. */
  emptied(section: HTMLElement): void;
}

/** Says in words how things stand: the header, and what to do while there is nothing to see. */
export class Words {
  viewers: number | undefined;
  /** Since when every publisher is gone, by our clock. */
  goneSinceMs: number | undefined;
  /** How many points came since the picture was held. */
  pointsSince = 0;
  /** In place of what the connection says. */
  instead: Status | undefined;
  #saidOfPast: string | undefined;
  readonly #about: Spoken;
  readonly #empty: EmptyState;
  #fetchingSinceMs: number | undefined;

  constructor(about: Spoken) {
    this.#about = about;
    this.#empty = new EmptyState(about.channelUrl, about.emptied);
    setInterval(() => {
      if (document.visibilityState === "visible") this.show();
    }, EVERY_MS);
  }

  get status(): Status {
    const { view, pulse, connection } = this.#about;
    const circumstances = {
      nowMs: performance.now(),
      staleSinceMs: pulse.staleSinceMs(Date.now()),
      goneSinceMs: this.goneSinceMs,
      wasGone: pulse.wasGone,
      isHeld: !view.isLive,
    };
    return this.instead ?? statusOf(connection(), circumstances);
  }

  show(): void {
    const { header, view, source, pulse, clocks } = this.#about;
    const { store } = source;
    const nowMs = Date.now();
    const now = this.status;
    header.showStatus(now, nowMs);
    header.showChoices(view.range === undefined ? view.window(source) : undefined, !view.isLive, this.pointsSince);
    const { kind } = now.kind === "paused" ? now.feed : now;
    const isFlowing = kind === "live";
    const isConnected = isFlowing || ["waiting", "stale", "gone"].includes(kind);
    header.showFigures(
      figuresText({
        rate: isConnected ? pulse.rate(nowMs) : undefined,
        series: store.size,
        refusedSeries: store.refused,
        lagMs: isFlowing ? clocks.lagMs : undefined,
        clocks: clocks.remarks,
        lostPoints: store.lost,
        viewers: isConnected ? this.viewers : undefined,
      }),
    );
    this.#empty.show(store.size === 0 && isConnected);
    this.#showPast();
  }

  /** What is being done about points that are older than what came. */
  #showPast(): void {
    const { notice, source, sight } = this.#about;
    const { past } = source;
    const seen = sight();
    const nowMs = performance.now();
    this.#fetchingSinceMs = past.state === "fetching" ? (this.#fetchingSinceMs ?? nowMs) : undefined;
    const isSoon = nowMs - (this.#fetchingSinceMs ?? nowMs) <= SOON_MS;
    const text =
      past.state === "fetching"
        ? isSoon
          ? this.#saidOfPast
          : "Fetching older points …"
        : past.state === "failed"
          ? "Older points cannot be fetched now. Trying again."
          : past.cut && seen !== undefined && seen.x.min < (past.held?.min ?? seen.x.min)
            ? "There is more than this page can hold: zoom in to see what is older."
            : undefined;
    // Who took it away has read it.
    if (text === this.#saidOfPast) return;
    this.#saidOfPast = text;
    if (text === undefined) notice.hide("past");
    else notice.show("past", text);
  }
}
