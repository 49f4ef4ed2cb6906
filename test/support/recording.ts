import { type Ending, openRecording } from "../../bridge/tools/record/read-recording.ts";
import {
  entryBytes,
  type RecordingEntry,
  type RecordingInfo,
  writeEntry,
} from "../../bridge/tools/record/recording.ts";

export const INFO: RecordingInfo = {
  startedAt: "2026-01-01T00:00:00.000Z",
  sources: [{ name: "main", addresses: ["tcp://*:5000"] }],
};

export function message(atUs: number, ...frames: string[]): RecordingEntry {
  return { kind: "message", source: 0, atUs, frames: frames.map((frame) => Buffer.from(frame)) };
}

export function encoded(entries: readonly RecordingEntry[]): Buffer {
  const buffer = Buffer.alloc(entries.reduce((sum, entry) => sum + entryBytes(entry), 0));
  let offset = 0;
  for (const entry of entries) offset = writeEntry(buffer, offset, entry);
  return buffer;
}

/** All of a recording. */
export async function readAll(
  file: string,
): Promise<{ messages: string[][]; entries: RecordingEntry[]; ending: Ending }> {
  const { batches } = await openRecording(file);
  const entries: RecordingEntry[] = [];
  for (;;) {
    const { value, done } = await batches.next();
    if (done) {
      const messages = entries.flatMap((entry) =>
        entry.kind === "message" ? [entry.frames.map((frame) => Buffer.from(frame).toString())] : [],
      );
      return { messages, entries, ending: value };
    }
    entries.push(...value);
  }
}
