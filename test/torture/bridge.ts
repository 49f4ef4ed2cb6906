/** The real bridge as a process that is killed and started again, always with the same spool and the same address. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { waitFor, withDeadline } from "../support/wait.ts";

const MAIN = fileURLToPath(new URL("../../bridge/cli/main.ts", import.meta.url));
/** It drains for 10 s at most. */
const END_WITHIN_MS = 20_000;

export class TortureBridge {
  /** What it said, each start after the other. */
  stderr = "";
  /** How often it ended though nobody had asked. */
  readonly faults: string[] = [];
  starts = 0;
  readonly #args: readonly string[];
  readonly #token: string;
  #child: ChildProcess | undefined;

  constructor(args: readonly string[], token: string) {
    this.#args = args;
    this.#token = token;
  }

  /** Resolves once it listens. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN, ...this.#args], {
      env: { ...process.env, PUBLISH_TOKEN: this.#token },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child = child;
    this.starts++;
    const from = this.stderr.length;
    child.stderr?.on("data", (data) => {
      this.stderr += String(data);
    });
    child.on("close", (code, signal) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      this.faults.push(`the bridge ended by itself: ${code ?? signal}: ${this.stderr.slice(from).slice(-500)}`);
    });
    await waitFor(
      "the bridge listening",
      () => this.#child !== child || this.stderr.indexOf("Listening on", from) >= 0,
      {
        deadlineMs: 30_000,
      },
    );
  }

  /** How often it found that its spool had not been written to the last, so that it could not know what was lost. */
  get unsureStarts(): number {
    return this.stderr.split("could not be written to the last").length - 1;
  }

  /** For an end that cannot wait. */
  killNow(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.kill("SIGKILL");
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** @returns the exit code */
  async stop(): Promise<unknown> {
    return await this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<unknown> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return undefined;
    const closed = once(child, "close");
    child.kill(signal);
    const [code] = await withDeadline(`the bridge's end after ${signal}`, closed, END_WITHIN_MS);
    return code;
  }
}
