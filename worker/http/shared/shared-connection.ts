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
import type { WaitingBytes } from "./waiting-bytes.ts";

/** How fast it may join channels. */
const JOINS = { atOnce: MAX_SHARED_CHANNELS, perSecond: 4 };
/** A connection that no channel is joined by for so long is closed. */
const IDLE_MS = 60_000;
/** Codes of RFC 6455 that say: come back. */
const SERVICE_RESTART = 1012;
const TRY_AGAIN_LATER = 1013;

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
  /** Asks for a channel, as a request of its own would. It does not throw. */
  join(join: Join): Promise<Joined>;
  /** Counts one more socket to a channel, or one fewer. @returns false if there are too many already */
  count(more: 1 | -1): boolean;
  cost: StreamCost;
  waiting: WaitingBytes;
  nowMs(): number;
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
  #heardAtMs: number;
  #usedAtMs: number;
  #isOver = false;

  constructor(place: SharedPlace) {
    this.#place = place;
    const nowMs = place.nowMs();
    this.#joins = new RateLimit(JOINS.perSecond, nowMs, JOINS.atOnce);
    this.#heardAtMs = nowMs;
    this.#usedAtMs = nowMs;
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
    if (data === PING) return this.#send(PONG);
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
    this.#place.waiting.note(this, this.#place.client.bufferedAmount);
    if (this.#channels.size > 0) this.#usedAtMs = nowMs;
    if (nowMs - this.#heardAtMs >= MAX_SILENCE_MS) this.#end(CloseCode.gone, "Nothing was heard of you.");
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
    if (!this.#place.count(1)) {
      return this.#refuse(id, tooMany("Too many channels are held for this address, or in all. Try again later."));
    }
    this.#place.cost.join();
    const member: Member = {};
    this.#channels.set(id, member);
    this.#usedAtMs = this.#place.nowMs();
    const joined = await this.#place.join(join);
    // Its client may have left it meanwhile, and joined another by the same id.
    const isMine = (): boolean => this.#channels.get(id) === member;
    if (joined.kind === "refused") {
      if (!isMine()) return;
      this.#forget(id);
      return this.#refuse(id, joined);
    }
    if (isMine()) this.#tell({ type: "joined", id, protocol: joined.protocol });
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
    // Its client reads slowly: it comes back to this channel where it was, and the channel knows how to go on from there.
    if (this.#isFull()) return this.#letGo(id);
    if (typeof data === "string") this.#send(sharedText(id, data));
    else this.#send(sharedBytes(id, data));
    this.#spend(typeof data === "string" ? data.length : data.byteLength);
  }

  #isFull(): boolean {
    const { client, waiting } = this.#place;
    const { bufferedAmount } = client;
    waiting.note(this, bufferedAmount);
    return bufferedAmount > waiting.mostFor(VIEWER_BUFFER_BYTES);
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
    this.#place.count(-1);
    this.#usedAtMs = this.#place.nowMs();
  }

  #refuse(id: number, { status, code, detail, retryAfterMs }: Refusal): void {
    this.#tell({ type: "refused", id, status, code, detail, retryAfterMs });
  }

  #tell(message: SharedServerMessage): void {
    this.#send(JSON.stringify(message));
  }

  #send(data: string | Uint8Array): void {
    if (!this.#isOver) this.#place.client.send(data);
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

function tooMany(detail: string): Refusal {
  return { status: 429, code: "too-many-requests", detail, retryAfterMs: 5_000 };
}
