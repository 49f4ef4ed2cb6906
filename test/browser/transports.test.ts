/** A page behind a proxy that stops WebSockets: it is live all the same, says by what, and goes back to a WebSocket once one comes through. */
import assert from "node:assert/strict";
import { after, describe, type TestContext, test } from "node:test";
import { newChannel, publishJson } from "../support/publish.ts";
import { ReverseProxy, type ReverseProxyOptions } from "../support/reverse-proxy.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { counting, Stage } from "./stage.ts";
import { TcpRelay } from "./tcp-relay.ts";

const stage = await Stage.open();
after(() => stage.close());

const expectedErrors = new RegExp(
  `${NETWORK_ERROR.source}|the server responded with a status of|WebSocket connection to '[^']+' failed|net::ERR_(?:INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|CONTENT_LENGTH_MISMATCH)`,
);
const START = Math.floor(Date.now() / 1000);

interface Behind {
  channel: string;
  proxy: ReverseProxy;
  tab: ChannelTab;
  /** Publishes the points up to this number. */
  sendUpTo(count: number): Promise<void>;
}

/** A page behind such a proxy, and a channel with ten points. */
async function behind(t: TestContext, options: ReverseProxyOptions, before?: string): Promise<Behind> {
  const channel = newChannel();
  let sent = 0;
  const sendUpTo = async (count: number): Promise<void> => {
    for (; sent < count; sent++) await publishJson(stage.edge, channel, { x: START + sent / 100, y: sent });
  };
  await sendUpTo(10);
  const proxy = await ReverseProxy.to(t, stage.edge.url, { keepsHost: true, upgrades: true, ...options });
  const tab = await stage.openTab(t, channel, {
    at: proxy.url,
    expectedErrors,
    ...(before !== undefined && { before }),
  });
  return { channel, proxy, tab, sendUpTo };
}

async function figures(tab: ChannelTab, what: RegExp, deadlineMs = 60_000): Promise<void> {
  await waitFor(`the line of figures with ${what}`, async () => what.test(await tab.text("#figures")), { deadlineMs });
}

const BY_EVENTS = /by events: WebSockets are stopped on the way$/;
const BY_POLLS = /by long polls: WebSockets are stopped on the way$/;
const BY_WEBSOCKET = /^(?!.*by (?:events|long polls)).*viewer/;

async function assertEveryPointOnce(tab: ChannelTab, count: number): Promise<void> {
  await tab.holds(count);
  assert.deepEqual((await tab.series()).y, counting(count));
  assert.deepEqual(await tab.gaps(), []);
}

describe("behind a proxy that stops WebSockets", { concurrency: 2 }, () => {
  for (const [what, options] of [
    ["drops the upgrade", { upgrades: false }],
    ["refuses it with 400", { refusesUpgrades: 400 }],
    ["refuses it with 502", { refusesUpgrades: 502 }],
    ["swallows it", { swallowsUpgrades: true }],
  ] as const) {
    test(`[PG92a] [PG92c] one that ${what}: the page is live by events, says so, and has every point once`, async (t) => {
      const { tab, sendUpTo } = await behind(t, options);
      await figures(tab, BY_EVENTS);
      for (const count of [20, 30]) {
        await sendUpTo(count);
        await assertEveryPointOnce(tab, count);
      }
      await tab.says("Live");
      assert.match((await tab.page.locator("#figures").getAttribute("title")) ?? "", /BEHIND-A-PROXY/);
      assert.ok(await tab.page.locator("#notice").isHidden(), await tab.text("#notice"));
    });
  }

  test("[PG92b] one that keeps answers back until they are whole: the page is live by long polls", async (t) => {
    const { tab, sendUpTo } = await behind(t, { refusesUpgrades: 502, buffers: true });
    await figures(tab, BY_POLLS);
    for (const count of [20, 30, 40]) {
      await sendUpTo(count);
      await assertEveryPointOnce(tab, count);
    }
    await tab.says("Live");
  });

  test("[PG92a] [PG92d] one that cuts each WebSocket: after three the page goes by events, with every point once", async (t) => {
    const { tab, proxy, sendUpTo } = await behind(t, { cutsAfterMs: 3_000 });
    let count = 10;
    await waitFor(
      "events",
      async () => {
        await sendUpTo(++count);
        return BY_EVENTS.test(await tab.text("#figures"));
      },
      { deadlineMs: 90_000 },
    );
    await sendUpTo(count + 10);
    await assertEveryPointOnce(tab, count + 10);
    proxy.options.cutsAfterMs = undefined;
  });

  test("[PG92d] once a WebSocket comes through the page goes back to it, with every point once, and says nothing more", async (t) => {
    const { tab, proxy, sendUpTo } = await behind(t, { refusesUpgrades: 400 });
    await figures(tab, BY_EVENTS);
    await sendUpTo(20);
    proxy.options.refusesUpgrades = undefined;
    const asked = proxy.upgradesAsked;
    let count = 20;
    await waitFor(
      "a WebSocket",
      async () => {
        await sendUpTo(++count);
        return BY_WEBSOCKET.test(await tab.text("#figures"));
      },
      { deadlineMs: 90_000 },
    );
    assert.ok(proxy.upgradesAsked > asked);
    await tab.says("Live");
    await sendUpTo(count + 10);
    await assertEveryPointOnce(tab, count + 10);
    assert.equal((await tab.page.locator("#figures").getAttribute("title")) ?? "", "");
  });
});

describe("a network that is away", { concurrency: 2 }, () => {
  test("[PG92e] stops no WebSocket: the page tries again as ever, and comes back by WebSocket", async (t) => {
    const channel = newChannel();
    await publishJson(stage.edge, channel, { x: START, y: 0 });
    const relay = await TcpRelay.to(t, stage.edge.url);
    const tab = await stage.openTab(t, channel, { at: relay.url, expectedErrors });
    await tab.holds(1);
    await tab.lazyPart();
    relay.cut();
    await tab.says(/^Reconnecting/);
    let failed = 0;
    tab.page.on("requestfailed", () => failed++);
    await waitFor("several tries", () => failed > 3, { deadlineMs: 30_000 });
    let open = 0;
    tab.page.on("websocket", (socket) => {
      socket.once("framereceived", () => open++);
      socket.once("close", () => open--);
    });
    relay.mend();
    await publishJson(stage.edge, channel, { x: START + 1, y: 1 });
    await assertEveryPointOnce(tab, 2);
    await figures(tab, BY_WEBSOCKET);
    await waitFor("a WebSocket that is heard", () => open > 0);
  });
});

test("[PG20d] [PG92a] a browser without WebSocket is live by events", async (t) => {
  const { tab, sendUpTo } = await behind(t, {}, "delete globalThis.WebSocket;");
  await figures(tab, /by events: this browser has no WebSocket$/);
  await sendUpTo(20);
  await assertEveryPointOnce(tab, 20);
});
