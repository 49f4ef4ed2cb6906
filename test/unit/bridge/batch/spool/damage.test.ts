import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, it } from "node:test";
import { SequenceTracker } from "../../../../../bridge/batch/sequence/sequence.ts";
import { openSpool } from "../../../../../bridge/batch/spool/open-spool.ts";
import { Spool } from "../../../../../bridge/batch/spool/spool.ts";
import { SpoolWriter } from "../../../../../bridge/batch/spool/spool-writer.ts";
import { UplinkLedger } from "../../../../../bridge/observability/ledger.ts";
import { createLog } from "../../../../../bridge/observability/log.ts";
import { Collector } from "../../../../../client/publish/collect/collector.ts";
import { decodeFrame, pointsOf } from "../../../../../protocol/frame/frame.ts";
import { readHeader, splitFrames } from "../../../../../protocol/frame/header.ts";

const MIB = 2 ** 20;
const TO = new URL("http://localhost/c/main");
const PAGE_BYTES = 4096;
const directory = mkdtempSync(join(tmpdir(), "plotcast-damage-"));
after(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;
const newFile = (): string => join(directory, `${++files}.db`);

function start(file: string) {
  const lines: string[] = [];
  const log = createLog("text", "info", (line) => lines.push(line));
  const ledger = new UplinkLedger();
  const { spool, state } = openSpool({ file, maxBytes: 64 * MIB }, TO, log);
  assert.ok(spool, "the spool opens");
  const tracker = new SequenceTracker(state.numbers);
  const spoolWriter = new SpoolWriter({ spool, tracker, log, ledger, retryMs: 0 });
  const collector = new Collector({
    publisher: state.publisher,
    base: state.base,
    firstSeq: state.nextSeq,
    maxBytes: MIB,
    maxKeptBytes: 64 * MIB,
    keeper: spoolWriter,
    state,
    lost: (reason, points) => ledger.countDropped(reason, points),
    gap: (gap) => ledger.countGap(gap),
  });
  const close = (): void => {
    collector.save();
    spoolWriter.close(collector.unusedSeq);
  };
  return { lines, ledger, collector, tracker, spoolWriter, state, close };
}

type Started = ReturnType<typeof start>;

function add({ collector }: Started, from: number, count: number): void {
  for (let i = from; i < from + count; i++) {
    collector.add([{ x: 1000.1 + i + 0.3 * Math.random(), arrival: false, names: ["y"], values: [i + Math.PI] }]);
  }
}

/** Delivers everything. @returns the numbers of the points, what gaps say, and the publishers' numbers */
function drain({ collector }: Started) {
  const numbers: number[] = [];
  const gaps: string[] = [];
  const publishers = new Set<string>();
  let lastSeq = 0;
  for (let batch = collector.take(MIB); batch !== undefined; batch = collector.take(MIB)) {
    for (const bytes of splitFrames(batch.body)) {
      const { publisher, publisherSeq } = readHeader(bytes);
      publishers.add(publisher);
      assert.ok(publisherSeq > lastSeq, "numbers grow");
      lastSeq = publisherSeq;
      const frame = decodeFrame(bytes);
      for (const { y } of pointsOf(frame)) numbers.push(Math.floor(y - 3));
      for (const block of frame.blocks) if (block.kind === "gap") gaps.push(`${block.reason} ${block.points}`);
    }
    collector.delivered(batch);
  }
  return { numbers, gaps, publishers: [...publishers], lastSeq };
}

const upTo = (count: number, from = 0): number[] => Array.from({ length: count - from }, (_, i) => from + i);
const asideOf = (file: string): string[] =>
  readdirSync(directory).filter((name) => name.startsWith(`${basename(file)}.damaged-`) && name.endsWith("Z"));

/** A spool with some 12 MB of frames, of which SQLite's list of pages (page 2) is spoilt: nothing shows before it deletes. */
function spoiltFile(): { file: string; publisher: string } {
  const file = newFile();
  const first = start(file);
  add(first, 0, 100_000);
  first.tracker.observe({ topic: "t", number: 7, crc: 1, x: 1 });
  first.close();
  const bytes = readFileSync(file);
  bytes.fill(0xff, PAGE_BYTES, 2 * PAGE_BYTES);
  writeFileSync(file, bytes);
  const db = new DatabaseSync(file);
  assert.notEqual(db.prepare("PRAGMA quick_check(1)").get()?.quick_check, "ok");
  db.close();
  return { file, publisher: first.state.publisher };
}

it("[BR14a] [BR14h] damage that shows only in use: the spool is set aside then, and what memory has goes on in a new one", () => {
  const { file, publisher } = spoiltFile();
  const started = start(file);
  assert.deepEqual(
    started.lines.filter((line) => line.includes("damaged")),
    [],
    "nothing is noticed at the start",
  );
  const { numbers, gaps, publishers } = drain(started);
  // Each frame was read before it was deleted: nothing is lost, and that it was damaged is told.
  started.collector.save();
  add(started, 100_000, 10);
  started.collector.save();
  assert.equal(asideOf(file).length, 1);
  assert.equal(
    started.lines.filter((line) => /is damaged \(.*\)\. It is now .*; going on with a new one/.test(line)).length,
    1,
  );
  assert.ok(!started.spoolWriter.isFailing);
  assert.equal(
    started.ledger.gaps.get("spool-damaged")?.gaps ?? 0,
    1 + (started.ledger.dropped.get("spool-damaged")?.frames ?? 0),
  );
  started.close();

  const second = start(file);
  assert.equal(second.state.publisher, publisher, "its publisher is the same");
  assert.deepEqual(
    second.state.numbers.map(({ topic, number }) => [topic, number]),
    [["t", 7]],
  );
  const rest = drain(second);
  second.close();
  const told = [...gaps, ...rest.gaps];
  assert.ok(told.includes("spool-damaged null"), told.join());
  const lost = told.reduce((sum, gap) => sum + Number(/^spool-damaged (\d+)$/.exec(gap)?.[1] ?? 0), 0);
  assert.equal(numbers.length + rest.numbers.length + lost, 100_010, "what is not there is told with its number");
  assert.deepEqual([...publishers, ...rest.publishers], [publisher, publisher]);
  assert.deepEqual(rest.numbers.slice(-10), upTo(100_010, 100_000));
});

it("[BR14h] damage that shows in use and then SIGKILL: the next start has what was in memory, and says that there is a gap", () => {
  const { file } = spoiltFile();
  const started = start(file);
  const batch = started.collector.take(MIB);
  assert.ok(batch);
  started.collector.delivered(batch);
  add(started, 100_000, 10);
  started.collector.save();
  assert.equal(asideOf(file).length, 1);
  // Not closed: the process is gone. Its lock is not, in this one.
  const copy = newFile();
  for (const suffix of ["", "-wal", ".whole"]) writeFileSync(copy + suffix, readFileSync(file + suffix));
  const second = start(copy);
  add(second, 100_010, 1);
  const { numbers, gaps, lastSeq } = drain(second);
  assert.deepEqual(numbers.slice(-11), upTo(100_011, 100_000));
  assert.ok(gaps.includes("spool-damaged null"), gaps.join());
  assert.ok(lastSeq > (batch.frames.at(-1)?.seq ?? 0), "numbers go on above every number ever used");
  second.close();
  started.close();
});

it("[BR14a] a spool whose list of frames is spoilt is set aside at the start", () => {
  const file = newFile();
  const first = start(file);
  add(first, 0, 100_000);
  first.close();
  const db = new DatabaseSync(file);
  const root = Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'frames'").get()?.rootpage);
  db.close();
  const bytes = readFileSync(file);
  bytes.fill(0xff, (root - 1) * PAGE_BYTES, root * PAGE_BYTES);
  writeFileSync(file, bytes);
  const second = start(file);
  assert.equal(asideOf(file).length, 1);
  add(second, 100_000, 1);
  const { numbers, gaps } = drain(second);
  assert.deepEqual([numbers, gaps], [[100_000], ["spool-damaged null"]]);
  second.close();
});

it("[BR14h] a start does not read all of a large spool", () => {
  const file = newFile();
  const spool = new Spool(file);
  spool.load(TO.href, [], true);
  spool.begin();
  const bytes = Buffer.alloc(131_072, 7);
  for (let seq = 1; seq <= 1024; seq += 32) {
    const frames = upTo(seq + 32, seq).map((each) => {
      return { seq: each, points: 10, size: bytes.length, sinceMs: 1, losses: [], bytes, isKept: false };
    });
    const identity = { publisher: "00000000000000aa", base: 0 };
    const changes = { identity, frames, losses: [], gone: [], goneUpTo: 0, sentSeq: 0, nextSeq: seq + 32 };
    spool.write({ ...changes, unreported: undefined, numbers: [], numbersGone: [] });
  }
  spool.close(1025);
  const msOf = (action: () => void): number => {
    const from = performance.now();
    action();
    return performance.now() - from;
  };
  const opening = (): number => {
    const opened: Spool[] = [];
    const ms = msOf(() => {
      const again = new Spool(file);
      opened.push(again);
      assert.equal(again.load(TO.href, [], true).frames.length, 1024);
    });
    for (const each of opened) each.close();
    return ms;
  };
  const db = new DatabaseSync(file);
  const whole = Math.min(...[1, 2, 3].map(() => msOf(() => db.prepare("PRAGMA quick_check(1)").get())));
  db.close();
  const open = Math.min(...[1, 2, 3].map(opening));
  assert.ok(open < whole / 2, `${open} ms to open it, ${whole} ms to read it`);
});
