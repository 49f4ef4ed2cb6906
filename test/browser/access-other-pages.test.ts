/** Pages of one browser that show the same private channel: what one does to its access counts for the others. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ADMIN, makeToken, revokeToken } from "../support/named-tokens.ts";
import { frameOfRows, newChannel, publishFrames, publishJson, rowOf } from "../support/publish.ts";
import { ChannelTab } from "./channel-tab.ts";
import { Stage } from "./stage.ts";
import { enter, goesOn, noticed, REFUSED, type Watching, watching } from "./watching.ts";

const stage = await Stage.open({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "test/**=token" } });
after(() => stage.close());

const named = async (channel: string, name: string): Promise<string> =>
  (await makeToken(stage.edge, name, { [channel]: ["watch", "history"] })).token;

/** Another page of the same browser. */
async function beside({ tab, channel }: Watching): Promise<Watching> {
  const page = await tab.page.context().newPage();
  let sockets = 0;
  page.on("websocket", () => sockets++);
  await page.goto(stage.edge.channelUrl(channel).href);
  const other = new ChannelTab(page);
  await other.holds(3);
  return { tab: other, channel, sockets: () => sockets };
}

test("[PG91f] who forgets access on this browser ends every page of it, and nothing is seen there any more", async (t) => {
  const channel = newChannel();
  let seq = 0;
  let x = Date.now() / 1000 - 50;
  // It flows without a gap, for longer than is shown: nothing but access makes a page load the part that hears of others.
  const publish = async (): Promise<void> => {
    const rows = [];
    for (; x < Date.now() / 1000; x += 0.1) rows.push(rowOf(x, { y: Math.sin(x) }));
    if (rows.length > 0) await publishFrames(stage.edge, channel, frameOfRows("00000000000000aa", ++seq, rows));
  };
  await publish();
  const flow = setInterval(() => void publish(), 200);
  t.after(() => clearInterval(flow));
  const tab = await stage.openTab(t, `${channel}#token=${await named(channel, "forgotten")}`, {
    expectedErrors: REFUSED,
  });
  await tab.says("Live");
  const other = new ChannelTab(await tab.page.context().newPage());
  const loaded = other.page.waitForEvent("requestfinished", (request) => request.url().includes("/assets/lazy-"));
  await other.page.goto(stage.edge.channelUrl(channel).href);
  await loaded;
  await other.says("Live");
  clearInterval(flow);
  await tab.page.keyboard.press(".");
  await tab.page.getByRole("button", { name: "Forget my access on this browser" }).click();
  await other.says("Private");
  await other.page.getByRole("heading", { name: "This channel is private" }).waitFor();
  assert.deepEqual(await other.held(), []);
  const stored = await other.page.evaluate<string>("JSON.stringify(localStorage)");
  assert.ok(!stored.includes(" access"), stored);
});

test("[PG91d] a token that is entered in one page, after access was taken back, lets the others go on where they were", async (t) => {
  const page = await watching(stage, t, (channel) => named(channel, "taken-back"));
  const { tab, channel } = page;
  const other = await beside(page);
  assert.equal((await revokeToken(stage.edge, "taken-back")).status, 204);
  for (const each of [tab, other.tab]) await noticed(each, /^Access was taken back\./);
  await publishJson(stage.edge, channel, { y: 4 });
  await enter(tab, await named(channel, "taken-back-2"));
  for (const each of [tab, other.tab]) await each.connected();
  await goesOn(stage, other, [1, 2, 3, 4, 5]);
  assert.ok(await other.tab.page.locator("#notice").isHidden());
});
