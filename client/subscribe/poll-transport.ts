import { parseCursor } from "../../protocol/cursor.ts";
import { readHeader, splitFrames } from "../../protocol/frame/header.ts";
import { isObject, parseJson } from "../../protocol/json/json.ts";
import { FRAME_TYPE } from "../../protocol/limits.ts";
import { isCountOrNull, isString } from "../../protocol/messages/guards.ts";
import { SERVER_MESSAGES } from "../../protocol/messages/server-message.ts";
import type { MissingPoints } from "../cursor.ts";
import { ask, endedBy, noteIn, urlOf } from "./answer.ts";
import { fetchTransport } from "./fetch-transport.ts";
import { askInTime, nextPoll, WAIT_SECONDS } from "./long-poll.ts";
import type { Ended, OpenRequest, TransportEvents } from "./transport.ts";

/** Watches by long polls of frames (TR3), for where nothing comes through before its answer is whole. */
export const pollTransport = fetchTransport("poll", follow);

async function follow(request: OpenRequest, events: TransportEvents, signal: AbortSignal): Promise<Ended> {
  let { query } = request;
  // The first says what there is, without waiting for more.
  for (let waitSeconds = 0; ; waitSeconds = WAIT_SECONDS) {
    const beganMs = performance.now();
    const polled = await poll({ ...request, query }, events, waitSeconds, signal);
    if (typeof polled !== "string") return polled;
    query = { cursor: polled };
    await request.room();
    await nextPoll(beganMs);
    if (signal.aborted) return { kind: "closed" };
  }
}

/** @returns the cursor of the next poll, or why there is none */
function poll(
  request: OpenRequest,
  events: TransportEvents,
  waitSeconds: number,
  outer: AbortSignal,
): Promise<string | Ended> {
  return askInTime(waitSeconds, outer, async (signal) => {
    const response = await ask(urlOf(request, { wait: `${waitSeconds}` }), FRAME_TYPE, request.token, signal);
    const { status, headers } = response;
    const isFrames = status === 200 && headers.get("Content-Type") === FRAME_TYPE;
    if (!isFrames && status !== 204) return await endedBy(response);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (outer.aborted) return { kind: "closed" };
    const text = headers.get("Plotcast-Cursor") ?? cursorIn(bytes);
    const cursor = parseCursor(text ?? "");
    // A portal's answer can be empty, too.
    if (text === undefined || cursor === undefined) return { kind: "closed" };
    events.heard();
    for (const gap of gapsIn(headers.get("Plotcast-Gaps"))) events.gap(gap);
    noteIn(response, events);
    if (bytes.length > 0) events.frames(bytes);
    events.live(cursor);
    return text;
  });
}

/** What is missing before the first frame; an older Worker does not say. */
function gapsIn(header: string | null): MissingPoints[] {
  const gaps: unknown = header === null ? [] : parseJson(header);
  if (!Array.isArray(gaps)) return [];
  return gaps.filter(isObject).flatMap(({ id, reason, points }) => {
    const cursor = isString(id) ? parseCursor(id) : undefined;
    if (cursor === undefined || !SERVER_MESSAGES.gap.reason(reason) || !isCountOrNull(points)) return [];
    return [{ reason, points, ...cursor }];
  });
}

function cursorIn(bytes: Uint8Array): string | undefined {
  const last = splitFrames(bytes).at(-1);
  if (last === undefined) return undefined;
  const { epoch, seq } = readHeader(last);
  return `${epoch}:${seq}`;
}
