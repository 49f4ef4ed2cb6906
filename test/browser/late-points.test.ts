/** A page that holds much, and gets many late points: it puts them in their place, and answers meanwhile. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { HEADER_BYTES, readHeader, writeHeader } from "../../protocol/frame/header.ts";
import { frameOfRows, newChannel, publishFrames, publishJson, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { openSnapshot } from "./saving.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const PUBLISHER = "00000000000000aa";
const T = 1.7e9;
const FRAMES = 40;
const POINTS = 8000;
const LATE = 1000;
/** How much longer many tables may hold the page up than one: far more than chance, far less than one copy for each. */
const AT_MOST = 20;

/** What the page is to hold first. */
const LARGE = counting(FRAMES).map((f) =>
  frameOfRows(
    PUBLISHER,
    f + 1,
    counting(POINTS, f * POINTS).map((i) => rowOf(T + i, { y: i % 7 })),
  ),
);

/** One frame of so many tables, each with one row, each earlier than all before; the last one has a series of its own. */
function lateFrame(tables: number, publisherSeq: number, last: string): Uint8Array {
  const firstX = T - tables - 1;
  const single = counting(tables).map((i) => frameOfRows(PUBLISHER, 1, [rowOf(T - 1 - i, { y: 1 })]));
  const end = frameOfRows(PUBLISHER, 1, [rowOf(firstX, { [last]: 1 })]);
  const bodies = [...single, end].map((frame) => frame.subarray(HEADER_BYTES));
  const frame = new Uint8Array(Buffer.concat([end.subarray(0, HEADER_BYTES), ...bodies]));
  const bodyBytes = frame.length - HEADER_BYTES;
  writeHeader(frame, { ...readHeader(end), publisherSeq, points: tables + 1, minX: firstX, maxX: T - 1, bodyBytes });
  return frame;
}

/** For how long, at most, the page did nothing else until it shows a series, in ms. */
async function longestPause(tab: ChannelTab, series: string, act: () => Promise<unknown>): Promise<number> {
  await tab.drawn();
  await tab.page.evaluate(`{
    globalThis.pause = 0;
    let lastMs = performance.now();
    clearInterval(globalThis.beat);
    globalThis.beat = setInterval(() => {
      pause = Math.max(pause, performance.now() - lastMs);
      lastMs = performance.now();
    });
  }`);
  await act();
  await waitFor(`${series} in the legend`, async () => series in (await tab.legend()));
  // What was put off until it was drawn is over, too.
  await tab.drawn();
  return Number(await tab.page.evaluate("new Promise((done) => setTimeout(() => done(pause), 50))"));
}

test("[PG9] one frame with a thousand late tables holds a full page up no longer than a few with one", async (t) => {
  const channel = newChannel();
  const tab = await stage.openTab(t, channel);
  await tab.joined();
  for (let i = 0; i < FRAMES; i += 8) await publishFrames(stage.edge, channel, ...LARGE.slice(i, i + 8));
  await tab.holds(FRAMES * POINTS);
  const pauses = [];
  for (const [i, tables] of [1, 1, LATE].entries()) {
    const frame = lateFrame(tables, FRAMES + 1 + i, `late${i}`);
    pauses.push(await longestPause(tab, `late${i}`, () => publishFrames(stage.edge, channel, frame)));
  }
  const [one = 0, again = 0, many = 0] = pauses;
  assert.ok(many <= AT_MOST * Math.max(one, again), `${many} ms for ${LATE}, ${one} and ${again} ms for one`);
  await tab.holds(FRAMES * POINTS + 2 + LATE);
  const { x } = await tab.series();
  assert.ok(
    x.every((each, i) => i === 0 || each >= (x[i - 1] ?? 0)),
    "all are in their place",
  );
});

test("[PG15] a snapshot with a thousand late tables holds the page up no longer than a few with one", async (t) => {
  const channel = newChannel();
  const tab = await stage.openTab(t, channel);
  const pauses = [];
  for (const [i, tables] of [1, 1, LATE].entries()) {
    const buffer = Buffer.concat([...LARGE, lateFrame(tables, FRAMES + 1, `late${i}`)]);
    const open = async (): Promise<void> => {
      await openSnapshot(tab, { name: "late.plotcast", mimeType: "application/octet-stream", buffer });
    };
    pauses.push(await longestPause(tab, `late${i}`, open));
    await tab.holds(FRAMES * POINTS + tables);
  }
  const [one = 0, again = 0, many = 0] = pauses;
  assert.ok(many <= AT_MOST * Math.max(one, again), `${many} ms for ${LATE}, ${one} and ${again} ms for one`);
});

test("[PG11b] [PG11d] where time runs backwards, “All” shows all points, and a notice says it once", async (t) => {
  const channel = newChannel();
  const tab = await stage.openTab(t, channel);
  const nowS = Date.now() / 1000;
  for (const i of counting(150)) await publishJson(stage.edge, channel, { t: nowS - i / 10, v: i });
  await tab.holds(150, "v");
  await tab.choose("All");
  await tab.drawn();
  const { minX, maxX } = await tab.window();
  assert.ok(minX !== null && maxX !== null && minX <= nowS - 14.9 + 1e-3 && maxX >= nowS - 1e-3, `${minX} to ${maxX}`);
  await waitFor("the notice", async () => /v has timestamps that run backwards/.test(await tab.text("#notice")));
});
