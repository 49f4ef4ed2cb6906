/** Sharing what is seen from the real page: links, and files that hold every point of it. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { frameOfRows, newChannel, publishFrames, rowOf } from "../support/publish.ts";
import { COUNT, openShare, saved, scene } from "./saving.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

test("[PG15] the link is the page's own, live or as it is now; both copy buttons put it on the clipboard", async (t) => {
  const { channel, tab } = await scene(stage, t);
  const { page } = tab;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const clipboard = (): Promise<string> => page.evaluate("navigator.clipboard.readText()");
  await tab.choose("1 m");
  const dialog = await openShare(tab);
  const link = dialog.getByLabel("Link", { exact: true });
  const url = stage.edge.channelUrl(channel).href;
  assert.equal(await link.inputValue(), `${url}#window=1m`);
  assert.ok(await dialog.getByLabel("Live").isChecked());
  await dialog.getByRole("button", { name: "Copy: Link" }).click();
  await dialog.getByText("Copied: Link.").waitFor();
  assert.equal(await clipboard(), `${url}#window=1m`);
  await dialog.getByLabel("As it is now").check();
  const { minX, maxX } = await tab.window();
  const asItIs = new URL(await link.inputValue());
  const told = new URLSearchParams(asItIs.hash.slice(1));
  assert.equal(asItIs.origin + asItIs.pathname, url);
  for (const [key, x] of [
    ["from", minX],
    ["to", maxX],
  ] as const) {
    assert.ok(Math.abs(Number(told.get(key)) - (x ?? 0)) <= 1e-6, `${key}=${told.get(key)}, not ${x}`);
  }
  await dialog.getByRole("button", { name: "Copy: Embed in a page" }).click();
  await dialog.getByText("Copied: Embed in a page.").waitFor();
  assert.match(
    await clipboard(),
    /^<iframe src="[^"]+\?embed=1#window=1m&amp;from=[\d.]+&amp;to=[\d.]+" title="Plotcast: /,
  );
  const far = await stage.openTab(t, `${channel}${asItIs.hash}`);
  await far.holds(COUNT, "load");
  await far.drawn();
  const there = await far.window();
  assert.ok(there.paused && Math.abs((there.minX ?? 0) - (minX ?? 0)) <= 1e-6, JSON.stringify(there));
});

test("[PG15a] [PG7b] the field shows the beginning of a long link, and each choice stands on a line with its words, in a narrow window, too", async (t) => {
  const { tab } = await scene(stage, t);
  await tab.follow(`#window=30s&style=load:label=${"long".repeat(20)}`);
  for (const width of [1280, 390, 320]) {
    // Whether there is a button for it is only known in the new width.
    await tab.resize(width, 800);
    const dialog = await openShare(tab);
    const link = dialog.getByLabel("Link", { exact: true });
    assert.ok((await link.inputValue()).includes("longlong"));
    await tab.drawn();
    const shown = await tab.page.evaluate<[number, boolean]>(
      "{ const field = document.querySelector('dialog .lazy-field input'); [field.scrollLeft, field.scrollWidth > field.clientWidth] }",
    );
    assert.deepEqual(shown, [0, true], `${width}: the field is at its beginning, and its link is longer`);
    const radio = await dialog.getByLabel("As it is now").boundingBox();
    const words = await dialog.getByText("As it is now", { exact: true }).boundingBox();
    assert.ok(radio && words && radio.x + radio.width <= words.x, `${width}: the words are beside their choice`);
    await tab.page.keyboard.press("Escape");
  }
});

test("[PG15b] the CSV has every point in the window, however many lie in one pixel, and none beyond it", async (t) => {
  const channel = newChannel();
  const [frames, points] = [50, 8000];
  const start = Math.floor(Date.now() / 1000) - 30;
  // 400,000 points in 20 s, of which the last half is looked at.
  const yAt = (i: number): number => Math.sin(i * 0.7) * (1 + i / 1e6);
  const xAt = (i: number): number => start + i / 20_000;
  for (let first = 0; first < frames; first += 5) {
    const body = counting(5, first).map((frame) => {
      const rows = counting(points, frame * points).map((i) => rowOf(xAt(i), { y: yAt(i) }));
      return frameOfRows("00000000000000aa", frame + 1, rows);
    });
    await publishFrames(stage.edge, channel, ...body);
  }
  const tab = await stage.openTab(t, channel, { width: 320 });
  await tab.holds(frames * points, "y", 60_000);
  await tab.choose("10 s");
  const pixels = (await tab.curve()).columns.length;
  const { minX, maxX } = await tab.window();
  const wanted = counting(frames * points).filter((i) => xAt(i) >= (minX ?? 0) && xAt(i) <= (maxX ?? 0));
  assert.ok(
    wanted.length > 190_000 && wanted.length < 210_000 && wanted.length > 600 * pixels,
    `${wanted.length} points`,
  );
  await tab.page.keyboard.press("s");
  const downloads = tab.page.waitForEvent("download");
  await tab.page.getByRole("button", { name: "CSV", exact: true }).click();
  const download = await downloads;
  assert.match(download.suggestedFilename(), /^test-.*-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.csv$/);
  const lines = (await readFile(await download.path(), "utf8")).split("\r\n");
  assert.equal(lines.shift(), "time,x,series,y");
  assert.equal(lines.pop(), "");
  assert.equal(lines.length, wanted.length);
  for (const [line, i] of wanted.entries()) {
    const [time = "", x, series, y] = lines[line]?.split(",") ?? [];
    const isIt = Number(x) === xAt(i) && series === "y" && Number(y) === yAt(i);
    assert.ok(isIt && Math.abs(Date.parse(time) - 1000 * xAt(i)) <= 0.51, `line ${line} is ${lines[line]}`);
  }
});

test("[PG15] hidden series are not saved, and a name with quotes and commas is", async (t) => {
  const { tab, x } = await scene(stage, t);
  await tab.page.locator(`.legend button[title="load"]`).click();
  const { bytes } = await saved(tab, "CSV");
  const lines = bytes.toString("utf8").trimEnd().split("\r\n").slice(1);
  const { minX, maxX } = await tab.window();
  const inside = x.filter((each) => each >= (minX ?? 0) && each <= (maxX ?? 0));
  assert.equal(lines.length, inside.length);
  for (const line of lines) assert.ok(line.includes(`,"temp ""in"", °C [°C]",`), line);
});

test("[PG15b] the picture holds the panels as they are drawn, pixel by pixel, under their legends", async (t) => {
  const { tab } = await scene(stage, t);
  await tab.page.keyboard.press("Space");
  const { bytes, name } = await saved(tab, "PNG");
  assert.match(name, /Z\.png$/);
  assert.deepEqual([...bytes.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const panels = await tab.page.evaluate<{ width: number; heights: number[] }>(
    `{ const canvases = [...document.querySelectorAll("#board canvas")];
       ({ width: Math.max(...canvases.map(({ width }) => width)), heights: canvases.map(({ height }) => height) }); }`,
  );
  const [padding, line] = [16, 22];
  assert.equal(width, panels.width + 2 * padding);
  const canvases = panels.heights.reduce((sum, each) => sum + each, 0);
  assert.ok(height >= canvases + 2 * padding + 3 * line && height < canvases + 200, `${height}, for ${canvases}`);
  // Each panel's canvas is in it somewhere, at the left padding, exactly.
  const found = await tab.page.evaluate<number[]>(`(async () => {
    const bytes = Uint8Array.from(atob("${bytes.toString("base64")}"), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const ground = context.getImageData(0, 0, 1, 1).data;
    const rowsOf = (data, width) => Array.from({ length: data.length / 4 / width }, (_, y) =>
      new Uint32Array(data.buffer, 4 * y * width, width).join());
    const whole = context.getImageData(${padding}, 0, bitmap.width - ${2 * padding}, bitmap.height);
    const picture = rowsOf(whole.data, whole.width);
    return [...document.querySelectorAll("#board .panel canvas")].map((panel) => {
      const on = new OffscreenCanvas(panel.width, panel.height).getContext("2d");
      on.fillStyle = "rgb(" + ground.slice(0, 3).join() + ")";
      on.fillRect(0, 0, panel.width, panel.height);
      on.drawImage(panel, 0, 0);
      const rows = rowsOf(on.getImageData(0, 0, panel.width, panel.height).data, panel.width);
      if (new Set(rows).size < 50) return -2;
      for (let top = 0; top + rows.length <= picture.length; top++) {
        if (rows.every((row, y) => row === picture[top + y])) return top;
      }
      return -1;
    });
  })()`);
  assert.equal(found.length, 2);
  const [first = -1, second = -1] = found;
  assert.ok(first > padding && second >= first + (panels.heights[0] ?? 0) + line, `panels at rows ${found}`);
});
