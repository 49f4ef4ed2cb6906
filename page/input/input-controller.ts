import { newestX, type PointSource } from "../data/point-source.ts";
import type { Range } from "../data/segment.ts";
import type { Board } from "../render/board.ts";
import type { Marks } from "../render/gap-layer.ts";
import type { Panel } from "../render/panel.ts";
import type { Notice } from "../ui/notice.ts";
import type { Sight, View } from "../viewport/viewport.ts";
import { panned, zoomed } from "../viewport/x-range.ts";
import { Gestures, type Hand } from "./gesture-recognizer.ts";
import type { Cursor } from "./plot-cursor.ts";

const MOUSE_REACH_PX = 6;
const FINGER_REACH_PX = 22;
const ZOOM_STEP = 1.5;
const PAN_STEP = 0.1;
/** So many times as wide as all that is known may be looked at. */
const ROOM = 4;
const CURSOR_STEPS_FAR = 10;
/** A part narrower than this is a press that trembled. */
const MIN_PART = 0.004;

/** Goes from gap to gap; what does it is loaded when somebody asks for it. */
export interface GapNavigator {
  /** To the next gap before (-1) or after (1) the cursor. */
  go(direction: -1 | 1): void;
}

/** What is loaded later for input. */
export interface LazyInput {
  readonly GapNavigator: new (on: Movable) => GapNavigator;
}

/** What hands and keys move. */
export interface Movable {
  board: Board;
  view: View;
  source: PointSource;
  cursor: Cursor;
  marks: Marks;
  notice: Notice;
  /** What is seen now; undefined while there is nothing. */
  sight(): Sight | undefined;
  /** Another part of the x axis is looked at. */
  moved(): void;
  /** The cursor or the mark is elsewhere. */
  pointed(): void;
  /** Loads what is loaded later; undefined: it cannot be had now. */
  loadLazy(): Promise<LazyInput | undefined>;
}

/** Turns what hands and keys do into another view, or another place of the cursor. */
export class Hands implements Hand {
  readonly #on: Movable;
  readonly #gestures: Gestures;
  #gapNavigator: GapNavigator | undefined;

  constructor(on: Movable) {
    this.#on = on;
    this.#gestures = new Gestures(on.board.host, this);
    // A tap beside the panels lets go of what was spoken of.
    addEventListener("pointerdown", ({ target }) => {
      if (!(target instanceof Element && target.closest(".over"))) this.#speak(undefined, undefined, 0);
    });
    addEventListener("keydown", () => on.notice.hide("gap"), true);
  }

  pointAgain(): void {
    // By key the cursor was put somewhere else since.
    if (!this.#on.cursor.pointing.stays && this.#on.cursor.pointing.cursor !== undefined) this.#gestures.pointAgain();
  }

  point(at: number | undefined, over: HTMLElement | undefined): void {
    this.#on.cursor.pointing.point(at, false);
    this.#speakOver(over, at, MOUSE_REACH_PX);
    this.#on.pointed();
  }

  /** A finger has no Esc: where it tapped before, and with a double tap, it takes the cursor away. */
  tap(at: number, over: HTMLElement, twice: boolean): void {
    const { pointing } = this.#on.cursor;
    const reach = FINGER_REACH_PX / Math.max(1, over.clientWidth);
    const isThere = pointing.stays && Math.abs((pointing.cursor ?? Number.NaN) - at) < reach;
    if (twice || isThere) pointing.clear();
    else pointing.point(at, true);
    this.#speakOver(over, pointing.cursor, FINGER_REACH_PX);
    if (twice) this.live();
    else this.#on.pointed();
  }

  press(at: number): void {
    const sight = this.#on.sight();
    if (sight !== undefined) this.#on.cursor.pointing.toggleMark(sight.x, at);
    this.#on.pointed();
  }

  choose(from: number, to: number, done: boolean): void {
    const { pointing } = this.#on.cursor;
    const x = this.#on.sight()?.x;
    if (x === undefined) return;
    const span = x.max - x.min;
    // Where it began goes on with the points while it is drawn.
    pointing.chosen = { fromX: pointing.chosen?.fromX ?? x.min + from * span, to };
    const [left, right] = pointing.chosenPart(x) ?? [0, 0];
    if (done) pointing.chosen = undefined;
    if (!done || right - left < MIN_PART) return this.#on.pointed();
    this.#look({ min: x.min + left * span, max: x.min + right * span });
  }

  unchoose(): void {
    this.#on.cursor.pointing.chosen = undefined;
    this.#on.pointed();
  }

  pan(by: number): void {
    const x = this.#on.sight()?.x;
    if (x !== undefined) this.#look(panned(this.#on.view.range ?? x, by));
  }

  zoom(factor: number, at: number): void {
    const x = this.#on.view.range ?? this.#on.sight()?.x;
    if (x === undefined) return;
    const { source } = this.#on;
    // Around all that there is, some room is enough; what is not known to be there is fetched meanwhile.
    const widest = ROOM * (newestX(source) - source.oldestX);
    const span = x.max - x.min;
    const bounded = factor > 1 && widest > 0 ? Math.min(factor, Math.max(1, widest / span)) : factor;
    this.#look(zoomed(x, bounded, x.min + at * span));
  }

  live(): void {
    this.#on.cursor.pointing.mark = undefined;
    this.#on.view.goLive();
    this.#on.moved();
  }

  /** Zooms by keys: around the cursor, or the middle. */
  zoomBySteps(steps: number): void {
    this.zoom(ZOOM_STEP ** -steps, this.#on.cursor.pointing.cursor ?? 0.5);
  }

  /** Moves the cursor, or the picture if there is none. */
  goSideways(direction: -1 | 1, far: boolean): void {
    const { pointing } = this.#on.cursor;
    if (!pointing.stays) return this.pan(direction * (far ? 1 : PAN_STEP));
    pointing.step(direction * (far ? CURSOR_STEPS_FAR : 1));
    this.#speakAll();
    this.#on.pointed();
  }

  toggleCursor(): void {
    const { pointing } = this.#on.cursor;
    if (pointing.stays) pointing.clear();
    else pointing.step(0);
    this.#speakAll();
    this.#on.pointed();
  }

  toggleMark(): void {
    const { pointing } = this.#on.cursor;
    if (pointing.cursor === undefined) pointing.step(0);
    const x = this.#on.sight()?.x;
    if (x !== undefined) pointing.toggleMark(x);
    this.#on.pointed();
  }

  dismiss(): void {
    this.#speak(undefined, undefined, 0);
    this.#gestures.cancel();
    this.#on.cursor.pointing.dismiss();
    this.#on.pointed();
  }

  /** Goes to the next gap before or after the cursor. */
  async goToGap(direction: -1 | 1): Promise<void> {
    // The marks are drawn by what is loaded for the way to them.
    if ((await this.#on.marks.load()) === undefined) return;
    const lazy = await this.#on.loadLazy();
    this.#gapNavigator ??= lazy && new lazy.GapNavigator(this.#on);
    this.#gapNavigator?.go(direction);
  }

  #look(range: Range): void {
    const { view, source } = this.#on;
    view.lookAt(range, source, view.range ?? this.#on.sight()?.x);
    this.#on.moved();
  }

  #xOf(at: number | undefined): number | undefined {
    const x = this.#on.sight()?.x;
    return at === undefined || x === undefined ? undefined : x.min + at * (x.max - x.min);
  }

  /** By key the cursor is in all panels: the first that has something to say says it. */
  #speakAll(): void {
    const { board, cursor } = this.#on;
    const x = this.#xOf(cursor.pointing.cursor);
    this.#speak(board.panels[0], x, MOUSE_REACH_PX);
  }

  #speakOver(over: HTMLElement | undefined, at: number | undefined, reachPx: number): void {
    const panel = this.#on.board.panels.find((one) => one.over === over);
    this.#speak(panel, this.#xOf(at), reachPx);
  }

  #speak(panel: Panel | undefined, x: number | undefined, reachPx: number): void {
    this.#on.marks.pointAt(this.#on.board.panels, panel, x, reachPx);
  }
}
