/** ZMTP 3.0 by hand, for what no ZeroMQ library would send: https://rfc.zeromq.org/spec/23/ */
import { once } from "node:events";
import { connect, createServer, Socket } from "node:net";
import { withDeadline } from "./wait.ts";

export const FLAG = { more: 1, long: 2, command: 4 };

/** Signature, version, mechanism, as-server, filler. */
export function greeting({ major = 3, minor = 0, mechanism = "NULL" } = {}): Buffer {
  const bytes = Buffer.alloc(64);
  bytes[0] = 0xff;
  bytes[8] = 1;
  bytes[9] = 0x7f;
  bytes[10] = major;
  bytes[11] = minor;
  bytes.write(mechanism, 12);
  return bytes;
}

/** ZMTP 2.0: signature, revision, socket type, and an empty identity. */
export function greeting2(socketType = 1): Buffer {
  return Buffer.concat([greeting().subarray(0, 10), Buffer.from([1, socketType]), frame("")]);
}

export function frame(body: string | Buffer, flags = 0): Buffer {
  const bytes = Buffer.from(body);
  if (bytes.length < 256 && (flags & FLAG.long) === 0)
    return Buffer.concat([Buffer.from([flags, bytes.length]), bytes]);
  return Buffer.concat([longHeader(bytes.length, flags), bytes]);
}

/** A header alone, of a body that may never come. */
export function longHeader(length: number, flags = 0): Buffer {
  const head = Buffer.alloc(9);
  head[0] = flags | FLAG.long;
  head.writeBigUInt64BE(BigInt(length), 1);
  return head;
}

export function command(name: string, data: string | Buffer = ""): Buffer {
  return frame(Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from(data)]), FLAG.command);
}

export function ready(socketType = "PUB"): Buffer {
  return command("READY", socketTypeProperty(socketType));
}

function socketTypeProperty(socketType: string): Buffer {
  const value = Buffer.from(socketType);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(value.length);
  return Buffer.concat([Buffer.from([11]), Buffer.from("Socket-Type"), size, value]);
}

/** A PING with a time to live in tenths of a second. */
export function ping(ttl = 0, context = ""): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(ttl);
  return command("PING", Buffer.concat([head, Buffer.from(context)]));
}

export interface RawPeer {
  socket: Socket;
  /** All that has come so far. */
  received(): Buffer;
  /** Resolves when the connection is closed, by whomever; rejects after the deadline. */
  closed(deadlineMs?: number): Promise<void>;
  /** Writes, and waits until the system has taken it or the connection is closed. */
  send(bytes: Buffer): Promise<void>;
}

export interface RawBinder {
  address: string;
  /** A bridge that has connected since the last one, greeted and ready. */
  next(): Promise<RawPeer>;
  close(): void;
}

/** A publisher by hand that binds. */
export async function rawBinder(): Promise<RawBinder> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const at = server.address();
  return {
    address: `tcp://127.0.0.1:${typeof at === "object" ? at?.port : 0}`,
    next: async () => {
      while (sockets.length === 0) await withDeadline("a bridge's connection", once(server, "connection"));
      const peer = peerOf(sockets.shift() ?? new Socket());
      await peer.send(Buffer.concat([greeting(), ready()]));
      while (!peer.received().includes("READY")) await withDeadline("the bridge's READY", once(peer.socket, "data"));
      return peer;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A plain connection to a bridge's tcp or ipc address. */
export async function rawPeer(address: string, localAddress?: string): Promise<RawPeer> {
  const [, host = "", port = ""] = /^tcp:\/\/(.*):(\d+)$/.exec(address) ?? [];
  const socket = address.startsWith("ipc://")
    ? connect(address.slice("ipc://".length).replace(/^@/, "\0"))
    : connect({
        host: host.replace(/0\.0\.0\.0|\*/, "127.0.0.1"),
        port: Number(port),
        ...(localAddress === undefined ? {} : { localAddress }),
      });
  const peer = peerOf(socket);
  await withDeadline(`a connection to ${address}`, once(socket, "connect"));
  return peer;
}

function peerOf(socket: Socket): RawPeer {
  let received = Buffer.alloc(0);
  socket.on("data", (data) => {
    received = Buffer.concat([received, data]);
  });
  socket.on("error", () => undefined);
  const closing = new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
  });
  return {
    socket,
    received: () => received,
    closed: (deadlineMs) => withDeadline("the end of the connection", closing, deadlineMs),
    send: async (bytes) => {
      await Promise.race([closing, new Promise<void>((resolve) => socket.write(bytes, () => resolve()))]);
    },
  };
}

/** The HELLO of PLAIN. */
export function plainHello(user: string, password: string): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  return command("HELLO", Buffer.concat([text(user), text(password)]));
}

/** A publisher by hand that a server of PLAIN has let in. */
export async function rawPlainPublisher(address: string, user: string, password: string): Promise<RawPeer> {
  const peer = await rawPeer(address);
  const says = async (word: string): Promise<void> => {
    while (!peer.received().includes(word)) await withDeadline(`the bridge's ${word}`, once(peer.socket, "data"));
  };
  await peer.send(greeting({ mechanism: "PLAIN" }));
  await peer.send(plainHello(user, password));
  await says("WELCOME");
  await peer.send(command("INITIATE", socketTypeProperty("PUB")));
  await says("READY");
  return peer;
}

/** A publisher by hand, greeted and ready: what follows are frames. */
export async function rawPublisher(address: string, localAddress?: string): Promise<RawPeer> {
  const peer = await rawPeer(address, localAddress);
  await peer.send(Buffer.concat([greeting(), ready()]));
  const isReady = () => peer.received().includes("READY");
  while (!isReady()) await withDeadline("the bridge's READY", once(peer.socket, "data"));
  return peer;
}
