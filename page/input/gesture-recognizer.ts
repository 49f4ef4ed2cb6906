/** What gestures do, in parts of the panels' width: 0 is the left edge, 1 the right one. */
export interface GestureHandler {
  /** A mouse points there; undefined: nowhere. */
  hover(at: number | undefined, over: HTMLElement | undefined): void;
  /** A finger taps there, for the second time if `isDouble`. */
  tap(at: number, over: HTMLElement, isDouble: boolean): void;
  /** A click: pressed and released at one place. */
  click(at: number): void;
  /** A drag over a part of the width: selected when released (`done`). */
  select(from: number, to: number, done: boolean): void;
  /** The drag was cancelled. */
  cancelSelection(): void;
  /** Moves the picture by a part of the width. */
  pan(by: number): void;
  zoom(factor: number, at: number): void;
  goLive(): void;
}

const MIN_DRAG_PX = 5;
/** A notch of a wheel is about 100 pixels. */
const ZOOM_PER_PX = 1.0015;
const PX_PER_LINE = 16;
const DOUBLE_TAP_MS = 350;

interface Pointer {
  startX: number;
  startY: number;
  x: number;
  pans: boolean;
  dragged: boolean;
}

/** Pointer, wheel and touch on the panels of a board: each becomes one call of a {@link GestureHandler}. */
export class GestureRecognizer {
  readonly #host: HTMLElement;
  readonly #hand: GestureHandler;
  readonly #pointers = new Map<number, Pointer>();
  #tappedMs = -Infinity;
  /** Where the mouse is. */
  #mouse: { layer: HTMLElement; x: number } | undefined;

  /** @param host has the panels' `over` layers in it */
  constructor(host: HTMLElement, hand: GestureHandler) {
    this.#host = host;
    this.#hand = hand;
    host.addEventListener("pointerdown", (event) => this.#down(event));
    host.addEventListener("pointermove", (event) => this.#move(event));
    host.addEventListener("pointerup", (event) => this.#up(event, true));
    host.addEventListener("pointercancel", (event) => this.#up(event, false));
    host.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType === "mouse" && this.#pointers.size === 0) this.#hover(undefined, 0);
    });
    host.addEventListener("dblclick", (event) => {
      if (layerOf(event) !== undefined) hand.goLive();
    });
    host.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  /** Cancels gestures in progress. */
  cancel(): void {
    this.#pointers.clear();
  }

  /** The panels became wider or narrower: the mouse is at another part of them without having moved. */
  refreshHover(): void {
    if (this.#mouse !== undefined) this.#hover(this.#mouse.layer, this.#mouse.x);
  }

  #hover(layer: HTMLElement | undefined, x: number): void {
    this.#mouse = layer && { layer, x };
    this.#hand.hover(layer && partOf(layer, x), layer);
  }

  #down(event: PointerEvent): void {
    const layer = layerOf(event);
    if (layer === undefined || event.button !== 0) return;
    const isTouch = event.pointerType !== "mouse";
    layer.setPointerCapture(event.pointerId);
    const { clientX: x, clientY: y } = event;
    this.#pointers.set(event.pointerId, { startX: x, startY: y, x, pans: isTouch || event.shiftKey, dragged: false });
  }

  #move(event: PointerEvent): void {
    const layer = layerOf(event);
    const pointer = this.#pointers.get(event.pointerId);
    if (pointer === undefined) {
      if (event.pointerType === "mouse") this.#hover(layer, event.clientX);
      return;
    }
    if (layer === undefined) return;
    const { width } = layer.getBoundingClientRect();
    const before = pointer.x;
    const others = [...this.#pointers.values()].filter((other) => other !== pointer);
    pointer.x = event.clientX;
    // A finger up or down scrolls the panels.
    const upPx = pointer.pans ? 0 : event.clientY - pointer.startY;
    pointer.dragged ||= Math.hypot(pointer.x - pointer.startX, upPx) >= MIN_DRAG_PX;
    const [other] = others;
    if (other !== undefined) {
      // Two fingers: what is under each stays under it.
      const [was, is] = [Math.abs(before - other.x), Math.abs(pointer.x - other.x)];
      pointer.dragged = other.dragged = true;
      this.#hand.pan((before - pointer.x) / 2 / width);
      if (was > 10 && is > 10) this.#hand.zoom(was / is, partOf(layer, (pointer.x + other.x) / 2));
      return;
    }
    if (event.pointerType === "mouse") this.#hover(layer, pointer.x);
    if (!pointer.dragged) return;
    if (pointer.pans) {
      this.#hand.pan((before - pointer.x) / width);
    } else {
      this.#hand.select(partOf(layer, pointer.startX), partOf(layer, pointer.x), false);
    }
  }

  #up(event: PointerEvent, isDone: boolean): void {
    const pointer = this.#pointers.get(event.pointerId);
    const layer = layerOf(event);
    this.#pointers.delete(event.pointerId);
    if (pointer === undefined) return;
    const isLeft = !isDone || layer === undefined;
    if (pointer.dragged) {
      if (pointer.pans) return;
      if (isLeft) this.#hand.cancelSelection();
      else this.#hand.select(partOf(layer, pointer.startX), partOf(layer, event.clientX), true);
      return;
    }
    if (isLeft) return;
    const at = partOf(layer, event.clientX);
    if (event.pointerType === "mouse") return this.#hand.click(at);
    // A browser makes no dblclick of two taps where it does not zoom by them.
    this.#hand.tap(at, layer, event.timeStamp - this.#tappedMs < DOUBLE_TAP_MS);
    this.#tappedMs = event.timeStamp;
  }

  #wheel(event: WheelEvent): void {
    const layer = layerOf(event);
    if (layer === undefined) return;
    const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    // Where there are more panels than fit, the wheel is for going to them; with Ctrl it zooms everywhere.
    if (wheelScrolls(this.#host) && !isSideways && !event.ctrlKey && !event.metaKey && !event.shiftKey) return;
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : PX_PER_LINE;
    const { width } = layer.getBoundingClientRect();
    if (isSideways || event.shiftKey) {
      this.#hand.pan(((isSideways ? event.deltaX : event.deltaY) * unit) / width);
    } else {
      // A pinch on a touchpad comes as a wheel with Ctrl, in smaller steps.
      const factor = ZOOM_PER_PX ** (event.deltaY * unit * (event.ctrlKey ? 4 : 1));
      this.#hand.zoom(Math.min(4, Math.max(0.25, factor)), partOf(layer, event.clientX));
    }
  }
}

/** Whether the wheel moves the panels up and down: there are more than fit. */
export function wheelScrolls({ scrollHeight, clientHeight }: HTMLElement): boolean {
  return scrollHeight > clientHeight + 1;
}

function layerOf({ target }: Event): HTMLElement | undefined {
  return target instanceof Element ? (target.closest<HTMLElement>(".over") ?? undefined) : undefined;
}

function partOf(layer: HTMLElement, clientX: number): number {
  const { left, width } = layer.getBoundingClientRect();
  return Math.min(1, Math.max(0, (clientX - left) / width));
}
