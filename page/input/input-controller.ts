import { newestX, type PointSource } from "../data/point-source.ts";
import type { Range } from "../data/segment.ts";
import type { Arrangement } from "../layout/arrangement.ts";
import type { Board } from "../render/board.ts";
import type { GapLayer } from "../render/gap-layer.ts";
import type { Panel } from "../render/panel.ts";
import type { Notice } from "../ui/notice.ts";
import type { ViewModel, Viewport } from "../viewport/viewport.ts";
import { panned, zoomed } from "../viewport/x-range.ts";
import { type GestureHandler, GestureRecognizer } from "./gesture-recognizer.ts";
import type { PlotCursor } from "./plot-cursor.ts";
import type { PanelCommand } from "./shortcuts.ts";

const MOUSE_REACH_PX = 6;
const FINGER_REACH_PX = 22;
const ZOOM_STEP = 1.5;
const PAN_STEP = 0.1;
/** A zoom may show up to this many times the width of all known points. */
const ROOM = 4;
const CURSOR_STEPS_FAR = 10;
/** A selection narrower than this part of the width is a shaky click. */
const MIN_PART = 0.004;

/** Goes from gap to gap. It is loaded when it is first used. */
export interface GapNavigator {
  /** To the next gap before (-1) or after (1) the cursor. */
  go(direction: -1 | 1): void;
}

/** The readout at the pointer or the cursor, and zooming in y. It is loaded with the first of them. */
export interface PlotTools {
  /** A mouse draws over a part, or did: y is for the tools. @returns whether x is meant, too */
  drag(isDone: boolean): boolean;
  run(command: PanelCommand, far: boolean): void;
}

/** What input needs of the lazily loaded file. */
export interface LazyInput {
  readonly GapNavigator: new (targets: InputTargets) => GapNavigator;
  /** @param last where the pointer is */
  readonly PlotTools: new (
    targets: InputTargets,
    last: PointerEvent | undefined,
  ) => PlotTools;
}

/** What gestures and keys change. */
export interface InputTargets {
  arrangement: Arrangement;
  board: Board;
  viewport: Viewport;
  source: PointSource;
  cursor: PlotCursor;
  gapLayer: GapLayer;
  notice: Notice;
  /** The current view model; undefined while there are no points. */
  viewModel(): ViewModel | undefined;
  /** Another part of the x axis is shown. */
  viewChanged(): void;
  /** Another part of a y axis is shown. */
  yChanged(): void;
  /** The cursor or the mark moved. */
  cursorMoved(): void;
  /** Loads what input needs lazily; undefined: it cannot be loaded now. */
  loadLazy(): Promise<LazyInput | undefined>;
}

/** Turns gestures and keys into changes of the viewport and the cursor. */
export class InputController implements GestureHandler {
  readonly #targets: InputTargets;
  readonly #gestures: GestureRecognizer;
  #gapNavigator: GapNavigator | undefined;
  #tools: PlotTools | undefined;
  #last: PointerEvent | undefined;

  constructor(targets: InputTargets) {
    this.#targets = targets;
    this.#gestures = new GestureRecognizer(targets.board.host, this);
    // A tap beside the panels hides the description of a gap.
    addEventListener("pointermove", (event) => {
      this.#last = event;
    });
    addEventListener("pointerdown", (event) => {
      this.#last = event;
      const { target } = event;
      if (!(target instanceof Element && target.closest(".over"))) this.#describe(undefined, undefined, 0);
      // A y axis needs what the cursor needs.
      targets.cursorMoved();
    });
    addEventListener("keydown", () => targets.notice.hide("gap"), true);
  }

  /** What is loaded lazily is here. */
  attach({ PlotTools }: LazyInput): void {
    this.#tools ??= new PlotTools(this.#targets, this.#last);
  }

  refreshHover(): void {
    // By key the cursor was put somewhere else since.
    if (!this.#targets.cursor.state.isPinned && this.#targets.cursor.state.position !== undefined)
      this.#gestures.refreshHover();
  }

  hover(at: number | undefined, over: HTMLElement | undefined): void {
    this.#targets.cursor.state.moveTo(at, false);
    this.#describeOver(over, at, MOUSE_REACH_PX);
    this.#targets.cursorMoved();
  }

  /** A finger has no Esc: where it tapped before, and with a double tap, it takes the cursor away. */
  tap(at: number, over: HTMLElement, isDouble: boolean): void {
    const { state } = this.#targets.cursor;
    const reach = FINGER_REACH_PX / Math.max(1, over.clientWidth);
    const isThere = state.isPinned && Math.abs((state.position ?? Number.NaN) - at) < reach;
    if (isDouble || isThere) state.clear();
    else state.moveTo(at, true);
    this.#describeOver(over, state.position, FINGER_REACH_PX);
    if (isDouble) this.goLive();
    else this.#targets.cursorMoved();
  }

  click(at: number): void {
    const viewModel = this.#targets.viewModel();
    if (viewModel !== undefined) this.#targets.cursor.state.toggleMark(viewModel.x, at);
    this.#targets.cursorMoved();
  }

  select(from: number, to: number, done: boolean): void {
    const { state } = this.#targets.cursor;
    const x = this.#targets.viewModel()?.x;
    if (x === undefined) return;
    if (this.#tools?.drag(done) === false) return this.cancelSelection();
    const span = x.max - x.min;
    // Where it began goes on with the points while it is drawn.
    state.selection = { fromX: state.selection?.fromX ?? x.min + from * span, to };
    const [left, right] = state.selectionPart(x) ?? [0, 0];
    if (done) state.selection = undefined;
    if (!done || right - left < MIN_PART) return this.#targets.cursorMoved();
    this.#show({ min: x.min + left * span, max: x.min + right * span });
  }

  cancelSelection(): void {
    this.#targets.cursor.state.selection = undefined;
    this.#targets.cursorMoved();
  }

  pan(by: number): void {
    const x = this.#targets.viewModel()?.x;
    if (x !== undefined) this.#show(panned(this.#targets.viewport.range ?? x, by));
  }

  zoom(factor: number, at: number): void {
    const x = this.#targets.viewport.range ?? this.#targets.viewModel()?.x;
    if (x === undefined) return;
    const { source } = this.#targets;
    // Around all that there is, some room is enough; what is not known to be there is fetched meanwhile.
    const widest = ROOM * (newestX(source) - source.oldestX);
    const span = x.max - x.min;
    const bounded = factor > 1 && widest > 0 ? Math.min(factor, Math.max(1, widest / span)) : factor;
    this.#show(zoomed(x, bounded, x.min + at * span));
  }

  goLive(): void {
    this.#targets.cursor.state.mark = undefined;
    this.#targets.viewport.goLive();
    this.#targets.viewChanged();
  }

  /** Does something in one panel, by key. */
  async inPanel(command: PanelCommand, far: boolean): Promise<void> {
    await this.#targets.gapLayer.load();
    this.#tools?.run(command, far);
  }

  /** Zooms by keys: around the cursor, or the middle. */
  zoomBySteps(steps: number): void {
    this.zoom(ZOOM_STEP ** -steps, this.#targets.cursor.state.position ?? 0.5);
  }

  /** Moves the cursor, or the picture if there is none. */
  stepSideways(direction: -1 | 1, far: boolean): void {
    const { state } = this.#targets.cursor;
    if (!state.isPinned) return this.pan(direction * (far ? 1 : PAN_STEP));
    state.step(direction * (far ? CURSOR_STEPS_FAR : 1));
    this.#describeAnywhere();
    this.#targets.cursorMoved();
  }

  toggleCursor(): void {
    const { state } = this.#targets.cursor;
    if (state.isPinned) state.clear();
    else state.step(0);
    this.#describeAnywhere();
    this.#targets.cursorMoved();
  }

  toggleMark(): void {
    const { state } = this.#targets.cursor;
    if (state.position === undefined) state.step(0);
    const x = this.#targets.viewModel()?.x;
    if (x !== undefined) state.toggleMark(x);
    this.#targets.cursorMoved();
  }

  dismiss(): void {
    this.#describe(undefined, undefined, 0);
    this.#gestures.cancel();
    this.#targets.cursor.state.dismiss();
    this.#targets.cursorMoved();
  }

  /** Goes to the next gap before or after the cursor. */
  async goToGap(direction: -1 | 1): Promise<void> {
    // The same file draws the marks.
    if ((await this.#targets.gapLayer.load()) === undefined) return;
    const lazy = await this.#targets.loadLazy();
    this.#gapNavigator ??= lazy && new lazy.GapNavigator(this.#targets);
    this.#gapNavigator?.go(direction);
  }

  #show(range: Range): void {
    const { viewport, source } = this.#targets;
    viewport.showRange(range, source, viewport.range ?? this.#targets.viewModel()?.x);
    this.#targets.viewChanged();
  }

  #xOf(at: number | undefined): number | undefined {
    const x = this.#targets.viewModel()?.x;
    return at === undefined || x === undefined ? undefined : x.min + at * (x.max - x.min);
  }

  /** A cursor moved by key is in all panels: the first panel describes the gap there. */
  #describeAnywhere(): void {
    const { board, cursor } = this.#targets;
    const x = this.#xOf(cursor.state.position);
    this.#describe(board.panels[0], x, MOUSE_REACH_PX);
  }

  #describeOver(over: HTMLElement | undefined, at: number | undefined, reachPx: number): void {
    const panel = this.#targets.board.panels.find((one) => one.over === over);
    this.#describe(panel, this.#xOf(at), reachPx);
  }

  #describe(panel: Panel | undefined, x: number | undefined, reachPx: number): void {
    this.#targets.gapLayer.hover(this.#targets.board.panels, panel, x, reachPx);
  }
}
