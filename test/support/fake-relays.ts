/** A channel's side of its relays, with relays that a test plays, and a clock that it sets. */
import type { Cursor } from "../../protocol/cursor.ts";
import { numberFrame, readHeader, splitFrames } from "../../protocol/frame/header.ts";
import type { Dialled, RelayParts } from "../../worker/channel/relays/relays.ts";
import { Relays } from "../../worker/channel/relays/relays.ts";
import type { FrameLog } from "../../worker/hub/frame-log.ts";
import { MemoryLog } from "../../worker/hub/log/memory-log.ts";
import {
  countsText,
  decodeFeedFrames,
  type RelayCounts,
  type RelayPosition,
  type RelayShare,
} from "../../worker/relay/feed-message.ts";
import { frameOf } from "./publish.ts";

export const NEW: RelayPosition = { epoch: 0, seq: 0, isWhole: false, rewrites: 0 };

/** Resolves once everything has happened that waits for nothing but its turn. */
export async function turnsPass(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** The relay's end of a feed. */
export class FakeFeedSocket {
  /** What came: control messages as values, frames as their numbers. */
  readonly came: unknown[] = [];
  bufferedAmount = 0;
  closed: { code: number; reason: string } | undefined;
  /** Throws when something is sent, as a socket that is closed. */
  isBroken = false;
  events: { message(text: string): void; closed(): void } | undefined;

  send(data: string | Uint8Array): void {
    if (this.closed !== undefined || this.isBroken) throw new Error("closed");
    if (typeof data === "string") return void this.came.push(JSON.parse(data));
    const decoded = decodeFeedFrames(data.slice().buffer);
    if (decoded === undefined) throw new Error("These are no frames.");
    this.came.push([decoded.kind, ...splitFrames(decoded.frames).map((frame) => readHeader(frame).seq)]);
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }

  /** The relay tells its counts. */
  tells(counts: RelayCounts): void {
    this.events?.message(countsText(counts));
  }

  /** The messages of a type. */
  told(type: string): unknown[] {
    return this.came.filter(
      (each) => typeof each === "object" && each !== null && "type" in each && each.type === type,
    );
  }

  /** The numbers of frames that were taken. */
  get taken(): number[] {
    return this.numbersOf("taken");
  }

  numbersOf(kind: string): number[] {
    return this.came.flatMap((each) => (Array.isArray(each) && each[0] === kind ? each.slice(1).map(Number) : []));
  }
}

export class FakeRelays {
  nowMs = 1_000_000;
  log: FrameLog & Pick<MemoryLog, "append" | "position" | "replace">;
  readonly kept: { names: readonly string[]; rewrites: number };
  goneAtMs: number | null = null;
  viewersHere = 0;
  sharesHere: RelayShare[] = [];
  changes = 0;
  /** The names that were dialled. */
  readonly dialled: string[] = [];
  /** The sockets that were opened, by relay, the newest last. */
  readonly sockets = new Map<string, FakeFeedSocket[]>();
  /** What becomes of dialling. */
  onDial: (name: string) => Dialled["kind"] | Promise<Dialled["kind"]> = () => "connected";
  /** Where relays say that they are. */
  position: RelayPosition = NEW;
  relays: Relays;
  #number = 0;

  constructor(names: readonly string[] = [], log = new MemoryLog({ epoch: 1, seq: 0 }, { bytes: 1e6, seconds: 1e6 })) {
    this.log = log;
    this.kept = { names, rewrites: 0 };
    this.relays = this.anew();
  }

  /** The channel was evicted. */
  anew(): Relays {
    const parts: RelayParts = {
      log: () => this.log,
      pause: async () => turnsPass(),
      nowMs: () => this.nowMs,
      dial: async (name) => {
        this.dialled.push(name);
        const kind = await this.onDial(name);
        return kind === "connected" ? this.#connected(name) : { kind };
      },
      status: () => ({ goneAtMs: this.goneAtMs, aheadMs: 0 }),
      viewersHere: () => this.viewersHere,
      behindHere: () => 0,
      sharesHere: () => this.sharesHere,
      countOf: (who) => this.sharesHere.find(([each]) => each === who)?.[1] ?? 0,
      changed: () => {
        this.changes++;
      },
      kept: this.kept,
    };
    this.relays = new Relays("lab", 3, parts);
    return this.relays;
  }

  #connected(name: string): Dialled {
    const socket = new FakeFeedSocket();
    this.sockets.set(name, [...(this.sockets.get(name) ?? []), socket]);
    return {
      kind: "connected",
      socket,
      position: this.position,
      onMessage: (events) => {
        socket.events = events;
      },
    };
  }

  /** The newest socket of a relay. */
  socket(name: string): FakeFeedSocket {
    const socket = this.sockets.get(name)?.at(-1);
    if (socket === undefined) throw new Error(`${name} has no feed.`);
    return socket;
  }

  /** Stores a point without telling relays. @returns its frame */
  store(points = 1): Uint8Array {
    this.#number++;
    const frame = frameOf(
      "00000000000000aa",
      this.#number * 1000,
      Array.from({ length: points }, (_, i) => i),
    );
    const { epoch, seq } = this.log.position;
    numberFrame(frame, epoch, seq + points);
    this.log.append([frame], ["y"], this.nowMs);
    return frame;
  }

  /** Publishes a point. */
  take(): Cursor {
    this.relays.taken([this.store()], this.nowMs);
    return this.log.position;
  }
}
