import { type LinkSection, memberLink, type Say } from "../dialogs/link-fields.ts";
import type { Context } from "../module.ts";
import { answerOf, mayWatch } from "../refusal-text.ts";
import type { PageAccess } from "./page-access.ts";
import { watchLinks } from "./watch-link.ts";

/** A dialog waits no longer to know who may watch. */
const DEADLINE_MS = 5_000;

/** What links there are for whom, if the channel is private; undefined: anybody may watch. */
export async function linksOfPrivate(
  access: PageAccess,
  { channel, channelUrl }: Context,
  say: Say,
): Promise<LinkSection | undefined> {
  const [isPublic, capabilities] = await Promise.all([mayAnybodyWatch(channelUrl), access.capabilities()]);
  if (isPublic) return undefined;
  return capabilities.includes("admin") ? watchLinks(access, channel, say) : memberLink(say);
}

/** Whether it would be let in without a token. Where nothing says so, it is taken to be private. */
async function mayAnybodyWatch(channelUrl: URL): Promise<boolean> {
  try {
    const response = await fetch(channelUrl, {
      headers: { Accept: "application/problem+json", "Plotcast-Origin": location.origin },
      credentials: "omit",
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return mayWatch(answerOf(response, await response.json().catch(() => undefined)));
  } catch {
    return false;
  }
}
