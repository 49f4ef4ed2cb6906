/** What part of a channel is looked at. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { newChannel } from "../support/publish.ts";
import { assertDrawn, columnOf } from "./channel-tab.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

/** One wave in 40 points, which grows, so that no two windows have the same range of y. */
const wave = (i: number): number => (1 + i / 400) * Math.sin((i * Math.PI) / 20);

test("[PG2a] each window shows its span up to the newest x, the line filling it; the axis says times of day", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const newest = Math.floor(Date.now() / 1000);
  const x = counting(401).map((i) => newest - 400 + i);
  const y = counting(401).map(wave);
  await send({ x, y });
  const tab = await stage.openTab(t, channel);
  await tab.holds(401);
  await tab.drawn();
  assert.equal((await tab.window()).name, "30 s", "where x is a time, it begins with 30 s");
  for (const [name, span] of [
    ["10 s", 10],
    ["30 s", 30],
    ["1 m", 60],
    ["5 m", 300],
    ["100 pts", 99],
  ] as const) {
    await tab.choose(name);
    const pressed = tab.page.locator("#windows [aria-pressed=true]");
    assert.deepEqual(await pressed.allInnerTexts(), [name]);
    const curve = await tab.curve();
    // The right edge is the newest x, up to a column of pixels.
    const column = span / curve.columns.length;
    assert.ok(curve.maxX >= newest && curve.maxX <= newest + column, `${name}: ends at ${curve.maxX}, not ${newest}`);
    assert.ok(Math.abs(curve.maxX - curve.minX - span) < 1e-6, `${name}: spans ${curve.maxX - curve.minX} s`);
    const isEmpty = curve.columns.map((rows) => rows === null);
    assert.deepEqual(isEmpty.slice(2, -2).indexOf(true), -1, `${name}: the line fills the width`);
    const from = 400 - span + 1;
    if (span <= 100) assertDrawn(curve, x.slice(from, -1), y.slice(from, -1), 6);
    const labels = await tab.labels();
    const times = labels.filter((label) => label.includes(":"));
    assert.ok(times.length >= 4, `${name}: ${labels}`);
    for (const time of times) assert.match(time, /^\d\d:\d\d(:\d\d)?$/);
  }
  await tab.choose("All");
  const all = await tab.curve();
  assert.equal(all.minX, x[0], "all begins with the oldest");
  assert.ok(all.maxX >= newest && all.maxX < newest + 400 * 0.03, `and ends at ${all.maxX}, not ${newest}`);
  const [first, last] = [columnOf(all, x[0] ?? 0), columnOf(all, newest)];
  assert.ok(
    all.columns.slice(first + 1, last - 1).every((rows) => rows !== null),
    "the line reaches from end to end",
  );
});

test("[PG2b] [PG2c] an x that is no time has an axis of numbers, and begins with the last 100 points", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const tab = await stage.openTab(t, channel);
  for (const i of counting(250)) await send({ x: i * 10, y: wave(i) });
  await tab.holds(250);
  const curve = await tab.curve();
  assert.deepEqual(await tab.window(), { name: "100 pts", minX: 1500, maxX: 2490, paused: false });
  assertDrawn(
    curve,
    counting(98, 151).map((i) => i * 10),
    counting(98, 151).map(wave),
    6,
  );
  const labels = await tab.labels();
  for (const label of ["1600", "2000", "2400"]) assert.ok(labels.includes(label), `${label} in ${labels}`);
  assert.ok(!labels.some((label) => label.includes(":")), `${labels}`);
});
