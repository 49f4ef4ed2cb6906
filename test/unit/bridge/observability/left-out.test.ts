import assert from "node:assert/strict";
import test from "node:test";
import { type LeftOut, LeftOutWarnings, leftOutText } from "../../../../bridge/observability/left-out.ts";
import { createLog } from "../../../../bridge/observability/log.ts";

const PART: LeftOut = { topic: "lab", reason: "text", place: "door.state", sample: "open" };

function warned(): { lines: string[]; warnings: LeftOutWarnings; clock: { nowMs: number } } {
  const lines: string[] = [];
  const clock = { nowMs: 0 };
  return {
    lines,
    clock,
    warnings: new LeftOutWarnings(
      createLog("text", "info", (line) => lines.push(line)),
      () => clock.nowMs,
    ),
  };
}

test("what is left out is said with topic, reason, place and sample, and what to do", () => {
  assert.equal(
    leftOutText(PART),
    'Beside the values of messages of the topic "lab" stands what is not drawn (text in "door.state": "open"). Words are no ' +
      'numbers. In a file (--config), a [[source.field]] with kind = "step" draws them as states, with kind = "event" as marks; ' +
      'another with field = "**" keeps all others.',
  );
  assert.equal(
    leftOutText({ ...PART, reason: "quoted-number", place: "a", sample: "1", others: ["b", "c"] }),
    'A part of messages of the topic "lab" is left out (quoted-number in "a": "1"; also in "b", "c"). A number in quotes is ' +
      'text: send it without quotes, or take it with --numbers quoted (numbers = "quoted" in a file).',
  );
  assert.match(
    leftOutText({ ...PART, topic: "", place: "", sample: 1, detail: "So it is." }),
    /without a topic.*: 1\). So it is\.$/,
  );
});

test("a line stays a line: names of any length are cut, and those that then look the same stand once", () => {
  const long = (end: string): string => "k".repeat(255) + end;
  const line = leftOutText({
    ...PART,
    topic: "t".repeat(1000),
    reason: "name-invalid",
    place: long("0"),
    sample: "s".repeat(1000),
    others: [long("1"), long("2"), `a${long("")}`, "b"],
  });
  assert.ok(line.length <= 600, `${line.length} characters`);
  assert.match(line, /; also in "k{39}…", "ak{38}…", "b"\)/);
});

test("[PT7b] a list or an object is said as such, also one without a prototype, which has no text", () => {
  const bare: unknown = Object.create(null);
  for (const [sample, shown] of [
    [bare, "{…}"],
    [[bare], "[…]"],
    [{ sec: 1 }, "{…}"],
    [[1, 2], "[…]"],
  ] as const)
    assert.match(leftOutText({ ...PART, sample }), new RegExp(`: \\${shown[0]}…`));
});

test("each reason is said once a topic, and a second topic is named, too", () => {
  const { lines, warnings } = warned();
  for (let i = 0; i < 100; i++) {
    for (const topic of ["a", "b"])
      for (const reason of ["text", "boolean"] as const) warnings.warn({ ...PART, topic, reason });
  }
  assert.equal(lines.length, 4);
});

test("what stands beside most values is no warning, and keeps no warning back", () => {
  const { lines, warnings } = warned();
  for (let i = 0; i < 100; i++) warnings.warn({ ...PART, topic: `t${i}` });
  warnings.warn({ ...PART, reason: "too-deep" });
  assert.equal(lines.filter((line) => / info /.test(line)).length, 10);
  assert.match(lines[10] ?? "", / warn .*too-deep/);
});

test("lines have a limited rate, and what had no line is counted and said later", () => {
  const { lines, warnings, clock } = warned();
  for (let i = 0; i < 13; i++) warnings.warn({ ...PART, topic: `t${i}` });
  assert.equal(lines.length, 10);
  clock.nowMs = 10_000;
  warnings.warn({ ...PART, topic: "t12" });
  assert.match(lines[10] ?? "", /topic "t12".*And 3 other parts before/);
});
