/** A WebSocket by hand: frames as they stand on the wire (RFC 6455, 5.2), right or wrong. */
import { connect, type Socket } from "node:net";
import { waitFor } from "./wait.ts";

export interface RawFrame {
  opcode: number;
  payload: Buffer;
}

export interface FrameOptions {
  fin?: boolean;
  masked?: boolean;
  /** The three reserved bits, as they stand in the first byte: 0x40, 0x20, 0x10. */
  reserved?: number;
  /** What the frame says its payload has, in bytes. */
  length?: number;
}

export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);

/** A frame as a client sends it. */
export function clientFrame(opcode: number, payload: string | Buffer, options: FrameOptions = {}): Buffer {
  const { fin = true, masked = true, reserved = 0 } = options;
  const bytes = Buffer.from(payload);
  const length = options.length ?? bytes.length;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | reserved | opcode;
  head[1] = (masked ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, bytes]);
  return Buffer.concat([head, MASK, bytes.map((byte, i) => byte ^ (MASK[i % 4] ?? 0))]);
}

export function closeFrame(code?: number, reason: string | Buffer = ""): Buffer {
  const bytes = Buffer.alloc(code === undefined ? 0 : 2);
  if (code !== undefined) bytes.writeUInt16BE(code);
  return clientFrame(Opcode.close, Buffer.concat([bytes, Buffer.from(reason)]));
}

export class RawWebSocket {
  #socket: Socket;
  #received = Buffer.alloc(0);
  isEnded = false;

  /** @param head lines of the request's head, with their line ends */
  constructor(url: URL, head: string) {
    this.#socket = connect(Number(url.port), url.hostname);
    this.#socket.on("data", (data) => {
      this.#received = Buffer.concat([this.#received, data]);
    });
    this.#socket.on("end", () => {
      this.isEnded = true;
    });
    this.#socket.on("close", () => {
      this.isEnded = true;
    });
    this.#socket.on("error", () => {});
    this.#socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n${head}\r\n`);
  }

  /** The status of the answer; undefined while there is none. */
  get status(): number | undefined {
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(this.#received.toString("latin1", 0, 20))?.[1]);
    return Number.isNaN(status) ? undefined : status;
  }

  /** What came after the head, if it is not a WebSocket. */
  get body(): string {
    return this.#received.subarray(this.#headEnd).toString();
  }

  /** The frames received so far. */
  get frames(): RawFrame[] {
    const frames: RawFrame[] = [];
    for (let rest = this.#received.subarray(this.#headEnd); rest.length >= 2; ) {
      const short = (rest[1] ?? 0) & 0x7f;
      const at = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (rest.length < at) break;
      const length = short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
      if (rest.length < at + length) break;
      frames.push({ opcode: (rest[0] ?? 0) & 0x0f, payload: rest.subarray(at, at + length) });
      rest = rest.subarray(at + length);
    }
    return frames;
  }

  /** The code the server closes with, 0 if it gives none; undefined while it does not close. */
  get closeCode(): number | undefined {
    const close = this.frames.find(({ opcode }) => opcode === Opcode.close);
    if (close === undefined) return undefined;
    return close.payload.length < 2 ? 0 : close.payload.readUInt16BE();
  }

  /** Waits for the answer to the handshake. */
  answered(): Promise<number> {
    return waitFor("an answer to the handshake", () => (this.#headEnd > 0 ? this.status : undefined), { everyMs: 5 });
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Cuts the connection. */
  destroy(): void {
    this.#socket.destroy();
  }

  get #headEnd(): number {
    const end = this.#received.indexOf("\r\n\r\n");
    return end < 0 ? 0 : end + 4;
  }
}
