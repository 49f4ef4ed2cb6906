/** The page's own flow: connect → ring → plot. This file only wires its parts to each other. */
import { browserOutside } from "./browser-outside.ts";
import { Connection } from "./connection.ts";
import { EmptyState } from "./empty.ts";
import { copySeries, offerHandle } from "./handle.ts";
import { element, Header } from "./header.ts";
import { Legend } from "./legend.ts";
import { Panel } from "./panel.ts";
import { Pulse } from "./pulse.ts";
import { RingBudget } from "./rings.ts";
import { figuresText, type Status, statusOf } from "./status.ts";
import { isTime, Store } from "./store.ts";
import { type Sight, View } from "./view.ts";

/** Words and values are read, not watched: they change no faster than this. */
const WORDS_EVERY_MS = 250;
const VALUES_EVERY_MS = 150;

const channelUrl = new URL(location.pathname, location.origin);
const channel = channelUrl.pathname.replace(/^\/c\//, "");

const budget = new RingBudget();
const store = new Store(budget);
const view = new View();
const pulse = new Pulse();
let viewers: number | undefined;
let sight: Sight | undefined;
let draws = 0;
let drawing = false;
let valuesShownMs = 0;

const header = new Header(channel, {
  pause() {
    view.setPaused(!view.paused, store);
    changed();
  },
  retry: () => connection.notify("retry"),
  choose(window) {
    view.choose(window);
    panel.forgetRange();
    changed();
  },
});
const legend = new Legend(element("legend"), (name) => {
  view.toggle(name);
  panel.forgetRange();
  changed();
});
const empty = new EmptyState(channelUrl.href);
const panel = new Panel(element("plot"), drawSoon);

const connection = new Connection(browserOutside(channelUrl), {
  frame(frame, stored) {
    const knownSeries = store.size;
    store.ingest(frame);
    const { points, maxX } = frame.header;
    pulse.note({ nowMs: Date.now(), points, newestMs: isTime(maxX) ? maxX * 1000 : undefined, stored });
    if (store.size !== knownSeries) showWords();
    // A held picture stays as it is, whatever late points come and old ones go.
    if (!view.paused) drawSoon();
  },
  lost: (loss) => store.lose(loss),
  viewers(count) {
    viewers = count;
  },
  changed() {
    if (connection.state.phase === "connecting") pulse.forgetLag();
    showWords();
  },
});

addEventListener("online", () => connection.notify("online"));
addEventListener("offline", () => connection.notify("offline"));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") connection.notify("visible");
});
setInterval(showWords, WORDS_EVERY_MS);

offerHandle({
  state: () => status().kind,
  cursor: () => (connection.cursor === undefined ? null : { ...connection.cursor }),
  series: () => copySeries(store),
  window: () => ({
    name: view.window(store),
    minX: sight?.minX ?? null,
    maxX: sight?.maxX ?? null,
    paused: view.paused,
  }),
  gaps: () => store.gaps.map(({ reason, points, series }) => ({ reason, points, series })),
  counters: () => ({ draws, ringBytes: budget.bytes, badFrames: connection.badFrames }),
});
connection.start();
changed();

function status(): Status {
  const nowMs = Date.now();
  return statusOf(connection.state, pulse.staleSinceMs(nowMs), nowMs);
}

/** Something that was chosen has changed. */
function changed(): void {
  valuesShownMs = 0;
  showWords();
  drawSoon();
}

/** However often it is asked for, one drawing an animation frame; none while the tab is hidden. */
function drawSoon(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(draw);
}

function draw(): void {
  drawing = false;
  sight = view.look(store, panel.columns);
  if (sight === undefined) return;
  panel.draw(sight);
  draws++;
  showValues();
}

function showValues(): void {
  const nowMs = Date.now();
  if (nowMs - valuesShownMs < VALUES_EVERY_MS) return;
  valuesShownMs = nowMs;
  legend.show(store.series, panel.lines, (name) => view.isHidden(name));
}

function showWords(): void {
  const nowMs = Date.now();
  const now = status();
  header.showStatus(now, nowMs);
  header.showChoices(view.window(store), view.paused);
  const connected = now.kind === "live" || now.kind === "stale";
  header.showFigures(
    figuresText({
      paused: view.paused,
      rate: connected ? pulse.rate(nowMs) : undefined,
      series: store.size,
      refusedSeries: store.refused,
      lagMs: now.kind === "live" ? pulse.lagMs : undefined,
      lostPoints: store.lost,
      viewers: connected ? viewers : undefined,
    }),
  );
  empty.show(store.size === 0 && now.kind === "live");
  if (store.size > 0) showValues();
}
