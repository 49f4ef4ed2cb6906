import assert from "node:assert/strict";
import { test } from "node:test";
import { fullJitterMs } from "../../../protocol/backoff.ts";
import { messageIn } from "../../../protocol/messages/parsed.ts";
import { parseAnnouncement, parseProblem, parsePublishAnswer } from "../../../protocol/messages/publish.ts";
import { parseServerMessage } from "../../../protocol/messages/server-message.ts";
import { parseViewerMessage } from "../../../protocol/messages/viewer-message.ts";
import { isChannelName, isSeriesName } from "../../../protocol/names.ts";
import { usualPauseMs } from "../../../protocol/pause.ts";
import { PROBLEM_CODES, Problem } from "../../../protocol/problem.ts";
import { negotiate } from "../../../worker/http/negotiate.ts";
import { escaped, problemPage } from "../../../worker/http/problem-page.ts";
import { problemResponse } from "../../../worker/http/problem-response.ts";
import { RateLimit } from "../../../worker/hub/rate-limit.ts";

for (const [accept, type] of [
  [undefined, "application/x-ndjson"],
  ["*/*", "application/x-ndjson"],
  ["application/*", "application/x-ndjson"],
  ["application/json", "application/json"],
  ["text/csv", "text/csv"],
  ["text/*", "text/csv"],
  ["application/vnd.plotcast.frame", "application/vnd.plotcast.frame"],
  ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"],
  ["text/csv;q=0.5, application/json;q=0.9", "application/json"],
  ["APPLICATION/JSON", "application/json"],
  ["application/x-ndjson;q=0, */*", "application/json"],
] as const) {
  test(`[RT3] Accept: ${accept} is answered with ${type}`, () => assert.equal(negotiate(accept), type));
}

test("[RT2b] an Accept of 1,024 characters is read, one of 1,025 is not", async () => {
  const [read, notRead] = [1024, 1025].map((length) => `text/html,${"a/b,".repeat(253)}`.padEnd(length, "x"));
  assert.equal(negotiate(read), "text/html");
  assert.throws(
    () => negotiate(notRead),
    (error) => error instanceof Problem && error.code === "not-acceptable",
  );
  const types = [read, notRead].map((accept) =>
    problemResponse(new Problem("not-found", ""), accept).headers.get("Content-Type"),
  );
  assert.deepEqual(types, ["text/html; charset=utf-8", "application/problem+json"]);
});

for (const accept of ["image/png", "application/xml, image/*", "*/*;q=0", "application/json;q=0"]) {
  test(`[RT2b] Accept: ${accept} is not acceptable`, () => {
    assert.throws(
      () => negotiate(accept),
      (error) => error instanceof Problem && error.code === "not-acceptable",
    );
  });
}

test("[BR6b] full jitter is between nothing and a ceiling that doubles up to a bound", () => {
  for (let attempt = 0; attempt < 2000; attempt++) {
    const ceiling = Math.min(30_000, 250 * 2 ** attempt);
    assert.equal(fullJitterMs(attempt, 250, 30_000, 0), 0);
    assert.equal(fullJitterMs(attempt, 250, 30_000, 0.5), ceiling / 2);
    assert.ok(fullJitterMs(attempt, 250, 30_000, 1 - Number.EPSILON) < ceiling);
  }
});

function takenOf(limit: RateLimit, times: number, nowMs: number): number {
  return Array.from({ length: times }, () => limit.take(nowMs)).filter(Boolean).length;
}

test("[VW7d] a rate limit gives so many at once and as many again each second", () => {
  const limit = new RateLimit(200, 5000);
  assert.equal(takenOf(limit, 300, 5000), 200);
  assert.equal(takenOf(limit, 300, 5500), 100);
  assert.equal(takenOf(limit, 300, 6500), 200);
  assert.equal(takenOf(limit, 300, 60_000), 200);
});

test("[VW7d] a clock that goes back gives a rate limit nothing", () => {
  const limit = new RateLimit(10, 5000);
  assert.equal(takenOf(limit, 20, 5000), 10);
  assert.equal(takenOf(limit, 20, 1000), 0);
});

const SERVED = ["a", "main", "lab/rig-2/temp.motor", "...", "A_b.c-9", "a/.b/c..", "a".repeat(128)];
for (const name of SERVED) test(`"${name.slice(0, 30)}" is a channel name`, () => assert.ok(isChannelName(name)));

const NOT_SERVED = [
  "",
  ".",
  "..",
  "a/..",
  "./a",
  "a//b",
  "/a",
  "a/",
  "a b",
  "ü",
  "a%2Fb",
  "a\n",
  "a?b",
  "a\\b",
  "a".repeat(129),
];
for (const name of NOT_SERVED) {
  test(`[RT8a] ${JSON.stringify(name).slice(0, 30)} is no channel name`, () => assert.ok(!isChannelName(name)));
}

for (const name of ["y", "temp.motor", "ü€😀", " ", "a".repeat(256), "€".repeat(85), "__proto__"]) {
  test(`[FR1g] "${name.slice(0, 30)}" of ${name.length} is a series name`, () => assert.ok(isSeriesName(name)));
}

for (const name of ["", "\u0000", "a\tb", "\u007f", "\ud800", "a".repeat(257), "€".repeat(86), "😀".repeat(65)]) {
  test(`[FR1g] ${JSON.stringify(name).slice(0, 30)} of ${name.length} is no series name`, () =>
    assert.ok(!isSeriesName(name)));
}

for (const text of [
  ...["", "x", "null", "1", "[]", "{}", '{"type":"stop"}', '{"type":"continue"}', '{"type":"continue","epoch":1}'],
  ...['{"type":"continue","epoch":1,"seq":-1}', '{"type":"continue","epoch":1.5,"seq":1}'],
  ...[
    '{"type":"continue","epoch":"1","seq":1}',
    '{"type":"continue","epoch":1,"seq":1e16}',
    '{"__proto__":{"type":"continue"}}',
  ],
]) {
  test(`[VW7a] ${text || "nothing"} is no message of a viewer`, () =>
    assert.equal(messageIn(parseViewerMessage(text)), undefined));
}

test("[VW3] a viewer's message is its type and its cursor", () => {
  const text = '{"type":"continue","epoch":1,"seq":2,"more":3}';
  assert.deepEqual(messageIn(parseViewerMessage(text)), { type: "continue", epoch: 1, seq: 2 });
});

const HELLO = {
  type: "hello",
  version: 1,
  viewer: "v",
  channel: "c",
  epoch: 1,
  seq: 0,
  series: ["y"],
  viewers: 1,
  retryWithinMs: 500,
  nowMs: 1_700_000_000_000,
  goneForMs: null,
  takenForMs: 40,
  takenEveryMs: null,
};
for (const message of [
  HELLO,
  { type: "gap", reason: "trimmed", points: 5, epoch: 1, seq: 5 },
  { type: "gap", reason: "gaps-trimmed", points: 7, epoch: 1, seq: 5 },
  { type: "gap", reason: "epoch", points: null, epoch: 1, seq: 0 },
  { type: "live", epoch: 1, seq: 0 },
  { type: "behind", epoch: 1, seq: 0 },
  { type: "status", viewers: 0, behind: 0, retryWithinMs: 500, nowMs: 1, goneForMs: 0, takenForMs: 0 },
  { type: "status", viewers: 0, behind: 0, retryWithinMs: 500, nowMs: 1, goneForMs: null, takenForMs: null },
]) {
  test(`a ${message.type} is a message of the Channel`, () => {
    assert.deepEqual(messageIn(parseServerMessage(JSON.stringify(message))), message);
  });
  const required = Object.keys(message).filter((key) => key !== "type");
  test(`a ${message.type} without any of its fields is none`, () => {
    for (const key of required) {
      assert.equal(messageIn(parseServerMessage(JSON.stringify({ ...message, [key]: undefined }))), undefined);
    }
  });
}

test("[VW11] the Channel's clock is a count; how long publishers are gone, and when it took a frame, is one or null", () => {
  const status = { type: "status", viewers: 0, behind: 0, retryWithinMs: 500, nowMs: 1, goneForMs: 0, takenForMs: 0 };
  for (const message of [HELLO, status]) {
    const wrongs = [{ nowMs: -1 }, { nowMs: null }, { nowMs: 1.5 }, { goneForMs: -1 }, { goneForMs: "1" }];
    for (const wrong of [...wrongs, { takenForMs: -1 }, { takenForMs: "1" }]) {
      assert.equal(
        messageIn(parseServerMessage(JSON.stringify({ ...message, ...wrong }))),
        undefined,
        JSON.stringify(wrong),
      );
    }
  }
});

test("[VW12d] the usual pause of a hello is a count or null", () => {
  const parse = (takenEveryMs: unknown) => messageIn(parseServerMessage(JSON.stringify({ ...HELLO, takenEveryMs })));
  assert.deepEqual(parse(1000), { ...HELLO, takenEveryMs: 1000 });
  for (const wrong of [-1, 0.5, "1"]) assert.equal(parse(wrong), undefined);
});

test("[VW12c] [VW12d] the usual pause is the median of the last few; what comes together is one beat; two show no pace", () => {
  assert.equal(usualPauseMs([]), undefined);
  assert.equal(usualPauseMs([0, 60_000]), undefined);
  assert.equal(usualPauseMs([0, 60_000, 120_000]), 60_000);
  assert.equal(usualPauseMs([0, 1, 49, 60_000, 60_020, 120_000, 120_001]), 60_000);
  assert.equal(usualPauseMs([0, 10, 20, 30]), undefined);
  const paused = [...Array.from({ length: 10 }, (_, i) => 100 * i), 900_000];
  assert.equal(usualPauseMs(paused), 100);
  const faster = [
    ...Array.from({ length: 50 }, (_, i) => 1000 * i),
    ...Array.from({ length: 17 }, (_, i) => 50_000 + 100 * i),
  ];
  assert.equal(usualPauseMs(faster), 100);
});

test("[CH9a] an announcement is a publisher's id and whether it is here, and nothing else", () => {
  const publisher = "00000000000000aa";
  for (const here of [true, false]) {
    assert.deepEqual(messageIn(parseAnnouncement(JSON.stringify({ publisher, here }))), { publisher, here });
  }
  for (const text of [
    ...["", "x", "null", "[]", "{}", '{"here":true}', `{"publisher":"${publisher}"}`],
    ...[{ here: 1 }, { here: "true" }, { here: null }, { more: 1 }, { publisher: "0".repeat(16) }].map((wrong) =>
      JSON.stringify({ publisher, here: true, ...wrong }),
    ),
    ...[`${publisher}a`, "00000000000000AA", "aa", 170].map((id) => JSON.stringify({ publisher: id, here: true })),
  ]) {
    assert.equal(messageIn(parseAnnouncement(text)), undefined, text);
  }
});

test("[BAD2] what a refusal says is escaped in a page", () => {
  assert.equal(escaped(`<a href="x">&'`), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  const page = problemPage({ title: "<t>", status: 404, detail: "<script>", code: "not-found" });
  assert.ok(!page.includes("<t>") && !page.includes("<script>") && page.includes("&lt;script&gt;"));
});

test("[RT4a] a publish answer is a number, how many points, viewers and duplicates; an older Worker does not say the last", () => {
  const counts = { seq: 3, points: 2, viewers: 1 };
  assert.deepEqual(messageIn(parsePublishAnswer('{"seq":3,"points":2,"viewers":1}')), counts);
  for (const duplicates of [0, 1, 2]) {
    assert.deepEqual(messageIn(parsePublishAnswer(JSON.stringify({ ...counts, duplicates }))), {
      ...counts,
      duplicates,
    });
  }
  const told = { ...counts, duplicates: 1, repeats: { last: 7, frames: "sd-" } };
  assert.deepEqual(messageIn(parsePublishAnswer(JSON.stringify(told))), told);
  for (const text of [
    ...["", "[]", "1", "null", "<html></html>", '{"seq":3,"points":2}', '{"seq":-3,"points":2,"viewers":1}'],
    ...[3, -1, 0.5, "1", null].map((duplicates) => JSON.stringify({ ...counts, duplicates })),
    ...[null, 1, {}, { last: 1 }, { last: 1, frames: "x" }, { last: -1, frames: "s" }, { last: 1, frames: "" }].map(
      (repeats) => JSON.stringify({ ...counts, duplicates: 1, repeats }),
    ),
  ]) {
    assert.equal(messageIn(parsePublishAnswer(text)), undefined, text);
  }
});

test("[BAD1] a refusal is recognised by its code, another server's is none", () => {
  for (const code of PROBLEM_CODES) {
    const text = `{"type":"about:blank","title":"T","status":400,"detail":"D.","code":"${code}"}`;
    assert.deepEqual(messageIn(parseProblem(text)), { status: 400, code, detail: "D." });
  }
  const ours = { type: "about:blank", title: "T", status: 400, detail: "D.", code: "not-json" };
  for (const text of [
    ...["", "[]", "null", "<html>Bad Request</html>", "400 Bad Request", '{"error":"not-json"}', '{"code":"not-json"}'],
    ...[{ code: "bad-request" }, { code: 400 }, { code: "__proto__" }, { code: "toString" }, { status: "400" }].map(
      (wrong) => JSON.stringify({ ...ours, ...wrong }),
    ),
    ...[{ type: "https://example.com/bad" }, { title: 1 }, { detail: null }].map((wrong) =>
      JSON.stringify({ ...ours, ...wrong }),
    ),
  ]) {
    assert.equal(messageIn(parseProblem(text)), undefined, text);
  }
});

test("[BAD1] each refusal that is answered is one that a bridge recognises", async () => {
  for (const code of PROBLEM_CODES) {
    const response = problemResponse(new Problem(code, "A detail."));
    assert.deepEqual(messageIn(parseProblem(await response.text())), {
      status: response.status,
      code,
      detail: "A detail.",
    });
  }
});
