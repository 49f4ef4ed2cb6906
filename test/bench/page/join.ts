/** From the start of the navigation to the word “Live”, and until what is older is there, too: for ten feeds, in a new profile each. */
import type { Browser } from "playwright-core";
import { framesOf, type Row } from "../../../protocol/frame/frame-builder.ts";
import { newPage } from "../../support/browser.ts";
import type { Edge } from "../../support/edge.ts";
import { newChannel, publishFrames, rowOf } from "../../support/publish.ts";
import { waitFor } from "../../support/wait.ts";
import { valueAt } from "./data.ts";
import { VIEWPORT } from "./plotcast-page.ts";

/** So much of a body is filled, at most. */
const BODY_BYTES = 900 * 1024;
const BODY_POINTS = 120_000;

export interface Feed {
  name: string;
  publishers: number;
  /** Rows a second of each publisher. */
  hz: number;
  /** So many seconds of it are stored when the page is opened. */
  storedS: number;
  /** How often what is due is published. */
  everyMs: number;
  /** The i-th row of a publisher, at a unix time. */
  row(i: number, x: number, publisher: number): Row;
}

const SINE = (i: number, x: number): Row => rowOf(x, { y: valueAt(0, i) });

export const FEEDS: readonly Feed[] = [
  { name: "1 Hz", publishers: 1, hz: 1, storedS: 600, everyMs: 1000, row: SINE },
  { name: "20 Hz", publishers: 1, hz: 20, storedS: 300, everyMs: 50, row: SINE },
  { name: "1 kHz", publishers: 1, hz: 1000, storedS: 300, everyMs: 50, row: SINE },
  {
    name: "60 series at 20 Hz",
    publishers: 1,
    hz: 20,
    storedS: 120,
    everyMs: 50,
    row: (i, x) =>
      rowOf(
        x,
        Object.fromEntries(Array.from({ length: 60 }, (_, s) => [`ch${String(s).padStart(2, "0")}`, valueAt(s, i)])),
      ),
  },
  { name: "48 kHz float32", publishers: 1, hz: 48_000, storedS: 45, everyMs: 20, row: SINE },
  { name: "empty channel", publishers: 0, hz: 0, storedS: 0, everyMs: 1000, row: SINE },
  { name: "15 min at 1 kHz", publishers: 1, hz: 1000, storedS: 900, everyMs: 50, row: SINE },
  {
    name: "events and steps",
    publishers: 1,
    hz: 20,
    storedS: 300,
    everyMs: 50,
    row(i, x) {
      const state = Math.floor(i / 40) % 3;
      return {
        ...rowOf(x, { state, log: i }),
        marks: [
          { series: "state", style: "step", value: state, text: ["idle", "running", "cooldown"][state] ?? "" },
          { series: "log", style: "event", value: i, text: `line ${i % 300}` },
        ],
      };
    },
  },
  {
    name: "path at 50 Hz",
    publishers: 1,
    hz: 50,
    storedS: 300,
    everyMs: 50,
    row: (i) => rowOf(Math.cos(i / 50) * (1 + i / 1e5), { y: Math.sin(i / 50) }),
  },
  {
    name: "100 publishers at 2 Hz",
    publishers: 100,
    hz: 2,
    storedS: 60,
    everyMs: 500,
    row: (i, x, publisher) => rowOf(x, { [`robot${publisher}.y`]: valueAt(publisher, i) }),
  },
];

export interface Joined {
  liveMs: number;
  /** Until everything older that the page asks for by itself is there. */
  historyMs: number;
  points: number;
}

/** A feed in a channel of its own, with what is stored of it. */
export class RunningFeed {
  readonly channel = newChannel();
  readonly #edge: Edge;
  readonly #feed: Feed;
  readonly #startS: number;
  readonly #next: number[];
  readonly #publisherSeq: number[];
  #isEnded = false;
  #running: Promise<void> | undefined;

  private constructor(edge: Edge, feed: Feed) {
    this.#edge = edge;
    this.#feed = feed;
    this.#startS = Math.floor(Date.now() / 1000) - feed.storedS;
    this.#next = Array.from({ length: feed.publishers }, () => 0);
    this.#publisherSeq = Array.from({ length: feed.publishers }, () => 1);
  }

  static async start(edge: Edge, feed: Feed): Promise<RunningFeed> {
    const running = new RunningFeed(edge, feed);
    // It takes a while: what became due meanwhile is due, too.
    for (let i = 0; i < 3; i++) await running.#publishDue(Date.now() / 1000);
    running.#running = running.#goOn();
    return running;
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#running;
  }

  async #goOn(): Promise<void> {
    while (!this.#isEnded) {
      await new Promise((resolve) => setTimeout(resolve, this.#feed.everyMs));
      await this.#publishDue(Date.now() / 1000);
    }
  }

  async #publishDue(nowS: number): Promise<void> {
    const { hz, row, publishers } = this.#feed;
    const until = Math.floor((nowS - this.#startS) * hz);
    for (let publisher = 0; publisher < publishers; publisher++) {
      for (let from = this.#next[publisher] ?? 0; from < until; ) {
        // Where each frame has a few points, as of many publishers, it has them here too.
        const to = Math.min(until, from + Math.max(1, Math.min(4000, Math.ceil((hz * this.#feed.everyMs) / 1000))));
        const body: Uint8Array[] = [];
        let [bytes, points, at] = [0, 0, from];
        for (
          let end = to;
          at < until && bytes < BODY_BYTES / 2 && points < BODY_POINTS / 2;
          end = Math.min(until, at + to - from)
        ) {
          const rows = Array.from({ length: end - at }, (_, i) => row(at + i, this.#startS + (at + i) / hz, publisher));
          const frames = framesOf(
            rows,
            `be9c${String(publisher).padStart(12, "0")}`,
            this.#publisherSeq[publisher] ?? 1,
          );
          this.#publisherSeq[publisher] = (this.#publisherSeq[publisher] ?? 1) + frames.length;
          body.push(...frames);
          bytes += frames.reduce((sum, frame) => sum + frame.byteLength, 0);
          points += rows.length * (rows[0]?.names.length ?? 1);
          at = end;
        }
        await publishFrames(this.#edge, this.channel, ...body);
        from = at;
        this.#next[publisher] = at;
      }
    }
  }
}

/** The page's clock starts with the navigation. */
const WATCH = `{
  const joined = globalThis.joined_ = { liveMs: undefined, historyMs: undefined };
  const look = () => {
    const state = document.getElementById("state")?.dataset.state ?? "connecting";
    if (joined.liveMs === undefined && state !== "connecting") joined.liveMs = performance.now();
    if (joined.liveMs !== undefined && globalThis.plotcast?.counters().past === "idle") joined.historyMs ??= performance.now();
    if (joined.historyMs === undefined) setTimeout(look, 5);
  };
  new MutationObserver((_, observer) => {
    look();
    if (joined.liveMs !== undefined) observer.disconnect();
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["data-state"] });
}`;

export async function measureJoin(browser: Browser, edge: Edge, channel: string): Promise<Joined> {
  const { page, close } = await newPage(browser, { ...VIEWPORT, colorScheme: "light" });
  await page.addInitScript(WATCH);
  await page.goto(edge.channelUrl(channel).href);
  const { liveMs, historyMs } = await waitFor(
    "the history being loaded",
    async () => {
      const joined = await page.evaluate<Partial<Joined>>("globalThis.joined_");
      return joined.liveMs !== undefined && joined.historyMs !== undefined && joined;
    },
    { deadlineMs: 120_000 },
  );
  const state = await page.evaluate(() => plotcast.state());
  if (state !== "live" && state !== "empty") throw new Error(`the page is ${state}`);
  const points = await page.evaluate(() => plotcast.series().reduce((sum, { x }) => sum + x.length, 0));
  await close();
  return { liveMs: liveMs ?? Number.NaN, historyMs: historyMs ?? Number.NaN, points };
}
