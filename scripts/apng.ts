import { crc32 } from "node:zlib";

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

interface Chunk {
  type: string;
  data: Buffer;
}

/**
 * PNG files of one size and kind, one after the other, as one animated PNG that never ends. What is compressed in them is
 * taken over as it is.
 * @see https://www.w3.org/TR/png-3/#apng-chunks
 */
export function animatedPng(files: readonly Buffer[], delayMs: number): Buffer {
  const frames = files.map(chunksOf);
  const header = frames[0]?.find(({ type }) => type === "IHDR")?.data;
  if (header === undefined) throw new Error("There is no picture to begin with.");
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const parts = [SIGNATURE, chunk("IHDR", header), chunk("acTL", numbers(frames.length, 0))];
  let sequence = 0;
  for (const [i, frame] of frames.entries()) {
    if (!frame.some(({ type, data }) => type === "IHDR" && data.equals(header))) {
      throw new Error(`Picture ${i} is not of the size and kind of the first.`);
    }
    const timing = Buffer.alloc(6);
    timing.writeUInt16BE(delayMs, 0);
    timing.writeUInt16BE(1000, 2);
    parts.push(chunk("fcTL", Buffer.concat([numbers(sequence++, width, height, 0, 0), timing])));
    for (const { type, data } of frame) {
      if (type !== "IDAT") continue;
      parts.push(i === 0 ? chunk("IDAT", data) : chunk("fdAT", Buffer.concat([numbers(sequence++), data])));
    }
  }
  return Buffer.concat([...parts, chunk("IEND", Buffer.alloc(0))]);
}

function chunksOf(file: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const data = file.subarray(at + 8, at + 8 + length);
    chunks.push({ type: file.toString("latin1", at + 4, at + 8), data });
    at += length + 12;
  }
  return chunks;
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([numbers(data.length), typed, numbers(crc32(typed))]);
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return bytes;
}
