import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openRecording } from "../../../../../bridge/tools/record/read-recording.ts";
import { encodeHead, type RecordingEntry, RecordingError } from "../../../../../bridge/tools/record/recording.ts";
import { encoded, INFO, message, readAll } from "../../../../support/recording.ts";

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "plotcast-record-"));
  file = join(directory, "lab.plotrec");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("the format of recordings", () => {
  it("[RC1a] is, byte for byte, what its description says", () => {
    const head = encodeHead({ startedAt: "", sources: [] });
    assert.equal(head.subarray(0, 16).toString("hex"), "504c4f545245430a010000001d000000");
    assert.equal(head.subarray(20).toString(), '{"startedAt":"","sources":[]}');
    // CRC-32 of the body reckoned with Python's zlib.crc32.
    assert.equal(
      encoded([
        { kind: "message", source: 2, atUs: 1_700_000_000_000_001, frames: [Buffer.from("ab"), Buffer.from("")] },
      ]).toString("hex"),
      "1a0000002849c565010002000200000001401e18240a060002000000616200000000",
    );
  });

  it("[RC1] what is written is read, frames of any bytes and an end without more", async () => {
    const entries: RecordingEntry[] = [
      message(1_700_000_000_000_001, "topic", "", "\u0000\u00ff"),
      { kind: "left-out", atUs: 1_700_000_000_000_002, messages: 3 },
      { kind: "end", atUs: 1_700_000_000_000_003, messages: 1 },
    ];
    await writeFile(file, Buffer.concat([encodeHead(INFO), encoded(entries)]));
    const { info } = await openRecording(file);
    assert.deepEqual(info, INFO);
    const read = await readAll(file);
    assert.deepEqual(read.ending, { kind: "whole" });
    assert.deepEqual(read.entries, entries);
  });

  it("[RC2a] a file cut off anywhere is read up to its last whole message, and says so", async () => {
    const messages = [message(1, "a", "one"), message(2, "b", "two"), message(3, "c", "three")];
    const head = encodeHead(INFO);
    const whole = Buffer.concat([head, encoded(messages)]);
    const ends = messages.map((_, i) => head.length + encoded(messages.slice(0, i + 1)).length);
    for (let bytes = head.length; bytes <= whole.length; bytes++) {
      await writeFile(file, whole.subarray(0, bytes));
      const read = await readAll(file);
      assert.equal(read.messages.length, ends.filter((end) => end <= bytes).length, `${bytes} bytes`);
      const atByte = ends.findLast((end) => end <= bytes) ?? head.length;
      assert.deepEqual(read.ending, { kind: "cut-off", atByte });
    }
  });

  it("[RC2a] damage ends what is read, and nothing of it is taken for a message", async () => {
    const head = encodeHead(INFO);
    const first = encoded([message(1, "a", "one")]);
    for (const damage of ["flipped", "length", "zeros"] as const) {
      const second = encoded([message(2, "b", "two"), message(3, "c", "three")]);
      if (damage === "flipped") second[28] = (second[28] ?? 0) ^ 1;
      if (damage === "length") second.writeUInt32LE(0xffff_fff0, 0);
      if (damage === "zeros") second.fill(0);
      await writeFile(file, Buffer.concat([head, first, second]));
      const read = await readAll(file);
      assert.deepEqual(read.messages, [["a", "one"]], damage);
      assert.deepEqual(read.ending, { kind: "damaged", atByte: head.length + first.length }, damage);
    }
  });

  it("[RC2b] a file that is no recording is refused with a sentence", async () => {
    const head = encodeHead(INFO);
    const badHead = Buffer.from(head);
    badHead[head.length - 1] = 0;
    const later = Buffer.from(head);
    later[8] = 2;
    const cases: [Buffer, RegExp][] = [
      [Buffer.alloc(0), /is no recording/],
      [Buffer.from("PLOT"), /ends within its head/],
      [Buffer.from('{"y": 1}\n{"y": 2}\n{"y": 3}\n'), /is no recording/],
      [Buffer.from("1f8b0800000000000003", "hex"), /is no recording/],
      [badHead, /head is damaged/],
      [head.subarray(0, 30), /head is damaged/],
      [later, /of version 2; this Plotcast reads version 1/],
    ];
    for (const [bytes, said] of cases) {
      await writeFile(file, bytes);
      await assert.rejects(openRecording(file), (error) => error instanceof RecordingError && said.test(error.message));
    }
  });

  it("[RC2] a million messages are read within little memory", async () => {
    const one = encoded(Array.from({ length: 10_000 }, (_, i) => message(i, "topic", "x".repeat(80))));
    await writeFile(file, encodeHead(INFO));
    for (let i = 0; i < 100; i++) await writeFile(file, one, { flag: "a" });
    // What is held, whenever garbage would be collected.
    setFlagsFromString("--expose-gc");
    const collectGarbage: unknown = runInNewContext("gc");
    assert.ok(typeof collectGarbage === "function");
    const recording = await openRecording(file);
    let count = 0;
    let batches = 0;
    let mostBytes = 0;
    let largestBatch = 0;
    for await (const batch of recording.batches) {
      count += batch.length;
      largestBatch = Math.max(largestBatch, batch.length);
      if (batches++ % 8 > 0) continue;
      collectGarbage();
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      mostBytes = Math.max(mostBytes, arrayBuffers + heapUsed);
    }
    assert.equal(count, 1_000_000);
    assert.ok(largestBatch < 5000, `a batch of ${largestBatch}`);
    assert.ok(mostBytes < 60 * 2 ** 20, `${mostBytes} bytes for a file of ${one.length * 100}`);
  });

  it("[RC2] a message larger than what is read at once is whole", async () => {
    const large = "x".repeat(3_000_000);
    await writeFile(
      file,
      Buffer.concat([encodeHead(INFO), encoded([message(1, "a"), message(2, large), message(3, "c")])]),
    );
    assert.deepEqual((await readAll(file)).messages, [["a"], [large], ["c"]]);
  });
});
