import { ARRANGEMENT_TYPE, PRESENCE_TYPE, ROOM_TYPE, SESSION_TYPE, SHARE_TYPE } from "../../protocol/limits.ts";
import type { PublishAnswer } from "../../protocol/messages/publish.ts";
import { mustMay, whoAsked } from "./access/guard.ts";
import { askerOf, spendOnRead } from "./access/quotas.ts";
import { type Asked, done, newNames, PLAIN_HEADERS } from "./asked.ts";
import { audit } from "./audit.ts";
import { readArrangement } from "./publish/arrangement.ts";
import { readAnnouncement, readPublication, typeOf } from "./publish/body.ts";
import { readOtlp } from "./publish/otlp.ts";
import { isStreamed, publishLines } from "./publish/publish-lines.ts";
import type { Publication } from "./publish/published-frames.ts";
import { announceTo, mustPublish, take } from "./publish/take.ts";
import { act, actionIn } from "./room/ask-room.ts";
import { exchange } from "./room/exchange.ts";
import { keepSession } from "./session.ts";
import { mustNote } from "./tokens/note-use.ts";
import { shareAs } from "./tokens/share.ts";

/** What a POST to a channel is, by its query, and by the type of its body. @throws Problem */
export async function post(asked: Asked): Promise<Response> {
  const action = actionIn(new URL(asked.request.url).searchParams);
  if (action !== undefined) return await act(asked, action);
  switch (typeOf(asked.request)) {
    case SESSION_TYPE:
      return await session(asked);
    case SHARE_TYPE:
      return await share(asked);
    case PRESENCE_TYPE:
      return await announce(asked);
    case ARRANGEMENT_TYPE:
      return await arrange(asked);
    case ROOM_TYPE:
      return await exchange(asked);
    default:
      return await publish(asked);
  }
}

/** A page's token goes into a cookie, or out of it. */
async function session({ request, env, access, name }: Asked): Promise<Response> {
  const { session, cookie } = await keepSession(request, env, access, name);
  const headers = { ...PLAIN_HEADERS, ...(cookie !== undefined && { "Set-Cookie": cookie }) };
  if (session === undefined) return done(headers);
  await spendOnRead(access, env, askerOf(request, whoAsked(request)), Date.now());
  if (session.key !== undefined) audit(request, access, { audit: "session-kept" });
  return Response.json(session, { headers });
}

/** A link that lets others watch, or the end of one. */
async function share({ request, env, access, name }: Asked): Promise<Response> {
  const principal = await mustMay(request, env, access, "admin", name);
  const shared = await shareAs(request, env, principal, name);
  audit(request, access, { audit: shared.kind === "made" ? "shared" : "token-revoked", name: shared.name });
  return shared.kind === "made" ? Response.json(shared.answer, { status: 201, headers: PLAIN_HEADERS }) : done();
}

/** A publisher says that it comes or goes. */
async function announce(asked: Asked): Promise<Response> {
  const principal = await mustPublish(asked);
  await announceTo(asked, principal, asked.channel, await readAnnouncement(asked.request));
  return done();
}

/** The owner says what everybody should see. */
async function arrange({ request, env, access, name, channel }: Asked): Promise<Response> {
  await mustNote(await mustMay(request, env, access, "admin", name), name, env);
  await channel.share(await readArrangement(request));
  newNames.know(name);
  audit(request, access, { audit: "arranged" });
  return done();
}

/** Frames or JSON points: numbered and stored before it is answered. */
async function publish(asked: Asked): Promise<Response> {
  const { request } = asked;
  const principal = await mustPublish(asked);
  const takeOne = (publication: Publication) => take(asked, principal, asked.channel, publication);
  const told = isStreamed(request) ? await publishLines(request, takeOne) : await publishWhole(request, takeOne);
  return Response.json(told, { headers: PLAIN_HEADERS });
}

/** OpenTelemetry's metrics, below a channel. @throws Problem */
export async function postMetrics(asked: Asked): Promise<Response> {
  const principal = await mustPublish(asked);
  const { publication, answer } = await readOtlp(asked.request);
  if (publication !== undefined) await take(asked, principal, asked.channel, publication);
  return Response.json(answer, { headers: PLAIN_HEADERS });
}

async function publishWhole(
  request: Request,
  takeOne: (publication: Publication) => Promise<PublishAnswer>,
): Promise<PublishAnswer> {
  const publication = await readPublication(request);
  const { leftOut = {} } = publication;
  const answer = await takeOne(publication);
  return Object.keys(leftOut).length === 0 ? answer : { ...answer, leftOut };
}
