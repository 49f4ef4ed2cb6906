import assert from "node:assert/strict";
import { it } from "node:test";
import { Interruptions } from "../../../../bridge/pipeline/interruptions.ts";
import type { PublisherGap } from "../../../../client/publish/collect/gaps.ts";
import { cpuMsOf } from "../../../support/cpu.ts";

/** A channel with these series, whose connections 1 to `newest` are open unless they are among those that are not. */
function interrupting(names: readonly string[], { isAlone = true, knows = true } = {}) {
  const told: string[] = [];
  let counted = 0;
  const seriesNames = new Set(names);
  const uplink = {
    seriesNames,
    addGaps: (gaps: readonly PublisherGap[], isCounted: boolean) => {
      told.push(...gaps.map(({ series }) => series));
      counted += Number(isCounted);
    },
  };
  let nowMs = 0;
  let isNoting = false;
  let caughtUp = (): void => undefined;
  const open = new Set([1, 2]);
  const interruptions = new Interruptions([uplink], isAlone, () => nowMs);
  const newest = (): number => Math.max(2, ...open);
  if (knows) {
    interruptions.follow({
      get newest() {
        return newest();
      },
      isOpen: (path) => open.has(path),
      isAnyOpenSince: (path) => [...open].some((each) => each <= path),
      note: (isOn) => {
        isNoting = isOn;
      },
      whenCaughtUp: (call) => {
        caughtUp = call;
      },
    });
  }
  const point = (name: string, path?: number, value = 1): void =>
    interruptions.before(uplink, [{ x: 1, arrival: true, names: [name], values: [value] }], path);
  return {
    interruptions,
    told,
    open,
    point,
    counted: () => counted,
    isNoting: () => isNoting,
    catchUp: () => caughtUp(),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

it("[BR15h] the series that come by a new connection are told, once, those that come by an old one are not", () => {
  const { interruptions, told, open, point, counted, isNoting } = interrupting(["a", "b", "c"]);
  open.delete(1);
  interruptions.interrupted();
  open.add(3);
  interruptions.returned();
  assert.equal(isNoting(), true);
  point("b", 2);
  point("a", 3, Number.NaN);
  assert.deepEqual(told, []);
  point("a", 3);
  point("a", 3);
  point("c", 3);
  assert.deepEqual(told, ["a", "c"]);
  assert.equal(counted(), 1);
  assert.deepEqual([isNoting(), interruptions.isAny], [false, false]);
});

it("[BR15h] what the one that has gone had sent, and is read later, says nothing", () => {
  const { interruptions, told, open, point, catchUp } = interrupting(["a", "b"]);
  open.delete(1);
  interruptions.interrupted();
  point("a");
  open.add(3);
  interruptions.returned();
  point("a", 1);
  point("a");
  assert.deepEqual(told, []);
  catchUp();
  point("a", 3);
  assert.deepEqual(told, ["a"]);
});

it("[BR15h] a series that has points between the going and the coming goes on, also where nobody knows connections", () => {
  for (const knows of [true, false]) {
    const { interruptions, told, open, point, catchUp } = interrupting(["a", "b", "silent"], { knows });
    open.delete(1);
    interruptions.interrupted();
    catchUp();
    point("b");
    open.add(3);
    interruptions.returned();
    catchUp();
    for (const name of ["b", "a", "silent"]) point(name);
    assert.deepEqual(told, ["a", "silent"]);
  }
});

it("[BR15h] where all have gone, it is one gap of all series", () => {
  for (const [isAlone, expected] of [
    [true, [""]],
    [false, ["a", "b"]],
  ] as const) {
    const { interruptions, told, open, point, counted } = interrupting(["a", "b"], { isAlone });
    open.clear();
    interruptions.interrupted();
    open.add(3);
    interruptions.returned();
    point("a", 3);
    point("b", 3);
    assert.deepEqual([told, counted()], [expected, 1]);
  }
});

it("[BR15h] it is told though reading never catches up, and though it is no longer found out who sends", () => {
  const { interruptions, told, open, point, isNoting, pass } = interrupting(["a", "b"]);
  open.delete(1);
  interruptions.interrupted();
  open.add(3);
  interruptions.returned();
  pass(600_000);
  interruptions.check();
  assert.equal(isNoting(), false);
  point("a");
  assert.deepEqual(told, ["a"]);
});

it("[BR15h] of very many series whose publishers come and go all the time, all are told as one", () => {
  const names = Array.from({ length: 8193 }, (_, i) => `s${i}`);
  const { interruptions, told, counted } = interrupting(names);
  const ms = cpuMsOf(() => {
    for (let i = 0; i < 1000; i++) {
      interruptions.interrupted();
      interruptions.returned();
    }
  });
  assert.ok(ms < 2000, `${ms} ms`);
  assert.deepEqual([new Set(told).size, counted()], [1, 999]);
});
