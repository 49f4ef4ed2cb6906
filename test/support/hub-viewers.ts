import type { AuditEvent } from "../../worker/auth/audit-log.ts";
import type { Grant } from "../../worker/auth/grant.ts";
import type { Renewal } from "../../worker/auth/renewal.ts";
import type { ViewerShare } from "../../worker/auth/viewer-share.ts";
import { Hub, type HubParts } from "../../worker/hub/hub.ts";
import type { Format, JoinStart } from "../../worker/hub/join-request.ts";
import type { Granted } from "../../worker/hub/renewals.ts";
import { PLAIN_JSON, type View } from "../../worker/hub/text-view.ts";
import { FrameRing } from "./frame-ring.ts";

/** A viewer's socket: what is sent waits in it until the test lets it drain. */
export class FakeSocket {
  readonly sent: (string | Uint8Array)[] = [];
  bufferedAmount = 0;
  /** Reads at once. */
  reads = true;
  attachment: unknown;
  closed: { code: number; reason: string } | undefined;

  get readyState(): number {
    return this.closed === undefined ? WebSocket.OPEN : WebSocket.CLOSING;
  }

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

/** What a token comes to that is good. */
export function grantedAs(grant: Grant, share: ViewerShare = { who: "", most: null }): Granted {
  return { kind: "granted", grant, share };
}

/** A hub on a log in memory, with a clock that tests set. */
export class HubOnRing {
  readonly log: FrameRing;
  /** When the last publisher has gone. */
  goneAtMs: number | null = null;
  /** What other hubs of the channel have. */
  readonly elsewhere = { viewers: 0, behind: 0 };
  readonly pauses: number[] = [];
  /** What happens while an alarm pauses. */
  onPause: (() => void) | undefined;
  nowMs = 1_000_000;
  /** As the next hub has it, that is after an eviction. */
  isPrivate = false;
  verify: (token: string) => Promise<Renewal> = async () => ({ kind: "wrong" });
  readonly audited: (AuditEvent & { who: string; principal: string })[] = [];
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
    who = "",
    grant?: Grant,
    view: View | undefined = format === "json" ? PLAIN_JSON : undefined,
  ): Promise<FakeSocket> {
    const share = { who, most: null };
    await this.hub.join(socket, { format, view, start, build: "", grant, share }, "c", this.nowMs);
    return socket;
  }

  /** As a channel does it. */
  async publish(...frames: Uint8Array[]): Promise<void> {
    this.hub.broadcast(frames.map((frame) => this.log.append(frame)));
    await this.hub.flushPending(this.nowMs);
    this.hub.tellStatus(this.nowMs);
  }

  /** The same at a time, for viewers with `max_rate`. */
  async publishAt(atMs: number, ...frames: Uint8Array[]): Promise<void> {
    this.nowMs = atMs;
    this.hub.broadcast(frames.map((frame) => this.log.append(frame, atMs)));
    await this.hub.flushPending(this.nowMs);
  }

  async say(socket: FakeSocket, message: unknown): Promise<void> {
    const text = typeof message === "string" ? message : JSON.stringify(message);
    await this.hub.receive(socket, text, this.nowMs);
  }

  async alarm(): Promise<void> {
    await this.hub.alarm(this.nowMs);
    this.hub.tellStatus(this.nowMs);
  }

  #hubOf(sockets: readonly FakeSocket[]): Hub<FakeSocket> {
    const pause = async (ms: number): Promise<void> => {
      this.pauses.push(ms);
      this.onPause?.();
    };
    const presence = { allGoneAtMs: () => this.goneAtMs, expiresInMs: () => undefined };
    const parts: HubParts = {
      log: this.log,
      presence,
      clock: { aheadMs: 0 },
      elsewhere: this.elsewhere,
      wallMs: () => this.nowMs,
      isPrivate: this.isPrivate,
      verify: (token) => this.verify(token),
      audit: (event, viewer) => this.audited.push({ ...event, ...viewer }),
      pause,
    };
    return new Hub(parts, sockets, this.nowMs);
  }
}
