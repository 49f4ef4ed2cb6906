import { eventsSocket } from "../../client/fallback/events-socket.ts";
import { Fallback } from "../../client/fallback/fallback.ts";
import { pollSocket } from "../../client/fallback/poll-socket.ts";
import { accessOf } from "./access/access-of-page.ts";
import type { Context } from "./module.ts";

let fallback: Fallback | undefined;

/** How this page gets points where WebSockets do not come through. From the first call on it sees how long they live. */
export function fallbackOf(context: Context): Fallback {
  fallback ??= begun(context);
  return fallback;
}

/** What the quiet line says of it; undefined: nothing, as it is a WebSocket. */
export function transportText(): string | undefined {
  const way = { websocket: undefined, events: "by events", poll: "by long polls" }[fallback?.transport ?? "websocket"];
  const why = typeof WebSocket === "undefined" ? "this browser has no WebSocket" : "WebSockets are stopped on the way";
  return way && `${way}: ${why}`;
}

const TIP =
  "Something between you and the Worker stops WebSockets. Points come by plain HTTP, and none is lost; a WebSocket is tried now and then. Whoever runs a proxy there: docs/BEHIND-A-PROXY.md";

function begun(context: Context): Fallback {
  const { viewer, presenter } = context;
  const access = { headers: () => accessOf(context).headers };
  const made = new Fallback({
    connection: viewer,
    sockets: { events: eventsSocket(access), poll: pollSocket(access) },
    changed() {
      const line = document.getElementById("figures");
      if (line !== null) line.title = made.transport === "websocket" ? "" : TIP;
      presenter.show();
    },
  });
  return made;
}
