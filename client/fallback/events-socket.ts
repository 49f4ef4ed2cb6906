import { PONG } from "../../protocol/limits.ts";
import { parseObject } from "../../protocol/messages/guards.ts";
import type { ClientEnvironment } from "../environment.ts";
import { EventStream } from "../subscribe/event-stream.ts";
import { CUT, eventsFrom, type HttpAccess, hasEvents, passOn } from "./http-socket.ts";

/** Opens what looks like a WebSocket, and is a stream of events. */
export function eventsSocket(access: HttpAccess): ClientEnvironment["openSocket"] {
  return (url, _subprotocols, events) => {
    let leaving = new AbortController();
    /** Where another stream goes on. */
    let cursor = "";

    const follow = async ({ signal }: AbortController): Promise<number> => {
      const response = await eventsFrom(url, cursor, "", access, signal);
      if (!hasEvents(response)) return CUT;
      const reader = response.body?.getReader();
      const stream = new EventStream();
      for (;;) {
        const { value } = (await reader?.read()) ?? {};
        if (value === undefined || signal.aborted) return CUT;
        // Comments come where nothing else does: anything at all shows that the line is alive.
        events.message(PONG);
        for (const event of stream.take(value)) {
          if (signal.aborted) return CUT;
          const code = passOn(event, events);
          if (code !== undefined) return code;
          if (event.id !== "") cursor = event.id;
        }
      }
    };
    const begin = (): void => {
      const mine = leaving;
      void follow(mine)
        .catch(() => CUT)
        .then((code) => {
          if (mine.signal.aborted) return;
          // What is not read is not to be sent.
          mine.abort();
          events.closed(code);
        });
    };
    begin();
    return {
      send(text) {
        // Only whoever asks brings a token: what was to be renewed is asked for again.
        if (parseObject(text)?.type !== "renew" || leaving.signal.aborted) return;
        leaving.abort();
        leaving = new AbortController();
        begin();
      },
      close: () => leaving.abort(),
    };
  };
}
