/** What a person does on the panels of a page, in parts of their width. */
import type { CDPSession } from "playwright-core";
import { waitFor } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Seen {
  minX: number;
  maxX: number;
}

export class Pointer {
  readonly #tab: ChannelTab;

  constructor(tab: ChannelTab) {
    this.#tab = tab;
  }

  /** Where the lines of a panel are on the screen. */
  async box(panel = 0): Promise<Box> {
    return await this.#tab.page.evaluate<Box>(
      `{ const { left, top, width, height } = document.querySelectorAll(".panel .over")[${panel}].getBoundingClientRect();
         ({ left, top, width, height }); }`,
    );
  }

  /** The range of x that is seen. */
  async seen(): Promise<Seen> {
    await this.#tab.drawn();
    const { minX, maxX } = await this.#tab.window();
    return { minX: minX ?? Number.NaN, maxX: maxX ?? Number.NaN };
  }

  /** Waits until the next tap is no second one of a double tap, by the clock of the page, which decides. */
  async outlastDoubleTap(): Promise<void> {
    const until = (await this.#tab.page.evaluate<number>("performance.now()")) + 400;
    await this.#tab.page.waitForFunction((at) => performance.now() > at, until);
  }

  /** Moves the mouse there. @returns the part of the width that it really is at, as a mouse is on whole pixels */
  async to(part: number, panel = 0): Promise<number> {
    const { left, top, width, height } = await this.box(panel);
    const x = Math.round(left + part * width);
    await this.#tab.page.mouse.move(x, top + height / 2);
    // What is seen of a pointer comes with the lazy part, which the pointer asks for.
    await this.#tab.whole();
    return (x - left) / width;
  }

  /** Presses, moves and lets go. @returns the parts between which it did */
  async drag(from: number, to: number, shift = false): Promise<[from: number, to: number]> {
    const { keyboard, mouse } = this.#tab.page;
    const start = await this.to(from);
    if (shift) await keyboard.down("Shift");
    await mouse.down();
    await this.to((from + to) / 2);
    const end = await this.to(to);
    await mouse.up();
    if (shift) await keyboard.up("Shift");
    return [start, end];
  }

  /** Turns the wheel, and resolves once another range is seen. */
  async wheel(deltaX: number, deltaY: number): Promise<Seen> {
    const before = await this.seen();
    await this.#tab.page.mouse.wheel(deltaX, deltaY);
    return await waitFor("the wheel moving the picture", async () => {
      const now = await this.seen();
      return now.minX !== before.minX || now.maxX !== before.maxX ? now : undefined;
    });
  }

  /** Presses the mouse there, moves it and lets go: parts of a panel's width and height, or of its left axis from -1 to 0. */
  async draw(from: readonly [number, number], to: readonly [number, number], panel = 0): Promise<void> {
    const { mouse } = this.#tab.page;
    await this.point(from, panel);
    await mouse.down();
    await this.point([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2], panel);
    await this.point(to, panel);
    await mouse.up();
    await this.#tab.drawn();
  }

  /** Moves the mouse to parts of a panel's width and height. */
  async point([x, y]: readonly [number, number], panel = 0): Promise<void> {
    const { left, top, width, height } = await this.box(panel);
    // Left of the lines, a part of the axis.
    const atX = x < 0 ? left + x * left : left + x * width;
    await this.#tab.page.mouse.move(Math.round(atX), Math.round(top + y * height));
  }

  /** A finger, or several, put down and moved along their paths, and lifted: parts of the first panel's box. */
  async touch(...paths: (readonly [x: number, y: number])[][]): Promise<void> {
    const { left, top, width, height } = await this.box();
    const devtools: CDPSession = await this.#tab.page.context().newCDPSession(this.#tab.page);
    const steps = Math.max(...paths.map(({ length }) => length));
    for (let step = 0; step < steps; step++) {
      const touchPoints = paths.map((path, id) => {
        const [x, y] = path[Math.min(step, path.length - 1)] ?? [0, 0];
        return { id, x: Math.round(left + x * width), y: Math.round(top + y * height) };
      });
      await devtools.send("Input.dispatchTouchEvent", { type: step === 0 ? "touchStart" : "touchMove", touchPoints });
      await this.#tab.drawn();
    }
    await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await devtools.detach();
    await this.#tab.drawn();
  }

  /** Two taps at one place of the first panel, which say themselves how close together they are: no machine is too busy for that. */
  async doubleTap(x: number, y: number): Promise<void> {
    const { left, top, width, height } = await this.box();
    const devtools: CDPSession = await this.#tab.page.context().newCDPSession(this.#tab.page);
    const at = { id: 0, x: Math.round(left + x * width), y: Math.round(top + y * height) };
    const startS = Date.now() / 1000;
    for (const [step, isDown] of [true, false, true, false].entries()) {
      await devtools.send("Input.dispatchTouchEvent", {
        type: isDown ? "touchStart" : "touchEnd",
        touchPoints: isDown ? [at] : [],
        timestamp: startS + step / 100,
      });
    }
    await devtools.detach();
    await this.#tab.drawn();
  }
}

/** The x at a part of the width. */
export function xAt({ minX, maxX }: Seen, part: number): number {
  return minX + part * (maxX - minX);
}
