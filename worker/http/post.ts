import { readHeader } from "../../protocol/frame/header.ts";
import { ARRANGEMENT_TYPE, PRESENCE_TYPE, ROOM_TYPE, SESSION_TYPE, SHARE_TYPE } from "../../protocol/limits.ts";
import type { PublishAnswer } from "../../protocol/messages/publish.ts";
import { Problem, type Refusal } from "../../protocol/problem.ts";
import { CHANNEL_ITSELF } from "../../protocol/room/channel-itself.ts";
import type { Principal } from "../auth/principal.ts";
import { clientAddress } from "./access/client-address.ts";
import { mustMay, whoAsked } from "./access/guard.ts";
import { askerOf, spendOnAnnouncement, spendOnPublish, spendOnRead } from "./access/quotas.ts";
import { type Asked, done, newNames, PLAIN_HEADERS } from "./asked.ts";
import { audit } from "./audit.ts";
import { HttpProblem } from "./problem-response.ts";
import { readArrangement } from "./publish/arrangement.ts";
import { readAnnouncement, readPublication, typeOf } from "./publish/body.ts";
import { readOtlp } from "./publish/otlp.ts";
import { isStreamed, publishLines } from "./publish/publish-lines.ts";
import type { Publication } from "./publish/published-frames.ts";
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
async function announce({ request, env, access, name, channel }: Asked): Promise<Response> {
  const principal = await mustMay(request, env, access, "publish", name);
  await mustNote(principal, name, env);
  const announcement = await readAnnouncement(request);
  spendOnAnnouncement(access, principal, clientAddress(request), Date.now());
  await channel.announce(announcement);
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
  const { request, env, access, name } = asked;
  const principal = await mustMay(request, env, access, "publish", name);
  await mustNote(principal, name, env);
  const take = takerOf(asked, principal);
  const told = isStreamed(request) ? await publishLines(request, take) : await publishWhole(request, take);
  return Response.json(told, { headers: PLAIN_HEADERS });
}

/** OpenTelemetry's metrics, below a channel. @throws Problem */
export async function postMetrics(asked: Asked): Promise<Response> {
  const { request, env, access, name } = asked;
  const principal = await mustMay(request, env, access, "publish", name);
  await mustNote(principal, name, env);
  const { publication, answer } = await readOtlp(request);
  if (publication !== undefined) await takerOf(asked, principal)(publication);
  return Response.json(answer, { headers: PLAIN_HEADERS });
}

/** What numbers and stores what a principal publishes. It throws a Problem if that may not be. */
function takerOf({ request, access, name, channel }: Asked, principal: Principal) {
  return async ({ frames, series }: Publication): Promise<PublishAnswer> => {
    if (readHeader(frames).publisher === CHANNEL_ITSELF) throw isReserved();
    spendOnPublish(access, principal, frames, Date.now());
    const answer = await channel.publish(frames, series, access.quotas.token.series);
    if ("code" in answer) throw refusalOf(answer);
    newNames.know(name);
    audit(request, access, { audit: "published-first", publisher: readHeader(frames).publisher });
    return answer;
  };
}

async function publishWhole(
  request: Request,
  take: (publication: Publication) => Promise<PublishAnswer>,
): Promise<PublishAnswer> {
  const publication = await readPublication(request);
  const { leftOut = {} } = publication;
  const answer = await take(publication);
  return Object.keys(leftOut).length === 0 ? answer : { ...answer, leftOut };
}

function isReserved(): Problem {
  const detail = "This publisher's id, all f, is the channel's own. Give the publisher another.";
  return new Problem("publisher-reserved", detail);
}

/** A refusal of the channel's own. Where it is for too many series, somebody must do something before it is another. */
function refusalOf({ code, detail }: Refusal): Problem {
  return code === "quota-exceeded" ? new HttpProblem(code, detail, { "Retry-After": "30" }) : new Problem(code, detail);
}
