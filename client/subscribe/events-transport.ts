import { fromBase64 } from "../../protocol/base64.ts";
import { parseCursor } from "../../protocol/cursor.ts";
import { isCountOrNull, isString, parseObject } from "../../protocol/messages/guards.ts";
import { SERVER_MESSAGES } from "../../protocol/messages/server-message.ts";
import { ask, endedBy, noteIn, urlOf } from "./answer.ts";
import { EventStream, type StreamEvent } from "./event-stream.ts";
import { fetchTransport } from "./fetch-transport.ts";
import type { Ended, OpenRequest, TransportEvents } from "./transport.ts";

const TYPE = "text/event-stream";

/** Watches by events of frames (TR2h), with `fetch`: an EventSource cannot send a token. */
export const eventsTransport = fetchTransport("events", follow);

async function follow(request: OpenRequest, events: TransportEvents, signal: AbortSignal): Promise<Ended> {
  const response = await ask(urlOf(request, { frames: "1" }), TYPE, request.token, signal);
  if (response.status !== 200 || !(response.headers.get("Content-Type") ?? "").startsWith(TYPE)) {
    return await endedBy(response);
  }
  noteIn(response, events);
  const reader = response.body?.getReader();
  const stream = new EventStream();
  for (;;) {
    const { value } = (await reader?.read()) ?? {};
    if (value === undefined || signal.aborted) return { kind: "closed" };
    events.heard();
    for (const event of stream.take(value)) {
      const ended = receive(event, events);
      if (ended !== undefined) return ended;
    }
    await request.room();
    if (signal.aborted) return { kind: "closed" };
  }
}

/** @returns how the stream has ended, if this says so */
function receive({ name, data, id }: StreamEvent, events: TransportEvents): Ended | undefined {
  const cursor = parseCursor(id);
  switch (name) {
    case "frames":
      events.frames(fromBase64(data));
      return;
    case "live":
      events.live(cursor);
      return;
    case "gap": {
      const { reason, points, series = "" } = parseObject(data) ?? {};
      if (cursor === undefined || !isCountOrNull(points)) return;
      if (SERVER_MESSAGES.gap.reason(reason)) events.gap({ reason, points, ...cursor });
      // Others are those of publishers, in frames of which nothing was picked.
      else if (isString(reason) && isString(series)) events.lost({ reason, points, series, ...cursor });
      return;
    }
    case "cut": {
      const { reason, detail } = parseObject(data) ?? {};
      if (reason !== "access-ended" || !isString(detail)) return { kind: "closed" };
      return { kind: "refused", problem: { code: reason, detail } };
    }
  }
}
