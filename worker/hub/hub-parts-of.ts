import { auditLog, shown } from "../auth/audit-log.ts";
import type { AuthEnv } from "../auth/auth-env.ts";
import { renewal } from "../auth/renewal.ts";
import { audienceOf, parseWatch } from "../auth/watch-policy.ts";
import type { HubParts } from "./hub.ts";

/** What decides who may watch, and whether that is written down. */
type HubEnv = AuthEnv & { AUDIT?: string | undefined };

/** What a hub has of the Worker's variables. @param channel whose viewers it has */
export function hubPartsOf(
  env: HubEnv,
  channel: { name: string; id: string },
): Pick<HubParts, "wallMs" | "isPrivate" | "verify" | "audit" | "pause"> {
  return {
    wallMs: () => Date.now(),
    // It was not, perhaps, when those that outlived an eviction joined.
    isPrivate: audienceOf(parseWatch(env.WATCH), channel.name) === "token",
    verify: (token) => renewal(token, env, channel, Date.now()),
    audit: (event, { who, principal }) => {
      if (env.AUDIT === "off") return;
      // Its address is known to the Worker alone.
      const by = { method: "renew", channel: shown(channel.name), address: who, principal: shown(principal) };
      auditLog.add({ ...event, ...by, atMs: Date.now() });
    },
    // A timer keeps the object awake: it is awake anyway while an alarm brings viewers on, and nothing else pauses.
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}
