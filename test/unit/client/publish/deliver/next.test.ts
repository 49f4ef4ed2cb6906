import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { adviceFor } from "../../../../../bridge/uplink/advice.ts";
import type { Outcome } from "../../../../../client/publish/deliver/answer.ts";
import { retryAfterMs } from "../../../../../client/publish/deliver/answer.ts";
import { BodySize } from "../../../../../client/publish/deliver/body-size.ts";
import { whatNext } from "../../../../../client/publish/deliver/next.ts";
import type { ProblemCode } from "../../../../../protocol/problem.ts";

function refused(status: number, code: ProblemCode, askedMs?: number): Outcome {
  return { kind: "refused", status, code, detail: "Do this.", retryAfterMs: askedMs };
}

function foreign(status: number, askedMs?: number): Outcome {
  return { kind: "foreign", status, what: `${status} text/html`, retryAfterMs: askedMs };
}

const FAILED: Outcome = { kind: "failed", reason: "nothing listens", code: "ECONNREFUSED", isUnderWay: false };

describe("what follows from an outcome", () => {
  it("[BR6b] no answer, 408, 425, 429 and 5xx of whomever are tried again with full jitter from 250 ms to 2 s", () => {
    const outcomes: Outcome[] = [
      FAILED,
      refused(429, "too-many-requests"),
      refused(408, "body-too-slow"),
      refused(500, "internal"),
      refused(503, "channel-unavailable"),
      ...[408, 425, 429, 500, 502, 503, 504, 599].map((status) => foreign(status)),
    ];
    for (const outcome of outcomes) {
      const waits = [0, 1, 4, 6, 50].map((attempt) => {
        const next = whatNext(outcome, attempt, 0.5);
        return next.do === "retry" ? next.afterMs : next.do;
      });
      assert.deepEqual(waits, [125, 250, 1000, 1000, 1000]);
    }
  });

  it("[BR6c] Retry-After is the least that is waited, a minute at most; a longer one is worth a line at once", () => {
    for (const [askedMs, afterMs, isLong] of [
      [3000, 3000, false],
      [60_000, 60_000, false],
      [60_001, 60_000, true],
      [3_600_000, 60_000, true],
      [Number.POSITIVE_INFINITY, 60_000, true],
    ] as const) {
      for (const outcome of [refused(503, "channel-unavailable", askedMs), foreign(503, askedMs)]) {
        const next = whatNext(outcome, 0, 0.9);
        assert.ok(next.do === "retry" && next.waitIsAsked);
        assert.deepEqual([next.afterMs, next.isLong], [afterMs, isLong]);
        assert.equal(/it asks to wait for (60 min|60 s|more than a day)/.test(next.message), isLong, next.message);
      }
    }
  });

  it("[BR8a] only what the Worker itself says of a frame is refused for good", () => {
    for (const code of ["frame-truncated", "frame-column", "frame-count", "frame-publishers-differ"] as const) {
      const next = whatNext(refused(400, code), 0, 0);
      assert.ok(next.do === "setAside" && next.code === code);
    }
    const large = whatNext(refused(413, "body-too-large"), 0, 0);
    assert.ok(large.do === "halve" && large.isFinal);
  });

  it("[BR8c] what a person can mend holds, and says what the Worker said", () => {
    for (const [status, code] of [
      [400, "body-encoding"],
      [401, "token-wrong"],
      [403, "host-not-allowed"],
      [404, "not-found"],
      [405, "method-not-allowed"],
      [415, "content-type-unsupported"],
      [503, "publishing-not-configured"],
      [503, "variable-invalid"],
    ] as const) {
      const next = whatNext(refused(status, code), 3, 0);
      assert.ok(next.do === "hold" && next.afterMs === (status === 401 ? 30_000 : 10_000), code);
      assert.match(next.message, new RegExp(`${status} ${code} - Do this`));
    }
  });

  it("[BR25c] any other answer holds, whatever its status, and says what to do", () => {
    for (const status of [
      100, 200, 201, 204, 301, 302, 307, 400, 401, 402, 403, 404, 405, 407, 409, 414, 422, 431, 451,
    ]) {
      const next = whatNext(foreign(status), 3, 0, undefined, adviceFor);
      assert.ok(next.do === "hold" && next.afterMs === 10_000, String(status));
      assert.match(next.message, /^what answered is not Plotcast: \d+ text\/html \(.+\)$/);
    }
    const large = whatNext(foreign(413), 0, 0, undefined, adviceFor);
    assert.ok(large.do === "halve" && !large.isFinal && large.message.includes("client_max_body_size"));
  });
});

it("[BR6c] Retry-After is seconds or a date; anything else is none", () => {
  const nowMs = Date.parse("2026-01-01T00:00:00Z");
  assert.equal(retryAfterMs("3", nowMs), 3000);
  assert.equal(retryAfterMs(" 0 ", nowMs), 0);
  assert.equal(retryAfterMs("Thu, 01 Jan 2026 00:00:05 GMT", nowMs), 5000);
  assert.equal(retryAfterMs("Wed, 31 Dec 2025 23:00:00 GMT", nowMs), 0);
  assert.equal(retryAfterMs("99999999999", nowMs), 99_999_999_999_000);
  assert.equal(retryAfterMs("9".repeat(400), nowMs), Number.POSITIVE_INFINITY);
  for (const header of [undefined, "", "soon", "Soon", "NaN", "Infinity", "-1", "1.5", "1e3", "0x10", "Mon", ["3"]])
    assert.equal(retryAfterMs(header, nowMs), undefined, String(header));
});

describe("the size of a body", () => {
  it("[BR8d] [BR8e] is 1 MiB and 131,072 points; what was too large is halved for good, by what it had too much of", () => {
    const size = new BodySize();
    assert.deepEqual(size.limits, { bytes: 1_048_576, points: 131_072 });
    size.onTooLarge({ bytes: 1_000_000, points: 60_000 });
    assert.deepEqual(size.limits, { bytes: 500_000, points: 131_072 });
    size.onTooLarge({ bytes: 3000, points: 131_072 });
    assert.deepEqual(size.limits, { bytes: 500_000, points: 65_536 });
    for (let i = 0; i < 1000; i++) size.onDelivered();
    assert.deepEqual(size.limits, { bytes: 500_000, points: 65_536 });
  });

  it("[BR8f] [BR8g] is halved by the second failure in a row and each that follows, down to a frame, and grows back slowly", () => {
    const size = new BodySize();
    assert.equal(size.onFailure(), false);
    assert.equal(size.limits.bytes, 1_048_576);
    assert.equal(size.onFailure(), true);
    assert.deepEqual(size.limits, { bytes: 524_288, points: 65_536 });
    for (let i = 0; i < 10; i++) size.onFailure();
    assert.deepEqual(size.limits, { bytes: 65_536, points: 8192 });
    for (let i = 0; i < 15; i++) size.onDelivered();
    assert.equal(size.limits.bytes, 65_536);
    size.onDelivered();
    assert.equal(size.limits.bytes, 131_072);
    for (let i = 0; i < 1000; i++) size.onDelivered();
    assert.deepEqual(size.limits, { bytes: 1_048_576, points: 131_072 });
    assert.equal(size.onFailure(), false, "a delivery lies between");
  });
});
