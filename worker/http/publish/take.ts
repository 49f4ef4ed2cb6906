import { readHeader } from "../../../protocol/frame/header.ts";
import type { Announcement, PublishAnswer } from "../../../protocol/messages/publish.ts";
import { Problem, type Refusal } from "../../../protocol/problem.ts";
import { CHANNEL_ITSELF } from "../../../protocol/room/channel-itself.ts";
import type { Principal } from "../../auth/principal.ts";
import type { PublishTo } from "../../channel/publisher-request.ts";
import { clientAddress } from "../access/client-address.ts";
import { mustMay } from "../access/guard.ts";
import { spendOnAnnouncement, spendOnPublish } from "../access/quotas.ts";
import { type Asked, newNames } from "../asked.ts";
import { audit } from "../audit.ts";
import { HttpProblem } from "../problem-response.ts";
import { mustNote } from "../tokens/note-use.ts";
import type { Publication } from "./published-frames.ts";

/** Who publishes, if they may. @throws Problem */
export async function mustPublish({ request, env, access, name }: Asked): Promise<Principal> {
  const principal = await mustMay(request, env, access, "publish", name);
  await mustNote(principal, name, env);
  return principal;
}

/** Has numbered and stored what a principal publishes, whichever way it came. @throws Problem if that may not be */
export async function take(
  { request, access, name }: Asked,
  principal: Principal,
  channel: Pick<PublishTo, "publish">,
  { frames, series }: Publication,
): Promise<PublishAnswer> {
  const { publisher } = readHeader(frames);
  if (publisher === CHANNEL_ITSELF) throw isReserved();
  spendOnPublish(access, principal, frames, Date.now());
  const answer = await channel.publish(frames, series, access.quotas.token.series);
  if ("code" in answer) throw refusalOf(answer);
  newNames.know(name);
  audit(request, access, { audit: "published-first", publisher });
  return answer;
}

/** A publisher says that it comes or goes. @throws Problem if that may not be */
export async function announceTo(
  { request, access }: Asked,
  principal: Principal,
  channel: Pick<PublishTo, "announce">,
  announcement: Announcement,
): Promise<void> {
  spendOnAnnouncement(access, principal, clientAddress(request), Date.now());
  await channel.announce(announcement);
}

function isReserved(): Problem {
  const detail = "This publisher's id, all f, is the channel's own. Give the publisher another.";
  return new Problem("publisher-reserved", detail);
}

/** A refusal of the channel's own. Where it is for too many series, somebody must do something before it is another. */
function refusalOf({ code, detail }: Refusal): Problem {
  return code === "quota-exceeded" ? new HttpProblem(code, detail, { "Retry-After": "30" }) : new Problem(code, detail);
}
