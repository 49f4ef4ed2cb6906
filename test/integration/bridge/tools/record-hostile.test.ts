/** Recordings that nobody recorded, and places where one must not be written. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { crc32, gzipSync } from "node:zlib";
import { SourceError } from "../../../../bridge/sources/errors.ts";
import { writeKeys } from "../../../../bridge/sources/zeromq/security/curve-keys.ts";
import { openRecording } from "../../../../bridge/tools/record/read-recording.ts";
import { Recorder } from "../../../../bridge/tools/record/recorder.ts";
import { encodeHead, RecordingError } from "../../../../bridge/tools/record/recording.ts";
import { Playback } from "../../../../bridge/tools/replay/playback.ts";
import { directoryOf } from "../../../support/bridge-process.ts";
import { encoded, INFO, message, readAll } from "../../../support/recording.ts";
import { replayCode, Written } from "../../../support/tool.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const MIB = 2 ** 20;
const FIRST = encoded([message(1, "a", "one")]);

async function fileOf(t: TestContext, name = "lab.plotrec"): Promise<string> {
  return join(await directoryOf(t), name);
}

/** A record of this body, with its sum. */
function recordOf(body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(body.length, 0);
  head.writeUInt32LE(crc32(body), 4);
  return Buffer.concat([head, body]);
}

function bodyOf(frames: number, rest: Buffer): Buffer {
  const body = Buffer.alloc(16);
  body[0] = 1;
  body.writeUInt32LE(frames, 4);
  return Buffer.concat([body, rest]);
}

/** The most memory that is used while all of it is read, beyond what was before. */
async function memoryFor(file: string): Promise<number> {
  const used = (): number => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  const before = used();
  let most = before;
  const { batches } = await openRecording(file);
  for await (const _ of batches) most = Math.max(most, used());
  return Math.max(most, used()) - before;
}

test("[RC2c] a message of 64 MiB is read; one that says it has more is damage", async (t) => {
  const file = await fileOf(t);
  const frame = Buffer.alloc(64 * MIB - 20, 7);
  const length = Buffer.alloc(4);
  for (const [more, kind, messages] of [
    [0, "cut-off", 2],
    [1, "damaged", 1],
  ] as const) {
    length.writeUInt32LE(frame.length + more);
    const body = bodyOf(1, Buffer.concat([length, frame, Buffer.alloc(more)]));
    assert.equal(body.length, 64 * MIB + more);
    await writeFile(file, Buffer.concat([encodeHead(INFO), FIRST, recordOf(body)]));
    const read = await readAll(file);
    assert.deepEqual([read.ending.kind, read.messages.length], [kind, messages]);
  }
});

test("[RC2c] a message of 65,536 frames is read; one of more is damage", async (t) => {
  const file = await fileOf(t);
  for (const [frames, kind, messages] of [
    [65_536, "cut-off", 2],
    [65_537, "damaged", 1],
    [16_000_000, "damaged", 1],
  ] as const) {
    const body = bodyOf(frames, Buffer.alloc(4 * frames));
    await writeFile(file, Buffer.concat([encodeHead(INFO), FIRST, recordOf(body)]));
    const read = await readAll(file);
    assert.deepEqual([read.ending.kind, read.messages.length], [kind, messages]);
  }
});

test("[RC2c] a recording has 1,024 sources at most, and a head of 1 MiB", async (t) => {
  const file = await fileOf(t);
  const sources = (count: number) => Array.from({ length: count }, () => ({ name: "s", addresses: [] }));
  await writeFile(file, encodeHead({ startedAt: "", sources: sources(1024) }));
  assert.equal((await openRecording(file)).info.sources.length, 1024);
  const deep = Buffer.from(`${"[".repeat(500_000)}${"]".repeat(500_000)}`);
  for (const head of [
    encodeHead({ startedAt: "", sources: sources(1025) }),
    encodeHead({ startedAt: "x".repeat(MIB), sources: [] }),
    Buffer.concat([headOf(deep), deep]),
    headOf(Buffer.alloc(0xffff_ffff % MIB), 0xffff_ffff),
  ]) {
    await writeFile(file, head);
    await assert.rejects(openRecording(file), { name: "RecordingError", message: /head is damaged/ });
  }
});

function headOf(info: Buffer, bytes = info.length): Buffer {
  const head = encodeHead({ startedAt: "", sources: [] }).subarray(0, 20);
  head.writeUInt32LE(bytes, 12);
  head.writeUInt32LE(crc32(info), 16);
  return Buffer.from(head);
}

test("[RC2] a small gzip of a gigabyte, and a file that says it is one, take no memory", async (t) => {
  const bomb = await fileOf(t, "bomb.plotrec.gz");
  // One record that says it has 1 GiB, then zeros: 1 MB of gzip members.
  const claim = Buffer.alloc(8);
  claim.writeUInt32LE(2 ** 30);
  const zeros = gzipSync(Buffer.alloc(64 * MIB), { level: 9 });
  await writeFile(
    bomb,
    Buffer.concat([gzipSync(Buffer.concat([encodeHead(INFO), FIRST, claim])), ...Array(16).fill(zeros)]),
  );
  assert.ok(statSync(bomb).size < 2 * MIB);
  const sparse = await fileOf(t, "sparse.plotrec");
  await writeFile(sparse, Buffer.concat([encodeHead(INFO), FIRST, claim]));
  await truncate(sparse, 2 ** 30);
  // Records of a kind that nobody knows are skipped, as many as there are.
  const unknown = await fileOf(t, "unknown.plotrec.gz");
  const body = Buffer.alloc(MIB);
  body[0] = 9;
  const records = gzipSync(Buffer.concat(Array(64).fill(recordOf(body))), { level: 9 });
  await writeFile(unknown, Buffer.concat([gzipSync(encodeHead(INFO)), ...Array(16).fill(records), gzipSync(FIRST)]));
  for (const file of [bomb, sparse, unknown]) {
    const bytes = await memoryFor(file);
    assert.ok(bytes < 150 * MIB, `${file}: ${Math.round(bytes / MIB)} MiB`);
  }
  assert.deepEqual((await readAll(unknown)).messages, [["a", "one"]]);
  assert.deepEqual((await readAll(bomb)).ending.kind, "damaged");
});

test("[RC2b] what is no file is no recording, and nothing waits for it", async (t) => {
  const directory = await directoryOf(t);
  const pipe = join(directory, "pipe");
  execFileSync("mkfifo", [pipe]);
  for (const file of [directory, pipe, "/dev/zero", "/dev/null"])
    await assert.rejects(
      openRecording(file),
      (error) => error instanceof RecordingError && /no file/.test(error.message),
    );
  const stderr = new Written();
  const code = await replayCode({
    file: pipe,
    speed: 1,
    isLooping: false,
    bind: ["tcp://127.0.0.1:*"],
    connect: [],
    stderr,
  });
  assert.equal(code, 1);
  assert.match(stderr.text, /is no recording: it is no file\.\n$/);
});

test("[RP2] a pause of any length is told, and ends at once when it is told to", async (t) => {
  const file = await fileOf(t);
  await writeFile(file, Buffer.concat([encodeHead(INFO), encoded([message(1, "a"), message(2 ** 53 - 1, "b")])]));
  const sent: string[] = [];
  const outlet = {
    unheard: 0,
    isHeld: false,
    send: async (frames: readonly Uint8Array[]) => sent.push(Buffer.concat(frames).toString()) > 0,
  };
  const playback = new Playback({ file, speed: 1, isLooping: false }, outlet);
  const stop = new AbortController();
  const ended = playback.run(stop.signal, () => undefined);
  await waitFor("the pause in the status", () => /the next message in 104,250 d/.test(playback.status()));
  assert.deepEqual(sent, ["a"]);
  stop.abort();
  await withDeadline("the end", ended);
});

test("[RC1b] a recording is its user's alone, and follows no link", async (t) => {
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const directory = await directoryOf(t);
  const path = (name: string): string => join(directory, name);
  const open = async (name: string, isOverwriting = false): Promise<void> => {
    const recorder = await Recorder.open({ file: path(name), info: INFO, isOverwriting });
    await recorder.close(1);
  };
  await open("new");
  assert.equal(statSync(path("new")).mode & 0o777, 0o600);
  writeFileSync(path("victim"), "precious");
  symlinkSync(path("victim"), path("link"));
  symlinkSync(path("nowhere"), path("dangling"));
  for (const isOverwriting of [false, true]) {
    for (const name of ["link", "dangling"]) await assert.rejects(open(name, isOverwriting), { code: "EEXIST" });
  }
  assert.equal(readFileSync(path("victim"), "utf8"), "precious");
  assert.throws(() => statSync(path("nowhere")), { code: "ENOENT" });
  // What somebody else made readable for all does not stay so.
  writeFileSync(path("open"), "old", { mode: 0o666 });
  await assert.rejects(open("open"), { code: "EEXIST" });
  await open("open", true);
  assert.equal(statSync(path("open")).mode & 0o777, 0o600);
  assert.equal((await readAll(path("open"))).ending.kind, "whole");
});

test("[BR21] keys are written to no link, and the secret one is its user's alone", async (t) => {
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const directory = await directoryOf(t);
  const path = (name: string): string => join(directory, name);
  const keys = { publicKey: "p".repeat(40), secretKey: "s".repeat(40) };
  symlinkSync(path("nowhere"), path("a.key_secret"));
  symlinkSync(path("nowhere"), path("b.key"));
  for (const name of ["a", "b"]) assert.throws(() => writeKeys(path(name), keys), SourceError);
  assert.throws(() => statSync(path("nowhere")), { code: "ENOENT" });
  assert.throws(() => statSync(path("b.key_secret")), { code: "ENOENT" }, "nothing is left behind");
  const { secretFile, publicFile } = writeKeys(path("c"), keys);
  assert.equal(statSync(secretFile).mode & 0o777, 0o600);
  assert.equal(statSync(publicFile).mode & 0o777, 0o644);
});
