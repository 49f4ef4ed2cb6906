import { Hub } from "../../worker/hub/hub.ts";
import type { Format, JoinStart } from "../../worker/hub/join-request.ts";
import { FrameRing } from "./frame-ring.ts";

/** A viewer's socket: what is sent waits in it until the test lets it drain. */
export class FakeSocket {
  readonly sent: (string | Uint8Array)[] = [];
  bufferedAmount = 0;
  /** Reads at once. */
  reads = true;
  attachment: unknown;
  closed: { code: number; reason: string } | undefined;

  send(data: string | Uint8Array): void {
    if (this.closed !== undefined) throw new Error("closed");
    this.sent.push(data);
    if (!this.reads) this.bufferedAmount += typeof data === "string" ? data.length : data.byteLength;
  }

  close(code: number, reason: string): void {
    this.closed = { code, reason };
  }

  serializeAttachment(attachment: unknown): void {
    this.attachment = structuredClone(attachment);
  }

  deserializeAttachment(): unknown {
    return this.attachment;
  }

  /** What was sent as text. */
  get texts(): string[] {
    return this.sent.filter((message) => typeof message === "string");
  }

  /** The control messages of a type. */
  told(type: string): string[] {
    return this.texts.filter((text) => text.startsWith(`{"type":"${type}"`));
  }

  drain(): void {
    this.bufferedAmount = 0;
  }
}

/** A hub on a log in memory, with a clock that tests set. */
export class HubOnRing {
  readonly log: FrameRing;
  /** When the last publisher has gone. */
  goneAtMs: number | null = null;
  readonly pauses: number[] = [];
  nowMs = 1_000_000;
  hub: Hub<FakeSocket>;

  constructor(log = new FrameRing()) {
    this.log = log;
    this.hub = this.#hubOf([]);
  }

  /** Forgets what is in memory, as an eviction does. */
  evict(...sockets: FakeSocket[]): void {
    this.hub = this.#hubOf(sockets);
  }

  async join(
    format: Format,
    start: JoinStart = { kind: "tail", points: 100, seconds: 0 },
    socket = new FakeSocket(),
  ): Promise<FakeSocket> {
    await this.hub.join(socket, { format, start, build: "" }, "c", this.nowMs);
    return socket;
  }

  /** As a channel does it. */
  async publish(...frames: Uint8Array[]): Promise<void> {
    this.hub.broadcast(frames.map((frame) => this.log.append(frame)));
    await this.hub.flushPending(this.nowMs);
    this.hub.tellStatus(this.nowMs);
  }

  async say(socket: FakeSocket, message: unknown): Promise<void> {
    const text = typeof message === "string" ? message : JSON.stringify(message);
    await this.hub.receive(socket, text, this.nowMs);
  }

  async alarm(): Promise<void> {
    await this.hub.alarm();
    this.hub.tellStatus(this.nowMs);
  }

  #hubOf(sockets: readonly FakeSocket[]): Hub<FakeSocket> {
    const pause = async (ms: number): Promise<void> => {
      this.pauses.push(ms);
    };
    const presence = { allGoneAtMs: () => this.goneAtMs, expiresInMs: () => undefined };
    return new Hub({ log: this.log, presence, clock: { aheadMs: 0 }, pause }, sockets, this.nowMs);
  }
}
