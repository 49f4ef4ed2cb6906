/** The publishers' processes: started, halted, killed, and followed by others that go on numbering above. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { waitFor } from "../support/wait.ts";

const PROGRAM = fileURLToPath(new URL("./publisher.ts", import.meta.url));
/** Far enough apart that numbers which begin anew are always below those before. */
const LIFE = 1_000_000;
const LIVES = 1000;

export interface PublisherOptions {
  address: string;
  topic: string;
  perSecond: number;
  highWaterMark: number;
}

export class PublisherProcess {
  readonly topic: string;
  /** The last counter it sent, once it has finished. */
  last: number | undefined;
  /** How often its numbers began anew. */
  restarts = 0;
  readonly #options: PublisherOptions;
  #child: ChildProcess | undefined;
  #reserved = 0;
  #above = LIVES * LIFE;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.topic = options.topic;
  }

  /** @param anew its messages are numbered anew, from a lower number */
  start(anew = false): void {
    if (anew) {
      this.restarts++;
      this.#above = (LIVES - this.restarts) * LIFE - this.#reserved;
    }
    const { address, topic, perSecond, highWaterMark } = this.#options;
    const args = [address, topic, perSecond, highWaterMark, this.#reserved, this.#above].map(String);
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    child.on("message", (message: { reserved?: number; last?: number }) => {
      this.#reserved = message.reserved ?? this.#reserved;
      this.last = message.last ?? this.last;
    });
    // A channel that breaks under a message is a process that was killed.
    child.on("error", () => {});
    this.#child = child;
  }

  /** Nothing from here on was ever used. */
  get reserved(): number {
    return this.#reserved;
  }

  halt(): void {
    this.#child?.kill("SIGSTOP");
  }

  goOn(): void {
    this.#child?.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  flood(points: number): void {
    this.#child?.send({ flood: points }, () => {});
  }

  /** Sends so many more and no more. @returns the last counter */
  async finish(points: number): Promise<number> {
    this.#child?.send({ finish: points }, () => {});
    return await waitFor(`the last point of ${this.topic}`, () => this.last, { deadlineMs: 20_000 });
  }
}
