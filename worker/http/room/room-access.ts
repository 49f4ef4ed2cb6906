import { CAPABILITIES, type Capability } from "../../../protocol/access/capability.ts";
import { capabilitiesFor } from "../../../protocol/access/rights.ts";
import { toHex } from "../../../protocol/bytes.ts";
import { isPublisherId, ANONYMOUS as NO_PUBLISHER } from "../../../protocol/frame/header.ts";
import { Problem } from "../../../protocol/problem.ts";
import { CHANNEL_ITSELF } from "../../../protocol/room/channel-itself.ts";
import { grantOf } from "../../auth/grant.ts";
import { ANONYMOUS, may, type Principal } from "../../auth/principal.ts";
import { sha256 } from "../../auth/secret-tokens.ts";
import { viewerShare } from "../../auth/viewer-share.ts";
import { audienceOf } from "../../auth/watch-policy.ts";
import { invalidQuery } from "../../hub/query.ts";
import type { RoomRequest } from "../../room/room-request.ts";
import { mustMay, mustWatch, principalOf } from "../access/guard.ts";
import { askerOf } from "../access/quotas.ts";
import { type Asked, mayAsk } from "../asked.ts";
import { mustNote } from "../tokens/note-use.ts";

const KEY = /^[A-Za-z0-9_-]{16,64}$/;
/** What an owner may do without having been given it by name. */
const OF_ADMIN: readonly Capability[] = ["control", "note", "presence"];

/**
 * Who comes into a channel's room, and what they may do there: with a token what that gives, and what anybody may (`PUBLIC_RIGHTS`).
 * @throws Problem
 */
export async function roomRequestOf(asked: Asked): Promise<RoomRequest> {
  const query = new URL(asked.request.url).searchParams;
  const publisher = query.get("publisher");
  return publisher === null
    ? await ofViewer(asked, query.get("key") ?? undefined)
    : await ofPublisher(asked, publisher);
}

async function ofPublisher(asked: Asked, publisher: string): Promise<RoomRequest> {
  const { request, env, access, name } = asked;
  if (!isPublisherId(publisher) || publisher === NO_PUBLISHER || publisher === CHANNEL_ITSELF)
    throw invalidQuery("publisher", "is the id in the publisher's frames: 16 hexadecimal digits, not all 0 or all f");
  const principal = await mustMay(request, env, access, "publish", name);
  return await requestOf(asked, principal, publisher, `publisher:${publisher}`);
}

async function ofViewer(asked: Asked, key: string | undefined): Promise<RoomRequest> {
  const { request, env, access, name } = asked;
  if (key !== undefined && !KEY.test(key))
    throw invalidQuery("key", "is 16 to 64 letters, digits, _ and -, which a client makes up once and keeps");
  const principal = (await mustWatch(request, env, access, "watch", name)) ?? (await actorOf(asked));
  const isAnonymous = principal.kind === "anonymous";
  const sender = isAnonymous ? `anonymous:${key ?? crypto.randomUUID()}` : `${principal.id}:${key ?? ""}`;
  return await requestOf(asked, principal, "", sender);
}

/** Who acts in a public channel. A token that counts for nothing keeps nobody from watching: it gives no rights. */
async function actorOf({ request, env, access }: Asked): Promise<Principal> {
  try {
    return await principalOf(request, env, access);
  } catch (error) {
    if (error instanceof Problem && (error.code === "token-wrong" || error.code === "token-expired")) return ANONYMOUS;
    throw error;
  }
}

async function requestOf(asked: Asked, principal: Principal, publisher: string, sender: string): Promise<RoomRequest> {
  const { request, env, access, name, channel } = asked;
  const asker = askerOf(request, principal.kind === "anonymous" ? undefined : principal);
  await mayAsk(asked, principal.kind === "anonymous" ? undefined : principal);
  if (principal.kind !== "anonymous") await mustNote(principal, name, env);
  const isPublic = audienceOf(access.watch, name) === "public";
  const person = toHex((await sha256(JSON.stringify([String(channel.id), sender]))).subarray(0, 4));
  const share = await viewerShare(access.quotas, asker, String(channel.id));
  const grant = grantOf(principal, name, !isPublic && publisher === "");
  const sees = isPublic || may(principal, "watch", name);
  return { publisher, sender: await hashed(sender), person, may: capabilitiesIn(asked, principal), sees, grant, share };
}

/** What a principal may do in a room. */
export function capabilitiesIn({ access, name }: Asked, { rights }: Principal): Capability[] {
  const own = capabilitiesFor(rights, name);
  const all = new Set([
    ...own,
    ...capabilitiesFor(access.publicRights.rights, name),
    ...(own.includes("admin") ? OF_ADMIN : []),
  ]);
  return CAPABILITIES.filter((capability) => all.has(capability));
}

/** A client's key is known to nobody but itself: it is what lets it change its notes. */
async function hashed(sender: string): Promise<string> {
  return toHex((await sha256(sender)).subarray(0, 16));
}
