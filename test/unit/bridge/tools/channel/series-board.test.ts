import assert from "node:assert/strict";
import { test } from "node:test";
import { SeriesBoard } from "../../../../../bridge/tools/channel/series-board.ts";
import { sparkline } from "../../../../../bridge/tools/channel/sparkline.ts";

const NOW = 1_796_040_000;

test("[WA2] a sparkline has a block for each of the last values, from the least to the most", () => {
  assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8), "▁▂▃▄▅▆▇█");
  assert.equal(sparkline([9, 9, -1, 1], 2), "▁█");
  assert.equal(sparkline([5, 5], 9), "▄▄");
  assert.equal(sparkline([-Number.MAX_VALUE, 0, Number.MAX_VALUE], 3), "▁▅█");
  assert.equal(sparkline([], 3), "");
});

test("[WA2] a series is a line: its last value, how old it is, the values before", () => {
  const board = new SeriesBoard();
  assert.deepEqual(board.lines(80, 0, NOW), ["  No points yet."]);
  board.add({ series: "temp", x: NOW - 300, y: 20 }, true, 0);
  board.add({ series: "temp", x: NOW - 299, y: 22 }, true, 0);
  board.add({ series: "state", x: 7, y: 1, text: "on" }, true, 0);
  assert.deepEqual(board.lines(80, 500, NOW), [
    "  SERIES   VALUE    AGE",
    "  temp        22  5 min  ▁█",
    "  state   on (1)      –  ▄",
  ]);
  // Where points come faster than four a second, the last of each quarter is shown.
  for (const [y, atMs] of [
    [21, 1000],
    [30, 1100],
    [24, 1249],
    [23, 1250],
  ] as const)
    board.add({ series: "temp", x: NOW, y }, false, atMs);
  assert.equal(board.lines(80, 1650, NOW)[1], "  temp        23  0.4 s  ▁▅█▆");
});

test("[WA2] it follows the width of the terminal", () => {
  const board = new SeriesBoard();
  for (let y = 0; y < 8; y++) board.add({ series: "temperature", x: 1, y }, true, 0);
  assert.deepEqual(
    [60, 31, 29, 22, 18].map((width) => board.lines(width, 0, NOW)[1]),
    [
      "  temperature      7    –  ▁▂▃▄▅▆▇█",
      "  temperature      7    –  ▁▃▆█",
      "  temperature      7    –",
      "  temperature      7",
      "  temperature    …",
    ],
  );
});

test("[WA2] 1,000 series are shown, points of others are counted; no name of theirs steers the terminal", () => {
  const board = new SeriesBoard();
  for (let n = 0; n < 1001; n++) board.add({ series: `s${n}`, x: 0, y: n }, false, 0);
  board.add({ series: "s1000", x: 0, y: 0 }, false, 0);
  const lines = board.lines(80, 0, NOW);
  assert.equal(lines.length, 1002);
  assert.equal(lines.at(-1), "  and 2 points of more series (--series picks)");
  const hostile = new SeriesBoard();
  hostile.add({ series: "\u001b[2J", x: 0, y: 1, text: "\u009b" }, false, 0);
  assert.match(hostile.lines(80, 0, NOW)[1] ?? "", /^ {2}\\x1b\[2J {2}\\x9b \(1\)/);
});
