/** What the page loads only when it is asked for, by itself: on a blank page with the page's own styles and policy. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { after, before, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { SECURITY_HEADERS } from "../../worker/http/headers.ts";
import { newPage, openBrowser, type PageOptions } from "../support/browser.ts";
import { waitFor } from "../support/wait.ts";

const PAGE = fileURLToPath(new URL("../../page", import.meta.url));
const PARTS = ["dialogs/dialog", "dialogs/help", "dialogs/qr", "dialogs/share", "export/png", "table"];
const LINK = "https://plots.example/c/lab/bench-3#w=30s";
/** The QR code of LINK, a line of hexadecimal digits each; read back with another decoder (jsQR) when it was written down. */
const QR_OF_LINK = `
1fc8577f 1045fd41 1757435d 1757ae5d 1755ce5d 10527941 1fd5557f 104100 17c8b87c 3bb4f71
c6db090 19a0757a 1e18aac 23747f1 1e7d246c 119220e2 fdcc90c 132857f5 11eabd14 141d4522
136f2ff7 1b9d1f 1fcfeb5c 105e9310 175949f7 175f160f 1750fc7e 104135da 1fdf2a9c`;

let browser: Browser;
let server: Server;
let url = "";

before(async () => {
  const [bundle, styles] = await Promise.all([
    build({
      stdin: { contents: PARTS.map((part) => `export * from "./lazy/${part}.ts";`).join("\n"), resolveDir: PAGE },
      bundle: true,
      format: "iife",
      globalName: "lazy",
      loader: { ".css": "text" },
      write: false,
    }),
    build({ entryPoints: [`${PAGE}/page.css`], bundle: true, write: false }),
  ]);
  const files: Record<string, [type: string, text: string]> = {
    "/lazy.js": ["text/javascript", bundle.outputFiles[0]?.text ?? ""],
    "/page.css": ["text/css", styles.outputFiles[0]?.text ?? ""],
    "/favicon.ico": ["image/svg+xml", ""],
    "/": [
      "text/html",
      `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Later</title>
       <link rel="stylesheet" href="/page.css"><script src="/lazy.js"></script><button id="opener">Open</button>`,
    ],
  };
  server = createServer(({ url: path = "" }, response) => {
    const [type, text] = files[path] ?? ["text/plain", ""];
    response.writeHead(200, { ...SECURITY_HEADERS, "content-type": `${type}; charset=utf-8` }).end(text);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
  browser = await openBrowser();
});

after(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

async function open(t: TestContext, options: Partial<PageOptions> = {}): Promise<Page> {
  const { page, errors, close } = await newPage(browser, { width: 1280, height: 760, colorScheme: "dark", ...options });
  t.after(async () => {
    await close();
    assert.deepEqual(errors, [], "errors in the page");
  });
  await page.goto(url);
  return page;
}

const SHARE = `{
  links: { live: "${LINK}", now: "${LINK}&from=1&to=2" }, range: "17:22:35 – 17:23:05", chosen: "live", channel: 'lab/"b"',
  exports: { csv: () => new Promise((done) => { globalThis.done = done }), png: () => Promise.reject(new Error("No canvas is left.")),
    snapshot: async () => {} }, opener: document.querySelector("#opener") }`;

const isOpen = (page: Page): Promise<boolean> => page.evaluate<boolean>(`document.querySelector("dialog") !== null`);
const focused = (page: Page): Promise<string> => page.evaluate<string>("document.activeElement.id");

test("[PG15] the dialog is named, and Esc, its button and a click beside it close it; focus goes back", async (t) => {
  const page = await open(t);
  const beside = (): Promise<void> => page.mouse.click(5, 5);
  const ways = [() => page.keyboard.press("Escape"), () => page.getByRole("button", { name: "Close" }).click(), beside];
  for (const close of ways) {
    await page.locator("#opener").focus();
    await page.evaluate(`void lazy.openShare(${SHARE})`);
    await page.getByRole("dialog", { name: "Share" }).waitFor();
    assert.equal(await page.evaluate<string>("document.activeElement.value"), LINK);
    await close();
    await waitFor("the dialog closing", async () => !(await isOpen(page)));
    assert.equal(await focused(page), "opener");
  }
});

test("[PG15] text that is selected out of the dialog does not close it, nor do keys in it reach the page", async (t) => {
  const page = await open(t);
  await page.evaluate(
    `addEventListener("keydown", ({ key }) => { globalThis.pressed = key }); void lazy.openShare(${SHARE})`,
  );
  await page.mouse.move(640, 380);
  await page.mouse.down();
  await page.mouse.move(5, 5);
  await page.mouse.up();
  await page.keyboard.press("p");
  assert.ok(await isOpen(page));
  assert.equal(await page.evaluate("globalThis.pressed"), undefined);
});

test("[PG15a] link and code to embed are copied, with a clipboard and without one", async (t) => {
  const page = await open(t);
  await page.evaluate(`
    Object.defineProperty(navigator, "clipboard", { configurable: true,
      value: { writeText: async (text) => { globalThis.copied = text } } });
    void lazy.openShare(${SHARE})`);
  const copy = page.getByRole("button", { name: "Copy: Link" });
  await copy.click();
  await page.getByText("Copied", { exact: true }).waitFor();
  assert.equal(await page.evaluate("globalThis.copied"), LINK);
  await page.getByLabel("As it is now").check();
  await page.getByRole("button", { name: "Copy: Embed in a page" }).click();
  await page.getByText("Copied: Embed in a page.").waitFor();
  assert.equal(
    await page.evaluate("globalThis.copied"),
    '<iframe src="https://plots.example/c/lab/bench-3?embed=1#w=30s&amp;from=1&amp;to=2" title="Plotcast: lab/&quot;b&quot;" width="100%" height="400" style="border:0" loading="lazy"></iframe>',
  );
  await page.evaluate(`
    Object.defineProperty(navigator, "clipboard", { value: undefined });
    document.addEventListener("copy", () => { globalThis.copied = document.activeElement.value })`);
  await copy.click();
  await page.getByText("Copied: Link.").waitFor();
  assert.equal(await page.evaluate("globalThis.copied"), `${LINK}&from=1&to=2`);
});

test("[PG15] while a file is made the dialog says so and takes no second click; what fails is said", async (t) => {
  const page = await open(t);
  await page.evaluate(`void lazy.openShare(${SHARE})`);
  const status = page.getByRole("status");
  await page.getByRole("button", { name: "CSV" }).click();
  await page.getByText("Preparing CSV …").waitFor();
  assert.equal(await page.locator("[aria-disabled]").count(), 3);
  await page.getByRole("button", { name: "PNG" }).click({ force: true });
  assert.equal(await status.textContent(), "Preparing CSV …");
  await page.evaluate("globalThis.done()");
  await page.getByText("CSV saved.").waitFor();
  await page.getByRole("button", { name: "PNG" }).click();
  await page.getByText("PNG could not be saved. No canvas is left.").waitFor();
  await page.getByRole("button", { name: "Snapshot" }).click();
  await page.getByText("Snapshot saved.").waitFor();
  assert.equal(await page.locator("[aria-disabled]").count(), 0);
});

test("[PG15] the QR code is the link's, crisp, dark on white with four modules of quiet around it", async (t) => {
  const page = await open(t);
  const rows = await page.evaluate<boolean[][]>(`lazy.qrModules("${LINK}")`);
  const inner = rows.slice(4, -4).map((row) => row.slice(4, -4));
  const hex = (row: boolean[]): string => BigInt(`0b${row.map(Number).join("")}`).toString(16);
  assert.deepEqual(inner.map(hex), QR_OF_LINK.trim().split(/\s/));
  assert.equal(inner.flat().filter(Boolean).length, rows.flat().filter(Boolean).length);
  await page.evaluate(`void lazy.openShare(${SHARE})`);
  const code = page.getByRole("img", { name: "QR code of the link" });
  const { width = 0, height = 0 } = (await code.boundingBox()) ?? {};
  assert.equal(width, height);
  assert.ok(width >= 150 && width % rows.length === 0, `${width} px for ${rows.length} modules`);
  assert.equal(await code.locator("rect").getAttribute("fill"), "#fff");
  await page.evaluate(`document.querySelector("dialog").close(); void lazy.openShare({ ...${SHARE},
    links: { live: "${LINK}" + "x".repeat(3000), now: "${LINK}" } })`);
  await page.getByText("This link is too long for a QR code.").waitFor();
});

test("[PG15] everything fits and can be hit with a finger at 390 px", async (t) => {
  const page = await open(t, { width: 390, height: 800 });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 5 });
  await devtools.send("Emulation.setDeviceMetricsOverride", {
    width: 390,
    height: 800,
    deviceScaleFactor: 3,
    mobile: true,
  });
  await page.waitForFunction("matchMedia('(pointer: coarse)').matches");
  await page.evaluate(`void lazy.openShare(${SHARE})`);
  const [overflow, ...heights] = await page.evaluate<number[]>(`(() => {
    const dialog = document.querySelector("dialog");
    return [dialog.scrollWidth - dialog.clientWidth,
      ...[...dialog.querySelectorAll("button, label:has([type=radio])")].map((one) => one.getBoundingClientRect().height)];
  })()`);
  assert.equal(overflow, 0);
  assert.ok(heights.length >= 8 && heights.every((height) => height >= 44), `${heights}`);
});

test("[PG15] the picture has header, legends and panels under each other, in the pixels of the canvases", async (t) => {
  const page = await open(t);
  const seen = await page.evaluate<{
    type: string;
    width: number;
    height: number;
    pixels: number[][];
    inks: number;
  }>(`(async () => {
    const canvasOf = (colour, height) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [1200, height];
      const context = canvas.getContext("2d");
      context.fillStyle = colour;
      context.fillRect(0, 0, 1200, height);
      return canvas;
    };
    const lines = { left: 0, right: 0, top: 0, bottom: 0 };
    const legend = [{ name: "temp", colour: "#0f0", value: "21.5", unit: "°C" }];
    const blob = await lazy.pngBlob({ title: "lab/bench", range: "17:22:35 – 17:23:05", scale: 2,
      panels: [{ canvas: canvasOf("#f00", 200), legend }, { canvas: canvasOf("#00f", 100), legend: [] },
        { canvas: canvasOf("#000", 0), legend: [] }].map((panel) => ({ ...panel, title: "", lines, gaps: [] })),
      xAxis: canvasOf("#0ff", 40),
      theme: { ground: "#102030", ink: "#fff", quiet: "#aaa", fontFamily: "sans-serif" } });
    const bitmap = await createImageBitmap(blob);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    const context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const at = (x, fromBottom) => [...context.getImageData(x, bitmap.height - fromBottom, 1, 1).data];
    const head = context.getImageData(0, 0, bitmap.width, 100).data;
    return { type: blob.type, width: bitmap.width, height: bitmap.height, inks: head.filter((byte) => byte === 255).length - head.length / 4,
      pixels: [at(0, 1), at(32, 33), at(1231, 73), at(32, 173), at(1231, 372), at(1232, 372)] };
  })()`);
  const white = seen.inks;
  assert.deepEqual([seen.type, seen.width], ["image/png", 1200 + 64]);
  // Padding, a line of header and a gap, a line of legend, the canvases, padding.
  assert.equal(seen.height, 2 * (16 + 22 + 7 + 22 + 16) + 200 + 100 + 40);
  assert.deepEqual(seen.pixels, [
    [16, 32, 48, 255],
    [0, 255, 255, 255],
    [0, 0, 255, 255],
    [255, 0, 0, 255],
    [255, 0, 0, 255],
    [16, 32, 48, 255],
  ]);
  assert.ok(white > 100, "there are words in the header");
});

test("[PG16] the table is one to those who hear it, follows at most twice a second, and leaves alone what stays", async (t) => {
  const page = await open(t);
  const shown = await page.evaluate<number>(`(() => {
    globalThis.table = new lazy.LatestTable();
    document.body.append(table.element);
    const segments = [{ x: Float64Array.of(0, 5, 9), y: Float64Array.of(1, NaN, 2.5) }];
    const window = { channel: "main", minX: 0, maxX: 10, time: false, series: [
      { name: "temp", colour: "#f00", segments }, { name: "none", colour: "#0f0", segments: [] }] };
    globalThis.called = 0;
    globalThis.feed = (series) => table.show(() => {
      called++;
      return lazy.latestRows({ ...window, series: series ?? window.series }, (label) => ({ label, unit: label === "temp" ? "°C" : "" }));
    }, false);
    for (let i = 0; i < 50; i++) feed();
    return called;
  })()`);
  assert.equal(shown, 1);
  const table = page.getByRole("table", { name: "Latest values" });
  const texts = (role: "columnheader" | "rowheader" | "cell"): Promise<string[]> =>
    table.getByRole(role).allTextContents();
  assert.deepEqual(await texts("columnheader"), ["Series", "Last", "Unit", "x", "Min", "Max", "Mean", "RMS", "Points"]);
  assert.deepEqual(await texts("rowheader"), ["temp", "none"]);
  assert.deepEqual(await texts("cell"), [
    ...["2.500", "°C", "9", "1.000", "2.500", "1.750", "1.904", "2"],
    ...["–", "", "–", "–", "–", "–", "–", "0"],
  ]);
  const changes = await page.evaluate<number>(`(async () => {
    let changes = 0;
    new MutationObserver((all) => { changes += all.length }).observe(table.element, { subtree: true, childList: true, characterData: true, attributes: true });
    const before = called;
    feed();
    while (called === before) await new Promise(requestAnimationFrame);
    // What it changes is seen after the script that does it.
    await new Promise(requestAnimationFrame);
    return changes;
  })()`);
  assert.equal(changes, 0);
  await page.evaluate(`feed([{ name: "none", colour: "#0f0", segments: [] }])`);
  await waitFor("one row", async () => (await texts("rowheader")).join() === "none");
});

test("[PG16] at 390 px the table scrolls within itself, and the names stay", async (t) => {
  const page = await open(t, { width: 390, height: 800 });
  const [before = 0, after = 0, over = 0, beside = 0] = await page.evaluate<number[]>(`(() => {
    const table = new lazy.LatestTable();
    document.body.append(table.element);
    const segments = [{ x: Float64Array.of(1.7e9, 1.7e9 + 1), y: Float64Array.of(123.456, 2345.678) }];
    table.show(() => lazy.latestRows({ channel: "main", minX: 1.7e9, maxX: 1.7e9 + 10, time: true,
      series: [{ name: "temp.motor.front.left.bearing", colour: "#f00", segments }] }, (label) => ({ label, unit: "°C" })), true);
    const left = () => document.querySelector("tbody th").getBoundingClientRect().left;
    const before = left();
    const over = table.element.scrollWidth - table.element.clientWidth;
    table.element.scrollLeft = 200;
    return [before, left(), over, document.documentElement.scrollWidth - innerWidth];
  })()`);
  assert.ok(over > 100, `${over} px to scroll`);
  assert.deepEqual([after, beside], [before, 0]);
});

test("[PG15] help lists keys under headings", async (t) => {
  const page = await open(t);
  await page.evaluate(`void lazy.openHelp([{ heading: "Look around", items: [
    { keys: ["Ctrl+Wheel", "+", "Ctrl++"], what: "Zoom in" }, { keys: ["?"], what: "This help" }] }])`);
  const help = page.getByRole("dialog", { name: "Keys and gestures" });
  assert.deepEqual(await help.getByRole("heading").allTextContents(), ["Keys and gestures", "Look around"]);
  assert.deepEqual(await help.getByRole("term").allTextContents(), ["Ctrl+Wheel or + or Ctrl++", "?"]);
  assert.deepEqual(await help.locator("kbd").allTextContents(), ["Ctrl", "Wheel", "+", "Ctrl", "+", "?"]);
  assert.deepEqual(await help.getByRole("definition").allTextContents(), ["Zoom in", "This help"]);
});
