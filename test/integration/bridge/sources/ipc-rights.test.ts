import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { lockedOutLines } from "../../../../bridge/cli/exposure.ts";
import { findingText, placeOf, probe } from "../../../../bridge/tools/inspect/probe.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { directoryFor, receiving } from "../../../support/receiving.ts";
import { waitFor } from "../../../support/wait.ts";

//     a user ─ipc→ another user's socket

const NOBODY = 65_534;
/** Rights bind everybody but root, who can become somebody else. */
const asNobody = { timeout: 30_000, skip: process.getuid?.() === 0 ? false : "only root can become another user" };

/** Runs this as another user. The parts of the bridge are loaded before, as that user may not read them. */
const AS_NOBODY = `
const [what, address] = process.argv.slice(1);
const root = ${JSON.stringify(new URL("../../../../bridge/", import.meta.url))};
const { Receiver } = await import(root + "sources/zeromq/receiver.ts");
const { defaultSocket } = await import(root + "../test/support/default-socket.ts");
const { createLog } = await import(root + "observability/log.ts");
const { findingText, placeOf, probe } = await import(root + "tools/inspect/probe.ts");
process.setgroups([]);
process.setgid(${NOBODY});
process.setuid(${NOBODY});
if (what === "probe") console.log(findingText(address, await probe(placeOf(address)), "sub"));
else {
  const said = Promise.withResolvers();
  const log = createLog("text", "info", (line) => {
    console.log(line);
    said.resolve();
  });
  const socket = defaultSocket({ [what]: [address] });
  try {
    const receiver = await Receiver.open({ socket, onMessage: () => undefined, log, bindWithinMs: 0 });
    const late = setTimeout(() => said.reject(new Error("nothing was said within 20 s")), 20_000);
    if (what === "connect") await said.promise;
    clearTimeout(late);
    await receiver.close();
    console.log("closed");
  } catch (error) {
    console.log(error.message);
  }
}
process.exit(0);
`;

async function nobodys(what: "bind" | "connect" | "probe", address: string): Promise<string> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", AS_NOBODY, what, address], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: "/tmp", XDG_RUNTIME_DIR: "" },
  });
  let out = "";
  child.stdout.on("data", (data) => {
    out += String(data);
  });
  await once(child, "close");
  return out;
}

async function listening(t: TestContext, path: string): Promise<void> {
  const server = createServer((socket) => socket.destroy());
  t.after(() => server.close());
  await once(server.listen(path), "listening");
}

async function openDirectory(t: TestContext): Promise<string> {
  const directory = await directoryFor(t);
  await chmod(directory, 0o755);
  return directory;
}

it("[BR19j] a socket that this user may not write to is told from one where nobody listens", asNobody, async (t) => {
  const path = join(await openDirectory(t), "s");
  await listening(t, path);
  await chmod(path, 0o755);
  const address = `ipc://${path}`;
  const [said, looked, bound] = await Promise.all([
    nobodys("connect", address),
    nobodys("probe", address),
    nobodys("bind", address),
  ]);
  assert.match(said, /s is not connected yet: this user may not connect there\. .*\(chmod\).*\(EACCES\)\. Trying on\./);
  assert.match(looked, /s cannot be connected to: this user may not write to the socket.*chmod a\+w/);
  assert.match(bound, /Cannot bind to ipc:\S+: a socket is there that this user may not connect to \(EACCES\)/);
  assert.doesNotMatch(said + looked + bound, /[Nn]obody listens|Nothing listens|another program is using/);
  await chmod(path, 0o777);
  assert.match(await nobodys("probe", address), /does not speak ZeroMQ/);
});

it("[BR19j] a folder that this user may not enter, or write to, is named", asNobody, async (t) => {
  const directory = await openDirectory(t);
  assert.match(
    await nobodys("bind", `ipc://${directory}/s`),
    /Cannot bind to ipc:\S+: this user may not make a socket in \S+ \(EACCES\)\. Give a path where it may write/,
  );
  const locked = join(directory, "locked");
  await mkdir(locked, { mode: 0o700 });
  await listening(t, join(locked, "s"));
  assert.match(
    await nobodys("probe", `ipc://${locked}/s`),
    /cannot be connected to: this user may not enter the folder \S+locked\. /,
  );
});

it("[BR1g] who else may connect to an ipc socket that is bound is said where not everybody may", async (t) => {
  const directory = await openDirectory(t);
  const path = join(directory, "s");
  const { address } = await receiving(t, { bind: [`ipc://${path}`] });
  await chmod(path, 0o755);
  const [line = "", ...more] = await lockedOutLines([address, "tcp://127.0.0.1:5000", "ipc://@abstract"]);
  assert.deepEqual(more, []);
  assert.match(
    line,
    /^Not every user of this machine can connect to ipc:\S+: its socket has mode 0755\. .* chmod a\+w \S+ after each start, or start this bridge with umask 0/,
  );
  await chmod(path, 0o777);
  assert.deepEqual(await lockedOutLines([address]), []);
  await chmod(directory, 0o700);
  const [folder = ""] = await lockedOutLines([address]);
  assert.match(folder, /: the folder \S+ has mode 0700\. .* To let them in: chmod a\+x \S+\.$/);
});

it("[BR19j] where nobody listens, that is said of an ipc path", async (t) => {
  const directory = await openDirectory(t);
  const address = `ipc://${directory}/none`;
  const place = placeOf(address);
  assert.ok(place !== undefined);
  assert.match(
    findingText(address, await probe(place), "sub") ?? "",
    /Nothing listens at ipc:\S+none\. .*is this its path\?/,
  );
  const { address: bound, messages } = await receiving(t, { bind: [`ipc://${directory}/s`] });
  const publisher = await connectPublisher(bound);
  t.after(() => publisher.close());
  await publisher.send("1");
  await waitFor("the message", () => messages.length > 0);
  assert.deepEqual(messages, ["1"]);
});
