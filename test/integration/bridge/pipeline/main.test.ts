import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { type FakeWorker, startFakeWorker } from "../../../support/fake-worker.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     publisher ─ZeroMQ→ `node bridge/cli/main.ts` ─HTTP→ fake Worker

const MAIN = fileURLToPath(new URL("../../../../bridge/cli/main.ts", import.meta.url));

let worker: FakeWorker;
let children: ChildProcess[];
let directory: string;

beforeEach(async () => {
  worker = await startFakeWorker();
  directory = await mkdtemp(join(tmpdir(), "plotcast-main-"));
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await worker.close();
  await rm(directory, { recursive: true, force: true });
});

interface Running {
  child: ChildProcess;
  /** Resolves to the exit code, null after a signal that killed it. */
  exit: Promise<number | null>;
  stderr: () => string;
  stdout: () => string;
  /** The address it says it listens on. */
  address: () => Promise<string>;
}

function run(args: string[], env: Record<string, string> = { PUBLISH_TOKEN: "secret-token-16ch" }): Running {
  const { PUBLISH_TOKEN: _, ...inherited } = process.env;
  // The default spool is in the working directory.
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...inherited, ...env }, cwd: directory });
  children.push(child);
  let stderr = "";
  let stdout = "";
  child.stderr.on("data", (data) => {
    stderr += String(data);
  });
  child.stdout.on("data", (data) => {
    stdout += String(data);
  });
  const exit = once(child, "close").then(([code]: unknown[]) => (typeof code === "number" ? code : null));
  const address = () =>
    waitFor("the line that names the address", () => /Listening on (tcp:\/\/[\d.:]+)/.exec(stderr)?.[1]);
  return { child, exit, stderr: () => stderr, stdout: () => stdout, address };
}

function bridgeTo(to: URL, ...args: string[]): Running {
  return run(["--to", to.href, "--bind", "tcp://127.0.0.1:*", ...args]);
}

describe("the command", () => {
  it("[BR9] [BR10a] delivers what it has on SIGTERM, and ends with 0", async () => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    worker.script = (_, number) => (number === 1 ? { take: true, until: opened } : undefined);
    const bridge = bridgeTo(worker.url);
    const publisher = await connectPublisher(await bridge.address());
    for (let i = 0; i < 100; i++) await publisher.send(`[${i}, ${i}]`);
    await worker.waitForPosts(1);
    bridge.child.kill("SIGTERM");
    await waitFor("the line about ending", () => bridge.stderr().includes("what is left"));
    open();
    assert.equal(await withDeadline("the exit", bridge.exit), 0);
    publisher.close();
    assert.deepEqual(
      worker.points().map(({ x }) => x),
      Array.from({ length: 100 }, (_, i) => i),
    );
    assert.ok(!bridge.stderr().includes("secret-token"));
  });

  it("[BR1c] says at the start that only this machine can connect, and how to open it", async () => {
    const bridge = bridgeTo(worker.url);
    await waitFor("the line", () => /Only programs on this machine can connect\. .*--bind/.test(bridge.stderr()));
    bridge.child.kill("SIGTERM");
    await withDeadline("the exit", bridge.exit);
  });

  it("[BR1d] says where it listens and where it connects, each for what it is", async () => {
    const only = run(["--to", worker.url.href, "--connect", "tcp://127.0.0.1:1", "--connect", "tcp://127.0.0.1:2"]);
    await waitFor("the line", () =>
      / Connecting to tcp:\/\/127\.0\.0\.1:1, tcp:\/\/127\.0\.0\.1:2; delivering to http/.test(
        only.stderr().replaceAll('"', " "),
      ),
    );
    assert.doesNotMatch(only.stderr(), /Listening/);
    const both = bridgeTo(new URL("/c/both", worker.url), "--connect", "tcp://127.0.0.1:1");
    await waitFor("the line", () =>
      /Listening on tcp:\/\/127\.0\.0\.1:\d+; connecting to tcp:\/\/127\.0\.0\.1:1; delivering to /.test(both.stderr()),
    );
  });

  it("[BR9] [BR10d] ends at once on a second signal, with 3 when points are undelivered", async () => {
    worker.script = () => ({ take: false, status: 500 });
    const bridge = bridgeTo(worker.url);
    const publisher = await connectPublisher(await bridge.address());
    await publisher.send("[1, 1]");
    await worker.waitForPosts(1);
    bridge.child.kill("SIGINT");
    await waitFor("the line about ending", () => bridge.stderr().includes("what is left"));
    bridge.child.kill("SIGINT");
    // Without it, it would be 10 s.
    assert.equal(await withDeadline("the exit", bridge.exit, 9000), 3);
    publisher.close();
  });

  it("[BR10d] ends with 3 after 10 s when the Worker takes nothing", async () => {
    worker.script = () => ({ take: false, status: 500 });
    const bridge = bridgeTo(worker.url);
    const publisher = await connectPublisher(await bridge.address());
    await publisher.send("[1, 1]");
    await worker.waitForPosts(1);
    const askedAtMs = performance.now();
    bridge.child.kill("SIGTERM");
    assert.equal(await withDeadline("the exit", bridge.exit), 3);
    assert.ok(performance.now() - askedAtMs >= 9500);
    assert.match(bridge.stderr(), /1 point undelivered/);
    publisher.close();
  });

  it("[BR10e] [ST2] ends with 4 and one line that names the address and the option when it is in use", async () => {
    const first = bridgeTo(worker.url);
    const address = await first.address();
    const second = run(["--to", worker.url.href, "--bind", address, "--spool", "none"]);
    assert.equal(await withDeadline("the exit", second.exit), 4);
    const lines = second.stderr().trim().split("\n");
    assert.equal(lines.length, 1);
    assert.ok(lines[0]?.includes(address) && lines[0].includes("--bind"), lines[0]);
  });

  it("[BR10e] ends with 4 when an address is none", async () => {
    const bridge = run(["--bind", "port 5000"]);
    assert.equal(await withDeadline("the exit", bridge.exit), 4);
    assert.match(bridge.stderr(), /Cannot bind to port 5000: an address looks like tcp:\/\/\*:5000/);
  });

  it("[BR11a] [BR10c] ends with 2 without PUBLISH_TOKEN, and says what to do; there is no flag for it", async () => {
    for (const env of [{}, { PUBLISH_TOKEN: " " }] as Record<string, string>[]) {
      const bridge = run([], env);
      assert.equal(await withDeadline("the exit", bridge.exit), 2);
      assert.match(
        bridge.stderr(),
        /PUBLISH_TOKEN is not set\. Set it in the environment.*: PUBLISH_TOKEN=… plotcast …/,
      );
    }
    const flagged = run(["--token", "t"]);
    assert.equal(await withDeadline("the exit", flagged.exit), 2);
    const unusable = run([], { PUBLISH_TOKEN: "a b c" });
    assert.equal(await withDeadline("the exit", unusable.exit), 2);
  });

  it("[BR10c] ends with 2 on wrong usage", async () => {
    const wrong = [
      ["--to", "ftp://x/c/main"],
      ["--to", "http://x/main"],
      ["--to", "http://x/c/a b"],
      ["--to", "http://u:p@x/c/main"],
      ["--buffer", "much"],
      ["--buffer", "1KiB"],
      ["--log", "xml"],
      ["--spool", ""],
      ["--spool-max", "1KiB"],
      ["--expect-every", "soon"],
      ["--metrics", "99999"],
      ["--sequence-field", ""],
      ["surplus"],
    ].map((args) => ({ args, running: run(args) }));
    for (const { args, running } of wrong) {
      assert.equal(await withDeadline(`the exit of ${args.join(" ")}`, running.exit, 60_000), 2, args.join(" "));
      assert.doesNotMatch(running.stderr(), /^\s+at /m, "no stack");
    }
  });

  it("[BR10] documents its exit codes in --help", async () => {
    const help = run(["--help"], {});
    assert.equal(await withDeadline("the exit", help.exit), 0);
    for (const text of [
      "PUBLISH_TOKEN",
      "Exit codes",
      "--connect",
      "tcp://*:5000",
      "64MiB",
      "--spool none",
      "--metrics <[host:]port>",
      "inspect",
    ]) {
      assert.ok(help.stdout().includes(text), text);
    }
    // Another Node than npm's may be too old.
    assert.match(help.stdout(), /plotcast --to https/);
    assert.doesNotMatch(help.stdout(), /node bridge/);
    const version = run(["--version"], {});
    assert.equal(await withDeadline("the exit", version.exit), 0);
    assert.match(version.stdout(), /^\d+\.\d+\.\d+\n$/);
  });

  it("[BR12] keeps what is undelivered at the end in a file of the channel's own, and says so", async () => {
    worker.script = () => ({ take: false, status: 500 });
    const bridge = bridgeTo(worker.url);
    const publisher = await connectPublisher(await bridge.address());
    await publisher.send("[1, 1]");
    await worker.waitForPosts(1);
    bridge.child.kill("SIGINT");
    await waitFor("the line about ending", () => bridge.stderr().includes("what is left"));
    bridge.child.kill("SIGINT");
    assert.equal(await withDeadline("the exit", bridge.exit), 3);
    publisher.close();
    worker.script = () => undefined;
    // Another channel has another file, so it starts beside it.
    await bridgeTo(new URL("/c/other", worker.url)).address();
    bridgeTo(worker.url);
    await worker.waitForPoints(1);
    const names = await readdir(join(directory, ".plotcast"));
    assert.equal(names.filter((name) => name.endsWith(".db")).length, 2, String(names));
  });

  it("[BR24a] logs JSON with --log json", async () => {
    const bridge = bridgeTo(worker.url, "--log", "json");
    await bridge.address();
    const entry: unknown = JSON.parse(bridge.stderr().split("\n")[0] ?? "");
    assert.ok(typeof entry === "object" && entry !== null && "msg" in entry);
    bridge.child.kill("SIGTERM");
    assert.equal(await withDeadline("the exit", bridge.exit), 0);
  });
});
