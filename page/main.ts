/** The page's own flow: connect → hold → look → draw. This file only wires its parts to each other. */
import { browserEnvironment } from "../client/browser-environment.ts";
import { ChannelViewer, type ViewerHandlers } from "../client/viewer.ts";
import { Holdings } from "./data/channel-data.ts";
import { Clocks } from "./data/clocks.ts";
import { Pulse } from "./data/feed-rate.ts";
import { browserHistory } from "./data/history/browser-history.ts";
import { isTime } from "./data/store/series.ts";
import { commands } from "./input/commands.ts";
import { dragSeries, dropFile } from "./input/drag.ts";
import { Hands } from "./input/input-controller.ts";
import { Keys } from "./input/keyboard.ts";
import { Cursor } from "./input/plot-cursor.ts";
import type { Tool } from "./input/shortcuts.ts";
import { offerHandle } from "./install-handle.ts";
import { Arrangement } from "./layout/arrangement.ts";
import { Memory } from "./layout/persistence.ts";
import type { Context } from "./lazy/module.ts";
import { LazyLoader } from "./lazy-loader.ts";
import { Board } from "./render/board.ts";
import { Pace } from "./render/frame-scheduler.ts";
import { Marks } from "./render/gap-layer.ts";
import { sharesOnePanel } from "./render/renderers/registry.ts";
import { element } from "./ui/dom.ts";
import { Header } from "./ui/header.ts";
import { Notice } from "./ui/notice.ts";
import { Words } from "./ui/status-presenter.ts";
import { type Sight, View } from "./viewport/viewport.ts";

/** Values are read, not watched: they change no faster than this. */
const VALUES_EVERY_MS = 150;

const channelUrl = new URL(location.pathname, location.origin);
const channel = channelUrl.pathname.replace(/^\/c\//, "");
if (new URLSearchParams(location.search).has("embed")) document.body.dataset.embed = "";

const arrangement = new Arrangement(sharesOnePanel);
const past = browserHistory(channelUrl, () => pace.now());
const source = new Holdings(past, (name) => arrangement.isHidden(name));
const view = new View();
const memory = new Memory(channel, view, arrangement);
const pulse = new Pulse();
const clocks = new Clocks();
const notice = new Notice();
const lazy = new LazyLoader(
  () => {
    if (!offerReload()) notice.show("lazy", "This part of the page cannot be loaded now. Try it again.");
  },
  () => notice.hide("lazy"),
);
const pace = new Pace(draw);
let sight: Sight | undefined;
let meant: string | undefined;
let draws = 0;
let valuesShownMs = Number.NEGATIVE_INFINITY;
let valuesTimer: number | undefined;
let isOutdated = false;
let afterDraw: (() => void) | undefined;

const header = new Header(channel, {
  pause: () => run("pause"),
  live: () => run("live"),
  retry: () => viewer.retry(),
  choose(window) {
    view.choose(window);
    moved();
  },
  open: openTool,
});
const board = new Board(element("board"), {
  toggle(name) {
    arrangement.toggle(name);
    rearranged();
  },
  only(name) {
    arrangement.only(name);
    rearranged();
  },
  mean(name) {
    meant = name;
    pace.now();
  },
  settings: (id, opener) => void lazy.load().then((loaded) => loaded?.openPanelSettings(context, id, opener)),
  stirred: () => pace.now(),
});
const marks = new Marks(
  () => lazy.load(),
  () => pace.now(),
);
const cursor = new Cursor(board);
const hands = new Hands({
  board,
  view,
  source,
  cursor,
  marks,
  notice,
  sight: () => sight,
  moved,
  pointed: () => pace.now(),
  loadLazy: () => lazy.load(),
});
const words = new Words({
  header,
  view,
  source,
  pulse,
  clocks,
  notice,
  connection: () => viewer.state,
  sight: () => sight,
  async loadEmptyState() {
    const loaded = await lazy.load(true);
    return loaded && new loaded.EmptyState(element("main"), channelUrl.href);
  },
});

const handlers: ViewerHandlers = {
  frame(frame, stored) {
    const { store } = source;
    const knownSeries = store.size;
    store.ingest(frame, stored);
    const { points, seq, minX, maxX } = frame.header;
    const newestMs = isTime(maxX) ? maxX * 1000 : undefined;
    const nowMs = Date.now();
    pulse.note({ nowMs, points, seq, stored });
    if (!stored) clocks.note(nowMs, newestMs, frame.header.publisher);
    if (store.size !== knownSeries) words.show();
    if (view.isLive) return pace.soon();
    if (!stored) words.pointsSince += points;
    // What the rings are about to drop, and is looked at, is fetched before.
    valuesTimer ??= setTimeout(showValues, VALUES_EVERY_MS);
    const { range } = view;
    if (range !== undefined && minX <= range.max && maxX >= range.min) pace.soon();
  },
  missing(missing) {
    if (missing.reason === "epoch") past.clear();
    source.store.lose(missing);
    if (view.isLive) pace.soon();
  },
  status(message) {
    const nowMs = Date.now();
    const { viewers, goneForMs } = message;
    words.viewers = viewers;
    words.goneSinceMs = goneForMs === null ? undefined : nowMs - goneForMs;
    pulse.told(nowMs, message);
    clocks.compare(nowMs, message.nowMs);
    if (message.type !== "hello") return;
    // The build of a page is the name of its script. (Workers of before do not say theirs.)
    isOutdated = !import.meta.url.endsWith(message.build ?? "");
    offerReload();
  },
  stateChanged(state) {
    const { phase } = state;
    // One failure may be a restart.
    if (phase === "waiting" && state.attempt > 2) explain();
    if (phase === "live") notice.hide("refusal");
    words.show();
  },
};
const viewer = new ChannelViewer(channelUrl, handlers, { environment: browserEnvironment });

const run = commands({ view, source, hands, moved, open: openTool });
const keys = new Keys(run);
dragSeries(board, arrangement, rearranged);
dropFile((file) => void lazy.load().then((loaded) => loaded?.openFile(context, file)));
memory.onReturn(moved);

const context: Context = {
  channel,
  board,
  arrangement,
  view,
  memory,
  source,
  cursor,
  keys,
  notice,
  sight: () => sight,
  rearranged,
  openSnapshot() {
    viewer.close();
    words.instead = { kind: "snapshot" };
    source.beginAnew();
    view.goLive();
    view.choose("All");
    moved();
  },
  onDraw(drawn) {
    afterDraw = drawn;
  },
};
offerHandle({
  view,
  source,
  board,
  cursor,
  viewer,
  status: () => words.status.kind,
  sight: () => sight,
  draws: () => draws,
});
if (typeof WebSocket === "undefined") {
  words.instead = { kind: "unsupported" };
  explain();
} else {
  viewer.open();
}
moved();

function openTool(tool: Tool, opener?: HTMLElement): void {
  void lazy.load().then((loaded) => loaded?.openTool(tool, context, opener));
}

/** Why there is no connection. */
function explain(): void {
  void lazy.load(true).then((loaded) => loaded?.explain(notice, channelUrl));
}

/** After a deploy there is another page to be had. @returns whether there is */
function offerReload(): boolean {
  const reload = { word: "Reload", act: () => location.reload() };
  if (isOutdated) notice.show("outdated", "There is a new version of this page.", reload);
  return isOutdated;
}

/** Another part of the x axis is looked at. */
function moved(): void {
  if (view.isLive) words.pointsSince = 0;
  // What is done next, be it before the next drawing, begins here.
  sight = view.look(source, board.columns);
  rearranged();
}

/** Series stand elsewhere, or are hidden. */
function rearranged(): void {
  board.forgetRanges();
  void source.derive(
    arrangement.derived,
    async () => (await lazy.load())?.Derived,
    () => pace.now(),
  );
  memory.note(() => (view.isLive ? undefined : (view.range ?? sight?.x)));
  valuesShownMs = Number.NEGATIVE_INFINITY;
  words.show();
  pace.now();
}

function draw(): void {
  // A new panel has no legend yet: it does not wait for its turn.
  if (board.arrange(arrangement.panels(source.series))) valuesShownMs = Number.NEGATIVE_INFINITY;
  sight = view.look(source, board.columns);
  source.want(sight?.wanted);
  if (sight === undefined) return;
  const { left, right } = board.gutters;
  board.draw(sight, source, meant, marks.later);
  if (left !== board.gutters.left || right !== board.gutters.right) hands.pointAgain();
  marks.show(board.onScreen, sight, past.namings.size > 0);
  draws++;
  afterDraw?.();
  const waitMs = cursor.pointing.cursor === undefined ? valuesShownMs + VALUES_EVERY_MS - Date.now() : 0;
  if (waitMs <= 0) return showValues();
  cursor.show(sight, false);
  // These may be the last points for long.
  valuesTimer ??= setTimeout(showValues, waitMs);
}

function showValues(): void {
  clearTimeout(valuesTimer);
  valuesTimer = undefined;
  valuesShownMs = Date.now();
  source.want(sight?.wanted);
  if (sight !== undefined) cursor.show(sight, true);
}
