/** The bridge as a process of its own, for tests that kill it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { waitFor } from "./wait.ts";

const MAIN = fileURLToPath(new URL("../../bridge/cli/main.ts", import.meta.url));

export interface BridgeProcess {
  child: ChildProcess;
  /** Resolves to the exit code, null after a signal that killed it. */
  exit: Promise<number | null>;
  stderr: () => string;
  /** The address it says it listens on. */
  address: () => Promise<string>;
}

/** A directory of its own, removed after the test. */
export async function directoryOf(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "plotcast-bridge-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/**
 * Starts `node bridge/cli/main.ts` in `cwd`, where its default spool is; it is killed after the test.
 * @param given its token, or variables of its environment
 */
export function startBridgeProcess(
  t: TestContext,
  cwd: string,
  args: readonly string[],
  given: string | Record<string, string | undefined> = "token-of-16-char",
): BridgeProcess {
  const variables = typeof given === "string" ? { PUBLISH_TOKEN: given } : given;
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, ...variables } });
  t.after(() => child.kill("SIGKILL"));
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += String(data);
  });
  const exit = once(child, "close").then(([code]: unknown[]) => (typeof code === "number" ? code : null));
  const listening = () => /Listening on (tcp:\/\/[\d.:]+)/.exec(stderr)?.[1];
  return { child, exit, stderr: () => stderr, address: () => waitFor("the line that names the address", listening) };
}
