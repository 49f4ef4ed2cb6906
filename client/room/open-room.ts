import { toHex } from "../../protocol/bytes.ts";
import { channelUrl } from "../channel-url.ts";
import type { SharedConnection } from "../connect/shared-connection.ts";
import type { ConnectionState } from "../connection-state.ts";
import type { ClientEnvironment, ClientSocket } from "../environment.ts";
import { environmentHere } from "../environment-here.ts";
import { ask, endedBy } from "../subscribe/answer.ts";
import type { Ended } from "../subscribe/transport.ts";
import type { TokenSource } from "../token-source.ts";
import { tokenSubprotocol } from "../token-subprotocol.ts";
import { Room } from "./room.ts";
import { RoomConnection } from "./room-connection.ts";
import { RoomError } from "./room-error.ts";

export interface RoomOptions {
  /** A token, or a function that gives one, which is asked before each connection. Without one you may do what anybody may. */
  token?: TokenSource | undefined;
  /** Your name for others. One that is taken gets a number. */
  name?: string | undefined;
  /** 16 to 64 letters, digits, - and _, made up once and kept: by it you are the same person, and may change your notes, another day. */
  key?: string | undefined;
  /** By this connection, which several channels share (`plotcast-client/connect`). */
  connection?: SharedConnection | undefined;
  /** Ends it. */
  signal?: AbortSignal | undefined;
}

/** What a room needs of where it runs. */
export interface RoomPlace {
  environment: ClientEnvironment;
  /** Why there was no connection, as the Worker says it to whoever asks. */
  whyNot(url: URL, token: string | undefined): Promise<Ended>;
}

const KEY = /^[A-Za-z0-9_-]{16,64}$/;
const ASK_WHY_EVERY_MS = 10_000;
const REFUSED = {
  token: { code: "token-expired", detail: "The token counts no more. Come back with a new one." },
  right: { code: "not-permitted", detail: "The token has no right here any more. Ask for another." },
} as const;

/**
 * Enters a channel's room. It comes back by itself after a cut; what is said meanwhile waits.
 *
 * @param url the channel's, as browsers open it: `https://board.example/c/lab`
 * @returns once it is there; it tries for as long as it takes
 * @throws TypeError if the URL, the key or the runtime is none for it; RoomError if the Worker refuses
 */
export async function openRoom(url: string | URL, options: RoomOptions = {}): Promise<Room> {
  if (!("WebSocket" in globalThis))
    throw new TypeError("This runtime has no WebSocket, which a room needs: Node has one from version 22 on.");
  const environment = options.connection?.environmentFor(channelUrl(url)) ?? environmentHere();
  return await openRoomIn({ environment, whyNot }, url, options);
}

/** The same in another place, such as one that a test makes. @throws as {@link openRoom} */
export async function openRoomIn(place: RoomPlace, url: string | URL, options: RoomOptions): Promise<Room> {
  const { token, name = "", key = toHex(crypto.getRandomValues(new Uint8Array(16))), signal } = options;
  if (!KEY.test(key)) throw new TypeError("key is 16 to 64 letters, digits, - and _.");
  const to = channelUrl(url);
  const tokens = typeof token === "function" ? new AskedTokens(place.environment, token) : undefined;
  const environment = tokens ?? place.environment;
  let isRenewed = false;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let entered: (room: Room) => void = () => undefined;
  let notEntered: (error: RoomError) => void = () => undefined;
  const entrance = new Promise<Room>((resolve, reject) => {
    entered = resolve;
    notEntered = reject;
  });

  const connection: RoomConnection = new RoomConnection(
    to,
    {
      welcome(welcome) {
        isRenewed = false;
        room.welcomed(welcome);
        entered(room);
      },
      heard: (message) => room.heard(message),
      stateChanged,
    },
    { token: typeof token === "string" ? token : undefined, key, environment },
  );
  const room: Room = new Room(connection, environment, name);
  room.when("state", (state) => {
    if (state.state === "refused") notEntered(new RoomError(state.problem));
    if (state.state === "closed") notEntered(new RoomError({ code: "closed", detail: "It was closed." }));
  });

  function stateChanged(state: ConnectionState): void {
    if (room.isEnded) return;
    switch (state.phase) {
      case "live":
      case "probing":
        // It is live once it is welcome.
        return;
      case "refused":
        // What expired meanwhile may have been followed by another.
        if (state.reason === "token" && tokens !== undefined && !isRenewed) {
          isRenewed = true;
          room.turned({ state: "waiting" });
          return connection.retry();
        }
        return room.end({ state: "refused", problem: REFUSED[state.reason] }, REFUSED[state.reason]);
      case "waiting": {
        const wasLive = room.state.state === "live";
        room.turned({ state: "waiting" });
        if (!wasLive) void askWhy();
        return;
      }
      case "connecting":
      case "offline":
        return room.turned({ state: state.phase });
      default:
        state satisfies never;
    }
  }

  /** No client is told why a WebSocket could not be opened (https://websockets.spec.whatwg.org/#feedback-from-the-protocol). */
  async function askWhy(): Promise<void> {
    if (environment.nowMs() - askedAtMs < ASK_WHY_EVERY_MS) return;
    askedAtMs = environment.nowMs();
    const ended = await place.whyNot(to, tokens?.newest ?? connection.token);
    if (room.isEnded || room.state.state === "live" || ended.kind === "closed") return;
    const { problem } = ended;
    if (ended.kind === "refused") return room.end({ state: "refused", problem }, problem);
    connection.holdOff(ended.afterMs);
    room.turned({ state: "waiting", problem });
  }

  const onAbort = (): void => room.close();
  if (signal?.aborted) onAbort();
  else {
    signal?.addEventListener("abort", onAbort);
    room.when("state", () => {
      if (room.isEnded) signal?.removeEventListener("abort", onAbort);
    });
    connection.open();
  }
  await entrance;
  await room.renamed;
  return room;
}

async function whyNot(url: URL, token: string | undefined): Promise<Ended> {
  const at = new URL(url);
  at.search = "room";
  try {
    return await endedBy(await ask(at, "application/json", token, new AbortController().signal));
  } catch {
    return { kind: "closed" };
  }
}

/** An environment whose sockets wait until a token for them is there. */
class AskedTokens implements ClientEnvironment {
  newest: string | undefined;
  readonly nowMs: ClientEnvironment["nowMs"];
  readonly wakeAt: ClientEnvironment["wakeAt"];
  readonly random: ClientEnvironment["random"];
  readonly watch: NonNullable<ClientEnvironment["watch"]>;
  readonly openSocket: ClientEnvironment["openSocket"];

  constructor(inner: ClientEnvironment, source: () => string | Promise<string>) {
    this.nowMs = () => inner.nowMs();
    this.wakeAt = (timeMs, wake) => inner.wakeAt(timeMs, wake);
    this.random = () => inner.random();
    this.watch = (notify) => inner.watch?.(notify) ?? (() => undefined);
    this.openSocket = (url, subprotocols, events) => {
      let socket: ClientSocket | undefined;
      let isLeft = false;
      const open = async (): Promise<void> => {
        this.newest = await source();
        if (!isLeft) socket = inner.openSocket(url, [...subprotocols, tokenSubprotocol(this.newest)], events);
      };
      void open().catch(() => {
        // Without a network there may be no new token either: it comes back later.
        if (!isLeft) events.closed(1006);
      });
      return {
        send: (text) => socket?.send(text),
        close() {
          isLeft = true;
          socket?.close();
        },
      };
    };
  }
}
