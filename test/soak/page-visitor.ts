/** Everything that somebody does with the page within an hour; and leaving it for another tab, and coming back. */
import { setTimeout as sleep } from "node:timers/promises";
import { valueAt } from "../bench/page/data.ts";
import { waitFor } from "../support/wait.ts";
import type { Tab } from "./tab.ts";

/** Where the plots are, in a window of 1280 × 760. */
const [LEFT, MIDDLE, RIGHT, HEIGHT] = [300, 640, 1100, 400];

type Act = (tab: Tab) => Promise<unknown>;

const keys =
  (...some: string[]): Act =>
  async (tab) => {
    for (const key of some) {
      await tab.key(key);
      await tab.frame();
    }
  };

const drag =
  (fromX: number, toX: number): Act =>
  async (tab) => {
    await tab.mouse("mouseMoved", fromX, HEIGHT, false);
    await tab.mouse("mousePressed", fromX, HEIGHT);
    for (let part = 0.2; part <= 1; part += 0.2) {
      await tab.mouse("mouseMoved", fromX + part * (toX - fromX), HEIGHT);
      await tab.frame();
    }
    await tab.mouse("mouseReleased", toX, HEIGHT);
  };

const pointAcross: Act = async (tab) => {
  for (let x = LEFT; x <= RIGHT; x += 80) {
    await tab.mouse("mouseMoved", x, HEIGHT, false);
    await tab.frame();
  }
};

const click =
  (selector: string, times = 1): Act =>
  async (tab) => {
    for (let i = 0; i < times; i++) {
      await tab.read(`document.querySelector(${JSON.stringify(selector)}).click()`);
      await tab.frame();
    }
  };

const closeDialogs: Act = (tab) => tab.read(`for (const dialog of document.querySelectorAll("dialog")) dialog.close()`);

/** Opens one of the dialogs, which is loaded the first time, and closes it. */
const dialog =
  (key: string): Act =>
  async (tab) => {
    await tab.key(key);
    await waitFor(
      `the dialog of ${key}`,
      async () => (await tab.number(`document.querySelectorAll("dialog[open]").length`)) > 0,
    );
    await closeDialogs(tab);
    await tab.frame();
  };

/** What is older than the rings is fetched meanwhile. */
const lookBack: Act = async (tab) => {
  await keys("6")(tab);
  await waitFor("older points", async () => (await tab.read("plotcast.counters().past")) === "idle");
  for (let i = 0; i < 6; i++) await tab.wheel(MIDDLE, HEIGHT, -200);
  await keys("ArrowLeft", "ArrowLeft", "-", "+", "l")(tab);
};

const reconnect: Act = async (tab) => {
  await tab.read(`dispatchEvent(new Event("offline"))`);
  await sleep(50);
  await tab.read(`dispatchEvent(new Event("online"))`);
};

/** By minute of the hour. */
export const ACTS: ReadonlyMap<number, Act> = new Map<number, Act>([
  [0, keys("2")],
  [4, keys("3")],
  [8, keys("4")],
  [12, keys("1")],
  [14, keys("6")],
  [17, keys("5", " ")],
  [20, keys("+", "+", "-", "ArrowLeft", "ArrowRight", " ")],
  [22, pointAcross],
  [23, keys("c", "m", "ArrowRight", "ArrowRight", "Escape", "Escape", "l")],
  [25, drag(LEFT, MIDDLE)],
  [26, keys("l", "4")],
  [28, click(".legend button")],
  [30, click(".legend button")],
  [31, click(".legend li:last-child button", 4)],
  [33, lookBack],
  [36, keys("t")],
  [37, keys("t")],
  [38, dialog("?")],
  [39, dialog("s")],
  [40, dialog(".")],
  [41, click(".panel-menu")],
  [42, closeDialogs],
  [43, keys("l", "5")],
  [59, reconnect],
]);

/** What happens while nobody looks. */
export interface Absence {
  /** Drawings while it was hidden. */
  draws: number;
  /** Of script, and of all that its main thread did, for each second of points that came, in ms. */
  scriptMs: number;
  taskMs: number;
  /** In which frame after its return everything that came was drawn. */
  drawnInFrame: number;
  /** Points that were not there, or were others, when it was shown again. */
  missing: number;
}

/** Hides the tab while `receive` brings `seconds` of points, up to the index and the x that it tells. */
export async function leave(
  tab: Tab,
  seconds: number,
  receive: () => Promise<{ fromI: number; toI: number; xOf: (i: number) => number }>,
): Promise<Absence> {
  await tab.show(false);
  // A frame that was asked for may still be under way.
  await sleep(100);
  const numbers = async (): Promise<[number, number, number]> => [
    await tab.number("plotcast.counters().draws"),
    await tab.metric("ScriptDuration"),
    await tab.metric("TaskDuration"),
  ];
  const before = await numbers();
  const { fromI, toI, xOf } = await receive();
  const after = await numbers();
  await tab.read(`(${WATCH_RETURN})(${xOf(toI - 1)})`);
  await tab.show(true);
  const drawnInFrame = await tab.number("returned");
  const missing = await tab.number(
    `{ const valueAt = ${valueAt.toString()}; (${COUNT_MISSING})(${fromI}, ${toI}, ${xOf(fromI)}) }`,
  );
  const [draws, script, task] = after.map((value, i) => value - (before[i] ?? 0));
  return {
    draws: draws ?? Number.NaN,
    scriptMs: (1000 * (script ?? Number.NaN)) / seconds,
    taskMs: (1000 * (task ?? Number.NaN)) / seconds,
    drawnInFrame,
    missing,
  };
}

/** In the page: counts its frames from when it is visible until what it draws reaches an x. */
const WATCH_RETURN = `(x) => {
  globalThis.returned = new Promise((done) => {
    document.addEventListener("visibilitychange", () => {
      const { draws } = plotcast.counters();
      let frames = 0;
      const look = () => {
        frames++;
        if (plotcast.counters().draws > draws && plotcast.window().maxX >= x) done(frames);
        else if (frames < 1000) requestAnimationFrame(look);
        else done(frames);
      };
      requestAnimationFrame(look);
    }, { once: true });
  });
}`;

const COUNT_MISSING = `(fromI, toI, fromX) => {
  let found = 0;
  const series = plotcast.seen();
  for (const { name, x, y } of series) {
    const number = Number(name.slice(1));
    const first = x.findIndex((value) => value >= fromX);
    for (let i = fromI; i < toI; i++) if (first >= 0 && y[first + i - fromI] === valueAt(number, i)) found++;
  }
  return series.length * (toI - fromI) - found;
}`;
