/** The publisher and the bridge as processes of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { waitFor, withDeadline } from "../support/wait.ts";

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface SoakBridge {
  pid: number;
  address: string;
  /** What it says of itself at /metrics, summed over labels. */
  metrics(): Promise<Map<string, number>>;
  said(): string;
  /** Asks it to end, and waits until it has. @returns its exit code */
  stop(): Promise<unknown>;
}

/** Starts the real bridge, with its spool in `spool`; resolves once it listens. */
export async function startBridgeProcess(to: URL, token: string, spool: string): Promise<SoakBridge> {
  const args = ["--to", to.href, "--bind", "tcp://127.0.0.1:*", "--sequence-field", "n", "--metrics", "0"];
  const child = spawn(process.execPath, [fileOf("../../bridge/cli/main.ts"), ...args, "--spool", spool], {
    env: { ...process.env, PUBLISH_TOKEN: token },
    stdio: ["ignore", "ignore", "pipe"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  let said = "";
  child.stderr.on("data", (data) => {
    // Only what it says last is of interest, and a soak must not grow either.
    said = (said + String(data)).slice(-20_000);
  });
  const found = await waitFor("the bridge listening", () => {
    if (child.exitCode !== null) throw new Error(said);
    const address = /Listening on (tcp:\/\/[\d.:]+)/.exec(said)?.[1];
    const url = /Metrics at (http[^\s"]+)/.exec(said)?.[1];
    return address !== undefined && url !== undefined && { address, url };
  });
  return {
    pid: child.pid ?? 0,
    address: found.address,
    metrics: async () => parseMetrics(await (await fetch(found.url)).text()),
    said: () => said,
    stop: async () => {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      const [code] = await withDeadline("the bridge's end", exited, 20_000);
      return code;
    },
  };
}

function parseMetrics(text: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name, value] = /^(\w+)(?:\{[^}]*\})? (\S+)/.exec(line) ?? [];
    if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  return sums;
}

export interface SoakPublisher {
  pace(perSecond: number): void;
  /** How many points it has sent. */
  sent(): Promise<number>;
  /** Sends no more. @returns the last counter */
  finish(): Promise<number>;
  kill(): void;
}

export function startPublisherProcess(address: string, perSecond: number): SoakPublisher {
  const child = spawn(process.execPath, [fileOf("./publisher.ts"), address, String(perSecond)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  return {
    pace: (rate) => child.send({ perSecond: rate }),
    sent: () => ask(child, { report: true }, "next"),
    finish: () => ask(child, { finish: true }, "last"),
    kill: () => child.kill("SIGKILL"),
  };
}

async function ask(child: ChildProcess, question: object, field: string): Promise<number> {
  const answered = once(child, "message");
  child.send(question);
  const [message]: unknown[] = await withDeadline(`the publisher's answer "${field}"`, answered, 60_000);
  const value = typeof message === "object" && message !== null ? Object.entries(message) : [];
  return Number(value.find(([name]) => name === field)?.[1]);
}
