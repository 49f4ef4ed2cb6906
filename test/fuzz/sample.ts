/** A real message. */
export interface Sample {
  /** A format, or the name of a preset. */
  of: string;
  frames: readonly Buffer[];
}

export function sample(of: string, ...frames: (string | Buffer)[]): Sample {
  return { of, frames: frames.map((frame) => Buffer.from(frame)) };
}

export function hex(text: string): Buffer {
  return Buffer.from(text.replace(/\s+/g, ""), "hex");
}
