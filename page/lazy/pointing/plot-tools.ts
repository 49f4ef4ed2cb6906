import type { InputTargets, PlotTools as PlotToolsView } from "../../input/input-controller.ts";
import { reachIn } from "../../input/plot-cursor.ts";
import type { PanelCommand } from "../../input/shortcuts.ts";
import type { Panel } from "../../render/panel.ts";
import { button } from "../../ui/dom.ts";
import type { ViewModel } from "../../viewport/viewport.ts";
import { zoomed } from "../../viewport/x-range.ts";
import { shownName } from "../shown-name.ts";
import { adoptStyles } from "../styles.ts";
import { ChosenBox } from "./chosen-box.ts";
import { CursorOverlay } from "./cursor-overlay.ts";
import { cursorText } from "./cursor-text.ts";
import { dragKind } from "./drag-kind.ts";
import { markerOf } from "./markers.ts";
import { placeOf } from "./pointer-place.ts";
import { Readout } from "./readout.ts";
import { YGestures } from "./y-gestures.ts";
import { YZoom } from "./y-zoom.ts";

const ZOOM_STEP = 1.5;

/** A place of the screen. */
interface Spot {
  x: number;
  y: number;
}

/** The lines of the cursor, the readout at it or at the pointer, and zooming in y. */
export class PlotTools implements PlotToolsView {
  readonly #targets: InputTargets;
  readonly #zoom: YZoom;
  readonly #lines: CursorOverlay;
  readonly #readout: Readout;
  readonly #resets = new WeakMap<Panel, HTMLButtonElement>();
  readonly #box = new ChosenBox();
  /** The panel that was pointed at last, or gone to. */
  #panel: Panel | undefined;
  /** Where the mouse was pressed; undefined: before this was loaded. */
  #pressed: Spot | undefined;
  /** Where the pointer is. */
  #pointer: Spot = { x: 0, y: 0 };
  /** A key was pressed since. */
  #isByKey = true;

  constructor(targets: InputTargets, last: PointerEvent | undefined) {
    adoptStyles();
    this.#targets = targets;
    this.#zoom = new YZoom(targets);
    this.#lines = new CursorOverlay(targets.board);
    this.#readout = new Readout(targets.board, targets.cursor);
    new YGestures(targets.board, this.#zoom);
    targets.cursor.shown = (seen) => this.#show(seen);
    // Before the recognizer of gestures, which asks what is drawn over.
    for (const type of ["pointerdown", "pointermove", "pointerup"] as const) {
      targets.board.host.addEventListener(type, (event) => this.#note(event), true);
    }
    targets.board.host.addEventListener("scroll", () => this.#follow());
    targets.board.host.addEventListener("pointercancel", () => this.#box.hide());
    addEventListener(
      "keydown",
      ({ key }) => {
        this.#isByKey ||= targets.cursor.state.isPinned || key === "c";
        if (key === "Escape") this.#box.hide();
      },
      true,
    );
    if (last === undefined) return;
    this.#note(last);
    this.#isByKey = targets.cursor.state.isPinned && last.pointerType === "mouse";
  }

  drag(isDone: boolean): boolean {
    const panel = this.#panel;
    const [from = this.#pointer, to] = [this.#pressed, this.#pointer];
    const kind = this.#pressed === undefined ? "x" : dragKind(to.x - from.x, to.y - from.y);
    this.#box.hide();
    if (panel === undefined || kind === "x" || !this.#zoom.canZoom(panel)) return true;
    if (kind === "none") return false;
    const { left, width, top, height } = panel.over.getBoundingClientRect();
    const within = (part: number): number => Math.min(1, Math.max(0, part));
    const down = [from.y, to.y].map((y) => within((y - top) / height));
    const [high, low] = [Math.min(...down), Math.max(...down)];
    if (isDone) {
      this.#zoom.change(panel, ({ min, max }) => ({ min: max - low * (max - min), max: max - high * (max - min) }));
    } else {
      const across = kind === "y" ? [0, 1] : [from.x, to.x].map((x) => within((x - left) / width));
      this.#box.show(panel.over, { left: Math.min(...across), right: Math.max(...across), top: high, bottom: low });
    }
    return kind === "box";
  }

  run(command: PanelCommand, far: boolean): void {
    const panel = this.#current;
    if (panel === undefined) return;
    switch (command) {
      case "zoom-y": {
        const factor = far ? ZOOM_STEP : 1 / ZOOM_STEP;
        return this.#zoom.change(panel, (range) =>
          zoomed(range, factor, this.#reading(panel) ?? (range.min + range.max) / 2),
        );
      }
      case "reset-y":
        return this.#zoom.reset(panel);
      case "panel":
        return this.#goTo(panel, far ? -1 : 1);
    }
  }

  #note(event: PointerEvent): void {
    const place = placeOf(this.#targets.board, event);
    if (place === undefined) return;
    if (event.type === "pointerdown") this.#pressed = { x: event.clientX, y: event.clientY };
    this.#pointer = { x: event.clientX, y: event.clientY };
    this.#panel = place.panel;
    this.#isByKey = false;
  }

  /** Panels moved under the pointer. */
  #follow(): void {
    if (this.#isByKey) return;
    const { board, cursorMoved } = this.#targets;
    const under = document.elementFromPoint(this.#pointer.x, this.#pointer.y);
    this.#panel = board.panels.find(({ plot }) => plot.contains(under)) ?? this.#panel;
    cursorMoved();
  }

  /** The panel that has the focus by key, else the one that was pointed at or gone to last, else the first that is seen. */
  get #current(): Panel | undefined {
    const { board } = this.#targets;
    const { panels } = board;
    const focused = document.activeElement;
    const hasFocus = this.#isByKey && focused?.matches(":focus-visible") === true;
    return (
      panels.find(({ root }) => hasFocus && root.contains(focused)) ??
      panels.find((panel) => panel === this.#panel) ??
      board.onScreen[0]
    );
  }

  #goTo(from: Panel, by: number): void {
    const { board, cursor } = this.#targets;
    const { panels } = board;
    const next = panels[(panels.indexOf(from) + by + panels.length) % panels.length];
    if (next === undefined) return;
    const focused = document.activeElement;
    if (focused instanceof HTMLElement && from.root.contains(focused)) focused.blur();
    this.#panel = next;
    this.#isByKey = true;
    cursor.state.step(0);
    next.root.scrollIntoView({ block: "nearest" });
    this.#targets.cursorMoved();
  }

  /** Where the first series that is read at the cursor stands on the left axis. */
  #reading(panel: Panel): number | undefined {
    const { cursor } = this.#targets;
    const seen = this.#targets.viewModel();
    const x = seen && cursor.state.xIn(seen.x);
    if (seen === undefined || x === undefined) return undefined;
    for (const one of panel.series) {
      const marker = markerOf(one, panel, seen, x, reachIn(this.#targets.board, seen));
      if (marker === undefined || one.onRight) continue;
      const { min, max } = panel.axes.left.range;
      return max - marker.top * (max - min);
    }
    return undefined;
  }

  #show(seen: ViewModel): void {
    const { state } = this.#targets.cursor;
    const x = state.xIn(seen.x);
    const text = x === undefined ? "" : cursorText(x, state.mark, seen.x, seen.time);
    this.#lines.show(seen.x, state.position, state.mark, state.selectionPart(seen.x), text);
    this.#readout.show(seen, this.#current, this.#isByKey ? undefined : this.#pointer.y, this.#box.isShown);
    for (const panel of this.#targets.board.onScreen) this.#showReset(panel);
  }

  /** A button in the panel's head, while not all of y is seen. */
  #showReset(panel: Panel): void {
    const isZoomed = this.#zoom.isZoomed(panel);
    let reset = this.#resets.get(panel);
    if (reset === undefined) {
      if (!isZoomed) return;
      const menu = panel.root.querySelector<HTMLElement>(".panel-menu");
      reset = button("Reset y", () => {
        menu?.focus();
        this.#zoom.reset(panel);
      });
      reset.className = "panel-reset";
      reset.title = "Show the whole y axis";
      this.#resets.set(panel, reset);
      menu?.before(reset);
    }
    reset.ariaLabel = `Reset y of the panel with ${panel.plan.names.map(shownName).join(", ")}`;
    reset.hidden = !isZoomed;
  }
}
