/** The page's flow: client → data → viewport → layout → render. This file only connects the parts. */
import { browserEnvironment } from "../client/browser-environment.ts";
import { ChannelViewer, type HelloMessage, type ViewerHandlers } from "../client/viewer.ts";
import { CHANNEL_ITSELF } from "../protocol/room/channel-itself.ts";
import { ChannelData } from "./data/channel-data.ts";
import { Clocks, newestByTable } from "./data/clocks.ts";
import { FeedRate } from "./data/feed-rate.ts";
import { Arrivals } from "./data/history/arrivals.ts";
import { HistoryOnDemand } from "./data/history/history-on-demand.ts";
import { pointTools } from "./data/path.ts";
import type { Range } from "./data/segment.ts";
import { isTime } from "./data/store/series.ts";
import { commands } from "./input/commands.ts";
import { wheelScrolls } from "./input/gesture-recognizer.ts";
import { InputController } from "./input/input-controller.ts";
import { Keyboard } from "./input/keyboard.ts";
import { PlotCursor } from "./input/plot-cursor.ts";
import type { Tool } from "./input/shortcuts.ts";
import { installHandle } from "./install-handle.ts";
import { Arrangement } from "./layout/arrangement.ts";
import { Catalogue } from "./layout/catalogue.ts";
import { LINE_COLOURS } from "./layout/colours.ts";
import { Persistence } from "./layout/persistence.ts";
import { sessionKeyOf } from "./layout/session-key.ts";
import type { Context } from "./lazy/module.ts";
import { LazyLoader } from "./lazy-loader.ts";
import { Board } from "./render/board.ts";
import { FrameScheduler } from "./render/frame-scheduler.ts";
import { GapLayer } from "./render/gap-layer.ts";
import { sharesOnePanel } from "./render/renderers/registry.ts";
import { element, setText } from "./ui/dom.ts";
import { Header } from "./ui/header.ts";
import { Notice, type NoticeAction } from "./ui/notice.ts";
import { StatusPresenter } from "./ui/status-presenter.ts";
import { onThemeChange } from "./ui/theme.ts";
import { SeriesInView } from "./viewport/in-view.ts";
import { needsNote, needsPrefix } from "./viewport/needs-note.ts";
import { type ViewModel, Viewport } from "./viewport/viewport.ts";

/** What the page wants of what is stored. The newest come first, so that it is live at once: in one step, also where each has a frame. */
const TAIL = { points: 1000, seconds: 300, newest: 600 };
/** Numbers that people read change no faster than this. */
const VALUES_EVERY_MS = 150;

const channelUrl = new URL(location.pathname, location.origin);
const channel = channelUrl.pathname.replace(/^\/c\//, "");
if (new URLSearchParams(location.search).has("embed")) document.body.dataset.embed = "";

const arrangement = new Arrangement(sharesOnePanel);
const requestFrame = (): void => scheduler.requestFrame();
const history = new HistoryOnDemand(
  async () => (await lazy.load(true))?.storedHistory(context, requestFrame),
  requestFrame,
);
const source = new ChannelData(history, (name) => arrangement.isHidden(name));
const arrivals = new Arrivals(source);
const viewport = new Viewport();
const catalogue = new Catalogue();
const seriesInView = new SeriesInView();
const persistence = new Persistence(channel, viewport, arrangement);
const feedRate = new FeedRate();
const clocks = new Clocks();
const nowX = (): number => clocks.nowMs(Date.now()) / 1000;
// Where nothing comes, time stands still: it would catch up with a clock that is ahead.
source.nowX = () => clocks.nowMs(feedRate.takenMs ?? Date.now()) / 1000;
const notice = new Notice();
const lazy = new LazyLoader(
  () => {
    if (!offerReload()) notice.show("lazy", "This part could not be loaded. Try again.");
  },
  (loaded) => {
    notice.hide("lazy");
    Object.assign(pointTools, loaded.pointTools);
    input.attach(loaded);
    loaded.attachLegends(context);
  },
);
const scheduler = new FrameScheduler(draw);
const wheelHint = element("wheel");
let viewModel: ViewModel | undefined;
let highlighted: string | undefined;
let draws = 0;
let valuesShownMs = -Infinity;
let valuesTimer: number | undefined;
let isOutdated = false;
/** What a pointer or the cursor on the panels needs is loaded. */
let isPointed = false;
/** So is what makes legends fit. */
let isLegendCut = false;
let afterDraw: (() => void) | undefined;

const header = new Header(channel, {
  pause: () => (context.isFile ? location.reload() : run("pause")),
  live: () => run("live"),
  retry: () => viewer.retry(),
  selectWindow(window) {
    viewport.chooseWindow(window);
    viewChanged();
  },
  open: openTool,
});
const board = new Board(element("board"), {
  toggle(name) {
    arrangement.staying = name;
    arrangement.toggle(name);
    layoutChanged();
    void lazy.load(true).then((loaded) => loaded?.stayPut(context, name));
  },
  showOnly: (name) => void lazy.load().then((loaded) => loaded?.showOnly(context, name)),
  highlight(name) {
    highlighted = name;
    scheduler.requestFrame();
  },
  settings: (id, opener) => void lazy.load().then((loaded) => loaded?.openPanelSettings(context, id, opener)),
  requestDraw: requestFrame,
});
onThemeChange(() => board.readTheme());
const gapLayer = new GapLayer(() => lazy.load(), requestFrame);
const cursor = new PlotCursor(board);
const input = new InputController({
  arrangement,
  board,
  viewport,
  source,
  cursor,
  gapLayer,
  notice,
  viewModel: () => viewModel,
  viewChanged,
  yChanged,
  cursorMoved() {
    isPointed = true;
    scheduler.requestFrame();
  },
  loadLazy: () => lazy.load(),
});
const presenter = new StatusPresenter({
  header,
  viewport,
  source,
  feedRate,
  clocks,
  notice,
  connection: () => viewer.state,
  viewModel: () => viewModel,
  loadRareStates: async () => (await lazy.load(true))?.rareStates(element("main"), channelUrl.href),
});

const handlers: ViewerHandlers = {
  frame(frame, stored) {
    const knownSeries = source.store.size;
    const { header } = frame;
    const { points, seq, minX, maxX, publisher } = header;
    const [cameX, nowMs] = [nowX(), Date.now()];
    arrivals.take((store) => store.ingest(frame, stored, cameX), header);
    // What a channel writes itself is no sign of life of a publisher.
    if (publisher !== CHANNEL_ITSELF) {
      feedRate.noteFrame({ nowMs, points, seq, stored });
      if (!stored)
        for (const [name, x] of newestByTable(frame)) clocks.noteFrame(nowMs, isTime(x) ? x * 1000 : undefined, name);
    }
    if (source.store.size !== knownSeries) presenter.show();
    // A range that a link brought is seen with the first points, wherever they are.
    if (viewport.isLive || viewModel === undefined) return scheduler.requestDataFrame();
    if (!stored) presenter.pointsSince += points;
    // Points that are shown and that the ring buffers are about to drop are fetched before.
    valuesTimer ??= setTimeout(showValues, VALUES_EVERY_MS);
    const { range } = viewport;
    if (range !== undefined && minX <= range.max && maxX >= range.min) scheduler.requestDataFrame();
  },
  missing(missing) {
    let { points } = missing;
    if (missing.reason === "epoch") {
      history.clear();
      arrivals.end();
      catalogue.clear();
      const [atMs, isSeen] = [Date.now(), viewer.state.phase !== "connecting"];
      // Who was there when it was emptied has missed nothing, and of what is there now nothing was taken yet.
      if (isSeen) {
        points = 0;
        feedRate.takenMs = undefined;
      }
      if (source.store.size > 0) void lazy.load(true).then((loaded) => loaded?.noteEmptied(notice, atMs, isSeen));
    }
    arrivals.take((store) => store.addLoss({ ...missing, points }));
    if (viewport.isLive) scheduler.requestDataFrame();
  },
  earlier: (left) => arrivals.begin(left),
  status(message) {
    const nowMs = Date.now();
    const { viewers, goneForMs } = message;
    presenter.viewers = viewers;
    presenter.goneSinceMs = goneForMs === null ? undefined : nowMs - goneForMs;
    feedRate.noteStatus(nowMs, message);
    clocks.noteChannelClock(nowMs, message.nowMs);
    if (message.type !== "hello") return;
    source.store.places = new Map(message.series.map((name, i) => [name, i]));
    takeLayout(message);
    // The build of a page is the name of its script. (Workers of before do not say theirs.)
    isOutdated = !import.meta.url.endsWith(message.build ?? "");
    offerReload();
  },
  layout: takeLayout,
  expiring: explain,
  stateChanged(state) {
    const { phase } = state;
    if (phase === "waiting" || phase === "refused") explain();
    if (phase === "live") {
      notice.hide("refusal");
      presenter.refusal = undefined;
      void caughtUp();
    }
    presenter.show();
  },
};
const viewer = new ChannelViewer(channelUrl, handlers, {
  tail: TAIL,
  sessionKey: () => sessionKeyOf(channel),
  environment: browserEnvironment,
});

const run = commands({ viewport, source, input, viewChanged, open: openTool });
const keys = new Keyboard(run);
persistence.onNavigation(() => {
  viewChanged();
  if (persistence.token !== undefined) explain();
});

const context: Context = {
  channel,
  channelUrl,
  viewer,
  presenter,
  isFile: false,
  board,
  arrangement,
  viewport,
  persistence,
  source,
  cursor,
  keys,
  notice,
  viewModel: () => viewModel,
  viewChanged,
  layoutChanged,
  openSnapshot(name, about, paths, seen) {
    viewer.close();
    arrivals.end();
    persistence.leaveChannel();
    context.isFile = true;
    context.channel = name;
    header.showChannel(name);
    presenter.override = { kind: "snapshot", about };
    source.reset(paths);
    catalogue.clear();
    catalogue.isFile = true;
    viewport.home = seen;
    viewport.selectWindow("All");
    viewport.goLive();
    viewChanged();
  },
  onDraw(drawn) {
    afterDraw = drawn;
  },
};
installHandle({
  viewport,
  source,
  board,
  cursor,
  viewer,
  status: () => presenter.status.kind,
  viewModel: () => viewModel,
  draws: () => draws,
});
if (typeof WebSocket === "undefined") {
  presenter.override = { kind: "unsupported" };
  explain();
} else {
  void begin();
}
viewChanged();

function openTool(tool: Tool, opener?: HTMLElement): void {
  void lazy.load().then((loaded) => loaded?.openTool(tool, context, opener));
}

/** A token that the link has brought goes before the connection. If what takes it cannot be loaded, the connection fails, and says why. */
async function begin(): Promise<void> {
  const loaded = persistence.token === undefined ? undefined : await lazy.load(true);
  if (loaded === undefined) viewer.open();
  else await loaded.explain(context);
}

/** Why there is no connection, or until when there is one. */
function explain(expiresInMs?: number): void {
  void lazy.load(true).then((loaded) => loaded?.explain(context, expiresInMs));
}

/** Enters the room, and reads what was left out of the tail, or of what was missed. Where that cannot be loaded, what is shown is fetched. */
async function caughtUp(): Promise<void> {
  const loaded = await lazy.load(true);
  if (loaded === undefined) return arrivals.end();
  loaded.live(context);
  if (arrivals.all[0]) await loaded.backfill(arrivals, source, context, () => scheduler.requestDataFrame());
}

/** Offers to reload after a deploy. @returns whether there was one */
function offerReload(): boolean {
  const reload = { label: "Reload", run: () => location.reload() };
  if (isOutdated) notice.show("outdated", "There is a new version of this page.", reload);
  return isOutdated;
}

/** Another part of the x axis is shown. */
function viewChanged(): void {
  if (viewport.isLive) presenter.pointsSince = 0;
  // The next action may come before the next drawing, and starts from this view.
  viewModel = viewport.resolve(source, board.columns);
  layoutChanged();
}

/** Series moved to other panels or axes, or were hidden or shown. */
function layoutChanged(): void {
  board.forgetRanges();
  void source.derive(arrangement.derived, async () => (await lazy.load())?.Derived, requestFrame);
  valuesShownMs = -Infinity;
  presenter.show();
  yChanged();
}

/** Another part of a y axis is shown. */
function yChanged(): void {
  persistence.scheduleSave(() => (viewport.isLive ? undefined : (viewport.range ?? viewModel?.x)));
  scheduler.requestFrame();
}

/** What panels are made from, for everybody alike. */
function takeLayout({
  series,
  scales,
  arrangement = "",
}: Pick<HelloMessage, "series" | "scales" | "arrangement">): void {
  catalogue.learn(series, scales);
  persistence.share(arrangement);
  layoutChanged();
}

function draw(): void {
  viewModel = viewport.resolve(source, board.columns);
  const inView = seriesInView.of(source, viewModel, viewport.isLive);
  if (board.arrange(arrangement.arrange(catalogue.list(source.series, inView)))) {
    // A new panel has no legend yet: it does not wait for the next update of values.
    valuesShownMs = -Infinity;
    viewModel = viewport.resolve(source, board.columns);
  }
  source.requestHistory(viewModel?.requiredRange);
  if (viewModel === undefined) return;
  const { left, right } = board.gutters;
  board.draw(viewModel, source, highlighted, gapLayer.lazy, arrangement);
  if (left !== board.gutters.left || right !== board.gutters.right) input.refreshHover();
  showNotes(viewModel);
  draws++;
  afterDraw?.();
  const waitMs = cursor.state.position === undefined ? valuesShownMs + VALUES_EVERY_MS - Date.now() : 0;
  if (waitMs <= 0) return showValues();
  cursor.show(viewModel, false);
  // These may be the last points for a long time.
  valuesTimer ??= setTimeout(showValues, waitMs);
}

/** The marks of gaps, and what is said of series that are out of view. */
function showNotes(seen: ViewModel): void {
  const { isLive, range } = viewport;
  const panels = board.onScreen;
  const isOdd = panels.some(
    ({ series, plan: { left, rightAxis, title } }) =>
      title ||
      left.log ||
      rightAxis.log ||
      series.some(
        ({ series, minY, maxY, slot, onRight }) =>
          onRight || slot >= LINE_COLOURS || needsNote(series, seen.x, isLive) || needsPrefix(series, minY, maxY),
      ),
  );
  const { absent } = seriesInView;
  const isLeftOut = absent.length + arrangement.hidden.length + arrangement.derived.length > 0 || !arrangement.shown[0];
  const hasChoices = arrangement.y !== undefined || arrangement.styles.size + history.valueNames.size > 0;
  gapLayer.show(
    panels,
    seen,
    isOdd || isPointed || isLegendCut || isLeftOut || hasChoices || range !== undefined || wheelScrolls(board.host),
  );
  const go = (range: Range): void => {
    viewport.showRange(range);
    viewChanged();
  };
  const notify = (text: string, action?: NoticeAction): void => notice.show("clock", text, action);
  const shown = { viewModel: seen, nowX: source.nowX(), go };
  gapLayer.lazy?.showOff({ ...shown, panels, isLive, range, source, notice, goLive: () => run("live"), notify });
  gapLayer.lazy?.showLeftOut({ ...shown, absent, arrangement, source, layoutChanged, foot: board.foot });
}

function showValues(): void {
  clearTimeout(valuesTimer);
  valuesTimer = undefined;
  valuesShownMs = Date.now();
  setText(wheelHint, wheelScrolls(board.host) ? "ctrl-wheel" : "wheel");
  source.requestHistory(viewModel?.requiredRange);
  if (viewModel === undefined) return;
  cursor.show(viewModel, true);
  if (isLegendCut || !board.onScreen.some(({ legend }) => legend.isCut)) return;
  isLegendCut = true;
  scheduler.requestFrame();
}
