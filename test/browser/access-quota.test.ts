/** A page whose named token may be used in no more channels. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ADMIN, makeToken } from "../support/named-tokens.ts";
import { newChannel, publishJson } from "../support/publish.ts";
import { Stage } from "./stage.ts";
import { noticed, REFUSED } from "./watching.ts";

const stage = await Stage.open({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "test/**=token", QUOTA_TOKEN: "channels=1" } });
after(() => stage.close());

test("[RT9] [AC13l] a page whose token was used in as many channels as it may be is told so, and not that a proxy is in the way", async (t) => {
  const [first, second] = [newChannel(), newChannel()];
  const capabilities = ["watch", "history"];
  const { token } = await makeToken(stage.edge, "one-channel", { [first]: capabilities, [second]: capabilities });
  for (const channel of [first, second]) await publishJson(stage.edge, channel, { y: 1 });
  const tab = await stage.openTab(t, `${first}#token=${token}`, { expectedErrors: REFUSED });
  await tab.holds(1);
  await tab.page.goto(new URL(`#token=${token}`, stage.edge.channelUrl(second)).href);
  await noticed(tab, /^This token was used in as many channels already as it may be \(QUOTA_TOKEN has channels=1\)\./);
  assert.deepEqual(await tab.held(), []);
});
