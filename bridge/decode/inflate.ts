import * as zlib from "node:zlib";
import { DecodeError } from "./message.ts";
import { MAX_MESSAGE_BYTES, readableText } from "./text.ts";

/** How a payload is compressed; `deflate` has no magic, so it is only where it is configured (`raw`). */
export type Wrapping = "zlib" | "gzip" | "zstd" | "deflate";

/** By its magic (RFC 1950, RFC 1952, RFC 8878): that of no JSON, nor of any text but `x^…`, which is looked at whole. */
export function wrappingOf(bytes: Buffer): Wrapping | undefined {
  if (bytes.length < 6) return undefined;
  switch (bytes[0]) {
    case 0x78:
      // Only the four headers of a window of 32 KiB without a dictionary, which are those with a right check.
      if (bytes[1] === 0x5e) return readableText(bytes) === undefined ? "zlib" : undefined;
      return bytes[1] === 0x01 || bytes[1] === 0x9c || bytes[1] === 0xda ? "zlib" : undefined;
    case 0x1f:
      return bytes[1] === 0x8b && bytes[2] === 0x08 ? "gzip" : undefined;
    case 0x28:
      return bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd ? "zstd" : undefined;
    default:
      return undefined;
  }
}

/**
 * @param maxBytes of what it is inflated
 * @throws DecodeError inflate-failed, inflate-too-large, unsupported
 */
export function inflate(bytes: Buffer, wrapping: Wrapping, maxBytes = MAX_MESSAGE_BYTES): Buffer {
  try {
    return inflated(bytes, wrapping, maxBytes);
  } catch (error) {
    if (error instanceof DecodeError) throw error;
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      throw new DecodeError(
        "inflate-too-large",
        `Inflated (${wrapping}), a message has ${MAX_MESSAGE_BYTES} bytes at most; this has more. Send several.`,
      );
    }
    const detail = error instanceof Error ? `: ${error.message}` : "";
    throw new DecodeError("inflate-failed", `This looks like ${wrapping}, and cannot be inflated${detail}.`);
  }
}

function inflated(bytes: Buffer, wrapping: Wrapping, maxOutputLength: number): Buffer {
  const options = { maxOutputLength };
  switch (wrapping) {
    case "zlib":
      return zlib.inflateSync(bytes, options);
    case "gzip":
      return zlib.gunzipSync(bytes, options);
    case "deflate":
      return zlib.inflateRawSync(bytes, options);
    case "zstd":
      // Since Node 22.15: https://nodejs.org/api/zlib.html#zlibzstddecompresssyncbuffer-options
      if (typeof zlib.zstdDecompressSync === "function") return zlib.zstdDecompressSync(bytes, options);
      throw new DecodeError("unsupported", "This is zstd, which needs Node.js 22.15 or newer.");
  }
}
