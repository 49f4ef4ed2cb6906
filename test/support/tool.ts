/** What the tools of the command line need beside their options. */
import { Subscriber } from "zeromq";
import { ExitCode } from "../../bridge/cli/exit-code.ts";
import { type InspectOptions, runInspect } from "../../bridge/tools/inspect/inspect.ts";
import { type RecordOptions, runRecord } from "../../bridge/tools/record/record.ts";
import { type ReplayOptions, runReplay } from "../../bridge/tools/replay/replay.ts";
import { DEFAULT_DEADLINE_MS, waitFor } from "./wait.ts";

/** The tools with the exit codes that the command line has for how they end. */
export const inspectCode = async (options: InspectOptions): Promise<number> => ExitCode[await runInspect(options)];
export const recordCode = async (options: RecordOptions): Promise<number> => ExitCode[await runRecord(options)];
export const replayCode = async (options: ReplayOptions): Promise<number> => ExitCode[await runReplay(options)];

/** A stream that keeps what is written to it. */
export class Written {
  text = "";
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly rows: number | undefined;

  constructor(size?: { columns: number; rows: number }) {
    this.isTTY = size !== undefined;
    this.columns = size?.columns;
    this.rows = size?.rows;
  }

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  waitFor(pattern: RegExp, deadlineMs = DEFAULT_DEADLINE_MS): Promise<string> {
    const found = (): string | undefined => {
      const match = pattern.exec(this.text);
      return match === null ? undefined : (match[1] ?? match[0]);
    };
    return waitFor(`${pattern} in what is written`, found, { deadlineMs });
  }
}

export interface Listener {
  address: string;
  messages: string[][];
  close(): void;
}

/** A SUB that binds and keeps what it gets, as text. */
export async function listen(topics: readonly string[] = [""]): Promise<Listener> {
  const socket = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  socket.subscribe(...topics);
  await socket.bind("tcp://127.0.0.1:*");
  const messages: string[][] = [];
  const read = async (): Promise<void> => {
    try {
      for await (const frames of socket) messages.push(frames.map((frame) => frame.toString("latin1")));
    } catch (error) {
      if (!socket.closed) throw error;
    }
  };
  void read();
  return { address: socket.lastEndpoint ?? "", messages, close: () => socket.close() };
}
