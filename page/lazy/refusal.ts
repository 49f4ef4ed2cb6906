import { PLOTCAST_HEADER } from "../../protocol/limits.ts";
import type { Notice } from "../ui/notice.ts";
import { type Answer, refusalText } from "./refusal-text.ts";

/** Shows why the page cannot connect, if anything answers; else the state already says that it tries again. */
export async function explain(notice: Notice, channelUrl: URL): Promise<void> {
  if (typeof WebSocket === "undefined") {
    notice.show(
      "refusal",
      `This browser has no WebSocket, by which points come. To read what is stored: curl "${channelUrl.href}?points=100"`,
    );
    return;
  }
  const answer = await ask(channelUrl).catch(() => undefined);
  if (answer !== undefined) notice.show("refusal", refusalText(answer, channelUrl.pathname));
}

/** Asks the Worker what it would answer to a WebSocket of this page. */
async function ask(channelUrl: URL): Promise<Answer> {
  const response = await fetch(channelUrl, {
    // A GET of one's own origin carries no Origin.
    headers: { Accept: "application/problem+json", "Plotcast-Origin": location.origin },
    cache: "no-store",
    redirect: "manual",
  });
  const body: unknown = await response.json().catch(() => undefined);
  const detail = typeof body === "object" && body !== null && "detail" in body ? body.detail : undefined;
  return {
    status: response.status,
    redirects: response.type === "opaqueredirect",
    isOurs: response.headers.get(PLOTCAST_HEADER.name) === PLOTCAST_HEADER.value,
    detail: typeof detail === "string" ? detail : undefined,
  };
}
