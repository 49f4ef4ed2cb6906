/** Named tokens while clients hang up in the middle of being verified. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer, makeToken } from "../../../support/named-tokens.ts";
import { newChannel } from "../../../support/publish.ts";
import { getAndHangUp } from "../../../support/raw.ts";
import { waitFor } from "../../../support/wait.ts";

const main = "test/integration/worker/tokens/held-registry-worker.js";

test("[AC7g] the list of tokens is had though the client that it was asked for hangs up", async () => {
  await using edge = await startEdge({ main, vars: { ADMIN_TOKEN: ADMIN, WATCH: "token" } });
  const ask = async (path: string): Promise<unknown> => await (await fetch(new URL(path, edge.url))).json();
  const channel = newChannel();
  // The isolate that made it knows no list any more.
  const { token } = await makeToken(edge, "reader", { [channel]: ["history"] });
  await ask("/hold");
  const url = edge.channelUrl(channel);
  const hangUp = await getAndHangUp(url, bearer(`pct_${"A".repeat(43)}`));
  await waitFor("somebody who asks for the list", async () => (await ask("/held")) === 1);
  await hangUp();
  assert.equal(await ask("/held"), 1, "by then the Worker knows that it is gone");
  const other = fetch(url, { headers: { Accept: "text/csv", ...bearer(token) } });
  await ask("/let-go");
  assert.equal((await other).status, 200);
});
