/** What a test sees of a page: what it holds, what it says, and what it has drawn. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { PlotcastHandle } from "../../page/handle.ts";
import { waitFor } from "../support/wait.ts";

type Held = ReturnType<PlotcastHandle["series"]>;

/**
 * Runs in the page before its own scripts, and keeps what passes too quickly to be seen from outside: what the header
 * said of the connection, the texts of the newest drawing, what the policy refused, and how many frames there were.
 * (Code for the page is text here: these tests are checked without the types of a browser.)
 */
export const RECORDER = `{
  const recorded = { said: [], violations: [], frames: 0 };
  const texts = new Map();
  recorded.texts = () => [...texts].flatMap(([canvas, said]) => (canvas.isConnected ? said.map(([text]) => text) : []));
  recorded.labelsOn = (canvas) => (texts.get(canvas) ?? []).map(([text, x, y]) => ({ text, x, y }));
  globalThis.recorded = recorded;
  addEventListener("securitypolicyviolation", (event) => recorded.violations.push(event.violatedDirective + " " + event.blockedURI));
  const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...rest) {
    // What is gone from the page is not held here.
    for (const canvas of texts.keys()) if (!canvas.isConnected) texts.delete(canvas);
    texts.set(this.canvas, []);
    return clearRect.apply(this, rest);
  };
  CanvasRenderingContext2D.prototype.fillText = function (...rest) {
    texts.get(this.canvas)?.push(rest);
    return fillText.apply(this, rest);
  };
  const count = () => { recorded.frames++; requestAnimationFrame(count); };
  requestAnimationFrame(count);
  document.addEventListener("DOMContentLoaded", () => {
    const state = document.getElementById("state");
    const note = () => {
      if (recorded.said.at(-1) !== state.textContent) recorded.said.push(state.textContent);
    };
    new MutationObserver(note).observe(state, { childList: true, characterData: true, subtree: true });
    note();
  });
}`;

/** For each pixel column of the plot, from where to where it has a line's colour. */
const READ_CURVE = `(name) => {
  const button = [...document.querySelectorAll(".legend button")].find(({ title }) => title === name);
  if (button === undefined) throw new Error("no legend has " + name);
  const panel = button.closest(".panel");
  const canvas = panel.querySelector("canvas");
  const context = canvas.getContext("2d");
  const outer = canvas.getBoundingClientRect();
  const inner = panel.querySelector(".over").getBoundingClientRect();
  const scale = canvas.width / outer.width;
  const [left, top, width, height] =
    [inner.left - outer.left, inner.top - outer.top, inner.width, inner.height].map((size) => Math.round(size * scale));
  const [r, g, b] = getComputedStyle(button.querySelector(".swatch")).color.match(/\\d+/g).map(Number);
  const { data } = context.getImageData(left, top, width, height);
  const columns = Array.from({ length: width }, (_, x) => {
    let column = null;
    for (let y = 0; y < height; y++) {
      const at = 4 * (y * width + x);
      const near = Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 150;
      if (near && data[at + 3] > 90) column = [column === null ? y : column[0], y];
    }
    return column;
  });
  const { minX, maxX } = plotcast.window();
  return { minX, maxX, height, scale, columns };
}`;

export interface Curve {
  minX: number;
  maxX: number;
  /** In device pixels. */
  height: number;
  /** Device pixels of a CSS pixel. */
  scale: number;
  columns: ([top: number, bottom: number] | null)[];
}

export class ChannelTab {
  readonly page: Page;
  /** What is loaded when it is needed cannot be had. */
  readonly lacksLazyPart: boolean;

  constructor(page: Page, lacksLazyPart = false) {
    this.page = page;
    this.lacksLazyPart = lacksLazyPart;
  }

  held(): Promise<Held> {
    return this.page.evaluate(() => plotcast.series());
  }

  /** What the page holds of one series. */
  async series(name = "y"): Promise<Held[number]> {
    return (await this.held()).find((series) => series.name === name) ?? { name, x: [], y: [] };
  }

  window(): Promise<ReturnType<PlotcastHandle["window"]>> {
    return this.page.evaluate(() => plotcast.window());
  }

  gaps(): Promise<ReturnType<PlotcastHandle["gaps"]>> {
    return this.page.evaluate(() => plotcast.gaps());
  }

  counters(): Promise<ReturnType<PlotcastHandle["counters"]>> {
    return this.page.evaluate(() => plotcast.counters());
  }

  /** How many animation frames there were. */
  frames(): Promise<number> {
    return this.page.evaluate<number>("globalThis.recorded.frames");
  }

  /** Everything the header said of the connection so far. */
  said(): Promise<string[]> {
    return this.page.evaluate<string[]>("globalThis.recorded.said");
  }

  /** The labels of all axes. */
  labels(): Promise<string[]> {
    return this.page.evaluate<string[]>("globalThis.recorded.texts()");
  }

  panels(): Promise<ReturnType<PlotcastHandle["panels"]>> {
    return this.page.evaluate(() => plotcast.panels());
  }

  /** The labels of one panel's y axes, and where they stand in it. */
  labelsOn(panel: number): Promise<{ text: string; x: number; y: number }[]> {
    return this.page.evaluate(`recorded.labelsOn(document.querySelectorAll(".panel canvas")[${panel}])`);
  }

  async text(selector: string): Promise<string> {
    return ((await this.page.locator(selector).textContent()) ?? "").trim();
  }

  /** The legend as it reads, by the names of the series. */
  legend(): Promise<Record<string, string>> {
    return this.page.evaluate<Record<string, string>>(
      `Object.fromEntries([...document.querySelectorAll(".legend button")].map((button) =>
        [button.querySelector(".name").textContent, button.querySelector(".value").textContent]))`,
    );
  }

  async says(what: string | RegExp, deadlineMs?: number): Promise<void> {
    const options = deadlineMs === undefined ? {} : { deadlineMs };
    await waitFor(
      `the page saying ${what}`,
      async () => {
        const text = await this.text("#state");
        return typeof what === "string" ? text === what : what.test(text);
      },
      options,
    );
  }

  /** Resolves once it is connected to a channel that nothing was published to yet, or is live. */
  async joined(): Promise<void> {
    await this.says(/^(?:Live|Nothing published yet)$/);
    await this.whole();
  }

  /** Resolves once it is connected: on a busy machine what came last may be too old by then for it to be live. */
  async connected(): Promise<void> {
    await this.says(/^(?:Live|Stale since .*)$/);
    await this.whole();
  }

  /**
   * Resolves once the header says how many watch, with which it may grow, and what is below it has its size and the form
   * that the lazy part gives it.
   */
  async settled(): Promise<void> {
    await waitFor("how many watch", async () => (await this.text("#figures")).includes("viewer"));
    await this.whole();
    await this.drawn();
  }

  /** Gives the window another size. Resolves once the page has it, and is drawn in it. */
  async resize(width: number, height: number): Promise<void> {
    await this.page.setViewportSize({ width, height });
    const now = (): Promise<number[]> => this.page.evaluate<number[]>("[innerWidth, innerHeight]");
    await waitFor(`${width} × ${height}`, async () => (await now()).join() === `${width},${height}`);
    await this.drawn();
  }

  /** Resolves once it holds so many rows of a series, and is whole. */
  async holds(count: number, name = "y", deadlineMs = 30_000): Promise<void> {
    await this.hasRows(count, name, deadlineMs);
    await this.whole();
  }

  /** The same, whether it is whole or not. */
  async hasRows(count: number, name = "y", deadlineMs = 30_000): Promise<void> {
    await waitFor(
      `${count} points of ${name} in the page`,
      async () => {
        const held = await this.page.evaluate(
          (of) => plotcast.series().find((series) => series.name === of)?.x.length ?? 0,
          name,
        );
        return held >= count;
      },
      { deadlineMs },
    );
  }

  async choose(window: string): Promise<void> {
    const choice = this.page.locator("#windows").getByText(window, { exact: true });
    if (await choice.isVisible()) {
      await choice.click();
    } else {
      await this.page.getByRole("button", { name: "Other window" }).click();
      await this.page
        .getByRole("dialog", { name: "Window" })
        .getByRole("button", { name: window, exact: true })
        .click();
    }
    await this.drawn();
  }

  /** Goes to another fragment of the page. */
  async follow(hash: string): Promise<void> {
    await this.page.evaluate(
      `new Promise((done) => {
        addEventListener("hashchange", () => done(), { once: true });
        location.hash = ${JSON.stringify(hash)};
      })`,
    );
  }

  /** Resolves once the URL's fragment says this. @returns the fragment */
  async fragment(what: RegExp): Promise<string> {
    return await waitFor(`${what} in the URL`, () => {
      const { hash } = new URL(this.page.url());
      return what.test(hash) && hash;
    });
  }

  /** Resolves once what has come so far is drawn. */
  async drawn(): Promise<void> {
    await this.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  }

  /** Resolves once it has all of the page that it can have: what it does without the lazy part is not what tests see. */
  async whole(): Promise<void> {
    if (!this.lacksLazyPart) await this.lazyPart();
  }

  /** The part of the page that is loaded when it is needed is there: it brings its styles. */
  async lazyPart(): Promise<void> {
    await waitFor("the lazy part", () => this.page.evaluate<boolean>("document.adoptedStyleSheets.length > 0"));
  }

  async curve(name = "y"): Promise<Curve> {
    await this.drawn();
    return await this.page.evaluate<Curve>(`(${READ_CURVE})(${JSON.stringify(name)})`);
  }

  /** The whole picture, as bytes that only another picture changes. */
  picture(): Promise<string> {
    return this.page.evaluate<string>(
      `[...document.querySelectorAll("#board canvas")].map((canvas) => canvas.toDataURL()).join()`,
    );
  }
}

/** The pixel column of an x. */
export function columnOf({ minX, maxX, columns }: Curve, x: number): number {
  return Math.round(((x - minX) / (maxX - minX)) * columns.length);
}

/** Whether a line is drawn somewhere between two x, `margin` CSS pixels left out at both ends. */
export function isDrawnBetween(curve: Curve, fromX: number, toX: number, margin = 4): boolean {
  const edge = margin * curve.scale;
  const part = curve.columns.slice(columnOf(curve, fromX) + edge, columnOf(curve, toX) - edge);
  assert.ok(part.length >= 4, `there are ${part.length} columns between ${fromX} and ${toX}`);
  return part.some((column) => column !== null);
}

/**
 * Each of these points must lie where the line is. The plot's scale of y is read off the highest and the lowest, so
 * they must be more than two, and the line not steep.
 */
export function assertDrawn(curve: Curve, x: readonly number[], y: readonly number[], tolerance = 3): void {
  const rowAt = (i: number): [number, number] => {
    const column = Math.min(columnOf(curve, x[i] ?? Number.NaN), curve.columns.length - 1);
    // A line's end is thinner than the line.
    const found = [0, -1, 1].map((aside) => curve.columns[column + aside]).find((rows) => rows != null);
    assert.ok(found, `nothing is drawn at x ${x[i]}, column ${column} of ${curve.columns.length}`);
    return found;
  };
  const middle = (i: number): number => (rowAt(i)[0] + rowAt(i)[1]) / 2;
  const lowest = y.indexOf(Math.min(...y));
  const highest = y.indexOf(Math.max(...y));
  const [lowY = 0, highY = 0] = [y[lowest], y[highest]];
  const perUnit = (middle(highest) - middle(lowest)) / (highY - lowY);
  assert.ok(-perUnit * (highY - lowY) > curve.height / 2, "the line fills less than half of the plot's height");
  for (const [i, value] of y.entries()) {
    const row = middle(lowest) + (value - lowY) * perUnit;
    const [top, bottom] = rowAt(i);
    const isNear = row >= top - tolerance * curve.scale && row <= bottom + tolerance * curve.scale;
    assert.ok(isNear, `point ${i} (${x[i]}, ${value}) should be at row ${row}, and the line is at ${top} to ${bottom}`);
  }
}

/** What a browser itself logs when it cannot reach a server. */
export const NETWORK_ERROR =
  /WebSocket connection to '[^']+' failed|net::ERR_(?:INTERNET_DISCONNECTED|CONNECTION_REFUSED|CONNECTION_RESET|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)/;
