/** A canvas that is as large as its host, in device pixels. */
export class Surface {
  readonly canvas = document.createElement("canvas");
  readonly context: CanvasRenderingContext2D;
  /** In CSS pixels. */
  width = 0;
  height = 0;
  /** Device pixels of a CSS pixel. */
  ratio = 1;
  readonly #host: HTMLElement;
  readonly #observer: ResizeObserver;
  readonly #closing = new AbortController();

  /** @param resized it has another size, is empty, and wants to be drawn */
  constructor(host: HTMLElement, resized: () => void) {
    const context = this.canvas.getContext("2d");
    if (context === null) throw new Error("This browser gives no canvas to draw on.");
    this.context = context;
    this.#host = host;
    host.append(this.canvas);
    const onResize = (): void => {
      if (this.#fit()) resized();
    };
    this.#observer = new ResizeObserver(onResize);
    this.#observer.observe(host);
    // Another screen, or a zoomed page, has other pixels without another size.
    addEventListener("resize", onResize, { signal: this.#closing.signal });
    this.#fit();
  }

  /** Nothing calls it any more: what the window would call, it would keep. */
  close(): void {
    this.#observer.disconnect();
    this.#closing.abort();
  }

  #fit(): boolean {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (width === 0 || height === 0) return false;
    if (width === this.width && height === this.height && this.ratio === devicePixelRatio) return false;
    [this.width, this.height, this.ratio] = [width, height, devicePixelRatio];
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(height * this.ratio);
    // Its host may end within a pixel: what is stretched over that is blurred.
    this.canvas.style.width = `${this.canvas.width / this.ratio}px`;
    this.canvas.style.height = `${this.canvas.height / this.ratio}px`;
    return true;
  }

  /** Empties it and sets it to be drawn on in CSS pixels. */
  begin(): CanvasRenderingContext2D {
    // A window that is moved to another screen need not become another size.
    if (this.ratio !== devicePixelRatio) this.#fit();
    const { context, ratio } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return context;
  }

  /** The middle of the device pixel at a CSS pixel, so that a line of one device pixel is one. */
  crisp(px: number): number {
    return (Math.round(px * this.ratio - 0.5) + 0.5) / this.ratio;
  }
}
