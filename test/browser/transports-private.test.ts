/** A private channel behind a proxy that stops WebSockets: its access, and the end of it, are as by a WebSocket. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { SECRET } from "../support/jwt.ts";
import { newChannel, publishJson } from "../support/publish.ts";
import { ReverseProxy } from "../support/reverse-proxy.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { Stage } from "./stage.ts";
import { enter, jwtFor, lastingFor, noticed, REFUSED } from "./watching.ts";

const stage = await Stage.open({ vars: { JWT_SECRETS: SECRET, WATCH: "test/**=token" } });
after(() => stage.close());

/** The proxy ends before the page does. */
const expectedErrors = new RegExp(`${REFUSED.source}|${NETWORK_ERROR.source}`);

interface Watched {
  tab: ChannelTab;
  channel: string;
  proxy: ReverseProxy;
}

/** A page that is live by events, or polls, on a private channel with three points, by the token of its link. */
async function watched(t: TestContext, token: (channel: string) => string, buffers: boolean): Promise<Watched> {
  const channel = newChannel();
  for (const y of [1, 2, 3]) await publishJson(stage.edge, channel, { y });
  const proxy = await ReverseProxy.to(t, stage.edge.url, { keepsHost: true, refusesUpgrades: 400, buffers });
  const tab = await stage.openTab(t, newChannel(), { at: proxy.url, expectedErrors });
  await tab.says("Private");
  await tab.page.goto(new URL(`/c/${channel}#token=${token(channel)}`, proxy.url).href);
  await waitFor("the line of figures", async () => /WebSockets are stopped/.test(await tab.text("#figures")));
  await tab.holds(3);
  return { tab, channel, proxy };
}

async function goesOn({ tab, channel }: Watched, values: number[]): Promise<void> {
  await publishJson(stage.edge, channel, { y: values.at(-1) });
  await tab.holds(values.length);
  assert.deepEqual((await tab.series()).y, values);
  assert.deepEqual(await tab.gaps(), []);
}

for (const [way, buffers] of [
  ["events", false],
  ["long polls", true],
] as const) {
  test(`[PG92f] [PG91a] by ${way} a page has its points by the cookie, also when it is loaded again`, async (t) => {
    const page = await watched(t, lastingFor, buffers);
    await goesOn(page, [1, 2, 3, 4]);
    const asked = page.proxy.asked.filter(({ url = "" }) => url.includes("messages=1"));
    assert.ok(asked.length > 0);
    for (const { headers } of asked) {
      assert.equal(headers.authorization, undefined);
      assert.match(headers.cookie ?? "", /plotcast=/);
    }
    await page.tab.page.reload();
    await goesOn(page, [1, 2, 3, 4, 5]);
  });

  test(`[PG92f] [PG91c] by ${way} the page says before its access ends, and goes on with a new token`, async (t) => {
    const expiresAtMs = Math.ceil(Date.now() / 1000) * 1000 + 35_000;
    const page = await watched(t, (channel) => jwtFor(channel, expiresAtMs), buffers);
    await noticed(page.tab, /^Access ends at \d\d:\d\d:\d\d\./);
    await enter(page.tab, lastingFor(page.channel));
    await page.tab.page.locator("dialog").waitFor({ state: "detached" });
    await waitFor("the notice gone", () => page.tab.page.locator("#notice").isHidden());
    await waitFor("the old token expired", () => Date.now() > expiresAtMs + 500, { deadlineMs: 40_000 });
    await goesOn(page, [1, 2, 3, 4]);
    await goesOn(page, [1, 2, 3, 4, 5]);
    await page.tab.says("Live");
  });

  test(`[PG92f] [PG91d] by ${way} the state says when access has ended, and a new token goes on`, async (t) => {
    const page = await watched(t, (channel) => jwtFor(channel, Date.now() + 20_000), buffers);
    await page.tab.says("Access ended");
    await noticed(page.tab, /^Access has ended\. What came until now stays here\./);
    assert.deepEqual((await page.tab.series()).y, [1, 2, 3]);
    await enter(page.tab, lastingFor(page.channel));
    await goesOn(page, [1, 2, 3, 4]);
    await page.tab.says("Live");
    assert.ok(await page.tab.page.locator("#notice").isHidden());
  });
}
