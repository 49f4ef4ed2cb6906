import { audienceOf } from "../../auth/watch-policy.ts";
import type { Access } from "./access.ts";
import { parseEmbedOrigins } from "./origins.ts";

/** AC12: who may frame the page of a channel. A private one's `*` counts as `none`: its sites are to be named. */
export function embedOriginsOf({ watch }: Access, channel: string, embedOrigins = "*"): string {
  return audienceOf(watch, channel) === "token" && parseEmbedOrigins(embedOrigins).isAny ? "none" : embedOrigins;
}
