/** Whatever is missing is marked where it is missing, and the mark says how many points and why. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import type { Gap } from "../../protocol/frame/frame.ts";
import { FrameBuilder } from "../../protocol/frame/frame-builder.ts";
import { newChannel, publishFrames, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { openSnapshot, saved } from "./saving.ts";
import { Source } from "./source.ts";
import { counting, Stage, type TabOptions } from "./stage.ts";
import { TcpRelay } from "./tcp-relay.ts";

/** A small store, so that something can be older than what is kept. */
const stage = await Stage.open({ vars: { STORE_BYTES: String(64 * 1024) } });
after(() => stage.close());

const newest = Math.floor(Date.now() / 1000);
const x = counting(21).map((i) => newest - 20 + i);
const y = counting(21).map((i) => Math.sin(i / 4));

/** A channel where something is missing between second 10 and 11, and a page that looks at it. */
async function lookAtGap(t: TestContext, gap: Partial<Gap>, options: TabOptions = {}): Promise<ChannelTab> {
  const channel = newChannel();
  const tab = await stage.openTab(t, channel, options);
  const builder = new FrameBuilder();
  for (const i of counting(21)) {
    const where = { fromX: null, toX: null, series: "" };
    if (i === 11) builder.addGap({ kind: "gap", reason: "bridge-full", points: 1234, ...where, ...gap });
    builder.add(rowOf(x[i] ?? 0, { y: y[i] ?? 0, other: 1 }));
  }
  await publishFrames(stage.edge, channel, builder.encode("00000000000000aa", 1));
  await tab.holds(21, "other");
  await marked(tab);
  return tab;
}

type Edges = Record<"left" | "right" | "top" | "bottom" | "height", number>;

interface Band {
  left: number;
  right: number;
  height: number;
}

/** The marks that are seen, in CSS pixels of the page. */
function bands({ page }: ChannelTab): Promise<Band[]> {
  return page.evaluate<Band[]>(`[...document.querySelectorAll(".gap")].filter((band) => band.checkVisibility())
    .map((band) => band.getBoundingClientRect()).map(({ left, right, height }) => ({ left, right, height }))`);
}

/** Resolves once there is one mark: what draws it is loaded when there is something to mark. */
async function marked(tab: ChannelTab): Promise<Band> {
  return await waitFor("one mark", async () => {
    const [mark, ...others] = await bands(tab);
    return others.length === 0 && mark;
  });
}

/** Where an x is in the page, halfway up the plot. */
async function pixelOf(tab: ChannelTab, at: number): Promise<[number, number]> {
  const { minX, maxX } = await tab.window();
  const box = await tab.page.locator(".over").first().boundingBox();
  assert.ok(box !== null && minX !== null && maxX !== null);
  return [box.x + ((at - minX) / (maxX - minX)) * box.width, box.y + box.height / 2];
}

/** One mark, from second 10 to 11 and no further than a few pixels beyond. */
async function assertMarked(tab: ChannelTab): Promise<void> {
  const mark = await marked(tab);
  const [[from], [to]] = [await pixelOf(tab, x[10] ?? 0), await pixelOf(tab, x[11] ?? 0)];
  assert.ok(
    Math.abs(mark.left - from) < 7 && Math.abs(mark.right - to) < 7,
    `${mark.left}…${mark.right}: ${from}…${to}`,
  );
  assert.ok(mark.right - mark.left >= 6 && mark.height > 100, "it can be seen");
}

async function hover(tab: ChannelTab, at: number): Promise<void> {
  await tab.page.mouse.move(...(await pixelOf(tab, at)));
  // A browser hands on where the mouse is with its next frame.
  await tab.drawn();
}

const TIP = ".gap-tip";
const told = (tab: ChannelTab): Promise<string> => tab.text(TIP).then((text) => text.replace(/\s/g, " "));

test("[PG10a] what a bridge dropped is marked, and hovering says how many points, when and why", async (t) => {
  const tab = await lookAtGap(t, {});
  await assertMarked(tab);
  assert.equal(await tab.page.locator(TIP).isVisible(), false);
  await hover(tab, newest - 9.5);
  assert.match(
    await told(tab),
    /^1\s234 points missing.*y, other \d\d:\d\d:\d\d\.\d\s–\s\d\d:\d\d:\d\d\.\d.*spool was full/,
  );
  assert.ok(await tab.page.locator(TIP).isVisible());
  await hover(tab, newest - 15);
  assert.equal(await tab.page.locator(TIP).isVisible(), false);
});

test("[PG10] a gap of one series names it, and goes with it when it is hidden", async (t) => {
  const tab = await lookAtGap(t, { series: "other", reason: "publisher-reconnected", points: null });
  await assertMarked(tab);
  await hover(tab, newest - 9.5);
  assert.match(await told(tab), /^Data may be missing here \(amount unknown\).*other .*The publisher restarted/);
  await tab.page.locator(".legend").getByText("other", { exact: true }).click();
  await tab.drawn();
  assert.deepEqual(await bands(tab), []);
  assert.equal(await tab.page.locator(TIP).isVisible(), false);
});

test("[PG10] a short gap in a long window is wide enough to be hit", async (t) => {
  const tab = await lookAtGap(t, { fromX: newest - 9.5, toX: newest - 9.5 });
  await tab.choose("5 m");
  const [mark = { left: 0, right: 0 }, ...others] = await bands(tab);
  assert.ok(others.length === 0 && mark.right - mark.left >= 6, `${mark.left}…${mark.right}`);
  await hover(tab, newest - 9.5);
  assert.match(await told(tab), /^1\s234 points missing/);
});

test("[PG10] without a mouse: a tap says it and one elsewhere ends it, and so do the keys", async (t) => {
  const phone = await lookAtGap(t, {}, { phone: true });
  const tap = async ([left, top]: [number, number]): Promise<void> => {
    const devtools = await phone.page.context().newCDPSession(phone.page);
    const touchPoints = [{ x: left, y: top }];
    await devtools.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
    await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  await tap(await pixelOf(phone, newest - 9.5));
  await waitFor("the tip", () => phone.page.locator(TIP).isVisible());
  const [tip, width] = [await phone.page.locator(TIP).boundingBox(), phone.page.viewportSize()?.width ?? 0];
  assert.ok(tip !== null && tip.x >= 0 && tip.x + tip.width <= width, "it is whole");
  await tap([100, 20]);
  await waitFor("no tip", async () => !(await phone.page.locator(TIP).isVisible()));

  const tab = await lookAtGap(t, {});
  const { page } = tab;
  const isTold = (): Promise<boolean> => page.locator(TIP).isVisible();
  const press = async (key: string): Promise<void> => {
    await page.keyboard.press(key);
    await tab.drawn();
  };
  const cursorX = (): Promise<number> => page.evaluate(() => plotcast.reading()?.x ?? Number.NaN);
  for (const key of ["g", "Shift+G"]) {
    await press(key);
    assert.match(await told(tab), /^1\s234 points missing/, key);
    assert.ok(Math.abs((await cursorX()) - (newest - 9.5)) < 0.1, `${key} puts the cursor at ${await cursorX()}`);
    await press("Escape");
    assert.ok(!(await isTold()), "Escape takes it away");
    assert.equal(await cursorX(), Number.NaN);
  }
  await press("g");
  // Near by, a mark that is spoken of is held on to.
  for (const _ of [1, 2]) await press("Shift+ArrowLeft");
  assert.ok(!(await isTold()), "further on there is no gap to be told");
  for (const _ of [1, 2]) await press("Shift+ArrowRight");
  assert.ok(await isTold());
});

test("[PG10] [VW2b] what was trimmed while the page was away is marked, and hovering says the exact number", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const relay = await TcpRelay.to(t, stage.edge.url);
  const tab = await stage.openTab(t, channel, { at: relay.url, expectedErrors: NETWORK_ERROR });
  await send({ x: x.slice(0, 11), y: y.slice(0, 11) });
  await tab.holds(11);
  relay.cut();
  // Its numbers fill the store, and its x lie far back, out of every window.
  const noise = counting(1000).map(() => Math.random());
  const witness = await stage.openTab(t, channel);
  for (const round of counting(10)) {
    await send({ x: noise.map((r, i) => newest - 5000 + round + i / 1000 + r / 1e5), y: noise }, "noise");
    // One frame each, so that there is something to trim.
    await witness.holds(1000 * (round + 1), "noise");
  }
  await send({ x: x.slice(11), y: y.slice(11) });
  relay.mend();
  await tab.holds(22);
  // It has nothing in view, and no panel.
  await tab.page.locator(".legend").getByText("noise", { exact: true }).waitFor({ state: "detached" });
  await tab.drawn();
  await assertMarked(tab);
  const [gap] = await tab.gaps();
  assert.ok(gap?.points, "some points are missing");
  await hover(tab, newest - 9.5);
  const said = (await told(tab)).replace(/(?<=\d) (?=\d{3} points)/, "");
  assert.match(said, new RegExp(`^${gap.points} points missing.*all series .*longer than the Worker keeps data`));
});

test("[PG10b] [PG19] G holds a live plot and walks through all gaps, in view or not, each once; where there is none it says so", async (t) => {
  const source = new Source(stage.edge);
  const start = Math.floor(Date.now() / 1000) - 300;
  // Two of them are closer to each other than pixels.
  const gaps = [60.5, 150.5, 150.501, 297.5].map((after, i) => ({ at: start + after, points: 11 * (i + 1) }));
  const builder = new FrameBuilder();
  for (const { at, points } of gaps) {
    builder.addGap({ kind: "gap", reason: "bridge-full", points, fromX: at, toX: at, series: "" });
  }
  for (const i of counting(300)) builder.add(rowOf(start + i, { y: Math.sin(i / 9) }));
  await publishFrames(stage.edge, source.channel, builder.encode("00000000000000aa", 1));
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(300);
  await tab.choose("10 s");
  await tab.page.evaluate("document.activeElement.blur()");
  // Before what comes can take it out of view.
  await marked(tab);
  source.goOn(t, (i) => ({ y: Math.cos(i / 9) }));
  const { page } = tab;
  const cursorX = (): Promise<number> => page.evaluate(() => plotcast.reading()?.x ?? Number.NaN);
  const notice = (): Promise<string> => tab.text("#notice");
  const goes = async (key: string, to: number, isMoved: boolean): Promise<void> => {
    const gap = gaps[to];
    assert.ok(gap !== undefined);
    await page.keyboard.press(key);
    await waitFor(`${key} going to gap ${to}`, async () => Math.abs((await cursorX()) - gap.at) < 1e-5);
    await tab.drawn();
    // Closer than pixels, gaps are told together.
    const close = gaps.filter(({ at }) => Math.abs(at - gap.at) < 0.01);
    const sum = close.reduce((total, { points }) => total + points, 0);
    assert.match(await told(tab), new RegExp(`^${sum} points missing`));
    const { minX, maxX, paused } = await tab.window();
    assert.ok(paused && minX !== null && maxX !== null);
    assert.ok(Math.abs(maxX - minX - 10) < 1e-5, "it is as wide as before");
    if (isMoved) assert.ok(Math.abs((minX + maxX) / 2 - gap.at) < 1e-5, "the gap is in the middle");
  };
  await goes("g", 3, false);
  const held = await tab.window();
  const { length } = (await tab.series()).x;
  await tab.holds(length + 10);
  assert.deepEqual(await tab.window(), held, "it goes on, and nothing moves");
  await goes("g", 2, true);
  await goes("g", 1, false);
  await goes("g", 0, true);
  const first = await tab.window();
  await page.keyboard.press("g");
  await waitFor("the notice", async () => (await notice()).startsWith("No earlier gap."));
  assert.deepEqual(await tab.window(), first);
  for (const [to, isMoved] of [
    [1, true],
    [2, false],
    [3, true],
  ] as const) {
    await goes("Shift+G", to, isMoved);
    assert.equal(await page.locator("#notice").isVisible(), false);
  }
  await page.keyboard.press("Shift+G");
  await waitFor("the notice", async () => (await notice()).startsWith("No later gap."));
});

test("[PG10b] G goes to a gap in view right of a mouse that rests there, and on from it", async (t) => {
  const tab = await lookAtGap(t, {});
  const { page } = tab;
  await hover(tab, newest - 15);
  await page.keyboard.press("g");
  await waitFor("the tip", async () => /^1\s234 points missing/.test(await told(tab)));
  await hover(tab, newest - 2);
  await page.keyboard.press("g");
  await waitFor("the notice", async () => (await tab.text("#notice")).startsWith("No earlier gap."));
});

test("[PG10b] [PG19] G where no gap is known says so, holds nothing, and the notice goes away by itself", async (t) => {
  const source = new Source(stage.edge);
  await source.past((i) => ({ y: i }));
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(120);
  await tab.page.keyboard.press("g");
  const notice = tab.page.locator("#notice");
  await waitFor("the notice", async () => (await tab.text("#notice")).startsWith("There are no gaps."));
  assert.equal((await tab.window()).paused, false);
  await waitFor("the notice going away", async () => !(await notice.isVisible()));
});

test("[PG10] [PG15] a snapshot that is opened has the marks, and says how many points are missing", async (t) => {
  const { path } = await saved(await lookAtGap(t, {}), "Snapshot");
  const again = await stage.openTab(t, newChannel());
  await again.joined();
  await openSnapshot(again, path);
  await again.says("Snapshot");
  await again.holds(21, "other");
  await assertMarked(again);
  await waitFor("how many", async () => /\b1\s234 points missing\b/.test(await again.text("#figures")));
  await hover(again, newest - 9.5);
  assert.match(await told(again), /^1\s234 points missing.*spool was full/);
  await again.page.mouse.move(5, 5);
  await again.page.keyboard.press("g");
  await waitFor("G going there", async () => (await told(again)).startsWith("1"));
});

test("[PG10] [PG15] the picture has the marks behind the lines, where the page has them", async (t) => {
  const tab = await lookAtGap(t, {});
  await tab.page.keyboard.press("Space");
  await tab.drawn();
  const { bytes } = await saved(tab, "PNG");
  const found = await tab.page.evaluate<{
    top: number;
    from: number;
    to: number;
    pixels: number;
    covered: number;
    band: number[];
  }>(
    `(async () => {
      const bytes = Uint8Array.from(atob("${bytes.toString("base64")}"), (char) => char.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      const [padding, panel] = [16, document.querySelector("#board .panel canvas")];
      const { width, height } = panel;
      const ground = context.getImageData(0, 0, 1, 1).data;
      const on = new OffscreenCanvas(width, height).getContext("2d");
      on.fillStyle = "rgb(" + ground.slice(0, 3).join() + ")";
      on.fillRect(0, 0, width, height);
      on.drawImage(panel, 0, 0);
      const pixels = (of, x, y, w, h) => new Uint32Array(of.getImageData(x, y, w, h).data.buffer);
      const [left, right] = [document.querySelector(".gap"), panel].map((each) => each.getBoundingClientRect());
      const band = [left.left - right.left, left.right - right.left];
      // Beside the band it is the panel as it is drawn.
      const beside = Math.floor(band[0]) - 4;
      const part = pixels(on, 0, 0, beside, height).join();
      let top = 0;
      while (top + height <= bitmap.height && pixels(context, padding, top, beside, height).join() !== part) top++;
      const [drawn, saved] = [pixels(on, 0, 0, width, height), pixels(context, padding, top, width, height)];
      const own = on.canvas.getContext("2d") && panel.getContext("2d").getImageData(0, 0, width, height).data;
      let [from, to, count, covered] = [Infinity, -Infinity, 0, 0];
      for (const [i, pixel] of saved.entries()) {
        if (pixel === drawn[i]) continue;
        count++;
        [from, to] = [Math.min(from, i % width), Math.max(to, i % width)];
        if (own[4 * i + 3] === 255) covered++;
      }
      return { top, from, to, pixels: count, covered, band };
    })()`,
  );
  const [left = 0, right = 0] = found.band;
  assert.ok(Math.abs(found.from - left) <= 2 && Math.abs(found.to - right) <= 2, JSON.stringify(found));
  assert.ok(found.pixels > 300, JSON.stringify(found));
  assert.equal(found.covered, 0, "the lines are over it");
});

test("[PG10a] in a low panel all of it is told, and no other tip lies on it", async (t) => {
  for (const height of [300, 760]) {
    const tab = await lookAtGap(t, {}, { width: 900, height });
    await hover(tab, newest - 9.5);
    await waitFor("the tip", () => tab.page.locator(TIP).isVisible());
    await tab.drawn();
    const seen = await tab.page.evaluate<{ tip: Edges; readout: Edges | null; height: number }>(`{
      const boxOf = (selector) => document.querySelector(selector)?.getBoundingClientRect().toJSON() ?? null;
      ({ tip: boxOf(".gap-tip:not(:empty)"), readout: boxOf(".readout:not([hidden])"), height: innerHeight });
    }`);
    const { tip, readout } = seen;
    assert.ok(tip.top >= 0 && tip.bottom <= seen.height && tip.height > 60, JSON.stringify(seen));
    const isApart =
      readout === null ||
      readout.left >= tip.right ||
      readout.right <= tip.left ||
      readout.top >= tip.bottom ||
      readout.bottom <= tip.top;
    assert.ok(isApart, JSON.stringify(seen));
  }
});

test("[PG10a] what one publisher lost is marked in the panels of its series, and in no others", async (t) => {
  const channel = newChannel();
  const tab = await stage.openTab(t, channel);
  const other = new FrameBuilder();
  const builder = new FrameBuilder();
  for (const i of counting(21)) {
    if (i === 11) builder.addGap({ kind: "gap", reason: "bridge-full", points: 7, fromX: null, toX: null, series: "" });
    builder.add(rowOf(x[i] ?? 0, { "a.flow [l]": 1, "b.mode [m]": 2 }));
    other.add(rowOf(x[i] ?? 0, { "c.temp [K]": 3 }));
  }
  await publishFrames(stage.edge, channel, other.encode("00000000000000bb", 1));
  await publishFrames(stage.edge, channel, builder.encode("00000000000000aa", 1));
  await tab.holds(21, "a.flow [l]");
  await waitFor("marks in two of three panels", async () => {
    const marks = await tab.page.evaluate<string[]>(
      `[...document.querySelectorAll(".panel")].map((panel) => panel.ariaLabel + " " +
         [...panel.querySelectorAll(".gap")].filter((band) => band.checkVisibility()).length)`,
    );
    assert.deepEqual([...marks].sort(), ["a.flow [l] 1", "b.mode [m] 1", "c.temp [K] 0"]);
    return true;
  });
});

test("[PG77g] in a gap the tip of the cursor, which would have no value, does not lie beside that of the gap", async (t) => {
  const source = new Source(stage.edge);
  const now = Date.now() / 1000;
  const rows = (from: number, to: number) =>
    counting(to - from, from).map((i) => rowOf(now - 28 + i / 10, { y: Math.sin(i / 9) }));
  await source.publish(rows(0, 100));
  await source.publish(rows(180, 280), { lost: 80 });
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(200);
  await tab.page.keyboard.press("g");
  await waitFor("the gap's text", async () => (await tab.text(".gap-tip")).startsWith("80 points missing"));
  await tab.drawn();
  assert.ok(await tab.page.locator(".readout").isHidden());
  for (let i = 0; i < 12; i++) await tab.page.keyboard.press("Shift+ArrowRight");
  await tab.page.locator(".readout").waitFor();
});
