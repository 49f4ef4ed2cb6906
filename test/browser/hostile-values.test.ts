/** What a publisher, a link or a browser's memory may hold that nobody meant: the page goes on, and answers. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import type { Row } from "../../protocol/frame/frame-builder.ts";
import { newChannel, rowOf } from "../support/publish.ts";
import { waitFor, withDeadline } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { Source } from "./source.ts";
import { counting, Stage, type TabOptions } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const MAX = Number.MAX_VALUE;
const NOW = Math.floor(Date.now() / 1000) - 60;
const WINDOWS = ["100 pts", "10 s", "5 m", "All"];

/** What looks at the values is used, and the page answers and draws all the time. @param isBrief only the most of it */
async function staysAlive(tab: ChannelTab, isBrief = false): Promise<void> {
  const answers = async (what: string): Promise<void> => {
    const before = (await withDeadline(`an answer of the page: ${what}`, tab.counters(), 20_000)).draws;
    await tab.page.evaluate("dispatchEvent(new Event('resize'))");
    await withDeadline(`a drawing: ${what}`, tab.drawn(), 20_000);
    assert.ok((await tab.counters()).draws >= before);
  };
  await answers("at first");
  for (const window of isBrief ? ["All"] : WINDOWS) {
    await tab.choose(window);
    await answers(window);
  }
  const { page } = tab;
  page.setDefaultTimeout(10_000);
  const box = await page.locator("#board").boundingBox();
  assert.ok(box !== null);
  const [left, top] = [box.x + box.width / 3, box.y + box.height / 2];
  await page.mouse.move(left, top);
  await answers("the cursor");
  await page.mouse.down();
  await page.mouse.move(left + 200, top, { steps: 3 });
  await page.mouse.up();
  await answers("zoomed");
  if (isBrief) return;
  for (let i = 0; i < 3; i++) await page.mouse.wheel(0, -400);
  for (let i = 0; i < 6; i++) await page.mouse.wheel(0, 600);
  await answers("by the wheel");
  for (const key of ["m", "ArrowLeft", "ArrowRight", "g", "t", "t", "l", " ", "l"]) {
    await page.keyboard.press(key);
    await answers(`key ${key}`);
  }
}

async function pageOf(t: TestContext, rows: readonly Row[][], options: TabOptions = {}): Promise<ChannelTab> {
  const source = new Source(stage.edge, newChannel());
  for (const each of rows) await source.publish(each, { rowsPerFrame: 5000 });
  const tab = await stage.openTab(t, source.channel, options);
  await waitFor("a series in the page", async () => (await tab.held()).length > 0);
  return tab;
}

const ramp = (of: (i: number) => number, count = 200): number[] => counting(count).map(of);

const VALUES: Record<string, number[]> = {
  "the largest": ramp((i) => (i % 2 === 0 ? MAX : -MAX)),
  "the smallest": ramp((i) => (i % 3) * Number.MIN_VALUE),
  "all sizes": ramp((i) => (i % 2 === 0 ? 1 : -1) * 10 ** (((i * 7) % 616) - 308)),
  "all equal": ramp(() => 7),
  "all equal and large": ramp(() => 1.7e308),
  "all equal and subnormal": ramp(() => 5e-324),
  "zeros of both signs": ramp((i) => (i % 2 === 0 ? 0 : -0)),
  "one that is far out": ramp((i) => (i === 100 ? -MAX : Math.sin(i))),
  "neighbours of one": ramp((i) => 1 + (i % 3) * Number.EPSILON),
};

test("[PG1] [PG7] y of every size are drawn, and the page answers", async (t) => {
  const rows = counting(200).map((i) =>
    rowOf(NOW + i / 4, Object.fromEntries(Object.entries(VALUES).map(([name, y], k) => [`p${k}.${name}`, y[i] ?? 0]))),
  );
  const tab = await pageOf(t, [rows]);
  await tab.holds(200, "p0.the largest");
  await staysAlive(tab);
});

const XS: Record<string, number[]> = {
  "a time of 1e300": [...ramp((i) => NOW + i), 1e300],
  "a negative one": [...ramp((i) => NOW + i), -1e300],
  "both ends": [-MAX, ...ramp((i) => i), MAX],
  "all equal": ramp(() => NOW),
  "all equal and large": ramp(() => 1e300),
  "from high to low": ramp((i) => 1e6 - i),
  subnormal: ramp((i) => i * 5e-324),
  "the end of dates": ramp((i) => 8.64e12 - 100 + i),
  "negative numbers": ramp((i) => -1e9 + i),
  "neighbours of a time": ramp((i) => NOW + i * 2 ** -22),
};

for (const [what, xs] of Object.entries(XS)) {
  test(`[PG2] [PG11] x that are ${what} are taken, and the page answers`, async (t) => {
    // Each by itself, as they come.
    const tab = await pageOf(t, [
      xs.slice(0, -1).map((x, i) => rowOf(x, { y: Math.sin(i / 9) })),
      [rowOf(xs.at(-1) ?? 0, { y: 1 })],
    ]);
    await staysAlive(tab);
  });
}

test("[PG1d] 4,096 series with names of 256 bytes are told, 256 are shown, and the page answers", async (t) => {
  const source = new Source(stage.edge, newChannel());
  for (let k = 0; k < 4096; k += 256) {
    const names = counting(256, k).map((i) => `group${i % 40}.${"x".repeat(240)}${i}`.slice(0, 250).padEnd(256, "n"));
    await source.publish([
      rowOf(NOW + k, Object.fromEntries(names.map((name, i) => [`${i + k}${name}`.slice(0, 256), i]))),
    ]);
  }
  const tab = await stage.openTab(t, source.channel);
  await waitFor("256 series", async () => (await tab.held()).length === 256, { deadlineMs: 30_000 });
  await waitFor("the others told", async () => /more than can be shown/.test(await tab.text("header")), {
    deadlineMs: 30_000,
  });
  await staysAlive(tab);
});

test("[PG23d] 100,000 texts of states and events are forgotten in time, and the page answers", async (t) => {
  const source = new Source(stage.edge, newChannel());
  for (let at = 0; at < 50_000; at += 2000) {
    for (let k = at; k < at + 2000; k += 200) {
      const rows = counting(200, k).map(
        (i): Row => ({
          ...rowOf(NOW + i / 1000, { state: i, log: i }),
          marks: [
            { series: "state", style: "step", value: i, text: `state ${i}` },
            { series: "log", style: "event", value: i, text: `event ${i}` },
          ],
        }),
      );
      await source.publish(rows, { rowsPerFrame: 200 });
    }
  }
  const tab = await stage.openTab(t, source.channel);
  await tab.holds(100, "log");
  await staysAlive(tab);
  // At the cursor may be one whose text is forgotten.
  await tab.page.mouse.move(2, 2);
  await waitFor("the last event", async () => /^event \d+$/.test((await tab.legend()).log ?? ""));
});

test("[PG1] a name that is written from right to left stays where names are, and its value where values are", async (t) => {
  const name = "motor.טמפרטורה 1";
  const tab = await pageOf(t, [counting(50).map((i) => rowOf(NOW + i, { [name]: 100 + i, "motor.speed": i }))]);
  await tab.holds(50, name);
  const button = tab.page.locator(".legend button", { hasText: "טמפרטורה" });
  const places: [number, number][] = await button.evaluate((element) =>
    [".swatch", ".name", ".value"].map((part) => {
      const box = element.querySelector(part)?.getBoundingClientRect();
      return [box?.left ?? 0, box?.right ?? 0];
    }),
  );
  for (const [i, [left]] of places.entries()) assert.ok(left >= (places[i - 1]?.[1] ?? 0), `${places}`);
  assert.equal((await tab.legend())[name], "149");
});

const long = (part: string, length = 60_000): string => part.repeat(Math.ceil(length / part.length)).slice(0, length);

const FRAGMENTS: Record<string, string> = {
  "two megabytes": `window=30s&hide=${long("a,", 2_000_000)}`,
  "very many panels": counting(5000)
    .map((i) => `panel=n${i};y=0..1;at=${i}`)
    .join("&"),
  "very many parameters": long("panel=y&"),
  "very many options": `panel=y;${long("at=1;")}`,
  "very many lines": `panel=y;at=${counting(9000).join(",")}`,
  "lines out of this world": "panel=y;at=1e308,-1e308,5e-324,-5e-324;log",
  "a range of every number": `from=-8e307&to=8e307`,
  "a range of no number": "from=0&to=5e-324",
  "a range far away": "from=1e300&to=1.1e300",
  "an axis of every number": "panel=y;y=-8e307..8e307",
  "an axis of nearly none": "panel=y;y=0..5e-324",
  "a logarithmic axis of everything": "panel=y;log;lock=-1e300..1e300",
  "a logarithmic axis of nearly nothing": "panel=y;log;y=5e-324..1e-323",
  "names of what all objects have":
    "panel=__proto__,constructor,:toString&hide=hasOwnProperty&calc=valueOf:y&calc=__proto__:y*2",
  "deep expressions": `calc=a:${long("(", 1000)}y`,
  "long expressions": `calc=a:${long("y%2B", 1000)}y`,
  "expressions that blow up":
    "calc=a:y^y^y^9e99&calc=b:1/(y-y)&calc=c:d(d(d(y)))&calc=e:avg(y,1e308)&calc=f:avg(y,5e-324)&calc=g:sqrt(-abs(y))",
  "expressions in a circle": "calc=a:b&calc=b:a&calc=c:c",
  "expressions over names that never end": `calc=a:"${long('""', 1000)}`,
  markup: "panel=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&calc=%3Cb%3E:y&hide=%3Cscript%3E",
  "turned around": "panel=%E2%80%AEy,y%C2%9B&calc=%E2%80%AEa:y",
  "broken escapes": "panel=%E0%A4%A,%,%%%&hide=%ED%A0%80",
};

for (const [what, fragment] of Object.entries(FRAGMENTS)) {
  test(`[PG13] [PG22] a link with ${what} shows the channel, and the page answers`, async (t) => {
    const source = new Source(stage.edge, newChannel());
    await source.publish(
      counting(400).map((i) => rowOf(NOW - 40 + i / 4, { y: Math.sin(i / 9), constructor: i, z: -i })),
      { rowsPerFrame: 400 },
    );
    const tab = await stage.openTab(t, `${source.channel}#${fragment}`);
    await tab.holds(400);
    await staysAlive(tab, true);
    const looked: string = await tab.page.evaluate("document.body.innerHTML");
    assert.doesNotMatch(looked, /<img|<script(?! )/);
  });
}

const STORED: Record<string, string> = {
  nonsense: "\u0000\ud800{}[]<script>",
  megabytes: long("panel=n&", 4_000_000),
  "what all objects have": "panel=__proto__,constructor;y=0..1&hide=toString&calc=__proto__:y",
};

test("[PG12] a browser's memory that is hostile, full or refuses is no more than forgotten", async (t) => {
  const source = new Source(stage.edge, newChannel());
  await source.publish(
    counting(100).map((i) => rowOf(NOW + i / 4, { y: i })),
    { rowsPerFrame: 100 },
  );
  const key = JSON.stringify(`plotcast:${source.channel}`);
  const places = Object.entries(STORED).map(
    ([what, text]) => [what, `localStorage.setItem(${key}, ${JSON.stringify(text)})`] as const,
  );
  const full =
    "for (let n = 22; n >= 0; n--) try { for (let k = 0; ; k++) localStorage.setItem('full ' + n + ' ' + k, 'x'.repeat(2 ** n)); } catch {}";
  const refuses =
    "Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })";
  for (const [what, before] of [...places, ["full", full], ["refuses", refuses]] as const) {
    const tab = await stage.openTab(t, source.channel, { before });
    await tab.holds(100);
    await staysAlive(tab, true);
    // Something is remembered, or not: nobody is told.
    await tab.page.locator(".legend button").first().click();
    await waitFor(`the URL saying what is hidden (${what})`, () => /hide=/.test(tab.page.url()));
  }
});
