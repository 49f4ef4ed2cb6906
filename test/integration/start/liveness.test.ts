import assert from "node:assert/strict";
import { test } from "node:test";
import { HUNG_LOOKS, Liveness, type Look, STOPPED_LOOKS, type Verdict } from "../../../scripts/local/liveness.ts";
import { cpuMsInPs, cpuMsInStat, cpuMsOf } from "../../../scripts/local/watch.ts";
import { LineLimit, MAX_LINES_A_MINUTE, troubleIn } from "../../../scripts/local/workerd-log.ts";

/** Looks one after the other, of a process that uses so much processor time between two. */
function looks(count: number, answered: boolean, cpuMsALook: number | undefined, of = new Liveness()): Verdict[] {
  return Array.from({ length: count }, (_, i): Look => {
    return { answered, cpuMs: cpuMsALook === undefined ? undefined : i * cpuMsALook };
  }).map((look) => of.look(look));
}

test("[ST4b] without an answer and without work it is stopped after 5 looks, the first of which shows no work yet", () => {
  assert.equal(STOPPED_LOOKS, 5);
  assert.deepEqual(looks(6, false, 0), ["silent", "silent", "silent", "silent", "silent", "stopped"]);
  assert.equal(looks(6, false, 19).at(-1), "stopped");
});

test("[ST4b] without an answer but at work it is hung after 20 looks", () => {
  assert.equal(HUNG_LOOKS, 20);
  for (const cpuMs of [20, 3000, undefined]) {
    const verdicts = looks(20, false, cpuMs);
    assert.deepEqual(verdicts.slice(0, 19), Array(19).fill("silent"));
    assert.equal(verdicts[19], "hung");
  }
});

test("[ST4c] one answer, however late, and it is alive", () => {
  const liveness = new Liveness();
  for (let i = 0; i < 10; i++) {
    assert.ok(looks(19, false, 3000, liveness).every((verdict) => verdict === "silent"));
    assert.equal(liveness.look({ answered: true, cpuMs: undefined }), "alive");
  }
  assert.deepEqual(looks(5, false, 0, liveness), Array(5).fill("silent"));
});

test("[ST4] work between looks without work begins the count of those anew", () => {
  const liveness = new Liveness();
  const cpuMs = [0, 0, 0, 0, 50, 50, 50, 50, 50, 50];
  const verdicts = cpuMs.map((cpuMs) => liveness.look({ answered: false, cpuMs }));
  assert.deepEqual(verdicts.slice(0, 9), Array(9).fill("silent"));
  assert.equal(verdicts[9], "stopped");
});

test("processor time is read from proc(5) and ps(1)", async () => {
  assert.equal(cpuMsInStat(`17 (a) b) S ${Array.from({ length: 30 }, (_, i) => i + 4).join(" ")}`), (14 + 15) * 10);
  assert.equal(cpuMsInStat(""), undefined);
  assert.equal(cpuMsInPs("  0:01.25\n"), 1250);
  assert.equal(cpuMsInPs("00:00:03"), 3000);
  assert.equal(cpuMsInPs("1-02:03:04"), ((26 * 60 + 3) * 60 + 4) * 1000);
  assert.equal(cpuMsInPs("?"), undefined);
  const before = await cpuMsOf(process.pid);
  assert.ok(before !== undefined && before > 0);
  assert.equal(await cpuMsOf(2 ** 22 + 1), undefined);
});

test("[ST11] of the Worker's words only warnings, errors and crashes are shown", () => {
  const line = (level: string): string => JSON.stringify({ timestamp: "1", level, message: "what it says" });
  for (const level of ["error", "warn"]) assert.equal(troubleIn(line(level)), "what it says");
  for (const level of ["log", "info", "debug", "trace"]) assert.equal(troubleIn(line(level)), undefined);
  assert.equal(troubleIn("*** Received signal #11: Segmentation fault"), "*** Received signal #11: Segmentation fault");
  for (const noise of ["", "stack: 1a2b 3c4d", "Not symbolizing stack traces because $LLVM_SYMBOLIZER is not set."]) {
    assert.equal(troubleIn(noise), undefined);
  }
  assert.equal(troubleIn('{"level":"error"}'), undefined);
  for (const line of [JSON.stringify({ level: "error", message: "a\u009b31m\u202eb\nc" }), "a\u009b31m\u202eb\nc"]) {
    assert.equal(troubleIn(line), "a\ufffd31m\ufffdb\nc");
  }
  assert.equal(troubleIn(JSON.stringify({ level: "error", message: "x".repeat(3000) }))?.length, 2000);
});

test("[ST11] 20 lines a minute are shown, and how many more there were", () => {
  assert.equal(MAX_LINES_A_MINUTE, 20);
  let nowMs = 0;
  const shown: string[] = [];
  const limit = new LineLimit(
    (line) => shown.push(line),
    () => nowMs,
  );
  for (let i = 0; i < 30; i++) limit.add(`${i}`);
  assert.equal(shown.length, 20);
  nowMs = 59_999;
  limit.add("too soon");
  assert.equal(shown.length, 20);
  nowMs = 60_000;
  limit.add("next");
  assert.deepEqual(shown.slice(20), ["The Worker said 11 more lines in that minute.", "next"]);
});
