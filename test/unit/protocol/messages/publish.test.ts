import assert from "node:assert/strict";
import { test } from "node:test";
import { messageIn } from "../../../../protocol/messages/parsed.ts";
import { parseAnnouncement, parseProblem, parsePublishAnswer } from "../../../../protocol/messages/publish.ts";
import { PROBLEM_CODES } from "../../../../protocol/problem.ts";

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
