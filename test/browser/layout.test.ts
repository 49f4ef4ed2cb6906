/** The page on a phone and in both colour schemes. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { FrameBuilder } from "../../worker/protocol/builder.ts";
import { newChannel, publishFrames, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { type Look, NETWORK_ERROR } from "./look.ts";
import { Relay } from "./relay.ts";
import { counting, type LookOptions, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

interface Box {
  what: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
  cut: boolean;
}

/** Everything in the page that holds text of its own or can be pressed; `cut`: what is in it is wider, and cannot be swiped. */
const READ_BOXES = `[...document.querySelectorAll("body *:not(#legend *, noscript)")].filter((element) =>
  element.matches("button, #plot, #legend, canvas") || [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
).filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.textContent !== "" || element.matches("#plot, canvas"))
  .map((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const what = (element.id || element.className || element.tagName) + ": " + element.textContent.slice(0, 60);
    const { display, overflowX } = getComputedStyle(element);
    const cut = element.scrollWidth > element.clientWidth + 1 && display !== "inline" && overflowX !== "auto";
    return { what, left, right, top, bottom, cut };
  })`;

/** What in the header lies over something else there. */
const READ_OVERLAPS = `{
  const parts = [...document.querySelectorAll("h1, #state, #figures, header button")].filter((part) => part.checkVisibility());
  const boxes = parts.map((part) => ({ what: part.id || part.textContent, box: part.getBoundingClientRect() }));
  boxes.flatMap(({ what, box: a }, i) => boxes.slice(i + 1)
    .filter(({ box: b }) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5)
    .map((other) => what + " and " + other.what))
}`;

async function assertFits({ page }: Look): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  const scrolled = await page.evaluate<number[]>(
    "[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]",
  );
  assert.deepEqual(scrolled, [width, height], "nothing to scroll, neither way");
  for (const { what, left, right, top, bottom, cut } of await page.evaluate<Box[]>(READ_BOXES)) {
    const box = `${what} at ${left},${top} to ${right},${bottom}`;
    assert.ok(left >= 0 && right <= width + 0.5 && top >= 0 && bottom <= height + 0.5, `${box} reaches out`);
    assert.ok(!cut || what.startsWith("channel:"), `${box} is cut off`);
  }
  const overlapping = await page.evaluate<string[]>(READ_OVERLAPS);
  assert.deepEqual(overlapping, []);
  const buttons = await page.evaluate<[string, number, number][]>(`[...document.querySelectorAll("button")]
    .filter((button) => button.checkVisibility())
    .map((button) => [button.textContent, button.offsetWidth, button.offsetHeight])`);
  assert.ok(buttons.length >= 6);
  for (const [label, wide, high] of buttons) assert.ok(wide >= 44 && high >= 44, `${label} is ${wide} × ${high}`);
}

async function lookAtTen(t: TestContext, channel: string, options: LookOptions): Promise<Look> {
  const { send } = await stage.feed(t, channel);
  const names = [
    "vib.x",
    "vib.y",
    "vib.z",
    "temp.motor",
    "temp.drive",
    "temp.ambient",
    "power.L1",
    "power.L2",
    "power.L3",
  ];
  // No line lies on a line of the grid, with which its colour would mix.
  const start = Date.now() / 1000 - 30;
  for (const i of counting(121)) {
    const values = names.map((name, k): [string, number] => [name, 1000 * k + 310 + Math.sin(i / 10 + k)]);
    await send({ x: start + i / 4, ...Object.fromEntries(values) });
  }
  const look = await stage.look(t, channel, options);
  await look.holds(121, "power.L3");
  await look.says("Live");
  await look.drawn();
  return look;
}

test("[PG7] at 390 pixels with a finger: nothing scrolls sideways or is cut off, and what can be pressed is 44 pixels large", async (t) => {
  const look = await lookAtTen(t, newChannel(), { phone: true });
  assert.ok(await look.page.evaluate<boolean>("matchMedia('(pointer: coarse)').matches"), "this is no phone");
  await waitFor("figures", async () => (await look.text("#figures")).includes("9 series"));
  await assertFits(look);
  const plot = await look.page.locator("#plot").boundingBox();
  assert.ok(plot && plot.width === 390 && plot.height >= 480, `the plot has ${plot?.width} × ${plot?.height}`);
  await look.page.locator("#pause").click();
  await waitFor("paused", async () => (await look.text("#figures")).startsWith("paused"));
  await assertFits(look);
  const isReachable = await look.page.evaluate<boolean>(`{
    const legend = document.getElementById("legend");
    legend.scrollLeft = 1e6;
    legend.lastElementChild.getBoundingClientRect().right <= innerWidth
  }`);
  assert.ok(isReachable, "the legend can be swiped to its end");
});

test("[PG7] [PG3] on a phone all that the page says while it has no network fits too, beside a long name", async (t) => {
  const channel = `${newChannel()}/a-name-that-is-as-long-as-the-rules-allow-for-a-channel-of-this-kind`;
  const relay = await Relay.to(t, stage.edge.url);
  const look = await lookAtTen(t, channel, { phone: true, at: relay.url, expectedErrors: NETWORK_ERROR });
  relay.cut();
  // Long enough that what says so is still there when it has been measured.
  await look.says(/^Reconnecting in [2-9] s$/);
  await assertFits(look);
  const name = await look.page.locator("#channel").boundingBox();
  assert.ok(name && name.width >= 48, `of the channel's name ${name?.width} pixels are left`);
  await look.page.context().setOffline(true);
  await look.says("Offline");
  await assertFits(look);
});

test("[PG7] [PG3] on a phone the figures are whole, however many there are", async (t) => {
  const channel = newChannel();
  const look = await lookAtTen(t, channel, { phone: true });
  const builder = new FrameBuilder();
  builder.addGap({ kind: "gap", reason: "bridge-full", points: 1_234_567, fromX: null, toX: null, series: "" });
  builder.add(rowOf(Date.now() / 1000, { "vib.x": 1 }));
  await publishFrames(stage.edge, channel, builder.encode("00000000000000aa", 1));
  await look.page.locator("#pause").click();
  await waitFor("all figures", async () =>
    /^paused .*pts.s .* 9 series .* 1\s234\s567 points missing .* viewer$/.test(await look.text("#figures")),
  );
  await look.drawn();
  await assertFits(look);
});

test("[PG7] the empty page fits a phone", async (t) => {
  const look = await stage.look(t, newChannel(), { phone: true });
  await waitFor("the empty page", () => look.page.locator("#empty").isVisible());
  await look.says("Live");
  // The header grows when it tells how many watch, and the plot takes its new size with the frame after.
  await waitFor("how many watch", async () => (await look.page.locator("#figures").textContent())?.includes("viewer"));
  await look.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  await assertFits(look);
});

/** Colours as the browser computes them: what is written or drawn, with its ground. */
const READ_COLOURS = `{
  const context = document.createElement("canvas").getContext("2d");
  const rgb = (colour) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const groundOf = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    return /rgba\\(.*, 0\\)/.test(backgroundColor) ? groundOf(element.parentElement) : rgb(backgroundColor);
  };
  const root = getComputedStyle(document.documentElement);
  const ground = groundOf(document.body);
  const texts = ["#channel", "#state", "#figures", "#pause", "#windows button", "#windows [aria-pressed=true]", ".name", ".value"]
    .map((selector) => {
      const element = document.querySelector(selector);
      return { what: selector, ink: rgb(getComputedStyle(element).color), ground: groundOf(element) };
    });
  const words = ["--live", "--warn", "--bad", "--quiet"].map((what) => ({ what, ink: rgb(root.getPropertyValue(what)), ground }));
  const lines = Array.from({ length: 8 }, (_, i) => ({ what: "--line-" + i, ink: rgb(root.getPropertyValue("--line-" + i)), ground }));
  ({ ground, texts: [...texts, ...words], lines })
}`;

type Rgb = [number, number, number];

interface Coloured {
  what: string;
  ink: Rgb;
  ground: Rgb;
}

/** WCAG 2.2's contrast ratio. */
function contrast({ ink, ground }: Coloured): number {
  const [light = 0, dark = 0] = [ink, ground].map(luminance).sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: Rgb): number {
  const [r = 0, g = 0, b = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test("[PG7] light and dark by the system, also while it is open: text has a contrast of 4.5, lines of 3", async (t) => {
  const look = await lookAtTen(t, newChannel(), { colorScheme: "light" });
  for (const scheme of ["light", "dark", "light"] as const) {
    await look.page.emulateMedia({ colorScheme: scheme });
    await look.drawn();
    const { ground, texts, lines } = await look.page.evaluate<{ ground: Rgb; texts: Coloured[]; lines: Coloured[] }>(
      READ_COLOURS,
    );
    assert.equal(luminance(ground) > 0.5, scheme === "light", `${scheme}: the ground is ${ground}`);
    for (const text of texts) assert.ok(contrast(text) >= 4.5, `${scheme}: ${text.what} has ${contrast(text)}`);
    for (const line of lines) assert.ok(contrast(line) >= 3, `${scheme}: ${line.what} has ${contrast(line)}`);
    // The canvas too has the scheme's colours, not those from before; this line's are unlike all others of either.
    const drawn = (await look.curve("temp.drive")).columns.filter((rows) => rows !== null);
    assert.ok(drawn.length > 500, `${scheme}: ${drawn.length} columns have the line's colour`);
  }
});
