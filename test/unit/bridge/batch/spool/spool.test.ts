import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { openSpool, SpoolError } from "../../../../../bridge/batch/spool/open-spool.ts";
import { SpoolWriter } from "../../../../../bridge/batch/spool/spool-writer.ts";
import { UplinkLedger } from "../../../../../bridge/observability/ledger.ts";
import { createLog } from "../../../../../bridge/observability/log.ts";
import { Collector } from "../../../../../client/publish/collect/collector.ts";
import { decodeFrame, pointsOf } from "../../../../../protocol/frame/frame.ts";
import type { Row } from "../../../../../protocol/frame/frame-builder.ts";
import { readHeader, splitFrames } from "../../../../../protocol/frame/header.ts";

const MIB = 2 ** 20;
const TO = new URL("http://localhost/c/main");
const directory = mkdtempSync(join(tmpdir(), "plotcast-spool-"));
after(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;
const newFile = (): string => join(directory, `${++files}.db`);

function start(file: string, { maxPages = 0, maxSpoolBytes = 64 * MIB, maxBytes = MIB } = {}) {
  const lines: string[] = [];
  const log = createLog("text", "info", (line) => lines.push(line));
  const ledger = new UplinkLedger();
  const { spool, state } = openSpool({ file, maxBytes: maxSpoolBytes, maxPages }, TO, log);
  const spoolWriter = spool === undefined ? undefined : new SpoolWriter({ spool, log, ledger, retryMs: 0 });
  const collector = new Collector({
    publisher: state.publisher,
    firstSeq: state.nextSeq,
    maxBytes,
    maxKeptBytes: maxSpoolBytes,
    ...(spoolWriter === undefined ? {} : { keeper: spoolWriter }),
    state,
    lost: (reason, points) => ledger.countDropped(reason, points),
  });
  const close = (): void => {
    collector.save();
    spoolWriter?.close(collector.unusedSeq);
  };
  return { lines, ledger, collector, spoolWriter, spool, state, close };
}

type Started = ReturnType<typeof start>;

/** Irregular, so that no encoding narrows it. */
function rows(from: number, count: number): Row[] {
  return Array.from({ length: count }, (_, i) => ({
    x: 1000.1 + from + i + 0.3 * Math.random(),
    arrival: false,
    names: ["y"],
    values: [from + i + Math.PI],
  }));
}

/** Delivers everything. @returns the numbers of the points, and the sum of what gaps say */
function drain({ collector }: Started): { numbers: number[]; told: number } {
  const numbers: number[] = [];
  let told = 0;
  for (let batch = collector.take(MIB); batch !== undefined; batch = collector.take(MIB)) {
    for (const frame of splitFrames(batch.body).map(decodeFrame)) {
      for (const { y } of pointsOf(frame)) numbers.push(Math.floor(y - 3));
      for (const block of frame.blocks) told += block.kind === "gap" ? (block.points ?? 0) : 0;
    }
    collector.delivered(batch);
  }
  return { numbers, told };
}

const upTo = (count: number, from = 0): number[] => Array.from({ length: count - from }, (_, i) => from + i);

describe("the spool", () => {
  it("[BR12a] takes what memory does not hold, and gives it back in order", () => {
    const started = start(newFile());
    for (let i = 0; i < 300; i++) started.collector.add(rows(1000 * i, 1000));
    const { memoryBytes, bytes } = started.collector.backlog;
    assert.ok(memoryBytes <= MIB && bytes > 2 * MIB, `${memoryBytes} of ${bytes} bytes in memory`);
    assert.deepEqual(drain(started), { numbers: upTo(300_000), told: 0 });
    assert.equal(started.ledger.droppedPoints, 0);
    started.close();
  });

  it("[BR13a] [BR13b] past its bound loses the oldest, which is told, even after a restart", () => {
    const file = newFile();
    const first = start(file, { maxSpoolBytes: 2 * MIB });
    for (let i = 0; i < 300; i++) first.collector.add(rows(1000 * i, 1000));
    const { points } = first.ledger.dropped.get("bridge-full") ?? { points: 0 };
    assert.ok(points > 10_000);
    first.close();
    const second = start(file, { maxSpoolBytes: 2 * MIB });
    assert.deepEqual(drain(second), { numbers: upTo(300_000, points), told: points });
    second.close();
  });

  it("[BR13c] what may have been sent before a crash is not dropped to make room, nor changed", () => {
    const file = newFile();
    const first = start(file);
    first.collector.add(rows(0, 30_000));
    const sent = first.collector.take(MIB, 2);
    assert.ok(sent);
    // The process is gone here: what it wrote is in the files.
    const copy = newFile();
    for (const suffix of ["", "-wal", ".whole"]) copyFileSync(file + suffix, copy + suffix);
    first.close();
    const second = start(copy, { maxSpoolBytes: MIB });
    second.collector.add(rows(30_000, 300_000));
    assert.ok(second.ledger.droppedPoints > 0);
    assert.ok(Buffer.from(second.collector.take(MIB, 2)?.body ?? []).equals(sent.body));
    second.close();
  });

  it("[BR13c] a loss after what may have been taken is told after it: no byte of that changes", () => {
    const started = start(newFile());
    started.collector.add(rows(0, 30_000));
    const sent = started.collector.take(MIB, 2);
    assert.ok(sent);
    started.collector.inDoubt();
    started.collector.putBack(sent);
    const bad = started.collector.take(MIB, 1);
    assert.ok(bad);
    started.collector.setAside(bad);
    const again = started.collector.take(MIB, 1);
    assert.ok(again);
    assert.ok(Buffer.concat([bad.body, again.body]).equals(sent.body));
    started.collector.delivered(again);
    const { numbers, told } = drain(started);
    assert.deepEqual([told, numbers.length + again.points + told], [bad.points, 30_000]);
    started.close();
  });

  it("[BR12d] numbers go on above every number ever used, delivered and drafted ones too", () => {
    const file = newFile();
    const seqs: number[] = [];
    const publishers = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const started = start(file);
      publishers.add(started.state.publisher);
      started.collector.add(rows(0, 10));
      started.collector.save();
      const batch = started.collector.take(MIB);
      assert.ok(batch);
      seqs.push(readHeader(batch.body).publisherSeq);
      started.collector.delivered(batch);
      started.close();
    }
    assert.ok(
      seqs.every((seq, i) => i === 0 || seq > (seqs[i - 1] ?? 0)),
      String(seqs),
    );
    assert.equal(publishers.size, 1);
  });

  it("[BR14b] full disk: goes on in memory, says so once, and again when it is over, with everything written", () => {
    const file = newFile();
    const started = start(file, { maxPages: 300, maxBytes: 8 * MIB });
    for (let i = 0; i < 200; i++) {
      started.collector.add(rows(1000 * i, 1000));
      started.collector.save();
    }
    assert.equal(
      started.lines.filter((line) => line.includes("cannot be written: database or disk is full")).length,
      1,
    );
    assert.ok(started.spoolWriter?.isFailing && started.ledger.spoolFailures > 0);
    const batch = started.collector.take(MIB);
    assert.ok(batch);
    started.collector.delivered(batch);
    const { numbers, told } = drain(started);
    assert.deepEqual([numbers[0], numbers.at(-1), told], [batch.points, 199_999, 0]);
    started.collector.add(rows(200_000, 5));
    started.collector.save();
    assert.ok(!started.spoolWriter.isFailing);
    assert.equal(started.lines.filter((line) => line.includes("can be written again")).length, 1);
    started.close();
    const second = start(file);
    assert.deepEqual(drain(second).numbers, upTo(200_005, 200_000));
    second.close();
  });

  it("[BR14b] full disk: past the memory the oldest that only memory has is lost and told; what the disk has stays", () => {
    const started = start(newFile(), { maxPages: 300 });
    for (let i = 0; i < 300; i++) {
      started.collector.add(rows(1000 * i, 1000));
      started.collector.save();
      assert.ok(started.collector.backlog.memoryBytes <= MIB + 131_072);
    }
    const lost = started.ledger.droppedPoints;
    const { numbers, told } = drain(started);
    assert.ok(lost > 10_000 && told === lost);
    assert.equal(numbers[0], 0);
    assert.equal(numbers.length + lost, 300_000);
    started.close();
  });

  it("[BR14f] that cannot be opened at all is gone without, by another publisher's id", () => {
    const file = join(newFile(), "dir", "s.db");
    writeFileSync(join(directory, `${files}.db`), "a file where a directory should be");
    const started = start(file);
    assert.equal(started.spool, undefined);
    assert.match(started.lines.join(""), /cannot be used: .*Going on in memory alone/);
    started.collector.add(rows(0, 5));
    assert.deepEqual(drain(started).numbers, upTo(5));
  });

  it("[BR14g] of another program is left as it is", () => {
    const file = newFile();
    const other = new DatabaseSync(file);
    other.exec("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)");
    other.close();
    const before = readFileSync(file);
    assert.equal(start(file).spool, undefined);
    assert.deepEqual(readFileSync(file), before);
  });

  it("[BR13] a frame that is lost is gone for good, its draft of before included", () => {
    const file = newFile();
    const first = start(file, { maxPages: 100 });
    first.collector.add(rows(0, 10));
    first.collector.save();
    // The disk is full before that frame is, and memory then, too: it is the oldest, and was never sent.
    for (let i = 0; i < 200; i++) first.collector.add(rows(10 + 1000 * i, 1000));
    const lost = first.ledger.droppedPoints;
    assert.ok(first.spoolWriter?.isFailing && lost > 10);
    // There is room again.
    first.spool?.allowPages(100_000);
    first.collector.save();
    assert.ok(!first.spoolWriter.isFailing);
    first.close();
    const second = start(file);
    assert.deepEqual(drain(second), { numbers: upTo(200_010, lost), told: lost });
    second.close();
  });

  it("[BR14c] numbers that a failed write would have reserved are not taken for reserved", () => {
    const file = newFile();
    start(file).close();
    // Fails as a disk does that is full at the very end of a write: with the first frame, after all else.
    const db = new DatabaseSync(file);
    db.exec(
      "CREATE TRIGGER full BEFORE INSERT ON meta WHEN NEW.key = 'reservedAtMs' AND EXISTS (SELECT 1 FROM frames) " +
        "BEGIN SELECT RAISE(ABORT, 'full'); END",
    );
    db.close();
    const { spool } = openSpool({ file, maxBytes: 64 * MIB }, TO, createLog("text", "silent"));
    assert.ok(spool);
    const nextSeq = 2 ** 31;
    const identity = { publisher: "00000000000000aa", base: 0 };
    const nothing = { identity, losses: [], gone: [], goneUpTo: 0, sentSeq: 0, nextSeq, unreported: undefined };
    const bytes = new Uint8Array(8);
    const frame = { seq: 1, points: 1, size: 8, sinceMs: 1, losses: [], bytes, isKept: false };
    assert.throws(() => spool.write({ ...nothing, frames: [frame], numbers: [], numbersGone: [] }), /full/);
    spool.write({ ...nothing, frames: [], numbers: [], numbersGone: [] });
    spool.abandon();
    const second = start(file);
    assert.ok(second.state.nextSeq > nextSeq, `${second.state.nextSeq}`);
    second.close();
  });

  it("[BR14i] one of a newer version of Plotcast is left as it is", () => {
    const file = newFile();
    const first = start(file);
    first.collector.add(rows(0, 5));
    first.close();
    const db = new DatabaseSync(file);
    db.exec("PRAGMA user_version = 2");
    db.close();
    const before = readFileSync(file);
    const second = start(file);
    assert.equal(second.spool, undefined);
    assert.match(second.lines.join(""), /it was made by a newer version of Plotcast\. Going on in memory alone/);
    assert.deepEqual(readFileSync(file), before);
  });

  it("[BR14a] a frame that the disk spoilt is lost with its number of points, and the rest is delivered", () => {
    const file = newFile();
    const first = start(file);
    for (let i = 0; i < 100; i++) first.collector.add(rows(1000 * i, 1000));
    first.close();
    const db = new DatabaseSync(file);
    db.exec("UPDATE frames SET crc = crc + 1 WHERE seq = 3");
    db.close();
    const second = start(file);
    second.collector.add(rows(100_000, 1));
    const { numbers, told } = drain(second);
    assert.equal(second.ledger.dropped.get("spool-damaged")?.frames, 1);
    assert.equal(told, second.ledger.droppedPoints);
    assert.equal(numbers.length + told, 100_001);
    second.close();
  });

  it("[BR14] whatever becomes of its bytes, the bridge starts, and what it then delivers are frames in order", () => {
    const file = newFile();
    const first = start(file);
    for (let i = 0; i < 30; i++) first.collector.add(rows(1000 * i, 1000));
    first.close();
    const good = readFileSync(file);
    const bytes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 40 });
    const headed = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(fc.oneof(bytes, headed), fc.option(fc.nat(good.length)), (changes, length) => {
        const bad = Buffer.from(good.subarray(0, length ?? good.length));
        for (const [at, value] of changes) if (at < bad.length) bad[at] = value;
        const harmed = newFile();
        writeFileSync(harmed, bad);
        let started: Started;
        try {
          started = start(harmed);
        } catch (error) {
          // The one damage that cannot be told from intent: the channel's name in it is another one.
          assert.ok(error instanceof SpoolError);
          return;
        }
        started.collector.add(rows(30_000, 1));
        const { numbers } = drain(started);
        assert.equal(numbers.at(-1), 30_000);
        assert.ok(numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0)));
        started.close();
        for (const name of readdirSync(directory)) if (name.startsWith(`${files}.db`)) rmSync(join(directory, name));
      }),
      { numRuns: 150 },
    );
  });
});

it("[BR12a] a copy of the files at any moment is a spool", () => {
  const file = newFile();
  const first = start(file);
  first.collector.add(rows(0, 20_000));
  first.collector.save();
  const copy = newFile();
  for (const suffix of ["", "-wal", ".whole"]) copyFileSync(file + suffix, copy + suffix);
  const second = start(copy);
  assert.deepEqual(drain(second).numbers, upTo(20_000));
  second.close();
  first.close();
});
