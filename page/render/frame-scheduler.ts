const CALM_MS = 500;

/**
 * When to draw: once an animation frame at most, whatever happens how often; none while the tab is hidden. Who wants
 * less motion sees what comes twice a second, and what they do themselves at once.
 */
export class FrameScheduler {
  readonly #draw: () => void;
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");
  #isAsked = false;
  #drawnMs = -Infinity;
  #timer: number | undefined;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** Points came: with reduced motion, twice a second is enough. */
  requestDataFrame(): void {
    const waitMs = this.#calm.matches ? this.#drawnMs + CALM_MS - performance.now() : 0;
    if (waitMs <= 0) return this.requestFrame();
    this.#timer ??= setTimeout(() => this.requestFrame(), waitMs);
  }

  /** A person did something. */
  requestFrame(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#drawnMs = performance.now();
      this.#draw();
    });
  }
}
