/** The command `plotcast` as its user runs it, in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { waitFor, withDeadline } from "./wait.ts";

const MAIN = fileURLToPath(new URL("../../bridge/cli/main.ts", import.meta.url));

export interface Command {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  /** Its exit code, once it has ended and all that it wrote is here. */
  ended: Promise<unknown>;
  /** Waits until it has written so many lines. */
  lines(count: number): Promise<string[]>;
}

export function startCommand(t: TestContext, args: readonly string[], env: Record<string, string> = {}): Command {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH, ...env } });
  t.after(() => child.kill("SIGKILL"));
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
    });
  }
  const linesNow = (): string[] => written.stdout.split("\n").slice(0, -1);
  return {
    child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    ended: once(child, "close").then(([code]: unknown[]) => code),
    lines: (count) =>
      waitFor(`${count} lines of plotcast ${args[0]}`, () => (linesNow().length >= count ? linesNow() : undefined)),
  };
}

/** What a command wrote, and its exit code. */
export async function runCommand(
  t: TestContext,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const command = startCommand(t, args, env);
  const code = await withDeadline(`the end of plotcast ${args[0]}`, command.ended);
  return { code, stdout: command.stdout(), stderr: command.stderr() };
}
