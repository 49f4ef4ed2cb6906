import { cursorText, parseCursor } from "../../../protocol/cursor.ts";
import { pause } from "../../channel/read-turns.ts";
import { NOTE_HEADER } from "../../hub/series-note.ts";
import { acceptSocket } from "../accept-socket.ts";
import { clientAddress } from "../access/client-address.ts";
import { mustWatch } from "../access/guard.ts";
import { spendOnRead, tooManyViewers } from "../access/quotas.ts";
import type { Asked } from "../asked.ts";
import { HttpProblem } from "../problem-response.ts";
import { type Watcher, watcherOf } from "./join.ts";
import { liveBody } from "./live-body.ts";
import { isPicked, joinRequest, type LiveQuery, type LiveType, liveQuery } from "./live-query.ts";
import { LiveSource } from "./live-source.ts";
import { MAX_STREAMS, MAX_STREAMS_PER_ADDRESS, openStreams } from "./open-streams.ts";
import { type PlaceOfGaps, poll, polledBody, polledEvents, polledGaps } from "./poll.ts";
import { StreamCost, streamCpuMs } from "./stream-cost.ts";

/** A GET for what comes: a stream of events, a read that follows, or a long poll. The Worker holds it, as one more viewer of the channel. @throws Problem */
export async function live(asked: Asked, type: LiveType): Promise<Response> {
  const { request, env, access, name } = asked;
  // Who may not watch is told that before anything else.
  const principal = await mustWatch(request, env, access, "watch", name);
  const query = liveQuery(request, type);
  const headers = headersOf(query);
  if (request.method === "HEAD") return new Response(null, { headers });
  const watcher = await watcherOf(asked, principal);
  await spendOnRead(access, env, watcher.asker, Date.now());
  if (query.waitMs === undefined) mustHaveRoom(asked, watcher);
  const source = sourceOf(watcher, new URL(request.url), query, (note) => headers.set(NOTE_HEADER, note));
  await source.open();
  return query.waitMs === undefined
    ? streamed(source, asked, watcher, query, headers)
    : await polled(source, query.waitMs, query, headers);
}

/** Nothing is awaited between the counting and the answer: what a request holds when its client hangs up before that is never given back. */
function streamed(source: LiveSource, asked: Asked, watcher: Watcher, query: LiveQuery, headers: Headers): Response {
  try {
    mustHaveRoom(asked, watcher);
  } catch (error) {
    source.close();
    throw error;
  }
  const address = clientAddress(asked.request);
  openStreams.open(watcher.share, address);
  const over = (): void => openStreams.close(watcher.share, address);
  return new Response(liveBody(source, query, new StreamCost(streamCpuMs(asked.env)), over), { headers });
}

/** TR6b, TR6c. @throws Problem `quota-exceeded`, `too-many-reads` */
function mustHaveRoom({ request, access }: Asked, { share, asker }: Watcher): void {
  const room = openStreams.roomFor(share, clientAddress(request));
  if (room === "quota") throw tooManyViewers(access, asker);
  if (room === "room") return;
  throw new HttpProblem(
    "too-many-reads",
    `Streams at once are bounded: ${MAX_STREAMS_PER_ADDRESS} of an address, ${MAX_STREAMS} in all. Watch by WebSocket, or try again later.`,
    { "Retry-After": "30" },
  );
}

async function polled(source: LiveSource, waitMs: number, query: LiveQuery, headers: Headers): Promise<Response> {
  try {
    const gaps = placeOfGaps(query);
    const { parts, cursor } = await poll(source, waitMs, Date.now, gaps);
    if (gaps.kind === "header" && parts.some(({ kind }) => kind === "gap"))
      headers.set("Plotcast-Gaps", polledGaps({ parts, cursor }));
    if (cursor !== undefined) headers.set("Plotcast-Cursor", cursorText(cursor));
    if (parts.length === 0) return new Response(null, { status: 204, headers });
    const body = query.messages ? polledEvents(parts) : polledBody({ parts, cursor }, query);
    return new Response(body, { headers });
  } finally {
    source.close();
  }
}

function headersOf({ type }: LiveQuery): Headers {
  return new Headers({
    "Content-Type": type,
    // What a proxy packs or keeps back comes late, or never.
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
    Vary: "Accept",
  });
}

function placeOfGaps(query: LiveQuery): PlaceOfGaps {
  if (query.view !== undefined || query.messages) return { kind: "among-points" };
  return isPicked(query)
    ? { kind: "in-frames", began: parseCursor(query.start.get("cursor") ?? "") }
    : { kind: "header" };
}

/** @param note takes what the channel says of what is asked for, before the answer begins */
function sourceOf(watcher: Watcher, url: URL, query: LiveQuery, note: (text: string) => void): LiveSource {
  let isFirst = true;
  return new LiveSource(
    {
      mayGoOn: () => watcher.stillMay(),
      async join(cursor, events) {
        if (!isFirst && !(await watcher.stillMay())) return "access-ended";
        try {
          const { webSocket, headers } = await watcher.join(joinRequest(url, query, cursor), query.view);
          const said = headers.get(NOTE_HEADER);
          if (isFirst && said !== null) note(said);
          if (webSocket === null) return "unavailable";
          return acceptSocket(webSocket, events);
        } finally {
          isFirst = false;
        }
      },
      retryAfterMs: (error) => (error instanceof HttpProblem ? retryAfterMsOf(error) : undefined),
      pause,
      random: Math.random,
    },
    query.view !== undefined,
    query.messages,
  );
}

function retryAfterMsOf({ headers }: HttpProblem): number | undefined {
  const seconds = Number(headers["Retry-After"]);
  return seconds > 0 ? 1000 * seconds : undefined;
}
