/** Which numbers of a publisher are plausible, and that those of a bridge always are. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { Spool } from "../../../bridge/batch/spool/spool.ts";
import { sequenceFault } from "../../../protocol/publisher-number.ts";

const directory = await mkdtemp(join(tmpdir(), "plotcast-sequence-"));
after(() => rm(directory, { recursive: true, force: true }));

const TO = "http://localhost/c/main";

test("[CH13b] [CH13c] a publisher's number grows by 2^49 at most and begins with 2^52 at most", () => {
  for (const [last, next, isPlausible] of [
    [undefined, 1, true],
    [undefined, 4_503_599_627_370_496, true],
    [undefined, 4_503_599_627_370_497, false],
    [undefined, 9_007_199_254_740_991, false],
    [1, 2, true],
    [1, 562_949_953_421_313, true],
    [1, 562_949_953_421_314, false],
    [4_503_599_627_370_496, 4_503_599_627_370_497, true],
    [9_007_199_254_740_990, 9_007_199_254_740_991, true],
  ] as const) {
    assert.equal(sequenceFault(last, next) === undefined, isPlausible, `${next} after ${last}`);
  }
});

/** The number that a bridge goes on with, after one that was killed and whose last reservation says this time. */
function numberAfter(file: string, reservedAtMs: number): number {
  const killed = new Spool(file);
  killed.load(TO, [], true);
  killed.begin();
  killed.close();
  const database = new DatabaseSync(file);
  database.prepare("UPDATE meta SET value = ? WHERE key = 'reservedAtMs'").run(reservedAtMs);
  database.close();
  const next = new Spool(file);
  const { nextSeq } = next.load(TO, [], false);
  next.begin();
  next.close();
  return nextSeq;
}

test("[CH13] [BR14] the number of a bridge is plausible, however long ago its spool could last be written", () => {
  const file = join(directory, "spool");
  let last = 1;
  for (const reservedAtMs of [0, Date.now() - 86_400_000, Date.now() + 86_400_000, 0, 0, 0]) {
    const next = numberAfter(file, reservedAtMs);
    assert.ok(next > last);
    assert.equal(sequenceFault(last, next), undefined, `${next} after ${last}`);
    assert.equal(sequenceFault(undefined, next), undefined, `${next} of a publisher that is not known`);
    last = next;
  }
  assert.ok(last > 1_000_000_000_000_000, `${last}: ten years each time is the most that is tried`);
});
