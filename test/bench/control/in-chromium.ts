/**
 * Viewers are two windows of Chromium, each with a slider that a key moves: a value is said at the slider's `input` event, and seen when the
 * document of the other has it.
 */
import type { Page } from "playwright-core";
import { newPage, openBrowser } from "../../support/browser.ts";
import { withDeadline } from "../../support/wait.ts";
import { startPlotcast, startSocketIo, type Way } from "./way.ts";

const WINDOW = { width: 1280, height: 800, colorScheme: "light" } as const;
const TRIES = 50;

/** Notes when a slider was moved last, and when each value was first there. */
const RECORDER = `
  globalThis.bench = { saidMs: 0, seen: {} };
  globalThis.noteSeen = (value) => { bench.seen[value] ??= performance.now(); };
  addEventListener("input", (event) => {
    if (event.target.type === "range") bench.saidMs = event.timeStamp;
  }, true);
`;

/** In Plotcast's page a value is there when its control says so, and that it is confirmed. */
const WATCH_KNOB = `
  new MutationObserver(() => {
    const knob = document.querySelector('[data-control="knob"]');
    if (!/confirmed/.test(knob?.querySelector(".room-status")?.textContent ?? "")) return;
    noteSeen(knob.querySelector("input[type=range]").value);
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
`;

/** What is needed of a bare page: a slider, and the value as text. */
const BARE_PAGE = '<input type="range" min="0" max="100000" value="0"><p>';
const BARE_SCRIPT = `
  const slider = document.querySelector("input");
  const socket = io(SERVER, { transports: ["websocket"] });
  slider.addEventListener("change", () => socket.timeout(5000).emitWithAck("set", slider.valueAsNumber));
  socket.on("value", (value) => {
    document.querySelector("p").textContent = value;
    noteSeen(value);
  });
  socket.on("connect", () => { bench.isConnected = true; });
`;

export async function plotcastInChromium(): Promise<Way> {
  const { url, language, program, close } = await startPlotcast();
  const pages = await windows(async (page) => {
    await page.addInitScript(RECORDER + WATCH_KNOB);
    await page.goto(url.href);
    await page.locator('[data-control="knob"]').waitFor();
  });
  return way(`Plotcast, viewers in Chromium, a program in ${language}`, pages, program, close);
}

export async function socketIoInChromium(): Promise<Way> {
  const { url, program } = await startSocketIo();
  const pages = await windows(async (page) => {
    await page.setContent(BARE_PAGE);
    await page.addScriptTag({ content: RECORDER });
    await page.addScriptTag({ url: `${url}/socket.io/socket.io.js` });
    await page.addScriptTag({ content: BARE_SCRIPT.replace("SERVER", JSON.stringify(url)) });
    await page.waitForFunction("bench.isConnected");
  });
  return way("A bare Socket.IO server, viewers in Chromium, a program in Node", pages, program, () => undefined);
}

interface Windows {
  ada: Page;
  ben: Page;
  close(): Promise<void>;
}

async function windows(open: (page: Page) => Promise<void>): Promise<Windows> {
  const browser = await openBrowser();
  const opened: Page[] = [];
  for (let n = 0; n < 2; n++) {
    const { page } = await newPage(browser, WINDOW);
    await open(page);
    opened.push(page);
  }
  const [ada, ben] = opened;
  if (ada === undefined || ben === undefined) throw new Error("there are no windows");
  await ada.locator("input[type=range]").focus();
  return { ada, ben, close: () => browser.close() };
}

async function way(
  name: string,
  { ada, ben, close }: Windows,
  program: Way["program"],
  closeServer: () => unknown,
): Promise<Way> {
  const [adaBeganNs, benBeganNs] = [await beganNs(ada), await beganNs(ben)];
  return {
    name,
    async set() {
      await ada.keyboard.press("ArrowRight");
      return adaBeganNs + nsOf(await ada.evaluate<number>("bench.saidMs"));
    },
    async seenNs(value) {
      const seenMs = await withDeadline(
        "an answer of the page",
        ben.evaluate<number | null>(`bench.seen[${value}] ?? null`),
      );
      return seenMs === null ? undefined : benBeganNs + nsOf(seenMs);
    },
    program,
    async close() {
      await close();
      await closeServer();
    },
  };
}

/** When a page's `performance.now()` was 0, by this machine's monotonic clock: Chromium's is the same but for where it begins. */
async function beganNs(page: Page): Promise<bigint> {
  let best = { tookNs: 1n << 62n, beganNs: 0n };
  for (let n = 0; n < TRIES; n++) {
    const askedNs = process.hrtime.bigint();
    const nowMs = await page.evaluate<number>("performance.now()");
    const tookNs = process.hrtime.bigint() - askedNs;
    if (tookNs < best.tookNs) best = { tookNs, beganNs: askedNs + tookNs / 2n - nsOf(nowMs) };
  }
  return best.beganNs;
}

function nsOf(ms: number): bigint {
  return BigInt(Math.round(1e6 * ms));
}
