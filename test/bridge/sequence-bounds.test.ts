/** How much is remembered of publishers' numbers, however many topics and channels they name. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { openSpool } from "../../bridge/collect/open-spool.ts";
import { SequenceTracker } from "../../bridge/collect/sequence.ts";
import { createLog } from "../../bridge/tell/log.ts";

const TO = new URL("http://127.0.0.1:1/c/main");

function observe(tracker: SequenceTracker, topic: string, number = 1): string {
  return tracker.observe({ topic, number, crc: number, x: number }).kind;
}

function see(tracker: SequenceTracker, from: number, upTo: number): void {
  for (let i = from; i < upTo; i++) observe(tracker, `t${i}`);
}

function spoolOf(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), "plotcast-sequence-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const log = createLog("text", "silent");
  return () => openSpool({ file: join(directory, "spool.db"), maxBytes: 2 ** 24 }, TO, log);
}

describe("ever new topics", () => {
  it("[BR16] are forgotten past 4,096 though nothing is ever saved, and so are the names of those", () => {
    const tracker = new SequenceTracker();
    see(tracker, 0, 8192);
    assert.deepEqual(tracker.kept, { topics: 4096, changed: 4096, forgotten: 4096 });
    assert.equal(tracker.changes.gone?.length, 4096);
    see(tracker, 8192, 8193);
    assert.deepEqual(tracker.kept, { topics: 4096, changed: 4096, forgotten: 0 });
    assert.equal(tracker.changes.gone, null, "whatever the spool has is replaced");
    see(tracker, 8193, 100_000);
    assert.deepEqual(tracker.kept, { topics: 4096, changed: 4096, forgotten: 0 });
    assert.equal(tracker.changes.numbers.length, 4096);
    tracker.saved();
    assert.equal(tracker.isChanged, false);
    assert.deepEqual(tracker.changes, { numbers: [], gone: [] });
  });

  it("[BR16] leave a spool that can be written again after all with those that are known, and no other", (t) => {
    const open = spoolOf(t);
    const first = open();
    const tracker = new SequenceTracker([], 3);
    const save = (): void => {
      const { numbers, gone } = tracker.changes;
      const nothing = { frames: [], losses: [], gone: [], goneUpTo: 0, sentSeq: 0, untold: undefined };
      const { publisher, base, nextSeq } = first.state;
      first.spool?.write({ ...nothing, identity: { publisher, base }, nextSeq, numbers, numbersGone: gone });
      tracker.saved();
    };
    see(tracker, 0, 3);
    save();
    see(tracker, 2, 3);
    see(tracker, 3, 20);
    observe(tracker, "t18", 2);
    assert.equal(tracker.changes.gone, null);
    save();
    first.spool?.close(first.state.nextSeq);
    const again = open();
    t.after(() => again.spool?.close());
    assert.deepEqual(
      again.state.numbers.map(({ topic, number }) => [topic, number]),
      [
        ["t17", 1],
        ["t18", 2],
        ["t19", 1],
      ],
    );
  });
});
