import { isSeriesPattern, type SeriesFilter } from "../../protocol/series-filter.ts";
import { LivePoints } from "../data/live-points.ts";
import { SeriesStore } from "../data/store/series-store.ts";
import type { YAxisPlan } from "../layout/panels.ts";
import { Board } from "../render/board.ts";
import { FrameScheduler } from "../render/frame-scheduler.ts";
import type { GapMarks } from "../render/lazy-render.ts";
import type { Panel } from "../render/panel.ts";
import { counted } from "../ui/format.ts";
import { lossText } from "../ui/status.ts";
import { onThemeChange } from "../ui/theme.ts";
import { SeriesInView } from "../viewport/in-view.ts";
import { type ViewModel, Viewport } from "../viewport/viewport.ts";
import type { WindowName } from "../viewport/windows.ts";
import { makePart } from "./channel-element.ts";
import type { ChannelFeed } from "./feed.ts";
import { panelRender } from "./panel-render.ts";
import { AutomaticPanels } from "./panels.ts";

/** What attributes say of a picture. */
export interface Chosen {
  feed: ChannelFeed | undefined;
  window: WindowName | undefined;
  filter: SeriesFilter;
  y: YAxisPlan | undefined;
}

/** Numbers that people read change no faster than this. */
const VALUES_EVERY_MS = 150;
/** How far from a gap it is pointed at. */
const REACH_PX = 8;
const NOTHING_HELD = new SeriesStore();
const NOTHING_CHOSEN = { y: undefined, styles: new Map<string, string>() };

/** The picture of a channel: the page's own panels, with the points of a feed. */
export class PlotView {
  readonly #board: Board;
  readonly #source: LivePoints;
  readonly #inView = new SeriesInView();
  readonly #panels = new AutomaticPanels();
  readonly #marks = new WeakMap<Panel, GapMarks>();
  readonly #hidden = new Set<string>();
  readonly #scheduler = new FrameScheduler(() => this.#draw());
  readonly #closing = new AbortController();
  readonly #isSeen: () => boolean;
  #viewport = new Viewport();
  #chosen: Chosen | undefined;
  #viewModel: ViewModel | undefined;
  #highlighted: string | undefined;
  #valuesShownMs = -Infinity;
  #valuesTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(root: ShadowRoot, isSeen: () => boolean) {
    this.#isSeen = isSeen;
    const host = makePart("div", "board");
    // The page's styles call it so.
    host.id = "board";
    root.append(host);
    const requestDraw = (): void => this.#scheduler.requestFrame();
    this.#source = new LivePoints(NOTHING_HELD, (name) => !this.#isWanted(name) || this.#hidden.has(name));
    this.#source.nowX = () => this.#chosen?.feed?.nowX() ?? Number.NaN;
    const toggle = (name: string): void => {
      if (!this.#hidden.delete(name)) this.#hidden.add(name);
      this.#layoutChanged();
    };
    this.#board = new Board(host, {
      toggle,
      showOnly: toggle,
      highlight: (name) => {
        this.#highlighted = name;
        requestDraw();
      },
      // They are the page's: plot.css shows no button for them.
      settings: () => undefined,
      requestDraw,
    });
    onThemeChange(() => this.#board.readTheme(), this.#closing);
    host.addEventListener("pointermove", (event) => this.#point(event));
    host.addEventListener("pointerleave", (event) => this.#point(event));
  }

  /** What is missing of what was wished for, and of the points. */
  get notes(): string[] {
    const { feed, filter } = this.#chosen ?? {};
    const store = feed?.held;
    if (!feed?.isLive || !store?.size) return [];
    const absent = (filter?.wanted ?? []).filter((name) => !isSeriesPattern(name) && store.find(name) === undefined);
    return [
      absent.length === 0 ? "" : `No series “${absent.join("”, “")}” so far.`,
      store.refused === 0 ? "" : `${counted(store.refused, "series")} more than can be shown.`,
      lossText(store.lost) ?? "",
    ];
  }

  choose(chosen: Chosen): void {
    if (chosen.window !== this.#chosen?.window) {
      this.#viewport = new Viewport();
      if (chosen.window !== undefined) this.#viewport.selectWindow(chosen.window);
    }
    this.#chosen = chosen;
    this.#board.readTheme();
    this.#layoutChanged();
  }

  /** Points came, or it is seen again. */
  pointsCame(): void {
    if (this.#isSeen()) this.#scheduler.requestDataFrame();
  }

  close(): void {
    this.#closing.abort();
    clearTimeout(this.#valuesTimer);
    this.#board.close();
    this.#board.host.remove();
  }

  #isWanted(name: string): boolean {
    return this.#chosen?.filter.has(name) ?? true;
  }

  #layoutChanged(): void {
    this.#board.forgetRanges();
    this.#valuesShownMs = -Infinity;
    this.#scheduler.requestFrame();
  }

  #draw(): void {
    const feed = this.#chosen?.feed;
    // It is drawn when it is seen.
    if (this.#closing.signal.aborted || !this.#isSeen()) return;
    const source = this.#source;
    source.store = feed?.held ?? NOTHING_HELD;
    this.#viewModel = this.#viewport.resolve(source, this.#board.columns);
    const inView = this.#inView.of(source, this.#viewModel, true);
    const listed = feed?.catalogue.list(source.series, inView) ?? [];
    const wanted = listed.filter(({ name }) => this.#isWanted(name));
    if (this.#board.arrange(this.#panels.arrange(wanted, this.#chosen?.y))) {
      this.#valuesShownMs = -Infinity;
      this.#viewModel = this.#viewport.resolve(source, this.#board.columns);
    }
    const seen = this.#viewModel;
    if (seen === undefined) return;
    this.#board.draw(seen, source, this.#highlighted, panelRender, NOTHING_CHOSEN);
    for (const panel of this.#board.onScreen) {
      const gaps = panelRender.gapsOf(seen.gaps, panel.plan.names);
      this.#marksOf(panel).show(gaps, seen.x, seen.time, panel.under.clientWidth);
    }
    const waitMs = this.#valuesShownMs + VALUES_EVERY_MS - performance.now();
    if (waitMs <= 0) this.#showValues();
    // These may be the last points for a long time.
    else this.#valuesTimer ??= setTimeout(() => this.#showValues(), waitMs);
  }

  #showValues(): void {
    clearTimeout(this.#valuesTimer);
    this.#valuesTimer = undefined;
    this.#valuesShownMs = performance.now();
    for (const { legend, series, axes } of this.#board.onScreen) {
      legend.show(series, axes, ({ series: { lastY, valueNames } }) => ({
        kind: "last",
        value: lastY,
        text: valueNames?.textOf(lastY),
      }));
    }
  }

  #marksOf(panel: Panel): GapMarks {
    const marks = this.#marks.get(panel) ?? new panelRender.GapMarks(panel.plot, panel.under);
    this.#marks.set(panel, marks);
    return marks;
  }

  /** A gap that is pointed at says what is missing there. */
  #point(event: PointerEvent): void {
    const { x } = this.#viewModel ?? { x: { min: 0, max: 1 } };
    for (const panel of this.#board.onScreen) {
      const { left, width } = panel.over.getBoundingClientRect();
      const unit = (x.max - x.min) / Math.max(1, width);
      const at = event.target === panel.over ? x.min + (event.clientX - left) * unit : undefined;
      this.#marksOf(panel).hover(at, REACH_PX);
    }
  }
}
