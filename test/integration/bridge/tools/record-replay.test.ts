import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Subscriber } from "zeromq";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { Recorder } from "../../../../bridge/tools/record/recorder.ts";
import { Schedule } from "../../../../bridge/tools/replay/schedule.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { listen, recordCode, replayCode, Written } from "../../../support/tool.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const INFO = {
  startedAt: "2026-01-01T00:00:00.000Z",
  sources: [
    { name: "main", addresses: [] },
    { name: "other", addresses: [] },
  ],
};

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "plotcast-replay-"));
  file = join(directory, "lab.plotrec");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Messages `source index text` a microsecond apart. */
async function recorded(messages: number, sources = 1, bytes = 0): Promise<void> {
  const recorder = await Recorder.open({ file, info: INFO, queueBytes: 2 ** 30 });
  for (let i = 0; i < messages; i++) {
    recorder.add(
      i % sources,
      [Buffer.from(i % 2 === 0 ? "even" : "odd"), Buffer.from(String(i).padEnd(bytes))],
      1e15 + i,
    );
  }
  await recorder.close(2e15);
}

const DEFAULTS = { speed: Number.POSITIVE_INFINITY, isLooping: false, bind: [] };

describe("when messages are due", () => {
  it("[RP2a] as far from the first as they came, divided by the speed", () => {
    const schedule = new Schedule(10, 500);
    const due = [1e15, 1e15 + 1_000_000, 1e15 + 1_000_001, 1e15 + 3_600e6].map((atUs) => schedule.due(atUs));
    assert.deepEqual(due, [500, 600, 600.0001, 500 + 360_000]);
  });

  it("[RP2b] does not depend on how late those before were, and never goes back", () => {
    const schedule = new Schedule(1, 0);
    assert.deepEqual(
      [1000, 3000, 2000, 4000].map((atUs) => schedule.due(atUs)),
      [0, 2, 2, 3],
    );
  });

  it("[RP2] begins again one average distance after the last", () => {
    const schedule = new Schedule(1, 0);
    for (const atUs of [0, 1000, 4000]) schedule.due(atUs);
    schedule.again();
    assert.deepEqual(
      [0, 1000, 4000].map((atUs) => schedule.due(atUs)),
      [6, 7, 10],
    );
    schedule.again();
    assert.equal(schedule.due(0), 12);
    const alone = new Schedule(1, 0);
    alone.due(77);
    alone.again();
    assert.equal(alone.due(77), 1000);
  });

  it("[RP2b] all at once at max", () => {
    const schedule = new Schedule(Number.POSITIVE_INFINITY, 5);
    assert.deepEqual(
      [0, 1e12].map((atUs) => schedule.due(atUs)),
      [5, 5],
    );
  });
});

describe("replay", () => {
  it("[RC1] [RP1a] sends exactly what was recorded from sockets, in order", async () => {
    const stop = new AbortController();
    const stderr = new Written();
    const recording = recordCode({
      sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })],
      file,
      stderr,
      signal: stop.signal,
    });
    const publisher = await connectPublisher(await stderr.waitFor(/comes at (tcp:\/\/[\d.:]+)/));
    const sent: string[][] = [];
    for (let i = 0; i < 500; i++) sent.push(i % 3 === 0 ? [`{"y":${i}}`] : [`t${i % 3}`, "", `\u0000\u00ff${i}`]);
    for (const frames of sent) await publisher.send(...frames.map((frame) => Buffer.from(frame, "latin1")));
    // Ending reads what has arrived.
    await waitFor("all of it recorded", async () => (await readFile(file, "latin1")).includes('{"y":498}'));
    stop.abort();
    assert.equal(await withDeadline("the end of recording", recording), 0);
    assert.match(stderr.text, /Recorded 500 messages in/);
    publisher.close();

    const listener = await listen();
    const told = new Written();
    const code = await withDeadline(
      "the end of playing",
      replayCode({
        ...DEFAULTS,
        file,
        speed: 1,
        connect: [listener.address],
        stderr: told,
        signal: new AbortController().signal,
      }),
    );
    assert.equal(code, 0);
    await waitFor("all of it played", () => listener.messages.length >= sent.length);
    assert.deepEqual(listener.messages, sent);
    assert.match(told.text, /Played 500 messages/);
    listener.close();
  });

  it("[RP3a] drops nothing at max, though a subscriber reads slowly, and waits for it", async () => {
    await recorded(50_000, 1, 1000);
    const socket = new Subscriber({ linger: 0, receiveHighWaterMark: 10 });
    socket.subscribe("");
    await socket.bind("tcp://127.0.0.1:*");
    const stderr = new Written({ columns: 200, rows: 50 });
    const { signal } = new AbortController();
    const ended = replayCode({ ...DEFAULTS, file, connect: [socket.lastEndpoint ?? ""], stderr, signal });
    // A bound SUB subscribes only while it is read.
    assert.equal(Number((await socket.receive())[1]), 0);
    await stderr.waitFor(/a subscriber does not keep up/);
    let next = 1;
    for await (const [, number] of socket) {
      assert.equal(Number(number), next++);
      if (next === 50_000) break;
    }
    assert.equal(await withDeadline("the end", ended), 0);
    assert.match(stderr.text, /Played 50,000 messages/);
    socket.close();
  });

  it("[RP3] a process that plays ends only when a slow subscriber has had everything", async () => {
    await recorded(3000, 1, 10_000);
    const socket = new Subscriber({ linger: 0, receiveHighWaterMark: 10 });
    socket.subscribe("");
    await socket.bind("tcp://127.0.0.1:*");
    const options = { ...DEFAULTS, file, connect: [socket.lastEndpoint] };
    const module = new URL("../../../support/tool.ts", import.meta.url).href;
    const script =
      `import { replayCode } from ${JSON.stringify(module)};` +
      `process.exitCode = await replayCode({ ...${JSON.stringify(options)}, speed: Infinity, stderr: process.stderr });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = once(child, "exit");
    const stderr = new Written();
    child.stderr.on("data", (data) => stderr.write(String(data)));
    let next = 0;
    for await (const [, number] of socket) {
      assert.equal(Number(number), next++);
      // The rest waits in the child, which has nothing else to do: zeromq.js then says so.
      if (next === 2100) await stderr.waitFor(/Played 3,000 messages[\s\S]*Waiting for queued ZeroMQ messages/);
      if (next === 3000) break;
    }
    assert.deepEqual(await withDeadline("the end of the process", ended), [0, null]);
    socket.close();
  });

  it("[RP1b] binds, waits for who subscribes, tells what nobody wanted, and plays one source alone", async () => {
    await recorded(1000, 2);
    const stderr = new Written();
    const { signal } = new AbortController();
    const bind = ["tcp://127.0.0.1:*"];
    const ended = replayCode({ ...DEFAULTS, file, bind, connect: [], source: "other", stderr, signal });
    const socket = new Subscriber({ linger: 0 });
    socket.subscribe("odd", "none");
    socket.connect(await stderr.waitFor(/Waiting for a subscriber at (tcp:\/\/[\d.:]+)/));
    for (let i = 1; i < 1000; i += 2) assert.equal(String((await socket.receive())[1]), String(i));
    assert.equal(await withDeadline("the end", ended), 0);
    assert.match(stderr.text, /Played 500 messages/);
    assert.doesNotMatch(stderr.text, /nobody subscribed/);
    socket.close();

    const again = new Written();
    const evens = replayCode({ ...DEFAULTS, file, bind, connect: [], stderr: again, signal });
    const other = new Subscriber({ linger: 0 });
    other.subscribe("odd");
    other.connect(await again.waitFor(/Waiting for a subscriber at (tcp:\/\/[\d.:]+)/));
    for (let i = 1; i < 1000; i += 2) assert.equal(String((await other.receive())[1]), String(i));
    assert.equal(await withDeadline("the end", evens), 0);
    assert.match(again.text, /Of these nobody subscribed to 500: they went nowhere\./);
    other.close();
  });

  it("[RP1c] --loop goes on until it is told to end", async () => {
    await recorded(10);
    const listener = await listen();
    const stop = new AbortController();
    const options = { ...DEFAULTS, isLooping: true, connect: [listener.address], stderr: new Written() };
    const ended = replayCode({ ...options, file, signal: stop.signal });
    await waitFor("three rounds", () => listener.messages.length >= 30);
    stop.abort();
    assert.equal(await withDeadline("the end", ended), 0);
    assert.deepEqual(
      listener.messages.slice(0, 30).map(([, number]) => Number(number)),
      Array.from({ length: 30 }, (_, i) => i % 10),
    );
    listener.close();
  });

  it("[RP1b] says what is wrong: nobody subscribes, no recording, no messages, no such source, an address", async () => {
    const stderr = new Written();
    const { signal } = new AbortController();
    const listener = await listen();
    const replay = (more: object) =>
      replayCode({ ...DEFAULTS, file, connect: [listener.address], stderr, signal, waitMs: 50, ...more });
    await recorded(1);
    assert.equal(await replay({ connect: [], bind: ["tcp://127.0.0.1:*"] }), 1);
    assert.match(stderr.text, /Nobody subscribed at .* within 0\.1 s: is a bridge running there\?/);
    assert.equal(await replay({ source: "nix", waitMs: 5000 }), 1);
    assert.match(stderr.text, /has no source nix; it has main, other\./);
    assert.equal(await replay({ source: "other", waitMs: 5000 }), 1);
    assert.match(stderr.text, /holds no messages of the source other\./);
    assert.equal(await replay({ connect: ["tcp://127.0.0.1"] }), 4);
    assert.match(stderr.text, /Cannot connect to tcp:\/\/127\.0\.0\.1: a tcp address ends with a port/);
    assert.equal(await replay({ file: join(directory, "none") }), 1);
    assert.match(stderr.text, /none cannot be played: there is no such file or folder \(ENOENT\)\./);
    await writeFile(file, "garbage");
    assert.equal(await replay({}), 1);
    assert.match(stderr.text, /is no recording: it does not begin as one that plotcast record wrote\./);
    listener.close();
  });

  it("[RC2a] [RP1] plays a recording that was cut off up to there, and says so", async () => {
    await recorded(100);
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.length - 50));
    const listener = await listen();
    const stderr = new Written();
    const { signal } = new AbortController();
    assert.equal(await replayCode({ ...DEFAULTS, file, connect: [listener.address], stderr, signal }), 0);
    await waitFor("what is whole", () => listener.messages.length >= 99);
    assert.equal(listener.messages.length, 99);
    assert.match(stderr.text, /was cut off at byte [\d,]+: it ends with the last whole message before/);
    listener.close();
  });
});
