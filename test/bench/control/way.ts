import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Edge, startEdge } from "../../support/edge.ts";
import { newChannel } from "../../support/publish.ts";
import { withDeadline } from "../../support/wait.ts";
import { TortureBridge } from "../../torture/bridge.ts";
import { freePort } from "../../torture/free-port.ts";
import { Random } from "../../torture/random.ts";

/** Between two viewers and a program. Times are of the machine's monotonic clock. */
export interface Way {
  name: string;
  /** Resolves when it was said, in nanoseconds; once it is confirmed to the sender, where that is known. Values are 1, 2, 3, … */
  set(value: number): Promise<bigint>;
  /** When the other viewer had it, confirmed. */
  seenNs(value: number): Promise<bigint | undefined>;
  /** It prints `VALUE NANOSECONDS` when a value comes. */
  program: ChildProcess;
  close(): unknown;
}

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const children: ChildProcess[] = [];

/** Ends every process that was started here. */
export function endChildren(): void {
  for (const child of children.splice(0)) child.kill("SIGKILL");
}

/** A Worker, a bridge and a program with a knob. */
export async function startPlotcast(): Promise<{
  edge: Edge;
  url: URL;
  language: string;
  program: ChildProcess;
  close(): Promise<void>;
}> {
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
  return {
    edge,
    url,
    language: hasZmq ? "Python" : "Node",
    program: started(command, publishAt, controlAt),
    async close() {
      await bridge.kill();
      await edge.close();
    },
  };
}

/** A Socket.IO server and a program. */
export async function startSocketIo(): Promise<{ url: string; program: ChildProcess }> {
  const server = fork(pathOf("socket-io-server.ts"));
  children.push(server);
  const [port]: unknown[] = await withDeadline("the Socket.IO server", once(server, "message"));
  const url = `http://127.0.0.1:${port}`;
  const program = started([process.execPath, pathOf("socket-io-program.ts")], url);
  if (program.stdout !== null) await withDeadline("its program", once(program.stdout, "data"));
  return { url, program };
}

function started([program = "", ...args]: readonly string[], ...more: readonly string[]): ChildProcess {
  const child = spawn(program, [...args, ...more], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return child;
}
