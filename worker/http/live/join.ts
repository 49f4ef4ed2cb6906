import { stillCounts } from "../../auth/authenticate.ts";
import { grantOf } from "../../auth/grant.ts";
import type { Principal } from "../../auth/principal.ts";
import { type Asker, type ViewerShare, viewerShare } from "../../auth/viewer-share.ts";
import {
  BUILD_HEADER,
  GRANT_HEADER,
  REGION_HEADER,
  RELAY_HEADER,
  SHARE_HEADER,
  VIEW_HEADER,
} from "../../hub/join-request.ts";
import type { TextView } from "../../hub/text-view.ts";
import { NOT_FED, REFUSED_WITH, type Vacancy } from "../../hub/vacancy.ts";
import { regionOf as regionOfRelay } from "../../relay/relay-name.ts";
import { askerOf, tooManyViewers } from "../access/quotas.ts";
import { type Asked, mayAsk, noRoom } from "../asked.ts";
import { audit } from "../audit.ts";
import { pageBuild } from "../page.ts";
import { HttpProblem } from "../problem-response.ts";
import { mustNote } from "../tokens/note-use.ts";
import { type JoinTargets, joinByRoute } from "./join-route.ts";
import { regionOf } from "./region.ts";
import { RelayRoutes } from "./relay-routes.ts";

/** Whoever may watch a channel live, by whatever transport. */
export interface Watcher {
  asker: Asker;
  /** By what the channel counts it. */
  share: ViewerShare;
  /** Whether what let it in still counts. */
  stillMay(): Promise<boolean>;
  /**
   * Joins the channel.
   * @param request for a WebSocket, with what the viewer asks for, and none of the Worker's own headers
   * @param view of a stream
   * @returns 101 with a socket
   * @throws Problem
   */
  join(request: Request, view?: TextView): Promise<Response>;
}

const NOT_FED_DETAIL = "The channel restarts or has too much to do. Try again in a second.";

/** Of this isolate. */
const routing = { routes: new RelayRoutes(), nowMs: () => Date.now() };

/** The same request, for another relay than the one that is full. */
function withRefused(request: Request, refused: string | undefined): Request {
  if (refused === undefined) return request;
  const headers = new Headers(request.headers);
  headers.set(RELAY_HEADER, refused);
  return new Request(request, { headers });
}

function roomOf(status: number): Exclude<Vacancy, "room"> {
  return (["quota", "filters"] as const).find((room) => REFUSED_WITH[room] === status) ?? "full";
}

/**
 * Lets somebody watch who may, or refuses.
 * @param principal what the guard found; undefined: anybody may
 * @throws Problem
 */
export async function watcherOf(asked: Asked, principal: Principal | undefined): Promise<Watcher> {
  const { request, env, access, name, channel } = asked;
  if (principal !== undefined) audit(request, access, { audit: "token-used" });
  const asker = askerOf(request, principal);
  await mayAsk(asked, principal);
  await mustNote(principal, name, env);
  const share = await viewerShare(access.quotas, asker, String(channel.id));
  const said = {
    [BUILD_HEADER]: await pageBuild(env.ASSETS, new URL(request.url)),
    [GRANT_HEADER]: principal && JSON.stringify(grantOf(principal, name)),
    [SHARE_HEADER]: JSON.stringify(share),
  };
  return {
    asker,
    share,
    stillMay: async () => principal === undefined || (await stillCounts(principal, env, Date.now())),
    async join(joining, view) {
      const headers = new Headers(joining.headers);
      for (const [key, value] of Object.entries({ ...said, [VIEW_HEADER]: view && JSON.stringify(view) })) {
        if (value !== undefined) headers.set(key, value);
      }
      const region = regionOf(request.cf);
      headers.set(REGION_HEADER, region);
      // After an object was reset a stub stays broken (https://developers.cloudflare.com/durable-objects/best-practices/error-handling/).
      const toJoin = new Request(joining, { headers });
      const targets: JoinTargets<Response> = {
        channel: (refused) => env.CHANNEL.get(channel.id).fetch(withRefused(toJoin, refused)),
        relay: (relay) => {
          const at = regionOfRelay(relay) ?? region;
          return env.RELAY.getByName(relay, { locationHint: at }).fetch(toJoin);
        },
      };
      const answer = await joinByRoute(targets, name, region, routing);
      if (answer.webSocket !== null) return answer;
      if (answer.status === NOT_FED)
        throw new HttpProblem("channel-unavailable", NOT_FED_DETAIL, { "Retry-After": "1" });
      throw noRoom(roomOf(answer.status), () => tooManyViewers(access, asker));
    },
  };
}
