/** The program's process: killed, and followed by another that goes on with what it did. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isObject } from "../../../protocol/json/json.ts";
import { withDeadline } from "../../support/wait.ts";

const PROGRAM = fileURLToPath(new URL("./program.ts", import.meta.url));

export class ProgramProcess {
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #starts = 0;

  /** @param seed each start has another */
  constructor(publishAt: string, controlAt: string, file: string, seed: number) {
    this.#args = [publishAt, controlAt, file, String(seed)];
  }

  start(isCalm = false): void {
    const [publishAt = "", controlAt = "", file = "", seed = "0"] = this.#args;
    const args = [publishAt, controlAt, file, String(Number(seed) + 1000 * this.#starts++)];
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    // A channel that breaks under a message is a process that was killed.
    child.on("error", () => undefined);
    this.#child = child;
    if (isCalm) this.calm();
  }

  calm(): void {
    this.#child?.send("calm", () => undefined);
  }

  /** What it has. */
  async values(): Promise<Readonly<Record<string, unknown>>> {
    const child = this.#child;
    if (child === undefined) throw new Error("there is no program");
    const answer = once(child, "message");
    child.send("state", () => undefined);
    const [message]: unknown[] = await withDeadline("the program's values", answer);
    return isObject(message) && isObject(message.values) ? message.values : {};
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }
}
