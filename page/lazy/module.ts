import type { ChannelViewer } from "../../client/viewer.ts";
import type { DerivedClass } from "../data/derivation.ts";
import type { Arrivals, ReplacedPoints } from "../data/history/arrivals.ts";
import type { StoredHistory } from "../data/history/stored-history.ts";
import type { ChannelSource } from "../data/point-source.ts";
import type { LazyInput } from "../input/input-controller.ts";
import type { Keyboard } from "../input/keyboard.ts";
import type { PlotCursor } from "../input/plot-cursor.ts";
import type { Tool } from "../input/shortcuts.ts";
import type { Arrangement } from "../layout/arrangement.ts";
import type { Persistence } from "../layout/persistence.ts";
import type { TimeZone } from "../layout/time-zone.ts";
import type { Board } from "../render/board.ts";
import type { LazyRender } from "../render/lazy-render.ts";
import type { Notice } from "../ui/notice.ts";
import type { RareStates, StatusPresenter } from "../ui/status-presenter.ts";
import type { FileRange, ViewModel, Viewport } from "../viewport/viewport.ts";

/** What the page passes to lazily loaded tools. */
export interface Context {
  channel: string;
  readonly channelUrl: URL;
  readonly viewer: ChannelViewer;
  readonly presenter: StatusPresenter;
  /** What is shown is a file's. */
  isFile: boolean;
  board: Board;
  arrangement: Arrangement;
  viewport: Viewport;
  persistence: Persistence;
  source: ChannelSource;
  cursor: PlotCursor;
  keys: Keyboard;
  notice: Notice;
  /** The current view model; undefined while there are no points. */
  viewModel(): ViewModel | undefined;
  /** Another part of the x axis is shown. */
  viewChanged(): void;
  /** Panels, axes or visibility changed. */
  layoutChanged(): void;
  /** Leaves the channel: what the store takes in from now on are the points of a file. @param about what is said of it @param seen undefined: all of them */
  openSnapshot(channel: string, about: () => string, paths: readonly string[], seen: FileRange | undefined): void;
  /** Calls back after each drawing; undefined: no more. */
  onDraw(drawn: (() => void) | undefined): void;
}

/** The file that is loaded when a page needs something that most pages never need: `index.ts` is it. */
export interface LazyModule extends LazyRender, LazyInput {
  readonly Derived: DerivedClass;
  rareStates(host: HTMLElement, channelUrl: string): RareStates;
  /** Reads what was left out of the tail, and puts it before what came since. */
  backfill(arrivals: Arrivals, held: ReplacedPoints, context: Context, changed: () => void): Promise<void>;
  /** @param changed called when the fetched points, or the state, changed */
  storedHistory(context: Context, changed: () => void): StoredHistory;
  /**
   * Entries of legends can be dragged to other panels, and have settings of their own; files can be let go anywhere; it is heard that access was
   * forgotten on this browser, and seen whether WebSockets come through.
   */
  attachLegends(context: Context): void;
  /** The page is live, for the first time or again: it goes into the channel's room. */
  live(context: Context): void;
  /** Times are said in this zone. */
  shareTimeZone(zone: TimeZone): void;
  /** Shows why the page cannot connect, if anything answers, and asks for what is lacking. A token of the page's link goes first. @param expiresInMs when its access ends */
  explain(context: Context, expiresInMs?: number): Promise<void>;
  /** The panel of a series that was just hidden goes once the hand is elsewhere. */
  stayPut(context: Context, name: string): void;
  /** Shows only this series of its panel; if that is so already, all of the panel. */
  showOnly(context: Context, name: string): void;
  /** Says that the channel was emptied. @param atMs when that was heard @param isSeen the page was connected then */
  noteEmptied(notice: Notice, atMs: number, isSeen: boolean): void;
  openTool(tool: Tool, context: Context, opener?: HTMLElement): void;
  openPanelSettings(context: Context, id: string, opener?: HTMLElement): void;
}
