import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelData } from "../../../../page/data/channel-data.ts";
import { Viewport } from "../../../../page/viewport/viewport.ts";
import { WINDOWS } from "../../../../page/viewport/windows.ts";
import { channelData, receive, rowOf } from "../../../support/channel-data.ts";

const NOW = 1_700_000_000;

/** A robot's path, a temperature and a count in one channel. */
function mixed(): ChannelData {
  const source = channelData();
  source.nowX = () => NOW;
  for (let i = 0; i < 300; i++) {
    receive(source, [rowOf(3 * Math.sin(i / 30), { robot: 2 * Math.cos(i / 30) })]);
    receive(source, [rowOf(NOW - 30 + i / 10, { temp: 20 })]);
    receive(source, [rowOf(i, { count: 1e6 })]);
  }
  return source;
}

function drawn(source: ChannelData, viewport: Viewport): Record<string, number> {
  const model = viewport.resolve(source, 1000);
  return Object.fromEntries(
    [...source.series].map((series) => [
      series.name,
      (model?.segments(series) ?? []).reduce((sum, { x }) => sum + x.length, 0),
    ]),
  );
}

test("[PG27d] [PG27e] beside times, a series whose x is none widens no axis, in no window", () => {
  const source = mixed();
  for (const window of WINDOWS) {
    const viewport = new Viewport();
    viewport.selectWindow(window);
    const { x, time } = viewport.resolve(source, 1000) ?? {};
    assert.ok(time && x && x.min >= NOW - 21_601 && x.max < NOW + 30, `${window}: ${x?.min} to ${x?.max}`);
    const { robot, temp = 0, count } = drawn(source, viewport);
    assert.deepEqual([robot, count], [0, 0], window);
    assert.ok(temp >= 100);
  }
});

test("[PG27e] it has a view of its own, whose x is no time: the path whole, with what is no time either", () => {
  const source = mixed();
  const viewport = new Viewport();
  viewport.showRange({ min: -3.2, max: 3.2 });
  const model = viewport.resolve(source, 1000);
  assert.deepEqual([model?.time, model?.x], [false, { min: -3.2, max: 3.2 }]);
  assert.deepEqual(drawn(source, viewport), { robot: 300, temp: 0, count: 5 });
  // It can be moved as far as anybody likes, and left.
  viewport.showRange({ min: 40, max: 50 }, source, { min: -3.2, max: 3.2 });
  assert.deepEqual(viewport.range, { min: 40, max: 50 });
  viewport.goLive();
  assert.equal(viewport.resolve(source, 1000)?.time, true);
});
