import { CloseCode, PLOTCAST_HEADER, PONG } from "../../protocol/limits.ts";
import { parseObject } from "../../protocol/messages/guards.ts";
import type { ClientEnvironment, SocketEvents } from "../environment.ts";
import { EventStream, type StreamEvent } from "../subscribe/event-stream.ts";
import { askInTime, nextPoll, WAIT_SECONDS } from "../subscribe/long-poll.ts";
import { CUT, eventsFrom, type HttpAccess, hasEvents, passOn } from "./http-socket.ts";

/** Opens what looks like a WebSocket, and is one long poll after the other (TR3d), for where nothing comes through before its answer is whole. */
export function pollSocket(access: HttpAccess): ClientEnvironment["openSocket"] {
  return (url, _subprotocols, events) => {
    const leaving = new AbortController();
    void pollOn(url, access, events, leaving.signal)
      .catch(() => CUT)
      .then((code) => {
        if (!leaving.signal.aborted) events.closed(code);
        leaving.abort();
      });
    // The next poll brings what was to be sent: it says anew who asks.
    return { send: () => undefined, close: () => leaving.abort() };
  };
}

async function pollOn(url: URL, access: HttpAccess, events: SocketEvents, signal: AbortSignal): Promise<number> {
  const greetings = new Greetings();
  let cursor = "";
  // The first says what there is, without waiting for more.
  for (let waitSeconds = 0; ; waitSeconds = WAIT_SECONDS) {
    const beganMs = performance.now();
    const found = await poll(url, cursor, waitSeconds, access, signal);
    if (signal.aborted) return CUT;
    // As a WebSocket that is refused says no more than that, so does a first poll.
    if (!Array.isArray(found)) return cursor === "" ? CUT : found.code;
    events.message(PONG);
    for (const event of found) {
      const code = passOn(greetings.onlyOnce(event), events);
      if (code !== undefined || signal.aborted) return code ?? CUT;
      if (event.id !== "") cursor = event.id;
    }
    await nextPoll(beganMs);
    if (signal.aborted) return CUT;
  }
}

/** @returns what came, or with which code a WebSocket would have ended */
function poll(
  url: URL,
  cursor: string,
  waitSeconds: number,
  access: HttpAccess,
  outer: AbortSignal,
): Promise<StreamEvent[] | { code: number }> {
  return askInTime(waitSeconds, outer, async (signal) => {
    const response = await eventsFrom(url, cursor, `wait=${waitSeconds}`, access, signal);
    if (!hasEvents(response)) return { code: endOf(response) };
    return new EventStream().take(new Uint8Array(await response.arrayBuffer()));
  });
}

/** Who was let in before is told by the next poll that its access has ended, if that was between the two. */
function endOf({ status, headers }: Response): number {
  if (headers.get(PLOTCAST_HEADER.name) !== PLOTCAST_HEADER.value) return CUT;
  if (status === 401) return CloseCode.tokenExpired;
  return status === 403 || status === 404 ? CloseCode.notPermitted : CUT;
}

/** Every poll is greeted. Who is there already hears a greeting only if it says another thing than the last, and else how it stands. */
class Greetings {
  #last = "";

  onlyOnce(event: StreamEvent): StreamEvent {
    if (event.name !== "hello") return event;
    const hello = parseObject(event.data);
    const { series, scales, arrangement, build } = hello ?? {};
    const said = JSON.stringify([series, scales, arrangement, build]);
    if (said !== this.#last) {
      this.#last = said;
      return event;
    }
    return { ...event, data: JSON.stringify({ ...hello, type: "status", behind: 0 }) };
  }
}
