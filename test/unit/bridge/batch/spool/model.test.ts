import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import fc from "fast-check";
import { SequenceTracker } from "../../../../../bridge/batch/sequence/sequence.ts";
import { openSpool } from "../../../../../bridge/batch/spool/open-spool.ts";
import { SpoolWriter } from "../../../../../bridge/batch/spool/spool-writer.ts";
import { UplinkLedger } from "../../../../../bridge/observability/ledger.ts";
import { createLog } from "../../../../../bridge/observability/log.ts";
import type { SourcePipeline } from "../../../../../bridge/pipeline/source-pipeline.ts";
import type { Batch } from "../../../../../client/publish/collect/batch.ts";
import { Collector } from "../../../../../client/publish/collect/collector.ts";
import { decodeFrame, pointsOf } from "../../../../../protocol/frame/frame.ts";
import { readHeader, splitFrames } from "../../../../../protocol/frame/header.ts";
import { arrived, pipelineOf } from "../../../../support/pipeline.ts";

//     messages with numbers → pipeline → collector + spool → a Channel as SPEC.md has it
//     with crashes of the bridge at any moment: the spool's files are copied as they are, and opened again

const FRAME_BYTES = 1024;
const TO = new URL("http://localhost/c/main");
const log = createLog("text", "fatal");
const directory = mkdtempSync(join(tmpdir(), "plotcast-model-"));
after(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;

/** What a Channel takes: frames above the publisher's last number, each with its gaps and points in order. */
class Channel {
  lastSeq = 0;
  publisher = "";
  readonly bytesOf = new Map<number, string>();
  readonly events: ({ gap: number } | { point: number })[] = [];

  /** What may have arrived. */
  see(body: Uint8Array): void {
    for (const frame of splitFrames(body)) {
      const { publisher, publisherSeq } = readHeader(frame);
      this.publisher ||= publisher;
      assert.equal(publisher, this.publisher, "the publisher stays the same");
      const bytes = Buffer.from(frame).toString("base64");
      const before = this.bytesOf.get(publisherSeq) ?? bytes;
      assert.equal(before, bytes, "a number's bytes never change once they may be taken");
      this.bytesOf.set(publisherSeq, bytes);
    }
  }

  take(body: Uint8Array): void {
    this.see(body);
    for (const frame of splitFrames(body)) {
      const { publisherSeq } = readHeader(frame);
      if (publisherSeq <= this.lastSeq) continue;
      this.lastSeq = publisherSeq;
      const decoded = decodeFrame(frame);
      for (const block of decoded.blocks) {
        if (block.kind === "gap") this.events.push({ gap: block.points ?? Number.NaN });
        else for (const { y } of pointsOf({ ...decoded, blocks: [block] })) this.events.push({ point: y });
      }
    }
  }
}

class Bridge {
  readonly file: string;
  readonly collector: Collector;
  readonly ledger = new UplinkLedger();
  readonly #pipeline: SourcePipeline;
  readonly #spoolWriter: SpoolWriter;

  constructor(file: string) {
    this.file = file;
    const { spool, state } = openSpool({ file, maxBytes: 16 * FRAME_BYTES }, TO, log);
    assert.ok(spool, "the spool opens");
    const { ledger } = this;
    const tracker = new SequenceTracker(state.numbers);
    this.#spoolWriter = new SpoolWriter({ spool, tracker, log, ledger });
    this.collector = new Collector({
      publisher: state.publisher,
      firstSeq: state.nextSeq,
      maxBytes: 8 * FRAME_BYTES,
      maxFrameBytes: FRAME_BYTES,
      maxKeptBytes: 16 * FRAME_BYTES,
      keeper: this.#spoolWriter,
      state,
      lost: (reason, points) => ledger.countDropped(reason, points),
    });
    this.#pipeline = pipelineOf({ collector: this.collector, tracker, ledger, sequenceField: "seq", log });
  }

  receive(number: number): void {
    this.#pipeline.take(arrived([Buffer.from(JSON.stringify({ seq: number, x: 1000.1 + number * 1.37, y: number }))]));
  }

  /** The process is gone, and another begins with what is on the disk. */
  crash(): Bridge {
    const file = join(directory, `${++files}.db`);
    for (const suffix of ["", "-wal", ".whole"])
      if (existsSync(this.file + suffix)) copyFileSync(this.file + suffix, file + suffix);
    this.end();
    return new Bridge(file);
  }

  restart(): Bridge {
    this.end();
    return new Bridge(this.file);
  }

  end(): void {
    this.collector.save();
    this.#spoolWriter.close(this.collector.unusedSeq);
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("receive" as const), count: fc.integer({ min: 1, max: 400 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("publisherDrops" as const), count: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("take" as const), frames: fc.constantFrom(1, 2, 100) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom("delivered", "taken2xxLost", "notTaken", "refused", "crash", "restart", "save" as const),
    }),
  },
);

it("[BR12] [BR13] [BR16] whatever happens, every number arrives once and in order, or is in a gap of exactly its size", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
      const channel = new Channel();
      let bridge = new Bridge(join(directory, `${++files}.db`));
      let batch: Batch | undefined;
      let next = 0;
      let isExact = true;
      bridge.receive(next++);
      bridge.collector.save();
      const settle = (how: string): void => {
        if (batch === undefined) return;
        if (how === "delivered") {
          channel.take(batch.body);
          bridge.collector.delivered(batch);
        } else if (how === "refused") {
          // A loss before what may have been sent is told after that.
          if (batch.frames.some(({ seq }) => channel.bytesOf.has(seq))) isExact = false;
          // A crash before this is saved brings the frames back as some that may have been sent.
          channel.see(batch.body);
          bridge.collector.setAside(batch);
        } else {
          if (how === "taken2xxLost") channel.take(batch.body);
          else channel.see(batch.body);
          bridge.collector.inDoubt();
          bridge.collector.putBack(batch);
        }
        batch = undefined;
      };
      for (const what of steps) {
        switch (what.do) {
          case "receive":
            for (let i = 0; i < what.count; i++) bridge.receive(next++);
            break;
          case "publisherDrops":
            next += what.count;
            break;
          case "take":
            batch ??= bridge.collector.take(2 * FRAME_BYTES, what.frames);
            break;
          case "crash":
          case "restart":
            // What is in flight may or may not have arrived.
            if (batch !== undefined) channel[next % 2 === 0 ? "take" : "see"](batch.body);
            batch = undefined;
            bridge = bridge[what.do]();
            break;
          case "save":
            bridge.collector.save();
            break;
          default:
            // A frame that was taken is not refused: then it would be a repeat, and answered 2xx.
            settle(what.do === "refused" && (batch?.frames[0]?.seq ?? 0) <= channel.lastSeq ? "delivered" : what.do);
        }
        assert.ok(bridge.collector.backlog.memoryBytes <= 9 * FRAME_BYTES, "the bound of the memory");
        assert.ok(bridge.collector.held.bytes <= 18 * FRAME_BYTES, "the bound of the spool");
      }
      settle("delivered");
      bridge.receive(next++);
      for (;;) {
        batch = bridge.collector.take(2 * FRAME_BYTES);
        if (batch === undefined) break;
        settle("delivered");
      }
      bridge.end();
      check(channel, next, isExact);
    }),
    // A run takes a tenth of a second, and shrinking would be thousands of them.
    { numRuns: Number(process.env.RUNS ?? 100), interruptAfterTimeLimit: 60_000 },
  );
});

function check(channel: Channel, count: number, isExact: boolean): void {
  let expected = 0;
  let missing = 0;
  for (const event of channel.events) {
    if ("gap" in event) {
      assert.ok(event.gap > 0, "the size of each gap is known");
      missing += event.gap;
      continue;
    }
    assert.ok(event.point >= expected, `number ${event.point} came twice or late`);
    if (isExact) assert.equal(event.point - expected, missing, `the gap before number ${event.point}`);
    if (isExact) missing = 0;
    else missing -= event.point - expected;
    expected = event.point + 1;
  }
  assert.equal(missing, 0, "the gaps add up");
  assert.equal(expected, count, "the newest has come");
}
