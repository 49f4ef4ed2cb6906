import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { SequenceTracker } from "../../../../bridge/batch/sequence/sequence.ts";
import { openSpool } from "../../../../bridge/batch/spool/open-spool.ts";
import { SpoolWriter } from "../../../../bridge/batch/spool/spool-writer.ts";
import { isWhole, markNotWhole } from "../../../../bridge/batch/spool/whole-numbers.ts";
import { UplinkLedger } from "../../../../bridge/observability/ledger.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import type { SourcePipeline } from "../../../../bridge/pipeline/source-pipeline.ts";
import { Collector } from "../../../../client/publish/collect/collector.ts";
import { gapOf } from "../../../../client/publish/collect/gaps.ts";
import { decodeFrame, type Gap, pointsOf } from "../../../../protocol/frame/frame.ts";
import { readHeader, splitFrames } from "../../../../protocol/frame/header.ts";
import { directoryOf, startBridgeProcess } from "../../../support/bridge-process.ts";
import { startFakeWorker } from "../../../support/fake-worker.ts";
import { arrived, pipelineOf } from "../../../support/pipeline.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { waitForSpooled } from "../../../support/spooled.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";
import { SmallDisk } from "../../../torture/disk.ts";

const MIB = 2 ** 20;
const TO = new URL("http://localhost/c/main");
const directory = mkdtempSync(join(tmpdir(), "plotcast-failing-"));
after(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;
const newFile = (): string => join(directory, `${++files}.db`);

/** What a bridge is between its sockets. */
class Bridge {
  readonly lines: string[] = [];
  readonly ledger = new UplinkLedger();
  readonly file: string;
  readonly opened: ReturnType<typeof openSpool>;
  readonly spoolWriter: SpoolWriter | undefined;
  readonly collector: Collector;
  readonly #pipeline: SourcePipeline;

  constructor(file: string, { maxPages = 0 } = {}) {
    this.file = file;
    const { ledger } = this;
    const log = createLog("text", "info", (line) => this.lines.push(line));
    this.opened = openSpool({ file, maxBytes: 64 * MIB, maxPages }, TO, log);
    const { spool, state, failure } = this.opened;
    const tracker = new SequenceTracker(state.numbers);
    this.spoolWriter = spool && new SpoolWriter({ spool, tracker, failure, log, ledger, retryMs: 0 });
    this.collector = new Collector({
      publisher: state.publisher,
      firstSeq: state.nextSeq,
      maxBytes: 8 * MIB,
      maxKeptBytes: 64 * MIB,
      ...(this.spoolWriter === undefined ? {} : { keeper: this.spoolWriter }),
      state,
      lost: (reason, points) => ledger.countDropped(reason, points),
    });
    this.#pipeline = pipelineOf({ collector: this.collector, tracker, ledger, sequenceField: "n", log });
  }

  receive(from: number, upTo = from + 1, topic = "t"): this {
    for (let n = from; n < upTo; n++) this.message(topic, { n, x: 1000.1 + n * 1.37, y: n });
    return this;
  }

  message(topic: string, fields: object): void {
    this.#pipeline.take(arrived([Buffer.from(topic), Buffer.from(JSON.stringify(fields))]));
  }

  /** Everything that waits, as it is delivered. */
  deliver(): { publishers: Set<string>; seqs: number[]; numbers: number[]; gaps: Pick<Gap, "reason" | "points">[] } {
    const all: ReturnType<Bridge["deliver"]> = { publishers: new Set(), seqs: [], numbers: [], gaps: [] };
    for (let batch = this.collector.take(MIB); batch !== undefined; batch = this.collector.take(MIB)) {
      for (const frame of splitFrames(batch.body)) {
        const { publisher, publisherSeq } = readHeader(frame);
        all.publishers.add(publisher);
        all.seqs.push(publisherSeq);
        const decoded = decodeFrame(frame);
        all.numbers.push(...[...pointsOf(decoded)].map(({ y }) => y));
        all.gaps.push(
          ...decoded.blocks.flatMap((block) =>
            block.kind === "gap" ? [{ reason: block.reason, points: block.points }] : [],
          ),
        );
      }
      this.collector.delivered(batch);
    }
    return all;
  }

  said(text: string): number {
    return this.lines.filter((line) => line.includes(text)).length;
  }

  end(): void {
    this.collector.save();
    this.spoolWriter?.close(this.collector.unusedSeq);
  }

  /** What SIGKILL leaves, as a spool of its own. */
  killed(): string {
    const copy = newFile();
    for (const suffix of ["", "-wal", ".whole"])
      if (existsSync(this.file + suffix)) copyFileSync(this.file + suffix, copy + suffix);
    this.spoolWriter?.close(this.collector.unusedSeq);
    return copy;
  }
}

/** From now on each start finds that it cannot write; or can again. */
function setWritable(file: string, isWritable: boolean): void {
  const db = new DatabaseSync(file);
  db.exec(
    isWritable
      ? "DROP TRIGGER full"
      : "CREATE TRIGGER full BEFORE INSERT ON meta BEGIN SELECT RAISE(ABORT, 'disk is full'); END",
  );
  db.close();
}

const upTo = (count: number, from = 0): number[] => Array.from({ length: count - from }, (_, i) => from + i);

test("[BR14c] a start that cannot write its spool delivers what is in it, first and under the same publisher id", () => {
  const first = new Bridge(newFile()).receive(0, 100);
  first.end();
  setWritable(first.file, false);
  const second = new Bridge(first.file).receive(100, 110);
  assert.equal(second.opened.state.publisher, first.opened.state.publisher);
  const { publishers, numbers, gaps } = second.deliver();
  assert.deepEqual([[...publishers], numbers, gaps], [[first.opened.state.publisher], upTo(110), []]);
  second.collector.save();
  assert.ok(second.spoolWriter?.isFailing && second.ledger.spoolFailures > 1);
  assert.equal(second.said("cannot be written: disk is full"), 1);
  second.end();
});

test("[BR12d] [BR14c] numbers of starts that could reserve none are not used again, whatever was reserved before", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  const first = new Bridge(newFile()).receive(0, 10);
  first.collector.save();
  const used = first.deliver().seqs;
  // What SIGKILL leaves has numbers reserved that nobody used.
  const file = first.killed();
  setWritable(file, false);
  for (let i = 0; i < 4; i++) {
    if (i === 3) setWritable(file, true);
    const next = new Bridge(file).receive(10 * (i + 1), 10 * (i + 2));
    assert.equal(next.spoolWriter?.isFailing, i < 3);
    const seqs = next.deliver().seqs.filter((seq) => seq > (used.at(-1) ?? 0));
    assert.ok(seqs.length > 0, `numbers above ${used} at start ${i}`);
    used.push(...seqs);
    next.end();
    // A process takes longer than that to start.
    t.mock.timers.tick(2);
  }
  assert.ok(used.every((seq, i) => Number.isSafeInteger(seq) && (i === 0 || seq > (used[i - 1] ?? 0))));
});

test("[BR14c] a clock that is far wrong does not use up the numbers", (t) => {
  const first = new Bridge(newFile()).receive(0, 10);
  first.end();
  t.mock.timers.enable({ apis: ["Date"], now: 8e15 });
  const second = new Bridge(first.file).receive(10);
  const seq = second.deliver().seqs.at(-1) ?? 0;
  assert.ok(seq < Number.MAX_SAFE_INTEGER / 16, String(seq));
  second.end();
});

test("[BR14d] the first write that fails takes the mark of a whole spool away, the first that does not sets it again", () => {
  const bridge = new Bridge(newFile(), { maxPages: 300 });
  assert.ok(isWhole(bridge.file));
  for (let i = 0; bridge.spoolWriter?.isFailing === false; i++) {
    assert.ok(isWhole(bridge.file));
    bridge.receive(5000 * i, 5000 * (i + 1)).collector.save();
  }
  assert.ok(!isWhole(bridge.file));
  bridge.spoolWriter?.saveProgress({ identity: bridge.opened.state, sentSeq: 1, goneUpTo: 0, nextSeq: 1 });
  assert.ok(
    !isWhole(bridge.file) && bridge.spoolWriter?.isFailing,
    "how far delivery has come is not all there is to write",
  );
  bridge.deliver();
  bridge.collector.save();
  assert.ok(isWhole(bridge.file) && !bridge.spoolWriter.isFailing);
  assert.equal(bridge.said("it has everything now"), 1);
  bridge.end();
  assert.ok(isWhole(bridge.file));
});

test("[BR14] [BR16m] what was delivered while the disk was full and the bridge then killed is in no gap of a number", () => {
  const first = new Bridge(newFile(), { maxPages: 60 }).receive(0, 10);
  first.receive(0, 10, "u").receive(0, 10, "v");
  first.collector.save();
  first.deliver();
  first.collector.save();
  let next = 10;
  while (first.spoolWriter?.isFailing === false) {
    first.receive(next, next + 5000).collector.save();
    next += 5000;
  }
  first.receive(10, 20, "u").deliver();
  const second = new Bridge(first.killed());
  assert.equal(second.said("could not be written to the last"), 1);
  // v is not heard of before there is another start.
  second.receive(next + 3, next + 10).receive(25, 30, "u");
  second.receive(next + 12);
  const { gaps } = second.deliver();
  assert.deepEqual(
    gaps.map(({ reason, points }) => [reason, points]),
    [
      ["bridge-restarted", null],
      ["publisher-dropped", null],
      ["publisher-dropped", null],
      ["publisher-dropped", 2],
    ],
  );
  second.end();
  const third = new Bridge(second.file).receive(15, 20, "v").receive(32, 33, "u");
  assert.deepEqual(
    third.deliver().gaps.map(({ points }) => points),
    [null, 2],
  );
  assert.equal(third.said("could not be written to the last"), 0);
  third.end();
});

test("[BR13c] [BR14e] of a spool that was not written to the last any frame may have been sent, any exact gap told", () => {
  const first = new Bridge(newFile()).receive(0, 20_000);
  first.collector.addGap({ ...gapOf("publisher-dropped", 7) });
  first.collector.save();
  assert.equal(first.opened.state.sentSeq, 0);
  const file = first.killed();
  markNotWhole(file);
  const second = new Bridge(file);
  const { frames, sentSeq } = second.opened.state;
  assert.ok(frames.length > 1);
  assert.equal(sentSeq, frames.at(-1)?.seq);
  second.receive(20_000);
  const { numbers, gaps } = second.deliver();
  assert.deepEqual([numbers, gaps], [upTo(20_001), [{ reason: "bridge-restarted", points: null }]]);
  second.end();
});

test("[BR9] [BR14b] at an end everything is written that can be, however short ago it could not", () => {
  const opened = openSpool({ file: newFile(), maxBytes: MIB }, TO, createLog("text", "silent"));
  assert.ok(opened.spool);
  const log = createLog("text", "silent");
  const failure = new Error("disk is full");
  const spoolWriter = new SpoolWriter({
    spool: opened.spool,
    failure,
    log,
    ledger: new UplinkLedger(),
    nowMs: () => 0,
  });
  const progress = { identity: opened.state, goneUpTo: 0, sentSeq: 0, nextSeq: 1 };
  const nothing = { ...progress, frames: [], losses: [], gone: [], unreported: undefined };
  assert.equal(spoolWriter.save(nothing), "failed");
  spoolWriter.retryNow();
  assert.ok(spoolWriter.isFailing);
  assert.equal(spoolWriter.save(nothing), "written");
  assert.ok(!spoolWriter.isFailing);
  spoolWriter.close(1);
});

test("[BR14f] going on without a spool is told as bridge-restarted", () => {
  const file = join(newFile(), "s.db");
  writeFileSync(join(directory, `${files}.db`), "a file where a directory should be");
  const bridge = new Bridge(file).receive(0, 3);
  assert.deepEqual(bridge.deliver().gaps, [{ reason: "bridge-restarted", points: null }]);
});

test("[BR16m] numbers of messages without a point are saved, too", () => {
  const first = new Bridge(newFile()).receive(0, 3);
  first.collector.save();
  first.deliver();
  for (let n = 3; n < 10; n++) first.message("t", { n, state: "idle" });
  first.collector.save();
  const second = new Bridge(first.killed()).receive(10);
  assert.deepEqual(second.deliver().gaps, []);
  second.end();
});

//     publisher with numbers ─ZeroMQ→ `node bridge/cli/main.ts`, its spool on a disk without room ─HTTP→ fake Worker

test("[BR12] [BR14] [BR16] started and killed on a full disk: every number once and in order, no gap that is none", async (t) => {
  const cwd = await directoryOf(t);
  const disk = await SmallDisk.at(join(directory, "disk"), 2);
  t.after(() => disk.close());
  if (!disk.isMounted) return t.skip("needs a disk of its own: root on Linux");
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  const args = ["--to", worker.url.href, "--sequence-field", "n", "--spool", join(disk.directory, "s.db")];
  let bridge = startBridgeProcess(t, cwd, [...args, "--bind", "tcp://127.0.0.1:*"]);
  const address = await bridge.address();
  const publisher = await connectPublisher(address);
  t.after(() => publisher.close());
  let next = 0;
  const send = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++, next++) await publisher.send(JSON.stringify({ n: next, x: 1.7e9 + next, y: next }));
  };
  const startAgain = async (): Promise<void> => {
    const received = next;
    bridge.child.kill("SIGKILL");
    await withDeadline("the end", bridge.exit);
    bridge = startBridgeProcess(t, cwd, [...args, "--bind", address]);
    await bridge.address();
    // Until the publisher is connected again, what it sends may go nowhere: then this is a gap, or comes later.
    await waitFor("a point by the new process", async () => {
      await send(1);
      return worker.points().some(({ y }) => y >= received);
    });
    // Points that are still on their way are neither there nor missing.
    await waitFor("the last point", () => worker.points().at(-1)?.y === next - 1);
  };
  await send(100);
  await worker.waitForPoints(100);
  worker.script = () => ({ take: false, status: 503 });
  await send(100);
  await waitForSpooled(join(disk.directory, "s.db"), 100);
  assert.ok(disk.fill());
  worker.script = () => undefined;
  await startAgain();
  await waitFor("what it found", () => /100 points of before in the spool/.test(bridge.stderr()));
  await waitFor("the full disk", () => bridge.stderr().includes("cannot be written: database or disk is full"));
  assert.equal(bridge.stderr().split("cannot be written: database or disk is full").length, 2);
  const delivered = worker.points().map(({ y }) => y);
  assert.deepEqual(delivered.slice(0, 200), upTo(200));
  const gaps = (): number => worker.gaps().reduce((sum, { points }) => sum + (points ?? 0), 0);
  const missing = (): number => next - worker.points().length;
  assert.equal(gaps(), missing(), "what was sent while no bridge was there is counted");
  await send(500);
  await waitFor("them", () => worker.points().at(-1)?.y === next - 1);
  const before = { gaps: gaps(), missing: missing() };
  await startAgain();
  assert.equal(gaps(), before.gaps, "nothing that was delivered is counted as missing");
  assert.deepEqual(
    worker
      .gaps()
      .slice(-2)
      .map(({ reason, points }) => [reason, points]),
    [
      ["bridge-restarted", null],
      ["publisher-dropped", null],
    ],
  );
  disk.free();
  await waitFor("the disk being written again", () => bridge.stderr().includes("it has everything now"));
  const last = { gaps: gaps(), missing: missing() };
  await startAgain();
  assert.equal(gaps() - last.gaps, missing() - last.missing, "numbers are counted again");
  const got = worker.points().map(({ y }) => y);
  assert.ok(
    got.every((y, i) => i === 0 || y > (got[i - 1] ?? 0)),
    "each once and in order",
  );
  const publishers = new Set(worker.frames.map((frame) => readHeader(frame).publisher));
  assert.equal(publishers.size, 1);
});
