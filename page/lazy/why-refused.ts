import type { AccessHeaders } from "./access/session-requests.ts";
import { type Answer, answerOf } from "./refusal-text.ts";

/** Asks the Worker what it would answer to a WebSocket of this page. @param access the headers that say who asks */
export async function askWhyRefused(channelUrl: URL, access: AccessHeaders): Promise<Answer | undefined> {
  try {
    const response = await fetch(channelUrl, {
      // A GET of one's own origin carries no Origin.
      headers: {
        Accept: "application/problem+json",
        "Plotcast-Origin": location.origin,
        ...access,
      },
      cache: "no-store",
      redirect: "manual",
    });
    return answerOf(response, await response.json().catch(() => undefined));
  } catch {
    return undefined;
  }
}
