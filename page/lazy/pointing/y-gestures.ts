import type { Range } from "../../data/segment.ts";
import type { Axis } from "../../layout/panels.ts";
import type { Board } from "../../render/board.ts";
import type { Panel } from "../../render/panel.ts";
import { panned, zoomed } from "../../viewport/x-range.ts";
import { placeOf } from "./pointer-place.ts";
import type { YZoom } from "./y-zoom.ts";

const ZOOM_PER_PX = 1.0015;
const PX_PER_LINE = 16;
const MIN_DRAG_PX = 5;
/** Fingers that are closer say nothing of how far they went apart. */
const MIN_APART_PX = 10;
const DOUBLE_TAP_MS = 350;

interface AxisPlace {
  panel: Panel;
  side: Axis;
}

interface Pointer {
  place: AxisPlace;
  startY: number;
  y: number;
  moved: boolean;
}

/** Mouse, wheel and fingers on the y axes: a drag moves an axis, wheel and two fingers zoom, twice shows all of it. */
export class YGestures {
  readonly #board: Board;
  readonly #zoom: YZoom;
  readonly #pointers = new Map<number, Pointer>();
  #tapped: { atMs: number; on: Element | undefined } = { atMs: -Infinity, on: undefined };

  constructor(board: Board, zoom: YZoom) {
    this.#board = board;
    this.#zoom = zoom;
    const { host } = board;
    host.addEventListener("pointerdown", (event) => {
      if (event.button === 0) this.#down(event);
    });
    host.addEventListener("pointermove", (event) => this.#move(event));
    host.addEventListener("pointerup", (event) => this.#up(event));
    host.addEventListener("pointercancel", ({ pointerId }) => this.#pointers.delete(pointerId));
    host.addEventListener("dblclick", (event) => this.#twice(event));
    host.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  #down(event: PointerEvent): Pointer | undefined {
    const { target, pointerId, clientY: y } = event;
    const place = this.#axisAt(event);
    if (place === undefined || !(target instanceof Element)) return undefined;
    target.setPointerCapture(pointerId);
    const pointer = { place, startY: y, y, moved: false };
    this.#pointers.set(pointerId, pointer);
    return pointer;
  }

  #move(event: PointerEvent): void {
    // One that was put down before this was loaded begins here.
    const pointer = this.#pointers.get(event.pointerId) ?? (event.buttons === 1 ? this.#down(event) : undefined);
    if (pointer === undefined) {
      const place = placeOf(this.#board, event);
      if (place !== undefined) place.panel.canvas.style.cursor = this.#axisAt(event) ? "ns-resize" : "";
      return;
    }
    const { place } = pointer;
    const before = pointer.y;
    pointer.y = event.clientY;
    pointer.moved ||= Math.abs(pointer.y - pointer.startY) >= MIN_DRAG_PX;
    const { top, height } = place.panel.over.getBoundingClientRect();
    const other = [...this.#pointers.values()].find((one) => one !== pointer);
    if (other === undefined) {
      if (pointer.moved) this.#change(place, (range) => panned(range, (pointer.y - before) / height));
      return;
    }
    // Two fingers: what is under each stays under it.
    other.moved = pointer.moved = true;
    const [was, is] = [Math.abs(before - other.y), Math.abs(pointer.y - other.y)];
    const middle = ((pointer.y + other.y) / 2 - top) / height;
    this.#change(place, (range) => {
      const moved = panned(range, (pointer.y - before) / 2 / height);
      return was > MIN_APART_PX && is > MIN_APART_PX ? zoomed(moved, was / is, placeAt(moved, middle)) : moved;
    });
  }

  #up(event: PointerEvent): void {
    const { pointerId, pointerType, timeStamp, target } = event;
    const moved = this.#pointers.get(pointerId)?.moved === true;
    this.#pointers.delete(pointerId);
    if (moved || pointerType === "mouse" || !(target instanceof Element)) return;
    // A browser makes no dblclick of two taps where it does not zoom by them.
    const isSecond = timeStamp - this.#tapped.atMs < DOUBLE_TAP_MS && this.#tapped.on === target;
    if (isSecond) this.#twice(event);
    this.#tapped = { atMs: isSecond ? -Infinity : timeStamp, on: target };
  }

  /** A double click or tap on the lines goes live, too: the controller does that. */
  #twice(event: MouseEvent): void {
    const place = placeOf(this.#board, event);
    if (place !== undefined) this.#zoom.reset(place.panel, place.part === "lines" ? undefined : place.part);
  }

  #wheel(event: WheelEvent): void {
    const place = this.#axisAt(event);
    if (place === undefined || event.deltaY === 0) return;
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : PX_PER_LINE;
    // A pinch on a touchpad comes as a wheel with Ctrl, in smaller steps.
    const factor = ZOOM_PER_PX ** (event.deltaY * unit * (event.ctrlKey ? 4 : 1));
    const { top, height } = place.panel.over.getBoundingClientRect();
    const at = (event.clientY - top) / height;
    this.#change(place, (range) => zoomed(range, Math.min(4, Math.max(0.25, factor)), placeAt(range, at)));
  }

  #change({ panel, side }: AxisPlace, next: (range: Range) => Range): void {
    this.#zoom.change(panel, next, side);
  }

  #axisAt(event: MouseEvent): AxisPlace | undefined {
    const place = placeOf(this.#board, event);
    if (place === undefined || place.part === "lines" || !this.#zoom.canZoom(place.panel, place.part)) return undefined;
    return { panel: place.panel, side: place.part };
  }
}

/** The place of an axis at a part of its height, from the top. */
function placeAt({ min, max }: Range, part: number): number {
  return max - part * (max - min);
}
