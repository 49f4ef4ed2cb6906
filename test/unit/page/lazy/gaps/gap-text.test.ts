import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { GapRecord } from "../../../../../page/data/store/gap-log.ts";
import { SeriesStore } from "../../../../../page/data/store/series-store.ts";
import { marksOf } from "../../../../../page/lazy/gaps/gap-spans.ts";
import { type GapText, gapTexts } from "../../../../../page/lazy/gaps/gap-text.ts";
import { decodeFrame } from "../../../../../protocol/frame/frame.ts";
import { frameOf } from "../../../../support/publish.ts";

const NOON_S = new Date(2026, 10, 20, 12, 0, 0).getTime() / 1000;

function textsOf(gaps: Partial<GapRecord>[], time = false): GapText[] {
  const spans = gaps.map((values) => {
    const span = { fromX: 10, toX: 20 };
    const gap = { reason: "trimmed", points: 3, series: "", broke: [], spans: [span], ...values };
    return { gap, span: gap.spans[0] ?? span };
  });
  return gapTexts(spans, time, NOON_S * 1000);
}

function textOf(gap: Partial<GapRecord>, time = false): GapText {
  const [text, ...others] = textsOf([gap], time);
  assert.ok(text !== undefined && others.length === 0);
  return text;
}

test("[PG10] a gap says how many points, of what, when, and why", () => {
  const span = { fromX: NOON_S, toX: NOON_S + 12 };
  assert.deepEqual(textOf({ reason: "bridge-full", points: 1234, spans: [span] }, true), {
    title: "1\u202f234 points missing",
    where: "all series of the bridge\n12:00:00 – 12:00:12",
    why: "The bridge could not reach the Worker for so long that its spool was full. The oldest points were dropped.",
  });
});

test("[PG10] what is only possible, and what nobody counted, is said to be possible", () => {
  for (const reason of ["publisher-reconnected", "bridge-restarted", "publisher-restarted"]) {
    assert.equal(textOf({ reason, points: null }).title, "Data may be missing here (amount unknown)");
  }
  assert.equal(
    textOf({ reason: "publisher-reconnected", points: null }).why,
    "The publisher restarted, or another one took its place. What it sent before it was connected may be missing.",
  );
});

test("[PG17e] where a channel was emptied nothing is missing of what it is now; of what was before, something may be", () => {
  const title = "The channel was emptied here";
  const seen = textOf({ reason: "epoch", points: 0 });
  assert.deepEqual([seen.title, seen.why], [title, "Nothing is missing."]);
  assert.deepEqual(textOf({ reason: "epoch", points: null }).title, title);
});

test("[PG10] [BR15h] the series of one publisher that came back are one text, and named", () => {
  const reason = "publisher-reconnected";
  const of = (count: number) =>
    textsOf(Array.from({ length: count }, (_, i) => ({ reason, points: null, series: `lab.${i}` })));
  assert.deepEqual(
    [1, 2, 4, 100].map((count) => of(count).map(({ where }) => where.split("\n")[0])),
    [["lab.0"], ["lab.0, lab.1"], ["lab.0, lab.1, lab.2, lab.3"], ["lab.0, lab.1, lab.2 and 97 more series"]],
  );
  assert.equal(of(100)[0]?.title, "Data may be missing here (amount unknown)");
  assert.deepEqual(
    textsOf([
      { reason, points: null },
      { reason, points: null, series: "a" },
    ]).length,
    2,
  );
});

test("[PG10] when: as finely as the gap is short, and as the axis has it", () => {
  const where = (fromX: number, toX: number, time: boolean): string =>
    textOf({ spans: [{ fromX, toX }], series: "temp" }, time).where.replace("\n", ", ");
  assert.equal(where(NOON_S, NOON_S + 0.5, true), "temp, 12:00:00.00 – 12:00:00.50");
  assert.equal(where(NOON_S - 7200, NOON_S, true), "temp, 10:00:00 – 12:00:00");
  assert.match(where(NOON_S, NOON_S, true), /^temp, at 12:00:00/);
  assert.match(where(NOON_S - 172_800, NOON_S - 172_790, true), /^temp, (?=.*\b18\b).* 12:00:00 – 12:00:10$/);
  assert.equal(where(99, 1334, false), "temp, 99 – 1334");
  assert.equal(where(0.5, 0.75, false), "temp, 0.50 – 0.75");
  assert.equal(where(7, 7, false), "temp, at 7");
});

test("[PG10] gaps of one reason at one place are one text with their sum, others have their own, and few are said", () => {
  assert.deepEqual(
    textsOf([{ points: 2 }, { points: 3 }, { points: null }, { series: "a", points: 1 }]).map(({ title }) => title),
    ["5 points missing, in 2 gaps", "Data may be missing here (amount unknown)", "1 point missing"],
  );
  const many = textsOf(Array.from({ length: 9 }, (_, i) => ({ series: `s${i}` })));
  assert.deepEqual([many.length, many.at(-1)?.title], [4, "and 6 more"]);
});

test("[PG10] what was trimmed, and what the trimmed frames told as lost, stand at one place and are both said", () => {
  const store = new SeriesStore();
  store.ingest(decodeFrame(frameOf("00000000000000aa", 1, [1, 2])));
  store.addLoss({ reason: "trimmed", points: 1000 });
  store.addLoss({ reason: "gaps-trimmed", points: 23 });
  store.ingest(decodeFrame(frameOf("00000000000000aa", 2, [3], 10)));
  const [mark, ...others] = marksOf(store.gaps, { min: 0, max: 10 }, 0.1);
  assert.ok(mark !== undefined && others.length === 0);
  const where = "all series\n1 – 10";
  assert.deepEqual(gapTexts(mark.members, false), [
    {
      title: "1\u202f000 points missing",
      where,
      why: "This page was disconnected, or too slow, for longer than the Worker keeps data.",
    },
    {
      title: "23 points missing",
      where,
      why: "They were lost before they reached the Worker. The reason is no longer stored.",
    },
  ]);
  assert.deepEqual(store.lost, { points: 1023, unknown: false });
});

test("[PG10] one gap at two places is counted once", () => {
  const spans = [
    { fromX: 1, toX: 2 },
    { fromX: 3, toX: 4 },
  ];
  const gap = { reason: "hole", points: 7, series: "", broke: [], spans };
  const [text] = gapTexts(
    spans.map((span) => ({ gap, span })),
    false,
  );
  assert.equal(text?.title, "7 points missing");
});

test("[PG10] every reason of SPEC.md has a sentence; another is quoted, and cut", async () => {
  const spec = await readFile(new URL("../../../../../SPEC.md", import.meta.url), "utf8");
  const [, table = ""] = spec.split("| gap reason |");
  const reasons = [...(table.split("\n\n")[0] ?? "").matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, reason = ""]) => reason);
  assert.ok(reasons.length >= 9, `${reasons}`);
  for (const reason of [...reasons, "hole"]) {
    assert.match(textOf({ reason }).why, /^[A-Z].*[^”]\.$/, reason);
  }
  for (const reason of ["solar-flare", "constructor", "toString"]) {
    assert.equal(textOf({ reason }).why, `The reason given is “${reason}”.`);
  }
  assert.ok(textOf({ reason: "x".repeat(10_000) }).why.length < 120);
});

test("[PG10] [PG15] texts of a snapshot that no Channel has checked are cut, and have no control characters", () => {
  const hostile = "a\u202eb\u0000c\n<b>";
  const text = textOf({ reason: hostile, series: `${hostile}${"x".repeat(10_000)}` });
  assert.equal(text.why, "The reason given is “a b c <b>”.");
  assert.match(text.where, /^a b c <b>x{1,250}\n/);
});

test("[PG10] a gap of a publisher names its series, as far as it is known which they are", () => {
  const where = (broke: readonly string[]): string =>
    textOf({ reason: "bridge-full", broke }).where.split("\n")[0] ?? "";
  assert.equal(where([]), "all series of the bridge");
  assert.equal(where(["mode", "flow"]), "mode, flow");
  assert.equal(where(["a", "b", "c", "d", "e"]), "a, b, c and 2 more series");
});
