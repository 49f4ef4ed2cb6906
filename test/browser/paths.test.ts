/** Series whose x is no time and falls: an x,y path is drawn in the order its points came in, whole. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { newChannel, publishJson } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { assertFits } from "./fits.ts";
import { openSnapshot, saved } from "./saving.ts";
import { counting, Stage } from "./stage.ts";
import { TcpRelay } from "./tcp-relay.ts";

const stage = await Stage.open();
after(() => stage.close());

/** A circle of 40 points, as a robot sends where it is. */
const CIRCLE = counting(40).map((i) => ({ x: Math.cos((2 * Math.PI * i) / 40), y: Math.sin((2 * Math.PI * i) / 40) }));

test("[PG26a] a path is drawn whole, with the lines that go back, and live points go on with it", async (t) => {
  const channel = newChannel();
  const tab = await stage.openTab(t, channel);
  await tab.joined().catch(() => undefined);
  for (const point of CIRCLE) await publishJson(stage.edge, channel, point);
  await tab.holds(40);
  const curve = await tab.curve();
  const { minX, maxX } = await tab.window();
  assert.ok(minX !== null && maxX !== null && minX <= -1 && maxX >= 1 && maxX - minX < 2.5, `${minX} to ${maxX}`);
  // Left of the middle the line is above and below: each column has both halves of the circle.
  const middle = curve.columns[Math.round(curve.columns.length / 2)];
  assert.ok(middle && middle[1] - middle[0] > curve.height / 2, JSON.stringify(middle));
  const drawn = curve.columns.filter((column) => column !== null).length / curve.columns.length;
  assert.ok(drawn > 0.85, `${drawn} of the columns have a line`);
});

test("[PG26a] [PG26e] the table, the cursor, zoom and a paused picture have all of a path", async (t) => {
  const channel = newChannel();
  for (const i of counting(17)) await publishJson(stage.edge, channel, { x: 17 - i, y: i });
  const tab = await stage.openTab(t, channel);
  await tab.holds(17);
  const { x, y } = await tab.series();
  assert.deepEqual(
    x,
    counting(17).map((i) => 17 - i),
  );
  assert.deepEqual(y, counting(17));
  await waitFor("the last value", async () => JSON.stringify(await tab.legend()) === '{"y":"16"}');
  await tab.page.keyboard.press("c");
  await tab.drawn();
  // What reads a path is loaded when there is one.
  await waitFor("a reading of the path", async () => {
    const reading = await tab.page.evaluate(() => plotcast.reading());
    if (typeof reading?.values.y === "number") assert.equal(reading.values.y, 8);
    return reading?.values.y === 8;
  });
  await tab.page.keyboard.press("t");
  await waitFor("17 points in the table", async () => (await tab.text("#table td:last-child")) === "17");
  await tab.page.keyboard.press("t");
  await tab.page.keyboard.press(" ");
  await tab.drawn();
  const before = await tab.picture();
  for (const i of counting(5)) await publishJson(stage.edge, channel, { x: 3 + 7 * i, y: 100 });
  await tab.holds(22);
  await tab.drawn();
  assert.equal(await tab.picture(), before, "paused, it stands still");
  await tab.page.keyboard.press("l");
  await tab.drawn();
  assert.ok((await tab.window()).maxX ?? 0 >= 31);
  await tab.page.keyboard.press("+");
  await tab.drawn();
  assert.ok((await tab.window()).paused);
});

test("[PG26d] a page that comes later fetches what came of a path before, in its order", async (t) => {
  const channel = newChannel();
  const points = counting(5000).map((i) => ({ x: Math.cos(i / 100) * (1 + i / 5000), y: i }));
  for (const from of counting(5)) {
    await publishJson(stage.edge, channel, points.slice(1000 * from, 1000 * (from + 1)));
  }
  const tab = await stage.openTab(t, channel);
  await tab.holds(100);
  await tab.choose("All");
  await waitFor("all points of the path", async () => {
    const seen = (await tab.page.evaluate(() => plotcast.seen())).find(({ name }) => name === "y");
    return seen?.x.length === 5000;
  });
  const seen = (await tab.page.evaluate(() => plotcast.seen())).find(({ name }) => name === "y");
  assert.deepEqual(seen?.y, counting(5000));
});

test("[PG27e] [PG27c] beside a series of times, a path is named in its panel, and Show draws it whole", async (t) => {
  const channel = newChannel();
  const tab = await stage.openTab(t, channel);
  await publishJson(stage.edge, channel, [{ temp: 20 }, { temp: 21 }]);
  for (const { x, y } of CIRCLE) await publishJson(stage.edge, channel, { x, robot: y });
  await tab.holds(40, "robot");
  const note = tab.page.locator(".off-note:not([hidden])");
  await waitFor("the note", async () =>
    /robot has an x that is not a time/.test((await note.allTextContents()).join()),
  );
  await tab.choose("All");
  await tab.drawn();
  const all = await tab.window();
  assert.ok((all.minX ?? 0) > Date.now() / 1000 - 600, `All begins at ${all.minX}`);
  await tab.page.getByRole("button", { name: "Show robot" }).click();
  await tab.drawn();
  const { minX, maxX } = await tab.window();
  assert.ok(minX !== null && maxX !== null && minX <= -1 && maxX >= 1 && maxX - minX < 2.5, `${minX} to ${maxX}`);
  const seen = (await tab.page.evaluate(() => plotcast.seen())).find(({ name }) => name === "robot");
  assert.equal(seen?.x.length, 40);
  await tab.page.getByRole("button", { name: /Go live/ }).click();
  await tab.drawn();
  assert.ok(((await tab.window()).minX ?? 0) > 1e9);
});

for (const phone of [false, true]) {
  test(`[PG27f] ${phone ? "on a phone " : ""}a panel of which all is on another axis has no axes of its own, says so, and leaves its room to the others`, async (t) => {
    const channel = newChannel();
    const tab = await stage.openTab(t, channel, { phone });
    const now = Math.floor(Date.now() / 1000);
    const temps = counting(25).map((i) => ({ x: now - 25 + i, "temp.a": 20.5 + i, "temp.b": 21 }));
    await publishJson(stage.edge, channel, temps);
    for (const { x, y } of CIRCLE) await publishJson(stage.edge, channel, { x, robot: y });
    await tab.holds(40, "robot");
    /** Of each panel, how high it is, whether its axes are seen, and what it says. */
    const read = (): Promise<{ height: number; hasAxes: boolean; says: string }[]> =>
      tab.page.evaluate(`["temp.a", "robot"].map((name) => {
        const panel = document.querySelector('.legend [data-series="' + name + '"]').closest(".panel");
        return {
          height: panel.offsetHeight,
          hasAxes: panel.querySelector("canvas").checkVisibility({ visibilityProperty: true }),
          says: panel.querySelector(".off-note:not([hidden])")?.textContent ?? "",
        };
      })`);
    const shows = (which: "times" | "path") =>
      waitFor(which, async () => {
        const [times, path] = await read();
        if (times === undefined || path === undefined) return false;
        const [shown, other] = which === "times" ? [times, path] : [path, times];
        assert.deepEqual([shown.hasAxes, shown.says, other.hasAxes], [true, "", false]);
        assert.ok(other.height < 150 && shown.height > 2 * other.height, `${shown.height} and ${other.height}`);
        const said = {
          times: "robot has an x that is not a time Show",
          path: "temp.a, temp.b have an x that is a time Show",
        };
        assert.equal(other.says, said[which]);
        return true;
      });
    await shows("times");
    await assertFits(tab, "live");
    // Held it is said, too.
    await tab.page.keyboard.press("+");
    assert.ok((await tab.window()).paused);
    await shows("times");
    await tab.page.getByRole("button", { name: "Show robot" }).click();
    await shows("path");
    await assertFits(tab, "the path");
    await tab.page.getByRole("button", { name: "Show temp.a, temp.b" }).click();
    await shows("times");
    assert.ok(!(await tab.window()).paused, "it is live again");
  });
}

interface Place {
  x: number;
  y: number;
}

const TURN = (2 * Math.PI) / 40;
/** Each longer than the 1,000 points that a page joins with; what the last of them joins with only rises, as if it was sorted. */
const PATHS: Record<string, Place[]> = {
  "a circle": counting(1500).map((i) => ({ x: Math.cos(i * TURN), y: Math.sin(i * TURN) })),
  "a spiral": counting(1500).map((i) => ({ x: i * Math.cos(i * TURN), y: i * Math.sin(i * TURN) })),
  "a path that ends in a straight line": [
    ...counting(500).map((i) => ({ x: Math.cos(i * TURN), y: Math.sin(i * TURN) })),
    ...counting(1200).map((i) => ({ x: 1 + i / 1000, y: i })),
  ],
};

async function placesSeen({ page }: ChannelTab, name = "y"): Promise<Place[]> {
  const seen = (await page.evaluate(() => plotcast.seen())).find((one) => one.name === name);
  return (seen?.x ?? []).flatMap((x, i) => {
    const y = seen?.y[i];
    return y === null || y === undefined ? [] : [{ x, y }];
  });
}

async function shows(what: string, tab: ChannelTab, expected: readonly Place[], name = "y"): Promise<void> {
  await waitFor(`${expected.length} places in their order, ${what}`, async () => {
    const seen = await placesSeen(tab, name);
    return JSON.stringify(seen) === JSON.stringify(expected);
  });
}

for (const [what, places] of Object.entries(PATHS)) {
  test(`[PG26a] [PG26d] [PG26f] ${what} is in its order after a load, live, after an outage, in the history, as CSV and as a snapshot`, async (t) => {
    const channel = newChannel();
    const relay = await TcpRelay.to(t, stage.edge.url);
    const [early, missed, late] = [places.slice(0, -60), places.slice(-60, -30), places.slice(-30)];
    for (let at = 0; at < early.length; at += 100) await publishJson(stage.edge, channel, early.slice(at, at + 100));
    const tab = await stage.openTab(t, channel, { at: relay.url, expectedErrors: NETWORK_ERROR });
    await tab.holds(20);
    await tab.choose("All");
    await shows("after the load", tab, early);
    relay.cut();
    await publishJson(stage.edge, channel, missed);
    relay.mend();
    await shows("after an outage", tab, [...early, ...missed]);
    for (const place of late) await publishJson(stage.edge, channel, place);
    await shows("live", tab, places);
    const csv = (await saved(tab, "CSV")).bytes.toString("utf8").trim().split("\r\n").slice(1);
    assert.deepEqual(
      csv.map((line) => line.split(",")).map(([x, , y]) => ({ x: Number(x), y: Number(y) })),
      places,
    );
    const { path } = await saved(tab, "Snapshot");
    await tab.page.reload();
    await shows("after a reload", tab, places);
    await openSnapshot(tab, path);
    await tab.says("Snapshot");
    await shows("in the snapshot", tab, places);
  });
}

test("[PG26f] beside times, a robot's circle is shown in its order, as CSV and in a snapshot, too", async (t) => {
  const channel = newChannel();
  await publishJson(stage.edge, channel, [{ temp: 20 }, { temp: 21 }]);
  const circle = PATHS["a circle"] ?? [];
  for (let at = 0; at < circle.length; at += 100) {
    const body = circle.slice(at, at + 100).map(({ x, y }) => ({ x, robot: y }));
    await publishJson(stage.edge, channel, body);
    await publishJson(stage.edge, channel, { temp: 22 });
  }
  const tab = await stage.openTab(t, channel);
  await tab.holds(2, "temp");
  await tab.page.getByRole("button", { name: "Show robot" }).click();
  await shows("shown", tab, circle, "robot");
  const csv = (await saved(tab, "CSV")).bytes.toString("utf8").trim().split("\r\n").slice(1);
  assert.deepEqual(
    csv.filter((line) => line.includes("robot")).map((line) => Number(line.split(",")[2])),
    circle.map(({ y }) => y),
  );
  const { path } = await saved(tab, "Snapshot");
  await openSnapshot(tab, path);
  await tab.says("Snapshot");
  await shows("in the snapshot", tab, circle, "robot");
});

test("[PG26g] on request y has the scale of x: a circle is round, at any size, for who has the link, and while other panels are there", async (t) => {
  const channel = newChannel();
  for (const point of CIRCLE) await publishJson(stage.edge, channel, point);
  for (const i of counting(40)) await publishJson(stage.edge, channel, { x: Math.cos(i), "other.v [m]": 123_456 + i });
  const tab = await stage.openTab(t, channel, { height: 600 });
  await tab.holds(40);
  /** CSS pixels for one, in x and in y, and how much of y is in view. */
  const scalesOf = async ({ page }: ChannelTab): Promise<[x: number, y: number, low: number, high: number]> =>
    await page
      .evaluate(() => {
        const { minX, maxX } = plotcast.window();
        const [panel] = plotcast.panels();
        return { minX, maxX, left: panel?.left };
      })
      .then(async ({ minX, maxX, left }) => {
        const box = (await page.locator(".over").first().boundingBox()) ?? assert.fail();
        assert.ok(minX !== null && maxX !== null && left);
        return [box.width / (maxX - minX), box.height / (left.max - left.min), left.min, left.max];
      });
  const isRound = async (one: ChannelTab): Promise<boolean> => {
    const [x, y, low, high] = await scalesOf(one);
    return Math.abs(x / y - 1) < 0.01 && low <= -1 && high >= 1;
  };
  await tab.drawn();
  assert.equal(await isRound(tab), false);
  await tab.page.getByRole("button", { name: "Settings of the panel with y" }).click();
  const dialog = tab.page.getByRole("dialog", { name: "Panel" });
  await dialog.getByText("The scale of x").click();
  await waitFor("a round circle", () => isRound(tab));
  assert.match(await tab.fragment(/y=x/), /panel=y;y=x/);
  // Where its values are times there is no such choice, and it changes nothing.
  await tab.page.keyboard.press("Escape");
  for (const [width, height] of [
    [400, 900],
    [1600, 500],
  ] as const) {
    await tab.resize(width, height);
    await waitFor(`a round circle at ${width} px`, () => isRound(tab));
    await assertFits(tab, `${width} px`);
  }
  const far = await stage.openTab(t, `${channel}#panel=y;y=x`, { phone: true });
  await far.holds(40);
  await waitFor("a round circle by the link", () => isRound(far));
  const times = await stage.openTab(t, `${newChannel()}#panel=y;y=x`);
  await publishJson(stage.edge, new URL(times.page.url()).pathname.replace("/c/", ""), { y: 5 });
  await times.holds(1);
  await times.drawn();
  await times.page.getByRole("button", { name: "Settings of the panel with y" }).click();
  await times.page.getByRole("dialog", { name: "Panel" }).waitFor();
  assert.equal(await times.page.getByText("The scale of x").count(), 0);
});
