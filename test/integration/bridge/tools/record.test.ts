import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { Recorder } from "../../../../bridge/tools/record/recorder.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { INFO, readAll } from "../../../support/recording.ts";
import { recordCode, Written } from "../../../support/tool.ts";
import { withDeadline } from "../../../support/wait.ts";

const FULL = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "plotcast-record-"));
  file = join(directory, "lab.plotrec");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("the recorder", () => {
  for (const name of ["lab.plotrec", "lab.plotrec.gz"]) {
    it(`[RC1a] keeps all messages and an end in ${name}`, async () => {
      file = join(directory, name);
      const recorder = await Recorder.open({ file, info: INFO });
      for (let i = 0; i < 5000; i++) recorder.add(0, [Buffer.from("t"), Buffer.from(String(i))], i);
      await recorder.close(9999);
      const read = await readAll(file);
      assert.deepEqual(read.ending, { kind: "whole" });
      assert.deepEqual(
        read.messages.map(([, text]) => Number(text)),
        Array.from({ length: 5000 }, (_, i) => i),
      );
      const bytes = await readFile(file);
      assert.equal(recorder.counts.fileBytes, bytes.length);
      assert.equal(bytes[0] === 0x1f, name.endsWith(".gz"));
      // Killed: the file as far as it came.
      await writeFile(file, bytes.subarray(0, bytes.length - 40));
      assert.equal((await readAll(file)).ending.kind, "cut-off");
    });
  }

  it("[RC3a] what the disk does not take in time is counted, and noted where it is missing", async () => {
    let go = (): void => undefined;
    const slow = new Promise<void>((resolve) => {
      go = resolve;
    });
    let writes = 0;
    const recorder = await Recorder.open({
      file,
      info: INFO,
      queueBytes: 1000,
      openFile: async (name, flags) => {
        const { open } = await import("node:fs/promises");
        const handle = await open(name, flags);
        const write: typeof handle.write = async (...args: [never]) => {
          if (writes++ > 0) await slow;
          return handle.write(...args);
        };
        return Object.assign(Object.create(handle), {
          write,
          truncate: (bytes?: number) => handle.truncate(bytes),
          datasync: () => handle.datasync(),
          close: () => handle.close(),
        });
      },
    });
    for (let i = 0; i < 100; i++) recorder.add(0, [Buffer.alloc(72)], i);
    const { messages, leftOut, waitingBytes } = recorder.counts;
    assert.deepEqual({ messages, leftOut, waitingBytes }, { messages: 10, leftOut: 90, waitingBytes: 1000 });
    go();
    await recorder.close(200);
    const { entries, ending } = await readAll(file);
    assert.deepEqual(ending, { kind: "whole" });
    assert.deepEqual(entries.slice(10), [
      { kind: "left-out", atUs: 200, messages: 90 },
      { kind: "end", atUs: 200, messages: 10 },
    ]);
  });

  it("[RC3b] a full disk ends it with a sentence and exit code 1; what was written can be read", async () => {
    const publisherOf = async (stderr: Written) => connectPublisher(await stderr.waitFor(/comes at (tcp:\/\/[\d.:]+)/));
    let room = 3000;
    const stderr = new Written();
    const code = recordCode({
      sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })],
      file,
      stderr,
      signal: new AbortController().signal,
      openFile: async (name, flags) => {
        const { open } = await import("node:fs/promises");
        const handle = await open(name, flags);
        return {
          // As a disk does it: what fits is written, and the next call fails.
          write: async (bytes: Buffer, offset: number, length: number) => {
            if (room === 0) throw FULL;
            const fits = Math.min(room, length);
            room -= fits;
            return handle.write(bytes, offset, fits, null);
          },
          truncate: () => Promise.reject(FULL),
          datasync: () => handle.datasync(),
          close: () => handle.close(),
        } as never;
      },
    });
    const publisher = await publisherOf(stderr);
    for (let i = 0; i < 100; i++) await publisher.send("t", `${i} ${"x".repeat(50)}`);
    assert.equal(await withDeadline("the end", code), 1);
    publisher.close();
    assert.match(stderr.text, /The disk is full: .* is readable up to the last message written\./);
    const { messages, ending } = await readAll(file);
    assert.equal(ending.kind, "cut-off");
    assert.ok(messages.length >= 1 && messages.length < 100);
    assert.match(stderr.text, new RegExp(`Recorded ${messages.length} message`));
  });

  it("[RC3c] --max ends it, and the file is no larger", async () => {
    const recorder = await Recorder.open({ file, info: INFO, maxBytes: 2000 });
    for (let i = 0; i < 100; i++) recorder.add(0, [Buffer.alloc(72)], i);
    assert.deepEqual(await withDeadline("the end", recorder.ended), { kind: "full" });
    await recorder.close(200);
    const { messages, ending } = await readAll(file);
    assert.deepEqual(ending, { kind: "whole" });
    const bytes = (await readFile(file)).length;
    assert.ok(bytes <= 2000 && bytes > 1900, `${bytes} bytes`);
    assert.equal(recorder.counts.messages, messages.length);
  });

  it("[RC3d] does not write over a file unless it is told to, and leaves none for an address that cannot be used", async () => {
    await writeFile(file, "precious");
    const stderr = new Written();
    const sources = [sourceOf({ bind: ["tcp://127.0.0.1:*"] })];
    const { signal } = new AbortController();
    assert.equal(await recordCode({ sources, file, stderr, signal }), 1);
    assert.match(stderr.text, /is there already\. Give another name, or --overwrite\./);
    assert.equal(await readFile(file, "utf8"), "precious");
    assert.equal(await recordCode({ sources, file, stderr, signal, isOverwriting: true, forMs: 1 }), 0);
    assert.deepEqual((await readAll(file)).ending, { kind: "whole" });
    const other = join(directory, "other.plotrec");
    const wrong = [sourceOf({ bind: ["tcp://127.0.0.1"] })];
    assert.equal(await recordCode({ sources: wrong, file: other, stderr, signal }), 4);
    await assert.rejects(readFile(other), { code: "ENOENT" });
  });
});
