import { PLOTCAST_HEADER } from "../../protocol/limits.ts";
import { makerOf } from "../auth/named-tokens.ts";
import type { Principal } from "../auth/principal.ts";
import type { Channel } from "../channel/channel.ts";
import { pause } from "../channel/read-turns.ts";
import type { Vacancy } from "../hub/vacancy.ts";
import { MAX_FILTERED_VIEWS, MAX_FILTERED_VIEWS_OF_ONE } from "../hub/view-counts.ts";
import type { Access } from "./access/access.ts";
import { mustStillCount } from "./access/guard.ts";
import { NewNames } from "./access/new-names.ts";
import { askerOf } from "./access/quotas.ts";
import { HttpProblem } from "./problem-response.ts";

/** What is asked of a channel: all that its answer depends on. */
export interface Asked {
  request: Request;
  env: Env;
  access: Access;
  /** Of the channel. */
  name: string;
  channel: DurableObjectStub<Channel>;
}

/** Of answers of the Worker's own: none is kept by a cache, and each is known as Plotcast's. */
export const PLAIN_HEADERS = { "Cache-Control": "no-store", [PLOTCAST_HEADER.name]: PLOTCAST_HEADER.value };

/** The names that this isolate knows. */
export const newNames = new NewNames(Date.now());

/**
 * CH15: nobody makes objects without bound by asking for ever new names: not with ever new tokens, either.
 * @param principal what the guard found; undefined: anybody may
 * @throws Problem `too-many-requests`
 */
export async function mayAsk({ request, env, name }: Asked, principal: Principal | undefined): Promise<void> {
  if (newNames.isKnown(name)) return newNames.know(name);
  const nowMs = Date.now();
  const maker = principal && ({ kind: "token", id: await makerOf(principal, env, nowMs) } as const);
  const waitMs = newNames.waitMs(name, maker ?? askerOf(request, principal), nowMs);
  if (waitMs === 0) return;
  if (waitMs !== undefined) {
    await pause(waitMs);
    return await mustStillCount(request, 0);
  }
  const detail = "Too many channels were asked for that this Worker did not know. Try again in ten seconds.";
  throw new HttpProblem("too-many-requests", detail, { "Retry-After": "10" });
}

/** A yes that has nothing to say. */
export function done(headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 204, headers: { ...PLAIN_HEADERS, ...headers } });
}

/** Why nobody more may watch. @param quota says it of the asker's own bound */
export function noRoom(room: Exclude<Vacancy, "room">, quota: () => HttpProblem): HttpProblem {
  switch (room) {
    case "full":
      return new HttpProblem("viewers-full", "As many watch as may. Try again in half a minute.", {
        "Retry-After": "30",
      });
    case "quota":
      return quota();
    case "filters":
      return new HttpProblem(
        "too-many-filters",
        `Here ${MAX_FILTERED_VIEWS} choices of series are watched at once already, or ${MAX_FILTERED_VIEWS_OF_ONE} of yours. Leave ?series= out, or ask for what others do.`,
        { "Retry-After": "30" },
      );
  }
}
