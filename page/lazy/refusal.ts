import { MAX_DELAY_MS } from "../../client/connection-state.ts";
import { accessOf } from "./access/access-of-page.ts";
import type { Context } from "./module.ts";
import { laterText, refusalText } from "./refusal-text.ts";
import { adoptStyles } from "./styles.ts";
import { fallbackOf } from "./transport.ts";
import { askWhyRefused } from "./why-refused.ts";

/** A connection that ended so often may have been a restart. */
const FEW_ATTEMPTS = 2;

/** Attempts that failed while this file came are all to be explained at once: one question answers them. */
let isAsking = false;

/**
 * Shows why the page has no connection, if anything answers; else the state already says that it tries again. A token that the page's
 * link has brought goes first, and what is lacking for want of one is asked for.
 * @param expiresInMs there is a connection, and it ends in so long unless another token comes
 */
export async function explain(context: Context, expiresInMs?: number): Promise<void> {
  const { notice, channelUrl, persistence, presenter, viewer } = context;
  const access = accessOf(context);
  const fallback = fallbackOf(context);
  if (presenter.override?.kind === "unsupported") {
    presenter.override = undefined;
    // A link's token goes before the connection.
    if (persistence.token === undefined) viewer.open();
  }
  const { token } = persistence;
  persistence.token = undefined;
  if (token !== undefined) return await access.openLink(token);
  if (expiresInMs !== undefined) return await access.expiring(expiresInMs);
  const { state } = viewer;
  if (state.phase === "refused") return state.reason === "token" ? await access.expired() : access.refused("revoked");
  const isRestart = !("attempt" in state) || state.attempt <= FEW_ATTEMPTS;
  if (isRestart && viewer.cursor !== undefined && !fallback.isLikely) return;
  if (isAsking) return;
  isAsking = true;
  const answer = await askWhyRefused(channelUrl, access.headers);
  isAsking = false;
  if (answer === undefined || context.isFile || viewer.state.phase === "live" || access.refusedWith(answer)) return;
  if (answer.isOurs && answer.status === 204) {
    const { hasFailed } = fallback;
    fallback.take();
    if (!hasFailed) return;
  }
  const { retryAfterMs = 0 } = answer;
  if (retryAfterMs > 0) viewer.holdOff(retryAfterMs);
  presenter.refusal = laterText(answer);
  if (presenter.refusal !== undefined) adoptStyles();
  presenter.show();
  // Who waits for longer than usual would wait long for the third attempt.
  if (!isRestart || retryAfterMs > MAX_DELAY_MS) notice.show("refusal", refusalText(answer, channelUrl.pathname));
}
