/**
 * A child process that ends with this one, however this one ends: by SIGKILL, too.
 *
 * - Linux: the kernel does it (`PR_SET_PDEATHSIG`, prctl(2)), which util-linux' `setpriv` asks for.
 * - Elsewhere on POSIX, macOS for one: a shell waits for the end of a pipe that only this process holds, and kills the
 *   child then. Should the shell be killed, there is another at once.
 * - Windows: libuv puts children that are not detached into a job that ends with its parent.
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";

/** How a child is tied to this process. */
export type Leash = "kernel" | "guard" | "job";

/** What this machine can do. */
export function leashOfThisMachine(): Leash {
  if (process.platform === "win32") return "job";
  if (process.platform !== "linux") return "guard";
  // Alpine's has no such option.
  return spawnSync("setpriv", ["--pdeathsig", "KILL", "true"], { stdio: "ignore" }).status === 0 ? "kernel" : "guard";
}

/**
 * Starts a program that ends with this process. On POSIX it gets a process group of its own: Ctrl-C in a terminal
 * reaches this process alone, which then decides when the child is to end.
 */
export function spawnLeashed(
  program: string,
  args: readonly string[],
  options: SpawnOptions,
  leash: Leash = leashOfThisMachine(),
): ChildProcess {
  switch (leash) {
    case "kernel":
      // It is replaced by the program: the process that we know is the program's.
      return spawn("setpriv", ["--pdeathsig", "KILL", "--", program, ...args], { ...options, detached: true });
    case "guard": {
      const child = spawn(program, args, { ...options, detached: true });
      if (child.pid !== undefined) guard(child, child.pid);
      return child;
    }
    case "job":
      return spawn(program, args, { ...options, windowsHide: true });
  }
}

function guard(child: ChildProcess, pid: number): void {
  let shell: ChildProcess | undefined;
  const stand = (): void => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    shell = spawn("/bin/sh", ["-c", 'read -r _; kill -KILL "$1"', "plotcast-guard", String(pid)], {
      // Not in the terminal's group: what ends that must not end the guard first.
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    // Its end of the pipe may go first.
    shell.stdin?.on("error", () => undefined);
    shell.once("exit", stand).once("error", stand);
  };
  // The guard goes first, so that it never kills whoever gets that process id next.
  child.once("exit", () => shell?.removeListener("exit", stand).kill("SIGKILL"));
  stand();
}
