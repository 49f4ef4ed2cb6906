import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LiveScreen } from "../../../../bridge/tools/inspect/screen.ts";
import { Tally } from "../../../../bridge/tools/inspect/tally.ts";
import { tableLines } from "../../../../bridge/tools/inspect/text-table.ts";
import { Written } from "../../../support/tool.ts";

describe("what inspect prints", () => {
  it("[IN1] leaves out columns where a terminal is narrow, and cuts the last", () => {
    const columns = [
      { title: "name", dispensable: 0 },
      { title: "count", align: "right" as const, dispensable: 2 },
      { title: "sample", dispensable: 1 },
    ];
    const rows = [
      ["motor", "12", "a long sample of text"],
      ["e\u0301🙂", "7", "b"],
    ];
    assert.deepEqual(tableLines(columns, rows, 40), [
      "  name   count  sample",
      "  motor     12  a long sample of text",
      "  e\u0301🙂        7  b",
    ]);
    assert.deepEqual(tableLines(columns, rows, 26)[1], "  motor     12  a long sa…");
    assert.deepEqual(tableLines(columns, rows, 20)[1], "  motor  a long sam…");
    assert.deepEqual(tableLines(columns, rows, 10)[1], "  motor");
    assert.deepEqual(tableLines(columns, rows, 4)[1], "  m…");
  });

  it("[IN1] on a terminal the lines are written in place, no more than there is room for, and it is given back", () => {
    const terminal = new Written({ columns: 12, rows: 4 });
    const screen = new LiveScreen(terminal, true);
    const lines = ["one", "two", "three", "four", "five is too long"].map((text) => ({ kind: "text" as const, text }));
    screen.draw([{ kind: "title", text: "a title that is long" }, ...lines.slice(0, 1)]);
    screen.draw(lines);
    screen.end();
    const csi = "\u001b[";
    assert.deepEqual(terminal.text.split(csi), [
      ...["", "?1049h", "?25l", "?7l"],
      ...["H", "1ma title tha…", "m", "K\r\none", "K", "J"],
      ...["H".concat("one"), "K\r\ntwo", "K\r\n… 3 more li…", "K", "J"],
      ...["?7h", "?25h", "?1049l"],
    ]);
  });

  it("[IN1d] a rate is of the last seconds; of what is seldom, of its pauses, until it has ended", () => {
    const tally = new Tally(0);
    for (let at = 0.1; at <= 10; at += 0.1) {
      tally.add(at, 20);
      if (Math.abs(at * 2 - Math.round(at * 2)) < 0.01) tally.mark(at);
    }
    assert.ok(Math.abs(tally.rate(10) - 10) < 0.5, `${tally.rate(10)}`);
    assert.ok(Math.abs(tally.byteRate(10) - 200) < 10);
    const seldom = new Tally(0);
    for (const at of [0, 20, 40]) {
      seldom.add(at);
      for (let i = 0; i < 40; i++) seldom.mark(at + i / 2);
    }
    assert.equal(seldom.rate(60), 1 / 20);
    assert.equal(seldom.rate(101), 0);
  });
});
