/**
 * `npm run bench:control [-- --sets N]`: how long it takes from `set`, as a viewer says it, to the ZeroMQ message in a program, and to the
 * confirmed value at another viewer; beside a bare Socket.IO server that does the same with acknowledgements. One set after the other.
 * Processes: viewers (this one), Worker, bridge, program; or viewers, server, program.
 */
import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { io, type Socket } from "socket.io-client";
import { openRoom } from "../../../client/room/open-room.ts";
import { startEdge } from "../../support/edge.ts";
import { newChannel } from "../../support/publish.ts";
import { waitFor, withDeadline } from "../../support/wait.ts";
import { TortureBridge } from "../../torture/bridge.ts";
import { freePort } from "../../torture/free-port.ts";
import { Random } from "../../torture/random.ts";

const { values: options } = parseArgs({ options: { sets: { type: "string", default: "500" } } });
const sets = Number(options.sets);
const WARM_UP = 50;
const PAUSE_MS = 10;
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const children: ChildProcess[] = [];

interface Measured {
  toProgramMs: number[];
  toOtherMs: number[];
}

/** Between two viewers and a program. */
interface Way {
  name: string;
  /** Resolves once it is confirmed to the sender. */
  set(value: number): Promise<unknown>;
  /** Is told of each value that another viewer sees. */
  seen: (value: number) => void;
  program: ChildProcess;
  close(): unknown;
}

for (const open of [plotcast, socketIo]) {
  const way = await open();
  try {
    const { toProgramMs, toOtherMs } = await measure(way);
    console.log(`${way.name}; ${sets} sets, load ${loadavg()[0]?.toFixed(1)}`);
    console.log(`  to the program:                       ${text(toProgramMs)}`);
    console.log(`  to the confirmed value at another:    ${text(toOtherMs)}`);
  } finally {
    await way.close();
    for (const child of children.splice(0)) child.kill("SIGKILL");
  }
}
process.exit();

async function measure(way: Way): Promise<Measured> {
  const came = new Map<number, bigint>();
  const seen = new Map<number, bigint>();
  const lines = createInterface({ input: way.program.stdout ?? process.stdin });
  lines.on("line", (line) => {
    const [value, ns] = line.split(" ");
    if (ns !== undefined) came.set(Number(value), BigInt(ns));
  });
  way.seen = (value) => {
    if (!seen.has(value)) seen.set(value, process.hrtime.bigint());
  };
  const measured: Measured = { toProgramMs: [], toOtherMs: [] };
  for (let value = 1; value <= WARM_UP + sets; value++) {
    const saidNs = process.hrtime.bigint();
    await way.set(value);
    const isThere = (): boolean => came.has(value) && seen.has(value);
    if (!isThere()) await waitFor(`the value ${value} everywhere`, isThere, { everyMs: 1 });
    if (value > WARM_UP) {
      measured.toProgramMs.push(msBetween(saidNs, came.get(value)));
      measured.toOtherMs.push(msBetween(saidNs, seen.get(value)));
    }
    await sleep(PAUSE_MS);
  }
  return measured;
}

async function plotcast(): Promise<Way> {
  const edge = await startEdge({ vars: { PUBLIC_RIGHTS: "**=control+presence" } });
  const url = edge.channelUrl(newChannel());
  const random = new Random(process.pid);
  const [publishAt, controlAt] = [await freePort(random), await freePort(random)].map((at) => `tcp://127.0.0.1:${at}`);
  if (publishAt === undefined || controlAt === undefined) throw new Error("there are no ports");
  const args = ["--to", url.href, "--bind", publishAt, "--control", controlAt];
  const bridge = new TortureBridge(args, edge.token ?? "");
  await bridge.start();
  const hasZmq = spawnSync("/usr/bin/python3", ["-c", "import zmq"]).status === 0;
  const command = hasZmq ? ["/usr/bin/python3", pathOf("program.py")] : [process.execPath, pathOf("program.ts")];
  const program = started(command, publishAt, controlAt);
  const [ada, ben] = [await openRoom(url), await openRoom(url)];
  await waitFor("the knob at both", () => ada.controls.has("knob") && ben.controls.has("knob"), { deadlineMs: 20_000 });
  const way: Way = {
    name: `Plotcast, a program in ${hasZmq ? "Python" : "Node"}`,
    set: (value) => ada.set("knob", value),
    seen: () => undefined,
    program,
    async close() {
      ada.close();
      ben.close();
      await bridge.kill();
      await edge.close();
    },
  };
  ben.when("controls", ({ changed }) => {
    for (const { value, desired } of changed)
      if (desired?.stage === "confirmed" && typeof value === "number") way.seen(value);
  });
  return way;
}

async function socketIo(): Promise<Way> {
  const server = fork(pathOf("socket-io-server.ts"));
  children.push(server);
  const [port]: unknown[] = await withDeadline("the Socket.IO server", once(server, "message"));
  const url = `http://127.0.0.1:${port}`;
  const program = started([process.execPath, pathOf("socket-io-program.ts")], url);
  if (program.stdout !== null) await withDeadline("its program", once(program.stdout, "data"));
  const connected = async (): Promise<Socket> => {
    const socket = io(url, { transports: ["websocket"] });
    await withDeadline("a viewer", new Promise<void>((resolve) => socket.once("connect", resolve)));
    return socket;
  };
  const [ada, ben] = [await connected(), await connected()];
  const way: Way = {
    name: "A bare Socket.IO server, a program in Node",
    set: (value) => ada.timeout(5000).emitWithAck("set", value),
    seen: () => undefined,
    program,
    close() {
      ada.close();
      ben.close();
    },
  };
  ben.on("value", (value: number) => way.seen(value));
  return way;
}

function started([program = "", ...args]: readonly string[], ...more: readonly string[]): ChildProcess {
  const child = spawn(program, [...args, ...more], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return child;
}

function msBetween(fromNs: bigint, toNs: bigint | undefined): number {
  return toNs === undefined ? Number.NaN : Number(toNs - fromNs) / 1e6;
}

function text(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`;
}
