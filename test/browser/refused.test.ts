/** A page that cannot connect says why, and what to do; a name that leads here by no doing of ours gets nothing. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { newPage, openBrowser } from "../support/browser.ts";
import { newChannel, publishJson } from "../support/publish.ts";
import { ReverseProxy } from "../support/reverse-proxy.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { Stage } from "./stage.ts";

const stage = await Stage.open({ vars: { ALLOWED_HOSTS: "board.test" } });
/** To this one every name of *.test leads here; and it asks nobody whether pages may reach this machine, as other browsers do. */
const rebound: Browser = await openBrowser([
  "--host-resolver-rules=MAP *.test 127.0.0.1",
  "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
]);
after(() => Promise.all([stage.close(), rebound.close()]));

// The page's question may be under way when the proxy cuts its connections.
const expectedErrors = new RegExp(
  `${NETWORK_ERROR.source}|the server responded with a status of|net::ERR_(?:INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|CONTENT_LENGTH_MISMATCH)`,
);

async function says(tab: ChannelTab, sentence: RegExp): Promise<string> {
  return await waitFor(`the page says ${sentence}`, async () => {
    const text = await tab.text("#notice");
    return (await tab.page.locator("#notice").isVisible()) && sentence.test(text) ? text : undefined;
  });
}

async function saysNothing(tab: ChannelTab): Promise<void> {
  await waitFor("the page says nothing more", () => tab.page.locator("#notice").isHidden());
}

describe("a page that cannot connect", { concurrency: true }, () => {
  test("[PG24] [GD3a] behind a proxy that passes on another name, it says which origin to set", async (t) => {
    const proxy = await ReverseProxy.to(t, stage.edge.url, { upgrades: true });
    const tab = await stage.openTab(t, newChannel(), { at: proxy.url, expectedErrors });
    const text = await says(tab, /ALLOWED_ORIGINS.*PUBLIC_URL/);
    assert.ok(text.includes(proxy.url.origin), text);
    proxy.options.keepsHost = true;
    await tab.joined();
    await saysNothing(tab);
  });

  test("[PG24b] [PG24c] [PG92b] behind a proxy that drops the upgrade, and events, it says so; once it is live, it says nothing more", async (t) => {
    const proxy = await ReverseProxy.to(t, stage.edge.url, { keepsHost: true, refusesEvents: true });
    const tab = await stage.openTab(t, newChannel(), { at: proxy.url, expectedErrors });
    await says(tab, /no WebSocket reaches it, and no events come.*docs\/BEHIND-A-PROXY\.md/);
    proxy.options.upgrades = true;
    await tab.joined();
    await saysNothing(tab);
  });

  test("[PG24b] where a network answers in the Worker's place, it says so; once it is back, it says nothing more", async (t) => {
    const proxy = await ReverseProxy.to(t, stage.edge.url, { keepsHost: true, upgrades: true });
    const tab = await stage.openTab(t, newChannel(), { at: proxy.url, expectedErrors });
    await tab.joined();
    // What says it is loaded when it is needed: here before the network asks for a sign-in.
    await tab.page.keyboard.press("?");
    await tab.page.locator("dialog").waitFor();
    await tab.page.keyboard.press("Escape");
    for (const [instead, sentence] of [
      [200, /in place of the Worker \(HTTP 200\).*sign in/],
      [302, /redirect/],
    ] as const) {
      proxy.options.instead = (response) => {
        response.writeHead(instead, { "content-type": "text/html", location: "http://portal.test/" }).end("Sign in");
      };
      proxy.cut();
      await says(tab, sentence);
    }
    proxy.options.instead = undefined;
    await tab.joined();
    await saysNothing(tab);
  });

  test("[PG24c] while the Worker is away it says nothing but that it tries again", async (t) => {
    const proxy = await ReverseProxy.to(t, stage.edge.url, { keepsHost: true, upgrades: true });
    const tab = await stage.openTab(t, newChannel(), { at: proxy.url, expectedErrors });
    await tab.joined();
    proxy.options.instead = (response) => response.destroy();
    let asked = 0;
    tab.page.on("requestfailed", () => asked++);
    proxy.cut();
    await waitFor("several attempts", () => asked > 3, { deadlineMs: 30_000 });
    assert.match(await tab.text("#state"), /^Reconnecting/);
    assert.ok(await tab.page.locator("#notice").isHidden(), await tab.text("#notice"));
    proxy.options.instead = undefined;
    await tab.joined();
  });

  test("[PG24d] below a path, where its files are not, the page says that it cannot be there", async (t) => {
    const proxy = await ReverseProxy.to(t, stage.edge.url, { keepsHost: true, below: "/plot" });
    const { page, close } = await newPage(stage.browser, { width: 600, height: 400, colorScheme: "light" });
    t.after(close);
    await page.goto(new URL("/plot/c/main", proxy.url).href);
    await page.locator(".unloaded").waitFor();
    assert.match((await page.locator(".unloaded").textContent()) ?? "", /cannot be served below a path/);
    await page.goto(stage.edge.channelUrl("main").href);
    assert.ok(await page.locator(".unloaded").isHidden());
  });
});

describe("a name that is made to lead here", { concurrency: true }, () => {
  const at = (name: string, path: string): string => `http://${name}:${stage.edge.url.port}${path}`;

  test("[GD6] [PG24] who opens a page by a name that is not known reads what to set; by one that is, it is live", async (t) => {
    const { page, close } = await newPage(rebound, { width: 600, height: 400, colorScheme: "light" });
    t.after(close);
    const refused = await page.goto(at("evil.test", "/c/main"));
    assert.equal(refused?.status(), 403);
    assert.match((await page.locator("p").first().textContent()) ?? "", /"evil\.test:\d+".*ALLOWED_HOSTS.*PUBLIC_URL/);
    await page.goto(at("board.test", "/c/main"));
    await waitFor("the page live", async () =>
      /^(Live|Stale|Nothing published yet)/.test((await page.locator("#state").textContent()) ?? ""),
    );
  });

  test("[GD6] a page of another site whose name now leads here reads nothing, publishes nothing, watches nothing", async (t) => {
    const channel = newChannel();
    // No port has this in it: refusals name the host.
    await publishJson(stage.edge, channel, 0.424242);
    const { page, close } = await newPage(rebound, { width: 600, height: 400, colorScheme: "light" });
    t.after(close);
    // The page itself came from its own server, before its name was made to lead here.
    await page.route(at("evil.test", "/"), (route) => route.fulfill({ contentType: "text/html", body: "<p>evil" }));
    await page.goto(at("evil.test", "/"));
    const attack = `(async (path) => {
      const answers = [];
      for (const init of [{}, { headers: { Accept: "text/html" } }, { headers: { "MF-Original-URL": "http://localhost" + path, "X-Forwarded-Host": "localhost" } },
        { method: "POST", body: "1", headers: { Authorization: "Bearer ${stage.edge.token}" } }, { method: "DELETE", headers: { Authorization: "Bearer ${stage.edge.token}" } }]) {
        const response = await fetch(path, init);
        answers.push(response.status + " " + (await response.text()).includes("0.424242"));
      }
      const socket = new WebSocket(path);
      answers.push(await new Promise((done) => { socket.onmessage = () => done("message"); socket.onclose = () => done("closed"); }));
      return answers;
    })("/c/${channel}")`;
    const answers = await page.evaluate<string[]>(attack);
    assert.deepEqual(answers, [...Array.from({ length: 5 }, () => "403 false"), "closed"]);
    const stored = await fetch(stage.edge.channelUrl(channel));
    assert.equal((await stored.text()).trim().split("\n").length, 1);
  });

  test("[GD7a] [GD7b] a page of another port of this machine reads nothing, by fetch, image, script or WebSocket", async (t) => {
    const channel = newChannel();
    await publishJson(stage.edge, channel, 42);
    const other = await ReverseProxy.to(t, stage.edge.url, {
      instead: (response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>other"),
    });
    const { page, close } = await newPage(rebound, { width: 600, height: 400, colorScheme: "light" });
    t.after(close);
    await page.goto(other.url.href);
    const outcomes = await page.evaluate<string[]>(`(async (url) => {
      const loads = (make) => new Promise((done) => {
        const element = make();
        element.onload = () => done("loaded");
        element.onerror = () => done("failed");
        element.src = url;
        document.body.append(element);
      });
      const watched = new Promise((done) => {
        const socket = new WebSocket(url.replace("http", "ws"));
        socket.onopen = () => done("open");
        socket.onclose = () => done("closed");
      });
      return [
        await fetch(url).then((r) => "read " + r.status, () => "failed"),
        await fetch(url, { mode: "no-cors" }).then((r) => r.type, () => "failed"),
        await fetch(url, { method: "POST", body: "1", mode: "no-cors" }).then((r) => r.type, () => "failed"),
        await loads(() => document.createElement("img")),
        await loads(() => document.createElement("script")),
        await watched,
      ];
    })("${stage.edge.channelUrl(channel).href}")`);
    // "opaque" is an answer that the page cannot read; here not even that is let through.
    assert.deepEqual(outcomes, ["failed", "failed", "failed", "failed", "failed", "closed"]);
  });
});
