/** The bodies that `bodies.json` has: several frames, one after the other. */
import { point } from "./frames.ts";
import { type FrameSpec, frameBytes } from "./layout.ts";

export interface Body {
  name: string;
  rule: string;
  bytes: Buffer;
  /** The publisher's last number, as the channel knows it; null if it does not know the publisher. */
  lastNumber: number | null;
  /** How many frames are in it, or the code with which it is refused. */
  frames?: number;
  code?: string;
}

const A = "00000000000000aa";
const B = "00000000000000bb";
const ANONYMOUS = "0000000000000000";
const JUMP = 2n ** 49n;

function bytesOf(specs: Omit<FrameSpec, "blocks">[]): Buffer {
  return Buffer.concat(specs.map((spec, i) => frameBytes({ ...spec, blocks: [point(i)] })));
}

function numbered(publisher: string, ...numbers: bigint[]): Buffer {
  return bytesOf(numbers.map((publisherSeq) => ({ publisher, publisherSeq })));
}

function taken(name: string, rule: string, bytes: Buffer, frames: number, lastNumber: number | null = null): Body {
  return { name, rule, bytes, lastNumber, frames };
}

function refused(name: string, rule: string, bytes: Buffer, code: string, lastNumber: number | null = null): Body {
  return { name, rule, bytes, lastNumber, code };
}

export const BODIES: Body[] = [
  taken("one frame", "CH4", numbered(A, 1n), 1),
  taken("three frames of one publisher, in order", "CH4", numbered(A, 1n, 2n, 7n), 3),
  taken("anonymous frames have no order", "CH4", numbered(ANONYMOUS, 5n, 5n, 0n), 3),
  taken("a first number of 2^52", "CH13", numbered(A, 2n ** 52n), 1),
  taken("a number 2^49 above the one before", "CH13", numbered(A, 1n, 1n + JUMP), 2),
  taken("a number 2^49 above the publisher's last", "CH13", numbered(A, 7n + JUMP), 1, 7),
  refused(
    "a frame behind which 8 bytes follow",
    "FR4",
    Buffer.concat([numbered(A, 1n), Buffer.alloc(8)]),
    "frame-truncated",
  ),
  refused("a second frame that is none", "FR4", Buffer.concat([numbered(A, 1n), Buffer.alloc(64)]), "frame-magic"),
  refused("numbers that fall", "CH4", numbered(A, 2n, 1n), "frame-order"),
  refused("a number twice", "CH4", numbered(A, 1n, 1n), "frame-order"),
  refused(
    "frames of two publishers",
    "CH4",
    Buffer.concat([numbered(A, 1n), numbered(B, 2n)]),
    "frame-publishers-differ",
  ),
  refused("number 0 of a publisher", "CH13", numbered(A, 0n), "frame-sequence"),
  refused("a first number of 2^52 + 1", "CH13", numbered(A, 2n ** 52n + 1n), "frame-sequence"),
  refused("a number 2^49 + 1 above the one before", "CH13", numbered(A, 1n, 2n + JUMP), "frame-sequence"),
  refused("a number 2^49 + 1 above the publisher's last", "CH13", numbered(A, 8n + JUMP), "frame-sequence", 7),
  refused("a frame with a seq", "CH13", bytesOf([{ seq: 1n }]), "frame-sequence"),
  refused("a frame with an epoch", "CH13", bytesOf([{ epoch: 1n }]), "frame-sequence"),
];
