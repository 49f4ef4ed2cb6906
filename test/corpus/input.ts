import { readdirSync, readFileSync } from "node:fs";

/** A frame: text in UTF-8, or bytes. */
export type FrameText = string | { hex: string } | { base64: string };

/** Messages of one source, and what Plotcast makes of them: a line of a `.jsonl` file. README.md explains each field. */
export interface CorpusInput {
  name: string;
  /** Keys of a source in the configuration file, as TOML has them. */
  config?: Record<string, unknown>;
  /** Each message: one frame, or a list of them. */
  send: readonly (FrameText | readonly FrameText[])[];
  /** Seconds between two messages; 0.1 if it is not there. */
  every?: number;
  /** `series x y` each, x being `now` where it is the arrival. */
  points: readonly string[];
  leftOut?: Readonly<Record<string, number>>;
  refused?: Readonly<Record<string, number>>;
  /** Regular expressions: each matches a line of the log. */
  says?: readonly string[];
}

const FOLDER = new URL(".", import.meta.url);

/** Every input of every file, with the file's name before its own. */
export function corpusInputs(): CorpusInput[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".jsonl"));
  return files.flatMap((file) =>
    readFileSync(new URL(file, FOLDER), "utf8")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line): CorpusInput => {
        const input: CorpusInput = JSON.parse(line);
        return { ...input, name: `${file.slice(0, -".jsonl".length)}: ${input.name}` };
      }),
  );
}

/** The frames of a message. */
export function framesOf(message: CorpusInput["send"][number]): Buffer[] {
  return isList(message) ? message.map(bytesOf) : [bytesOf(message)];
}

function isList(message: CorpusInput["send"][number]): message is readonly FrameText[] {
  return Array.isArray(message);
}

function bytesOf(frame: FrameText): Buffer {
  if (typeof frame === "string") return Buffer.from(frame);
  return "hex" in frame ? Buffer.from(frame.hex.replace(/\s+/g, ""), "hex") : Buffer.from(frame.base64, "base64");
}
