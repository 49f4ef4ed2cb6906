/** A snapshot of what is in view, saved and opened again in the real page. */
import assert from "node:assert/strict";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { newChannel } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { Pointer } from "./pointer.ts";
import { COUNT, saved, scene, TEMP } from "./saving.ts";
import { Stage } from "./stage.ts";

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
  "by the menu": async ({ page }, path) => {
    await page.locator("#menu").click();
    const choosers = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: /Open a snapshot/ }).click();
    await (await choosers).setFiles(path);
  },
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
    await empty.says(/Live|Stale/);
    const closed = socket.waitForEvent("close");
    await open(empty, path);
    await empty.says("Snapshot");
    await closed;
    await empty.holds(expected.length / 2, "load");
    await empty.drawn();
    assert.deepEqual((await pointsSeen(empty)).sort(), expected.sort());
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
  await tab.page.locator("#menu").click();
  const choosers = tab.page.waitForEvent("filechooser");
  await tab.page.getByRole("button", { name: /Open a snapshot/ }).click();
  const file = {
    name: "a.plotcast",
    mimeType: "application/octet-stream",
    buffer: Buffer.from("no frame ".repeat(20)),
  };
  await (await choosers).setFiles(file);
  await tab.page.getByText("This is not a Plotcast snapshot.").waitFor();
  assert.deepEqual(await tab.held(), before);
  assert.notEqual(await tab.text("#state"), "Snapshot");
  assert.notEqual(live, "Snapshot");
});
