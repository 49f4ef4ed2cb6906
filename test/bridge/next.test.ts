import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Outcome, retryAfterMs, whatNext } from "../../bridge/deliver/next.ts";
import { outcomeOf } from "../../bridge/deliver/post.ts";

function answer(status: number, more: Partial<Extract<Outcome, { kind: "answer" }>> = {}): Outcome {
  return { kind: "answer", status, code: "", detail: "", retryAfterMs: undefined, viewers: undefined, ...more };
}

describe("what follows from an answer", () => {
  it("[BR6] any 2xx is delivered", () => {
    for (const status of [200, 201, 204]) assert.equal(whatNext(answer(status), 0, 0.5).do, "delivered");
  });

  it("[BR6] no answer, 408, 425, 429 and 5xx are tried again with full jitter from 250 ms to 2 s", () => {
    const outcomes: Outcome[] = [
      { kind: "failed", reason: "ECONNREFUSED" },
      ...[408, 425, 429, 500, 502, 503].map((s) => answer(s)),
    ];
    for (const outcome of outcomes) {
      const waits = [0, 1, 4, 6, 50].map((attempt) => {
        const next = whatNext(outcome, attempt, 0.5);
        return next.do === "retry" ? next.afterMs : next.do;
      });
      assert.deepEqual(waits, [125, 250, 1000, 1000, 1000]);
    }
    assert.equal(whatNext({ kind: "failed", reason: "" }, 3, 0).do, "retry");
  });

  it("[BR6] Retry-After is the least that is waited", () => {
    const next = whatNext(answer(503, { retryAfterMs: 3000 }), 0, 0.9);
    assert.ok(next.do === "retry" && next.afterMs === 3000 && next.waitIsAsked);
  });

  it("[BR8] 400, 413, 415 and 422 are refused for good", () => {
    for (const status of [400, 413, 415, 422]) {
      const next = whatNext(answer(status, { code: "frame-count" }), 0, 0);
      assert.ok(next.do === "setAside" && next.code === "frame-count");
    }
    const unnamed = whatNext(answer(413), 0, 0);
    assert.ok(unnamed.do === "setAside" && unnamed.code === "http-413");
  });

  it("[BR8] what a person can mend holds, and says what the Worker said", () => {
    for (const status of [301, 401, 403, 404, 405, 409]) {
      const next = whatNext(answer(status, { code: "some-code", detail: "Do this." }), 3, 0);
      assert.ok(next.do === "hold" && next.afterMs === 10_000, String(status));
      assert.match(next.message, new RegExp(`${status} some-code - Do this\\.`));
    }
    assert.equal(whatNext(answer(503, { code: "publishing-not-configured" }), 0, 0).do, "hold");
    assert.equal(whatNext(answer(503, { code: "other" }), 0, 0).do, "retry");
  });
});

it("[BR6] Retry-After is seconds or a date, an hour at most; anything else is none", () => {
  const nowMs = Date.parse("2026-01-01T00:00:00Z");
  assert.equal(retryAfterMs("3", nowMs), 3000);
  assert.equal(retryAfterMs("0", nowMs), 0);
  assert.equal(retryAfterMs("Thu, 01 Jan 2026 00:00:05 GMT", nowMs), 5000);
  assert.equal(retryAfterMs("Wed, 31 Dec 2025 23:00:00 GMT", nowMs), 0);
  assert.equal(retryAfterMs("99999999999", nowMs), 3_600_000);
  for (const header of [undefined, "", "soon", "-1", "1.5", ["3"]])
    assert.equal(retryAfterMs(header, nowMs), undefined);
});

describe("reading an answer", () => {
  it("takes nothing but what is as it should be", () => {
    const read = (status: number, text: string) => {
      const outcome = outcomeOf(status, {}, text);
      assert.ok(outcome.kind === "answer");
      return { code: outcome.code, detail: outcome.detail, viewers: outcome.viewers };
    };
    assert.deepEqual(read(422, '{"code":"frame-count","detail":"No."}'), {
      code: "frame-count",
      detail: "No.",
      viewers: undefined,
    });
    assert.deepEqual(read(200, '{"seq":5,"points":1,"viewers":2}'), { code: "", detail: "", viewers: 2 });
    for (const text of ["", "<html>", "null", "[]", '{"code":7,"detail":{}}', '{"code":"No Code"}']) {
      assert.deepEqual(read(500, text), { code: "", detail: "", viewers: undefined });
      assert.deepEqual(read(200, text).viewers, undefined);
    }
  });

  it("lets no control character and no long text into the log", () => {
    const outcome = outcomeOf(500, {}, JSON.stringify({ detail: `a\u001b[31m\n${"b".repeat(1000)}` }));
    assert.ok(outcome.kind === "answer" && outcome.detail.length === 300);
    assert.match(outcome.detail, /^a\\x1b\[31m\\x0abbb/);
  });

  it("says where a redirect leads", () => {
    const outcome = outcomeOf(308, { location: "https://example.org/c/main" }, "");
    assert.ok(outcome.kind === "answer");
    assert.equal(outcome.detail, "it redirects to https://example.org/c/main");
  });
});
