/** Whatever is missing is marked where it is missing, and the mark says how many points and why. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { FrameBuilder } from "../../worker/protocol/builder.ts";
import type { Gap } from "../../worker/protocol/frame.ts";
import { newChannel, publishFrames, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { type Look, NETWORK_ERROR } from "./look.ts";
import { Relay } from "./relay.ts";
import { counting, type LookOptions, Stage } from "./stage.ts";

/** A small store, so that something can be older than what is kept. */
const stage = await Stage.open({ vars: { STORE_BYTES: String(64 * 1024) } });
after(() => stage.close());

const newest = Math.floor(Date.now() / 1000);
const x = counting(21).map((i) => newest - 20 + i);
const y = counting(21).map((i) => Math.sin(i / 4));

/** A channel where something is missing between second 10 and 11, and a page that looks at it. */
async function lookAtGap(t: TestContext, gap: Partial<Gap>, options: LookOptions = {}): Promise<Look> {
  const channel = newChannel();
  const look = await stage.look(t, channel, options);
  const builder = new FrameBuilder();
  for (const i of counting(21)) {
    const where = { fromX: null, toX: null, series: "" };
    if (i === 11) builder.addGap({ kind: "gap", reason: "bridge-full", points: 1234, ...where, ...gap });
    builder.add(rowOf(x[i] ?? 0, { y: y[i] ?? 0, other: 1 }));
  }
  await publishFrames(stage.edge, channel, builder.encode("00000000000000aa", 1));
  await look.holds(21, "other");
  await marked(look);
  return look;
}

interface Band {
  left: number;
  right: number;
  height: number;
}

/** The marks that are seen, in CSS pixels of the page. */
function bands({ page }: Look): Promise<Band[]> {
  return page.evaluate<Band[]>(`[...document.querySelectorAll(".gap")].filter((band) => band.checkVisibility())
    .map((band) => band.getBoundingClientRect()).map(({ left, right, height }) => ({ left, right, height }))`);
}

/** Resolves once there is one mark: what draws it is loaded when there is something to mark. */
async function marked(look: Look): Promise<Band> {
  return await waitFor("one mark", async () => {
    const [mark, ...others] = await bands(look);
    return others.length === 0 && mark;
  });
}

/** Where an x is in the page, halfway up the plot. */
async function pixelOf(look: Look, at: number): Promise<[number, number]> {
  const { minX, maxX } = await look.window();
  const box = await look.page.locator(".over").first().boundingBox();
  assert.ok(box !== null && minX !== null && maxX !== null);
  return [box.x + ((at - minX) / (maxX - minX)) * box.width, box.y + box.height / 2];
}

/** One mark, from second 10 to 11 and no further than a few pixels beyond. */
async function assertMarked(look: Look): Promise<void> {
  const mark = await marked(look);
  const [[from], [to]] = [await pixelOf(look, x[10] ?? 0), await pixelOf(look, x[11] ?? 0)];
  assert.ok(
    Math.abs(mark.left - from) < 7 && Math.abs(mark.right - to) < 7,
    `${mark.left}…${mark.right}: ${from}…${to}`,
  );
  assert.ok(mark.right - mark.left >= 6 && mark.height > 100, "it can be seen");
}

async function hover(look: Look, at: number): Promise<void> {
  await look.page.mouse.move(...(await pixelOf(look, at)));
}

const TIP = ".gap-tip";
const told = (look: Look): Promise<string> => look.text(TIP).then((text) => text.replace(/\s/g, " "));

test("[PG10] what a bridge dropped is marked, and hovering says how many points, when and why", async (t) => {
  const look = await lookAtGap(t, {});
  await assertMarked(look);
  assert.equal(await look.page.locator(TIP).isVisible(), false);
  await hover(look, newest - 9.5);
  assert.match(
    await told(look),
    /^1\s234 points missing.*all series of the bridge \d\d:\d\d:\d\d\.\d\s–\s\d\d:\d\d:\d\d\.\d.*spool was full/,
  );
  assert.ok(await look.page.locator(TIP).isVisible());
  await hover(look, newest - 15);
  assert.equal(await look.page.locator(TIP).isVisible(), false);
});

test("[PG10] a gap of one series names it, and goes with it when it is hidden", async (t) => {
  const look = await lookAtGap(t, { series: "other", reason: "publisher-reconnected", points: null });
  await assertMarked(look);
  await hover(look, newest - 9.5);
  assert.match(await told(look), /^Points may be missing, nobody can know how many.*other .*disconnected/);
  await look.page.locator(".legend").getByText("other", { exact: true }).click();
  await look.drawn();
  assert.deepEqual(await bands(look), []);
  assert.equal(await look.page.locator(TIP).isVisible(), false);
});

test("[PG10] a short gap in a long window is wide enough to be hit", async (t) => {
  const look = await lookAtGap(t, { fromX: newest - 9.5, toX: newest - 9.5 });
  await look.choose("5 m");
  const [mark = { left: 0, right: 0 }, ...others] = await bands(look);
  assert.ok(others.length === 0 && mark.right - mark.left >= 6, `${mark.left}…${mark.right}`);
  await hover(look, newest - 9.5);
  assert.match(await told(look), /^1\s234 points missing/);
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

  const look = await lookAtGap(t, {});
  const { page } = look;
  const isTold = (): Promise<boolean> => page.locator(TIP).isVisible();
  const press = async (key: string): Promise<void> => {
    await page.keyboard.press(key);
    await look.drawn();
  };
  const cursorX = (): Promise<number> => page.evaluate(() => plotcast.reading()?.x ?? Number.NaN);
  for (const key of ["g", "Shift+G"]) {
    await press(key);
    assert.match(await told(look), /^1\s234 points missing/, key);
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

test("[PG10] [VW2] what was trimmed while the page was away is marked, and hovering says the exact number", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const relay = await Relay.to(t, stage.edge.url);
  const look = await stage.look(t, channel, { at: relay.url, expectedErrors: NETWORK_ERROR });
  await send({ x: x.slice(0, 11), y: y.slice(0, 11) });
  await look.holds(11);
  relay.cut();
  // Its numbers fill the store, and its x lie far back, out of every window.
  const noise = counting(1000).map(() => Math.random());
  const witness = await stage.look(t, channel);
  for (const round of counting(10)) {
    await send({ x: noise.map((r, i) => newest - 5000 + round + i / 1000 + r / 1e5), y: noise }, "noise");
    // One frame each, so that there is something to trim.
    await witness.holds(1000 * (round + 1), "noise");
  }
  await send({ x: x.slice(11), y: y.slice(11) });
  relay.mend();
  await look.holds(22);
  await look.page.locator(".legend").getByText("noise", { exact: true }).click();
  await look.drawn();
  await assertMarked(look);
  const [gap] = await look.gaps();
  assert.ok(gap?.points, "some points are missing");
  await hover(look, newest - 9.5);
  const said = (await told(look)).replace(/(?<=\d) (?=\d{3} points)/, "");
  assert.match(said, new RegExp(`^${gap.points} points missing.*all series .*longer than the Worker keeps points`));
});
