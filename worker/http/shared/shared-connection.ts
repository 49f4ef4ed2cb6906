import {
  CloseCode,
  MAX_SHARED_CHANNELS,
  MAX_SHARED_MESSAGE_CHARACTERS,
  MAX_SILENCE_MS,
  PING,
  PONG,
  VIEWER_BUFFER_BYTES,
} from "../../../protocol/limits.ts";
import {
  parseSharedClientMessage,
  type SharedClientMessage,
  type SharedServerMessage,
  sharedBytes,
  sharedText,
  splitSharedText,
} from "../../../protocol/messages/shared-message.ts";
import { RateLimit } from "../../auth/bounds/rate-limit.ts";
import type { ChannelSocket, ChannelSocketEvents } from "../channel-socket.ts";
import type { StreamCost } from "../live/stream-cost.ts";
import { Unread } from "./unread.ts";
import type { WaitingBytes } from "./waiting-bytes.ts";

/** How fast it may join channels. */
const JOINS = { atOnce: 4 * MAX_SHARED_CHANNELS, perSecond: 16 };
/** A connection that no channel is joined by for so long is closed. */
const IDLE_MS = 60_000;
/** A connection goes on with the variables and the version of the Worker that it began with: so it ends after an hour, and up to a tenth more. */
const MAX_AGE_MS = 3_600_000;
/** Each join is a subrequest, of which a request has a bound (https://developers.cloudflare.com/workers/platform/limits/#subrequests). */
const MAX_JOINS = 900;
/** What is stored of one channel begins when no more than so much waits of others: so they come one after the other. */
const BEGIN_BYTES = VIEWER_BUFFER_BYTES / 4;
const LOOK_FOR_ROOM_MS = 25;
/** What the connection itself says has so much room beside channels. */
const OWN_BYTES = 64 * 1024;
/** Codes of RFC 6455 that say: come back. */
const SERVICE_RESTART = 1012;
const TRY_AGAIN_LATER = 1013;

/** The id of what is no channel's. */
const OWN = 0;

export type Join = Extract<SharedClientMessage, { type: "join" }>;
type Refusal = Omit<Extract<SharedServerMessage, { type: "refused" }>, "type" | "id">;

/** What became of a join. */
export type Joined =
  /** `open` begins its events. */
  | { kind: "joined"; protocol: string; open(events: ChannelSocketEvents): ChannelSocket }
  | ({ kind: "refused" } & Refusal);

/** The client's end of the connection. */
export interface ClientEnd {
  /** Bytes that were sent and wait for the client to read. */
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code: number, reason: string): void;
}

/** A channel that is joined, or is being joined: then it has no socket yet. */
interface Member {
  socket?: ChannelSocket;
}

/** What a connection needs of the world. */
export interface SharedPlace {
  client: ClientEnd;
  /** Asks for a channel, as a request of its own would. */
  join(join: Join): Promise<Joined>;
  /** Counts one more socket to a channel. @returns false, and counts none, if there are too many already */
  hold(): boolean;
  /** One of these is no more. */
  release(): void;
  cost: StreamCost;
  waiting: WaitingBytes;
  nowMs(): number;
  pause(ms: number): Promise<void>;
  random(): number;
}

/**
 * One client's connection to several channels: what each of them says is passed on as it is, under its id, and what its client says to it
 * likewise. It decides nothing of its own but bounds; who may do what is decided for each channel, as without it.
 */
export class SharedConnection {
  readonly #place: SharedPlace;
  readonly #joins: RateLimit;
  /** By id. */
  readonly #channels = new Map<number, Member>();
  readonly #unread = new Unread();
  readonly #endsAtMs: number;
  #joined = 0;
  #heardAtMs: number;
  #usedAtMs: number;
  #isOver = false;

  constructor(place: SharedPlace) {
    this.#place = place;
    const nowMs = place.nowMs();
    this.#joins = new RateLimit(JOINS.perSecond, nowMs, JOINS.atOnce);
    this.#heardAtMs = nowMs;
    this.#usedAtMs = nowMs;
    this.#endsAtMs = nowMs + MAX_AGE_MS * (1 + place.random() / 10);
  }

  /** What waits for the client, in bytes, with what each message takes beside its own. */
  get waitingBytes(): number {
    this.#unread.settle(this.#place.client.bufferedAmount);
    return this.#unread.cost;
  }

  /** The client may join. */
  open(): void {
    this.#tell({ type: "hello", channels: MAX_SHARED_CHANNELS });
  }

  /** The client said something. */
  async heard(data: unknown): Promise<void> {
    if (this.#isOver) return;
    this.#heardAtMs = this.#place.nowMs();
    if (typeof data !== "string" || data.length > MAX_SHARED_MESSAGE_CHARACTERS) {
      return this.#end(
        CloseCode.badMessage,
        `Messages are texts of ${MAX_SHARED_MESSAGE_CHARACTERS} characters at most.`,
      );
    }
    this.#spend(data.length);
    if (data === PING) return this.#send(OWN, PONG);
    const said = splitSharedText(data);
    // A channel that has ended meanwhile is told nothing.
    if (said !== undefined) return this.#channels.get(said.id)?.socket?.send(said.text);
    const parsed = parseSharedClientMessage(data);
    if (parsed.kind === "unknown-type") return;
    if (parsed.kind === "malformed") {
      return this.#end(CloseCode.badMessage, "Not a message of plotcast.shared.v1: SPEC.md, “Several channels”.");
    }
    const { message } = parsed;
    switch (message.type) {
      case "join":
        return await this.#join(message);
      case "leave":
        return this.#leave(message.id);
      default:
        message satisfies never;
    }
  }

  /** The client is gone. */
  closed(): void {
    this.#isOver = true;
    for (const id of [...this.#channels.keys()]) this.#leave(id);
    this.#place.waiting.forget(this);
  }

  /** To be called now and then: ends a connection of which nothing is heard, or which nobody uses. */
  look(): void {
    if (this.#isOver) return;
    const nowMs = this.#place.nowMs();
    this.#place.waiting.note(this, this.waitingBytes);
    if (this.#channels.size > 0) this.#usedAtMs = nowMs;
    if (nowMs >= this.#endsAtMs) this.#end(SERVICE_RESTART, "Come back: this connection is an hour old.");
    else if (nowMs - this.#heardAtMs >= MAX_SILENCE_MS) this.#end(CloseCode.gone, "Nothing was heard of you.");
    else if (nowMs - this.#usedAtMs >= IDLE_MS) this.#end(1000, "No channel is joined.");
  }

  async #join(join: Join): Promise<void> {
    const { id } = join;
    if (this.#channels.has(id)) return this.#end(CloseCode.badMessage, `Channel ${id} is joined already.`);
    if (this.#channels.size >= MAX_SHARED_CHANNELS) {
      return this.#refuse(id, tooMany(`One connection has ${MAX_SHARED_CHANNELS} channels at most. Open another.`));
    }
    if (!this.#joins.take(this.#place.nowMs())) {
      return this.#refuse(id, tooMany(`A connection joins ${JOINS.perSecond} channels a second. Try again.`));
    }
    if (!this.#place.hold()) {
      return this.#refuse(id, tooMany("Too many channels are held for this address, or in all. Try again later."));
    }
    this.#place.cost.join();
    const member: Member = {};
    this.#channels.set(id, member);
    this.#usedAtMs = this.#place.nowMs();
    if (++this.#joined === MAX_JOINS) return this.#end(SERVICE_RESTART, "Come back: this request has joined enough.");
    const joined = await this.#place.join(join).catch((): Joined => ({ kind: "refused", ...FAULT }));
    // Its client may have left it meanwhile, and joined another by the same id.
    const isMine = (): boolean => this.#channels.get(id) === member;
    if (joined.kind === "refused") {
      if (!isMine()) return;
      this.#forget(id);
      return this.#refuse(id, joined);
    }
    if (isMine()) this.#tell({ type: "joined", id, protocol: joined.protocol });
    while (isMine() && this.waitingBytes > BEGIN_BYTES) await this.#place.pause(LOOK_FOR_ROOM_MS);
    const socket = joined.open({
      message: (data) => {
        if (isMine()) this.#passOn(id, data);
      },
      closed: (code) => {
        if (isMine()) this.#left(id, code);
      },
    });
    if (isMine()) member.socket = socket;
    else socket.close();
  }

  #passOn(id: number, data: string | ArrayBuffer): void {
    this.#makeRoom(id);
    if (!this.#channels.has(id)) return;
    this.#send(id, typeof data === "string" ? sharedText(id, data) : sharedBytes(id, data));
    this.#spend(typeof data === "string" ? data.length : data.byteLength);
  }

  /** Where its client reads slowly it comes back, where it was, to the channel of which the most waits; to whichever speaks, if that is not enough. */
  #makeRoom(id: number): void {
    const { waiting } = this.#place;
    const cost = this.waitingBytes;
    waiting.note(this, cost);
    const most = waiting.mostFor(VIEWER_BUFFER_BYTES, this.#place.nowMs());
    if (cost <= most) return;
    const { largest } = this.#unread;
    if (largest !== undefined && this.#channels.has(largest)) this.#letGo(largest);
    if (cost > 2 * most && this.#channels.has(id)) this.#letGo(id);
  }

  #letGo(id: number): void {
    this.#leave(id);
    this.#tell({ type: "left", id, code: TRY_AGAIN_LATER });
  }

  /** The channel has ended it. */
  #left(id: number, code: number): void {
    this.#forget(id);
    this.#tell({ type: "left", id, code });
  }

  #leave(id: number): void {
    const socket = this.#channels.get(id)?.socket;
    this.#forget(id);
    socket?.close();
  }

  #forget(id: number): void {
    if (!this.#channels.delete(id)) return;
    this.#place.release();
    this.#usedAtMs = this.#place.nowMs();
  }

  #refuse(id: number, { status, code, detail, retryAfterMs }: Refusal): void {
    this.#tell({ type: "refused", id, status, code, detail, retryAfterMs });
  }

  #tell(message: SharedServerMessage): void {
    this.#send(OWN, JSON.stringify(message));
  }

  #send(id: number, data: string | Uint8Array): void {
    if (this.#isOver) return;
    if (id === OWN && this.waitingBytes > 2 * VIEWER_BUFFER_BYTES + OWN_BYTES)
      return this.#end(CloseCode.gone, "You read too slowly for what you ask.");
    this.#place.client.send(data);
    this.#unread.add(id, typeof data === "string" ? data.length : data.byteLength);
  }

  /** What is asked of one request of a Worker is bounded: before that its client is told to come back. */
  #spend(bytes: number): void {
    this.#place.cost.spend(bytes);
    if (this.#place.cost.isOver) this.#end(SERVICE_RESTART, "Come back: this request has done enough.");
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.closed();
    this.#place.client.close(code, reason);
  }
}

const FAULT: Refusal = {
  status: 500,
  code: "internal",
  detail: "This is a fault of Plotcast's own; the Worker's log has more. Try again.",
  retryAfterMs: 1_000,
};

function tooMany(detail: string): Refusal {
  return { status: 429, code: "too-many-requests", detail, retryAfterMs: 5_000 };
}
