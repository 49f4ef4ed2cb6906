/** A private channel in the page: a link with a token, a page without one, and what becomes of the token. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Page, Request } from "playwright-core";
import { newChannel, publishJson } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { assertAccessible } from "./accessible.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { assertFits, assertTargets } from "./fits.ts";
import { Stage } from "./stage.ts";

/** With characters that a fragment and a cookie write otherwise. */
const ADMIN = "admin/token+1=%&;x";
const stage = await Stage.open({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "test/**=token" } });
after(() => stage.close());

/** What a browser logs of a connection that is refused. */
const REFUSED = /the server responded with a status of (?:401|404)|WebSocket connection to '[^']+' failed/;
const expectedErrors = REFUSED;
const FRAGMENT = `#token=${encodeURIComponent(ADMIN)}`;

/** A private channel with points in it. */
async function filled(): Promise<string> {
  const channel = newChannel();
  for (const y of [1, 2, 3]) await publishJson(stage.edge, channel, { y });
  return channel;
}

/** Every way in which a script, or a person, could find the token in the page. */
const TRACES = `JSON.stringify({
  address: [location.href, document.URL, document.baseURI, document.referrer, history.state],
  history: navigation.entries().map(({ url }) => url),
  timing: performance.getEntries().map(({ name }) => name),
  document: document.documentElement.outerHTML,
  values: [...document.querySelectorAll("input, textarea")].map(({ value }) => value),
  stored: [Object.entries(localStorage), Object.entries(sessionStorage)],
  cookie: document.cookie,
  window: [window.name, document.title],
})`;

async function assertNoTrace(page: Page, token = ADMIN): Promise<void> {
  const traces = await page.evaluate<string>(TRACES);
  for (const written of [token, encodeURIComponent(token), JSON.stringify(token).slice(1, -1)])
    assert.ok(!traces.includes(written), traces);
}

/** The page is loaded anew, which this may come before. */
async function tracesGone(page: Page, token: string): Promise<void> {
  await waitFor("no trace", () =>
    assertNoTrace(page, token).then(
      () => true,
      () => false,
    ),
  );
}

async function asked(tab: ChannelTab): Promise<void> {
  await tab.says("Private");
  await tab.page.getByRole("heading", { name: "This channel is private" }).waitFor();
}

async function fault(tab: ChannelTab, text: RegExp): Promise<void> {
  await waitFor(`the field says ${text}`, async () => text.test(await tab.text(".access-fault")));
}

test("[PG91a] [AC9a] a link with a token is live, and nothing of the token is left: in no address, timing, document, storage, log or request", async (t) => {
  const channel = await filled();
  const seen: Request[] = [];
  const logged: string[] = [];
  const tab = await stage.openTab(t, newChannel(), { expectedErrors });
  const { page } = tab;
  await asked(tab);
  page.on("request", (request) => seen.push(request));
  page.on("console", (message) => logged.push(message.text()));
  await page.goto(new URL(`${FRAGMENT}&window=1m`, stage.edge.channelUrl(channel)).href);
  await tab.holds(3);
  await tab.says(/^Live|^Stale/);
  assert.equal(await tab.fragment(/window/), "#window=1m", "the rest of the fragment counts");
  await assertNoTrace(page);
  await page.reload();
  await tab.holds(3);
  await assertNoTrace(page);
  await page.goBack();
  await page.goForward();
  await tab.holds(3);
  await assertNoTrace(page);
  const withToken = [];
  for (const request of seen) {
    const { authorization, referer } = await request.allHeaders();
    assert.ok(!request.url().includes("token"), request.url());
    assert.equal(referer ?? "", "");
    if (authorization !== undefined) withToken.push(`${request.method()} ${authorization}`);
  }
  assert.deepEqual(withToken, [`POST Bearer ${ADMIN}`], "it was sent once");
  assert.deepEqual(
    logged.filter((line) => line.includes("token")),
    [],
  );
});

test("[AC9a] [AC9b] the cookie is HttpOnly, Strict, and of this channel alone; another channel does not open by it", async (t) => {
  const channel = await filled();
  const tab = await stage.openTab(t, `${channel}${FRAGMENT}`, { expectedErrors });
  await tab.holds(3);
  const [cookie, ...others] = await tab.page.context().cookies(stage.edge.channelUrl(channel).href);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [cookie?.name, cookie?.path, cookie?.httpOnly, cookie?.sameSite],
    ["plotcast", `/c/${channel}`, true, "Strict"],
  );
  await tab.page.goto(stage.edge.channelUrl(await filled()).href);
  await asked(tab);
  assert.deepEqual(await tab.page.context().cookies(tab.page.url()), []);
});

test("[AC9b] a server at another port of the host gets the cookie, and nothing with it; if it overwrites the cookie, a token is asked for", async (t) => {
  const channel = await filled();
  const tab = await stage.openTab(t, `${channel}${FRAGMENT}`, { expectedErrors });
  const { page } = tab;
  await tab.holds(3);
  let seen = "";
  const other = createServer(({ headers }, response) => {
    seen = headers.cookie ?? "";
    const planted = `plotcast=${encodeURIComponent(ADMIN)}; Path=/c/${channel}; HttpOnly`;
    response.writeHead(200, { "Set-Cookie": planted, "Content-Type": "text/html" }).end("<title>other</title>");
  });
  await new Promise<void>((resolve) => other.listen(0, stage.edge.url.hostname, resolve));
  after(() => {
    other.closeAllConnections();
    other.close();
  });
  const address = other.address();
  assert.ok(typeof address === "object" && address !== null);
  const url = stage.edge.channelUrl(channel);
  const beside = new URL(url);
  beside.port = String(address.port);
  const visit = await page.context().newPage();
  await visit.goto(beside.href);
  assert.match(seen, /^plotcast=1\.[\w-]+$/, "cookies know no port");
  assert.equal((await fetch(url, { headers: { Accept: "text/csv", Cookie: seen } })).status, 404);
  assert.equal(await visit.evaluate("localStorage.length"), 0, "the key is of one port");
  await visit.close();
  await page.goto(url.href);
  await asked(tab);
  await page.getByLabel("Token or link").fill(ADMIN);
  await page.keyboard.press("Enter");
  await tab.holds(3);
});

test("[PG91b] without a token the page says so in place of the plot, and tries no more", async (t) => {
  const tab = await stage.openTab(t, await filled(), { expectedErrors });
  const { page } = tab;
  await asked(tab);
  assert.ok(await page.locator("#notice").isHidden());
  assert.ok(await page.locator("#retry").isHidden());
  let requests = 0;
  page.on("request", () => requests++);
  page.on("websocket", () => requests++);
  await page.evaluate("dispatchEvent(new Event('online')); document.dispatchEvent(new Event('visibilitychange'))");
  await tab.drawn();
  assert.equal(requests, 0);
  assert.deepEqual(await tab.held(), []);
});

test("[PG91b] by keyboard alone: the field has the focus, a wrong token is said at it, the right one is live", async (t) => {
  const channel = await filled();
  const tab = await stage.openTab(t, channel, { expectedErrors });
  const { page } = tab;
  await asked(tab);
  const field = page.getByLabel("Token or link");
  await page.locator("#access input:focus").waitFor();
  assert.equal(await field.getAttribute("autocomplete"), "off");
  assert.equal(await field.getAttribute("type"), "password");
  await page.keyboard.press("Enter");
  await fault(tab, /^Enter a token/);
  await page.keyboard.type("a wrong one");
  await page.keyboard.press("Enter");
  await fault(tab, /^This is no token/);
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.equal(await field.getAttribute("aria-describedby"), await page.locator(".access-fault").getAttribute("id"));
  // What was typed is selected: another takes its place.
  await page.keyboard.type("wrong");
  assert.equal(await field.getAttribute("aria-invalid"), null);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await fault(tab, /^This token is wrong/);
  await tab.says("Private");
  await page.keyboard.type(ADMIN);
  await page.keyboard.press("Enter");
  await tab.holds(3);
  await page.locator("#access").waitFor({ state: "hidden" });
  await tab.says(/^Live|^Stale/);
  await assertNoTrace(page);
  await page.keyboard.press("Space");
  await tab.says(/^Paused/);
});

test("[PG91b] a whole link can be pasted; one to another channel is sent nowhere", async (t) => {
  const channel = await filled();
  const tab = await stage.openTab(t, channel, { expectedErrors });
  const { page } = tab;
  await asked(tab);
  const field = page.getByLabel("Token or link");
  let posts = 0;
  page.on("request", (request) => (posts += Number(request.method() === "POST")));
  for (const other of [
    `${stage.edge.channelUrl("test/other")}${FRAGMENT}`,
    `https://board.example/c/${channel}${FRAGMENT}`,
  ]) {
    await field.fill(other);
    await page.getByRole("button", { name: "Watch" }).click();
    await fault(tab, /^This is a link to another channel/);
  }
  assert.equal(posts, 0);
  await field.fill(` ${stage.edge.channelUrl(channel)}?embed=1${FRAGMENT}&window=1m\n`);
  await page.getByRole("button", { name: "Watch" }).click();
  await tab.holds(3);
  await assertNoTrace(page);
});

for (const lateMs of [0, 600]) {
  test(`[PG91b] a link with a wrong token asks for another, and says that this one is wrong, be the lazy part ${lateMs} ms late`, async (t) => {
    const tab = await stage.openTab(t, newChannel(), { expectedErrors });
    await asked(tab);
    await tab.page.route("**/assets/lazy-*", async (route) => {
      await setTimeout(lateMs);
      await route.continue();
    });
    await tab.page.goto(new URL("#token=wrong", stage.edge.channelUrl(await filled())).href);
    await asked(tab);
    await fault(tab, /^This token is wrong/);
    assert.equal(new URL(tab.page.url()).hash, "");
    await assertNoTrace(tab.page, "token=wrong");
  });
}

test("[PG91k] over a quota of reads, and where nothing answers, a link's token waits in the page alone, and is live then", async (t) => {
  const channel = await filled();
  const tab = await stage.openTab(t, newChannel(), {
    expectedErrors: new RegExp(`${REFUSED.source}|status of (?:429|503)`),
  });
  const { page } = tab;
  await asked(tab);
  const url = stage.edge.channelUrl(channel).href;
  const text = "This token reads more often than it may (QUOTA_TOKEN has reads=1/s). Try again in 1 s.";
  const answers = [
    { status: 429, headers: { Plotcast: "1", "Retry-After": "1" }, json: { code: "quota-exceeded", detail: text } },
    {
      status: 503,
      headers: { Plotcast: "1", "Retry-After": "1" },
      json: { code: "keys-unavailable", detail: "Wait." },
    },
  ];
  const told = Promise.withResolvers<void>();
  await page.route(url, async (route, request) => {
    const answer = request.method() === "POST" ? answers.shift() : undefined;
    if (answer === undefined) return await route.continue();
    // What is said of the first stands until there is another answer.
    if (answer.status !== 429) await told.promise;
    await route.fulfill(answer);
  });
  await page.goto(`${url}${FRAGMENT}`);
  const note = "This page keeps the token of the link, and tries it again by itself.";
  await waitFor("it is said", async () => (await tab.text("#notice")).includes(`${text} ${note}`));
  const stored = await page.evaluate<string>(
    "JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])",
  );
  assert.ok(!stored.includes("token"), stored);
  told.resolve();
  await tab.holds(3);
  assert.deepEqual(answers, []);
  await assertNoTrace(page);
  await waitFor("nothing more being said", () => page.locator("#notice").isHidden());
});

test("[PG91b] a token that may publish, and not watch, is told so, and not kept", async (t) => {
  const channel = await filled();
  const tab = await stage.openTab(t, `${channel}#token=test-token`, { expectedErrors });
  await asked(tab);
  await fault(tab, /^This token may not watch this channel/);
  assert.deepEqual(await tab.page.context().cookies(stage.edge.channelUrl(channel).href), []);
});

test("[PG91a] where anybody may watch, a link with a token is live, be the token right or wrong", async (t) => {
  for (const token of [encodeURIComponent(ADMIN), "wrong"]) {
    const tab = await stage.openTab(t, `open/${newChannel()}#token=${token}`, { expectedErrors });
    await tab.joined();
    assert.equal(new URL(tab.page.url()).hash, "");
    await tracesGone(tab.page, token === "wrong" ? "token=wrong" : ADMIN);
  }
});

test("[PG91a] a link that is opened in a page of its channel takes its token there, and the address loses it", async (t) => {
  const channel = await filled();
  const tab = await stage.openTab(t, channel, { expectedErrors });
  await asked(tab);
  await tab.page.evaluate(`location.hash = ${JSON.stringify(`${FRAGMENT}&window=5m`)}`);
  await tab.holds(3);
  assert.equal(await tab.fragment(/window/), "#window=5m");
  await assertNoTrace(tab.page);
  // It has admin already: another link takes nothing away.
  await tab.page.evaluate("location.hash = '#token=wrong&window=1m'");
  assert.equal(await tab.fragment(/window=1m/), "#window=1m");
  await publishJson(stage.edge, channel, { y: 4 });
  await tab.holds(4);
  await assertNoTrace(tab.page);
  assert.ok(await tab.page.locator("#notice").isHidden());
  await tab.page.reload();
  await tab.holds(4);
});

test("[PG91b] a key without its cookie is no ended access: the channel is private, and a token is asked for", async (t) => {
  const channel = await filled();
  const tab = await stage.openTab(t, `${channel}${FRAGMENT}`, { expectedErrors });
  await tab.holds(3);
  await tab.page.context().clearCookies();
  await tab.page.reload();
  await asked(tab);
  await tab.page.getByLabel("Token or link").fill(ADMIN);
  await tab.page.keyboard.press("Enter");
  await tab.holds(3);
});

test("[PG91a] [PG20c] where the part that takes a token cannot be loaded, the token is taken as soon as it can", async (t) => {
  const blocked = "**/assets/lazy-*";
  const tab = await stage.openTab(t, `${await filled()}${FRAGMENT}`, { expectedErrors, blocked });
  await tab.says(/^Reconnecting/);
  assert.equal(new URL(tab.page.url()).hash, "");
  await tab.page.unroute(blocked);
  await tab.holds(3);
  await assertNoTrace(tab.page);
});

test("[PG91f] who forgets access on this browser is asked for it again, and has no cookie", async (t) => {
  const channel = await filled();
  const tab = await stage.openTab(t, `${channel}${FRAGMENT}`, { expectedErrors });
  const { page } = tab;
  await tab.holds(3);
  await page.keyboard.press(".");
  await page.getByRole("button", { name: "Forget my access on this browser" }).click();
  await asked(tab);
  assert.deepEqual(await page.context().cookies(stage.edge.channelUrl(channel).href), []);
  assert.deepEqual(await tab.held(), []);
  await page.keyboard.press("Tab");
  await page.locator("#menu").click();
  await page.getByRole("dialog", { name: "Menu" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Forget my access on this browser" }).count(), 0);
});

test("[PG91h] reads that a token has no right to are said once, calmly, and not repeated", async (t) => {
  const channel = newChannel();
  const rows = Array.from({ length: 100 }, (_, y) => ({ y }));
  // The page joins at the newest 600 points, and reads the others.
  for (let i = 0; i < 9; i++) await publishJson(stage.edge, channel, rows);
  const tab = await stage.openTab(t, newChannel(), { expectedErrors: new RegExp(`${REFUSED.source}|status of 403`) });
  const { page } = tab;
  await asked(tab);
  let reads = 0;
  await page.route(/\?(?:after|from|to)=/, (route) => {
    reads++;
    const body = JSON.stringify({ status: 403, code: "not-permitted", detail: "no" });
    return route.fulfill({ status: 403, contentType: "application/problem+json", body });
  });
  await page.goto(new URL(FRAGMENT, stage.edge.channelUrl(channel)).href);
  await tab.holds(600);
  await waitFor("it is said", async () => /^Older points are not shown/.test(await tab.text("#notice")));
  await page.getByRole("button", { name: "Dismiss" }).click();
  const before = reads;
  await tab.choose("All");
  await waitFor("the history asked for", () => reads > before || tab.counters().then(({ past }) => past === "idle"));
  await tab.choose("5 m");
  await tab.choose("All");
  await tab.drawn();
  await waitFor("nothing being read", async () => (await tab.counters()).past === "idle");
  assert.ok(await page.locator("#notice").isHidden(), await tab.text("#notice"));
  assert.ok(reads <= before + 1, `${reads} reads`);
});

for (const phone of [false, true]) {
  test(`[PG91b] [PG16c] what asks for a token fits ${phone ? "a phone" : "a desktop"}, light and dark, and axe finds nothing`, async (t) => {
    const tab = await stage.openTab(t, newChannel(), { phone, expectedErrors });
    await asked(tab);
    await tab.page.getByLabel("Token or link").fill("wrong");
    await tab.page.getByRole("button", { name: "Watch" }).click();
    await fault(tab, /^This token is wrong/);
    for (const colorScheme of ["light", "dark"] as const) {
      await tab.page.emulateMedia({ colorScheme });
      await assertAccessible(tab, colorScheme);
      await assertFits(tab, colorScheme);
    }
    await assertTargets(tab, phone ? 44 : 24);
  });
}
