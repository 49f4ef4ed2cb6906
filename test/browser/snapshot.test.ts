/** A snapshot of what is in view, saved and opened again in the real page. */
import assert from "node:assert/strict";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { named } from "../support/named.ts";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, isDrawnBetween } from "./channel-tab.ts";
import { Pointer } from "./pointer.ts";
import { COUNT, openShare, openSnapshot, saved, scene, TEMP } from "./saving.ts";
import { Source } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

/** The points in the window, without breaks, as `x series y`. */
async function pointsSeen(tab: ChannelTab): Promise<string[]> {
  const { minX, maxX } = await tab.window();
  const seen = await tab.page.evaluate(() => plotcast.seen());
  return seen
    .flatMap(({ name, x, y }) => x.map((each, i) => ({ name, x: each, y: y[i] ?? null })))
    .filter(({ x, y }) => y !== null && x >= (minX ?? 0) && x <= (maxX ?? 0))
    .map(({ name, x, y }) => `${x} ${name} ${y}`);
}

/** Opens a snapshot in a page of an empty channel, as a person does. */
const WAYS: Record<string, (tab: ChannelTab, path: string) => Promise<void>> = {
  "by the menu": openSnapshot,
  "let go on the page": async ({ page }, path) => {
    const devtools = await page.context().newCDPSession(page);
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    const drag = (type: "dragEnter" | "dragOver" | "drop") =>
      devtools.send("Input.dispatchDragEvent", { type, x: 600, y: 400, data });
    await page.evaluate(
      'addEventListener("dragover", () => document.body.setAttribute("data-over", ""), { once: true })',
    );
    await drag("dragEnter");
    await drag("dragOver");
    // Let go before the page has said that it takes it, a file is opened by the browser instead.
    await page.locator("body[data-over]").waitFor();
    await drag("drop");
    await devtools.detach();
  },
};

for (const [way, open] of Object.entries(WAYS)) {
  test(`[PG15c] a snapshot of what is in view, opened again ${way}, shows the same points, and nothing comes any more`, async (t) => {
    const { tab } = await scene(stage, t);
    await tab.choose("1 m");
    await new Pointer(tab).drag(0.6, 0.8);
    await tab.drawn();
    const expected = await pointsSeen(tab);
    assert.ok(expected.length > 40 && expected.length < 2 * COUNT);
    const { name, path } = await saved(tab, "Snapshot");
    assert.match(name, /^test-.*Z\.plotcast$/);

    const channel = newChannel();
    const { send } = await stage.feed(t, channel);
    const empty = await stage.openTab(t, channel);
    await empty.joined();
    await send({ x: 1, other: 1 });
    await empty.holds(1, "other");
    // The page that is open has one, which closes.
    const sockets = empty.page.waitForEvent("websocket");
    await empty.page.reload();
    const socket = await sockets;
    await empty.connected();
    const closed = socket.waitForEvent("close");
    await open(empty, path);
    await empty.says("Snapshot");
    await closed;
    await empty.holds(expected.length / 2, "load");
    await waitFor("the same points", async () => {
      assert.deepEqual((await pointsSeen(empty)).sort(), expected.sort());
      return true;
    });
    assert.deepEqual((await empty.held()).map((series) => series.name).sort(), [TEMP, "load"].sort());
    assert.ok(
      (await empty.curve("load")).columns.some((column) => column !== null),
      "it is drawn",
    );
    await send({ x: 2, other: 2 });
    const read = (): Promise<Response> =>
      fetch(stage.edge.channelUrl(channel), { headers: { accept: "application/x-ndjson" } });
    await waitFor("the channel having that", async () => (await (await read()).text()).includes('"x":2'));
    await empty.drawn();
    assert.equal((await empty.series("other")).x.length, 0);
    assert.equal(await empty.text("#state"), "Snapshot");
  });
}

test("[PG15d] a file of 2 GiB that is let go on the page is refused before it is read", async (t) => {
  const { tab } = await scene(stage, t);
  const before = await tab.held();
  const directory = await mkdtemp(join(tmpdir(), "plotcast-snapshot-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, "huge.plotcast");
  await writeFile(path, "PLCT");
  // 192 MiB are read, and found to be something else.
  for (const [bytes, sentence] of [
    [2 ** 31, "This file is too large for a snapshot."],
    [192 * 2 ** 20, "This snapshot was saved by another version of Plotcast."],
    [192 * 2 ** 20 + 1, "This file is too large for a snapshot."],
  ] as const) {
    await truncate(path, bytes);
    await WAYS["let go on the page"]?.(tab, path);
    await tab.page.getByText(sentence).waitFor();
  }
  assert.deepEqual(await tab.held(), before);
});

test("[PG15] a file that is no snapshot is refused in words, and changes nothing", async (t) => {
  const { tab } = await scene(stage, t);
  const [before, live] = [await tab.held(), await tab.text("#state")];
  await openSnapshot(tab, {
    name: "a.plotcast",
    mimeType: "application/octet-stream",
    buffer: Buffer.from("no frame ".repeat(20)),
  });
  await tab.page.getByText("This is not a Plotcast snapshot.").waitFor();
  assert.deepEqual(await tab.held(), before);
  assert.doesNotMatch(await tab.text("#state"), /Snapshot/);
  assert.doesNotMatch(live, /Snapshot/);
});

/** Panels from top to bottom, and the colour of each series. */
async function arrangementOf(tab: ChannelTab): Promise<unknown> {
  await tab.drawn();
  const panels = await tab.panels();
  const swatches = await tab.page.evaluate<[string, string][]>(
    `[...document.querySelectorAll(".legend button")].map((button) => [button.title, getComputedStyle(button.querySelector(".swatch")).color])`,
  );
  return { panels: panels.map(({ names, left, right }) => ({ names, left, right })), swatches };
}

for (const [width, height] of [
  [1920, 1080],
  [390, 800],
] as const) {
  test(`[PG15c] [PG15f] at ${width} px a snapshot is as it was: panels, axes, thresholds, colours, range, its own channel and date; and leads back to live`, async (t) => {
    const { tab, channel, x } = await scene(stage, t);
    const [min, max] = [(x[0] ?? 0) + 3.3, (x[0] ?? 0) + 21.7];
    const temp = encodeURIComponent(TEMP);
    await tab.follow(`#from=${min}&to=${max}&panel=load,:${temp};y=-400..500;at=120,-80;ry=10..30;rat=21`);
    await waitFor("one panel", async () => (await tab.panels()).length === 1);
    const lines = async (of: ChannelTab): Promise<string[]> =>
      (await of.labelsOn(0)).map(({ text }) => text).filter((text) => ["120", "-80", "21"].includes(text));
    await waitFor("three lines", async () => (await lines(tab)).length === 3);
    const [was, range, at] = [await arrangementOf(tab), await tab.window(), await lines(tab)];
    // Up to the first point in the window.
    assert.ok(isDrawnBetween(await tab.curve("load"), min, min + 0.2, 0), "the line comes in from the left");
    const { path } = await saved(tab, "Snapshot");

    const source = new Source(stage.edge);
    await source.past((i) => ({ load: i, other: 2 }));
    const hash = "#window=5m&panel=other;y=0..9&panel=load";
    const other = await stage.openTab(t, source.channel, { width, height, query: hash });
    await other.holds(120, "other");
    await other.drawn();
    const [before, remembered] = [
      await arrangementOf(other),
      await other.page.evaluate<string>("JSON.stringify(localStorage)"),
    ];
    await WAYS["by the menu"]?.(other, path);
    await other.says("Snapshot");
    await waitFor("when it was made", async () =>
      /^made (?=.*\b\d{1,2}\b).* \d\d:\d\d · /.test(await other.text("#figures")),
    );
    await other.holds(50, "load");
    assert.equal(await other.text("#channel"), channel);
    await waitFor("the lines of the snapshot", async () => (await lines(other)).length === 3);
    await waitFor("all as it was", async () => {
      assert.deepEqual(await arrangementOf(other), was);
      return true;
    });
    assert.deepEqual(await lines(other), at);
    const seen = await other.window();
    assert.deepEqual([seen.minX, seen.maxX], [range.minX, range.maxX]);
    const isWide = width > 1000;
    if (isWide) assert.ok(isDrawnBetween(await other.curve("load"), min, min + 0.2, 0), "and does in the snapshot");
    assert.match((await saved(other, "CSV")).name, new RegExp(`^${channel.replaceAll("/", "-")}-`));
    await openShare(other);
    assert.equal(await other.page.getByLabel("Link", { exact: true }).count(), 0, "it has no link");
    await other.page.keyboard.press("Escape");
    await new Pointer(other).drag(0.3, 0.6);
    await other.page.keyboard.press("l");
    await other.drawn();
    const again = await other.window();
    assert.deepEqual([again.minX, again.maxX], [range.minX, range.maxX], "L goes back to all of it");
    assert.deepEqual(await other.page.evaluate<string>("JSON.stringify(localStorage)"), remembered);
    assert.ok(other.page.url().endsWith(hash), other.page.url());
    await other.page.getByRole("button", { name: "Back to live" }).click();
    await other.says(/Live|Stale/);
    await other.holds(120, "other");
    assert.equal(await other.text("#channel"), source.channel);
    await waitFor(
      "the channel as it was",
      async () => JSON.stringify(await arrangementOf(other)) === JSON.stringify(before),
    );
  });
}

test("[PG15c] [PG10a] in a snapshot a publisher's gap is in the panels of its series alone, as it was", async (t) => {
  const channel = newChannel();
  const [one, other] = [new Source(stage.edge, channel), new Source(stage.edge, channel)];
  const now = Date.now() / 1000;
  const rows = (from: number, to: number, name: string) =>
    counting(to - from, from).map((i) => rowOf(now - 30 + i / 10, { [name]: Math.sin(i / 20) }));
  await other.publish(rows(0, 300, "b.y"));
  await one.publish(rows(0, 100, "a.x"));
  await one.publish(rows(150, 300, "a.x"), { lost: 50 });
  const tab = await stage.openTab(t, channel);
  const marks = (page: ChannelTab["page"]) =>
    page
      .locator(".panel")
      .evaluateAll((panels) =>
        panels.map((panel) => [...panel.querySelectorAll(".gap")].filter((gap) => !gap.hasAttribute("hidden")).length),
      );

  await waitFor("the mark", async () => (await marks(tab.page))[1] === 1);
  assert.deepEqual(await marks(tab.page), [0, 1], "in the panel of its series");
  const { path } = await saved(tab, "Snapshot");
  const reader = await stage.openTab(t, newChannel());
  await openSnapshot(reader, path);
  await reader.holds(251, "a.x");
  await waitFor("the mark", async () => (await marks(reader.page)).includes(1));
  assert.deepEqual(await marks(reader.page), [0, 1]);
  await waitFor("how many", async () => /50 points missing/.test(await reader.text("#figures")));
  await reader.page.keyboard.press("g");
  assert.match(
    await waitFor(
      "its text",
      async () => (await reader.page.locator(".gap-tip").allTextContents()).join("") || undefined,
    ),
    /a\.x/,
  );
});

test("[PG15c] a snapshot of times in UTC is in UTC, whichever zone its reader has; that is not remembered", async (t) => {
  const { tab } = await scene(stage, t);
  const isUtc = async (of: ChannelTab): Promise<boolean> => {
    await of.drawn();
    return await of.page.evaluate<boolean>(
      `recorded.labelsOn(document.querySelector(".x-axis canvas")).some(({ text }) => text.endsWith("UTC"))`,
    );
  };
  await tab.follow("#tz=utc");
  await waitFor("UTC", () => isUtc(tab));
  const { path } = await saved(tab, "Snapshot");
  const reader = await stage.openTab(t, (await scene(stage, t)).channel);
  await reader.holds(COUNT, "load");
  assert.equal(await isUtc(reader), false);
  await openSnapshot(reader, path);
  await reader.says("Snapshot");
  await waitFor("UTC", () => isUtc(reader));
  await reader.page.getByRole("button", { name: "Back to live" }).click();
  await reader.says(/Live|Stale/);
  await waitFor("the zone of its reader", async () => !(await isUtc(reader)));
});

test("[PG15c] a state that holds since before the window is in its snapshot, and ends there where it ended", async (t) => {
  const source = new Source(stage.edge);
  const start = Math.floor(Date.now() / 1000) - 60;
  await source.publish([
    named(start, { state: [1, "RUN"] }),
    ...counting(30).map((i) => rowOf(start + i, { temp: 20 + (i % 3) })),
  ]);
  await source.publish(
    counting(10).map((i) => rowOf(start + 40 + i, { temp: 20 })),
    { lost: 3 },
  );
  const tab = await stage.openTab(t, source.channel, { query: `#from=${start + 20}&to=${start + 50}` });
  await tab.holds(40, "temp");
  const isHeld = async (of: ChannelTab): Promise<boolean[]> => {
    const curve = await of.curve("state");
    return [22, 27, 32, 42, 47].map((i) => isDrawnBetween(curve, start + i, start + i + 2));
  };
  const broken = [true, true, false, false, false];
  await waitFor("the state", async () => (await isHeld(tab)).join() === broken.join());
  const { path } = await saved(tab, "Snapshot");
  const other = await stage.openTab(t, newChannel());
  await other.joined();
  await WAYS["by the menu"]?.(other, path);
  await other.says("Snapshot");
  await other.holds(20, "temp");
  await waitFor("the same in the snapshot", async () => (await isHeld(other)).join() === broken.join());
});
