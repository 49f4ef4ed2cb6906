import { RoomConnection } from "../../client/room/room-connection.ts";
import { MAX_CONTROLS_BYTES } from "../../protocol/limits.ts";
import type { RoomClientMessage, RoomServerMessage } from "../../protocol/room/room-message.ts";
import type { Log } from "../observability/log.ts";

export interface RoomLinkOptions {
  /** The channel's URL. */
  to: URL;
  token: string;
  /** The id in the frames, which may change. */
  publisher: () => string;
  log: Log;
  onWelcome: () => void;
  onMessage: (message: RoomServerMessage) => void;
  /** Talks by POST. @returns what there is; rejects if it cannot be had */
  exchange: (messages: readonly RoomClientMessage[]) => Promise<readonly RoomServerMessage[]>;
}

/** Without a WebSocket for so long it talks by POST, so often. */
const WITHOUT_SOCKET_MS = 10_000;
const EXCHANGE_EVERY_MS = 2_000;
const MAX_QUEUED = 1_000;
/** A room takes four times 64 KiB by POST. */
const MAX_POST_BYTES = 3 * MAX_CONTROLS_BYTES;
/** A token that was refused may be exchanged meanwhile. */
const RETRY_REFUSED_MS = 30_000;

/** A publisher's line to its channel's room: a WebSocket, and POSTs where none gets through. */
export class RoomLink {
  readonly #options: RoomLinkOptions;
  readonly #connection: RoomConnection;
  readonly #queued: RoomClientMessage[] = [];
  readonly #timer: NodeJS.Timeout;
  /** Undefined while it is connected. */
  #awaySinceMs: number | undefined = performance.now();
  #exchangedAtMs = Number.NEGATIVE_INFINITY;
  #isExchanging = false;
  /** POSTs get through, and are what it talks by. */
  #isByPost = false;
  #isSaid = false;

  constructor(options: RoomLinkOptions) {
    this.#options = options;
    const { to, token, publisher, onMessage, onWelcome } = options;
    this.#connection = new RoomConnection(
      to,
      {
        welcome: () => {
          this.#isByPost = false;
          // First what is older than what its controls have now.
          this.#sayQueued();
          onWelcome();
        },
        heard: onMessage,
        stateChanged: () => {
          // Between tries it is away all the same.
          this.#awaySinceMs = this.#connection.isWelcome ? undefined : (this.#awaySinceMs ?? performance.now());
        },
      },
      { token, publisher },
    );
    this.#connection.open();
    this.#timer = setInterval(() => this.#check(), 200);
    this.#timer.unref();
  }

  /** @returns false, and nothing is said, while it can talk by nothing */
  say(message: RoomClientMessage): boolean {
    if (this.#connection.say(message)) return true;
    if (!this.#isByPost || this.#queued.length >= MAX_QUEUED) return false;
    this.#queued.push(message);
    void this.#exchange();
    return true;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#connection.close();
  }

  #check(): void {
    const nowMs = performance.now();
    const awayForMs = nowMs - (this.#awaySinceMs ?? nowMs);
    if (this.#connection.isWelcome) return;
    if (this.#connection.state.phase === "refused" && awayForMs > RETRY_REFUSED_MS) {
      this.#awaySinceMs = nowMs;
      this.#connection.retry();
    }
    if (awayForMs < WITHOUT_SOCKET_MS && !this.#isByPost) return;
    if (nowMs - this.#exchangedAtMs >= EXCHANGE_EVERY_MS) void this.#exchange();
  }

  async #exchange(): Promise<void> {
    if (this.#isExchanging) return;
    this.#isExchanging = true;
    this.#exchangedAtMs = performance.now();
    const messages = this.#queued.splice(0, countIn(this.#queued));
    try {
      const said = await this.#options.exchange(messages);
      if (!this.#isByPost) {
        this.#isByPost = true;
        if (!this.#isSaid)
          this.#options.log.info("Something on the way stops WebSockets: commands are asked for every two seconds.");
        this.#isSaid = true;
        this.#options.onWelcome();
      }
      for (const message of said) this.#options.onMessage(message);
    } catch {
      // What was said is said again once the room can be reached.
      this.#queued.unshift(...messages.slice(-MAX_QUEUED));
      this.#isByPost = false;
      if (this.#connection.isWelcome) {
        this.#sayQueued();
        this.#options.onWelcome();
      }
    } finally {
      this.#isExchanging = false;
    }
    if (this.#queued.length > 0 && this.#isByPost) void this.#exchange();
  }
  #sayQueued(): void {
    for (const message of this.#queued.splice(0)) this.#connection.say(message);
  }
}

/** How many of these go in one POST. */
function countIn(messages: readonly RoomClientMessage[]): number {
  let bytes = 0;
  const tooMany = messages.findIndex((message, i) => {
    bytes += Buffer.byteLength(JSON.stringify(message)) + 1;
    return i > 0 && bytes > MAX_POST_BYTES;
  });
  return tooMany < 0 ? messages.length : tooMany;
}
