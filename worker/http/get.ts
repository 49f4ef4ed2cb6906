import { FRAME_TYPE, ROOM_SUBPROTOCOL } from "../../protocol/limits.ts";
import { stillCounts } from "../auth/authenticate.ts";
import { viewerShare } from "../auth/viewer-share.ts";
import { parseJoinRequest } from "../hub/join-request.ts";
import { NOTE_HEADER } from "../hub/series-note.ts";
import { clientAddress } from "./access/client-address.ts";
import { mayWatchFrom } from "./access/cross-origin.ts";
import { embedOriginsOf } from "./access/embedding.ts";
import { mustWatch } from "./access/guard.ts";
import { askerOf, spendOnRead, tooManyViewers } from "./access/quotas.ts";
import { type Asked, done, mayAsk, noRoom } from "./asked.ts";
import { audit } from "./audit.ts";
import { watcherOf } from "./live/join.ts";
import { live } from "./live/live.ts";
import { isLive } from "./live/live-query.ts";
import { isMetrics, type MetricsType, negotiate, type StoredType } from "./negotiate.ts";
import { pageResponse } from "./page.ts";
import { HttpProblem, PROBLEM_TYPE } from "./problem-response.ts";
import { connectPublisher, isForPublisher } from "./publisher/connect.ts";
import { latestValues } from "./read/latest-values.ts";
import { METRICS_CONTENT_TYPES, metricsText } from "./read/metrics-text.ts";
import { storedPoints } from "./read/read.ts";
import { mustBeOfLatest, readQuery } from "./read/read-query.ts";
import { look } from "./room/ask-room.ts";
import { joinRoom } from "./room/join-room.ts";
import { mustNote } from "./tokens/note-use.ts";

/** What a GET of a channel is: live by WebSocket; else the page, or what is stored, as Accept asks. @throws Problem */
export async function get(asked: Asked): Promise<Response> {
  const { request, env, access, name } = asked;
  const { headers } = request;
  if (headers.get("Upgrade")?.toLowerCase() === "websocket") {
    if (isForPublisher(headers)) return await connectPublisher(asked);
    return isForRoom(headers) ? await joinRoom(asked) : await watch(asked);
  }
  mustNotHaveLostUpgrade(headers);
  const accept = headers.get("Accept") ?? undefined;
  if (accept === PROBLEM_TYPE) return await probe(asked);
  const type = negotiate(accept);
  if (type === "application/json" && new URL(request.url).searchParams.has("room")) return await look(asked);
  if (isMetrics(type)) return await read(asked, type);
  if (isLive(type, new URL(request.url).searchParams)) return await live(asked, type);
  if (type !== "text/html") return await read(asked, type);
  return await pageResponse(env.ASSETS, new URL(request.url), embedOriginsOf(access, name, env.EMBED_ORIGINS));
}

/** RT9. A proxy on the way may have left out the upgrade. @throws HttpProblem `upgrade-required` */
export function mustNotHaveLostUpgrade(headers: Headers): void {
  if (!headers.has("Sec-WebSocket-Key") || headers.has("Upgrade")) return;
  const detail = "A proxy on the way did not pass on Connection and Upgrade. What it needs: docs/BEHIND-A-PROXY.md";
  throw new HttpProblem("upgrade-required", detail, { Upgrade: "websocket" });
}

function isForRoom(headers: Headers): boolean {
  return (headers.get("Sec-WebSocket-Protocol") ?? "").split(",").some((each) => each.trim() === ROOM_SUBPROTOCOL);
}

/** A viewer joins. */
async function watch(asked: Asked): Promise<Response> {
  const { request, env, access, name } = asked;
  const principal = await mustWatch(request, env, access, "watch", name);
  parseJoinRequest(request);
  const watcher = await watcherOf(asked, principal);
  return await watcher.join(request);
}

/** A page that cannot connect asks why: what refuses a join refuses this, in the same words. */
async function probe(asked: Asked): Promise<Response> {
  const { request, env, access, name, channel } = asked;
  mayWatchFrom(request.headers.get("Plotcast-Origin") ?? undefined, request, access);
  const principal = await mustWatch(request, env, access, "watch", name);
  const asker = askerOf(request, principal);
  await spendOnRead(access, env, asker, Date.now());
  await mayAsk(asked, principal);
  await mustNote(principal, name, env);
  const room = await channel.roomFor(await viewerShare(access.quotas, asker, String(channel.id)));
  if (room !== "room") throw noRoom(room, () => tooManyViewers(access, asker));
  return done({ Vary: "Accept" });
}

/** What is stored. */
async function read(asked: Asked, type: StoredType | MetricsType): Promise<Response> {
  const { request, env, access, name, channel } = asked;
  const principal = await mustWatch(request, env, access, "history", name);
  if (principal !== undefined) audit(request, access, { audit: "token-used" });
  const query = readQuery(new URL(request.url).searchParams, type === FRAME_TYPE ? "x" : "times", Date.now());
  const headers = {
    "Content-Type": isMetrics(type) ? METRICS_CONTENT_TYPES[type] : type,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    Vary: "Accept",
  };
  if (isMetrics(type)) mustBeOfLatest(new URL(request.url).searchParams);
  if (request.method === "HEAD") return new Response(null, { headers });
  await spendOnRead(access, env, askerOf(request, principal), Date.now());
  await mayAsk(asked, principal);
  const mayGoOn = async () => principal === undefined || (await stillCounts(principal, env, Date.now()));
  if (isMetrics(type)) {
    const values = await latestValues(channel, query, clientAddress(request), mayGoOn);
    return new Response(metricsText(name, values, type, Date.now()), { headers });
  }
  const { body, epoch, note } = await storedPoints(channel, query, type, clientAddress(request), mayGoOn);
  const told = note === undefined ? {} : { [NOTE_HEADER]: note };
  return new Response(body, { headers: { ...headers, "Plotcast-Epoch": String(epoch), ...told } });
}
