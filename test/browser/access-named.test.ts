/** A page whose named token is taken back while it watches, and links that were shared: with /tokens of the real Worker. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isObject } from "../../protocol/json/json.ts";
import { ADMIN, makeToken, revokeToken } from "../support/named-tokens.ts";
import { keepSession } from "../support/session.ts";
import { openShare } from "./saving.ts";
import { Stage } from "./stage.ts";
import { enter, goesOn, noticed, REFUSED, triesNothing, watching } from "./watching.ts";

const stage = await Stage.open({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "test/**=token" } });
/** To which too many wrong tokens come. */
const busy = await Stage.open({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "test/**=token" } });
after(async () => {
  await Promise.all([stage.close(), busy.close()]);
});

const named = async (channel: string, name: string, capabilities = ["watch", "history"]): Promise<string> =>
  (await makeToken(stage.edge, name, { [channel]: capabilities })).token;

test("[PG91d] [AC10a] a token that was revoked: the page says so, and does not come back", async (t) => {
  const page = await watching(stage, t, (channel) => named(channel, "revoked"));
  const { tab, channel } = page;
  assert.equal((await revokeToken(stage.edge, "revoked")).status, 204);
  await noticed(tab, /^Access was taken back\. What came until now stays here\./);
  await tab.says("Access ended");
  await triesNothing(page);
  const revoked = await named(channel, "revoked");
  assert.equal((await revokeToken(stage.edge, "revoked")).status, 204);
  await enter(tab, revoked);
  const fault = tab.page.locator("dialog .access-fault");
  await fault.getByText("This token is not known here: it was revoked, or is not whole.").waitFor();
  await tab.page.getByLabel("Token or link").fill(await named(channel, "another"));
  await tab.page.keyboard.press("Enter");
  await goesOn(stage, page, [1, 2, 3, 4]);
});

test("[PG91d] [GD10a] where many wrong tokens came from its address, a page whose cookie counts no more asks for a token all the same", async (t) => {
  const made = async (channel: string, name: string): Promise<string> =>
    (await makeToken(busy.edge, name, { [channel]: ["watch", "history"] })).token;
  const page = await watching(busy, t, (channel) => made(channel, "revoked"));
  const { tab, channel } = page;
  assert.equal((await revokeToken(busy.edge, "revoked")).status, 204);
  await noticed(tab, /^Access was taken back/);
  const url = busy.edge.channelUrl(channel);
  const headers = { Accept: "application/problem+json", Authorization: "Bearer wrong" };
  for (let n = 1; n <= 21; n++) await (await fetch(url, { headers })).text();
  await tab.page.reload();
  await tab.page.getByRole("heading", { name: "Access has ended" }).waitFor();
  await tab.page.getByLabel("Token or link").fill(await made(channel, "another"));
  await tab.page.keyboard.press("Enter");
  await tab.holds(3);
});

test("[PG91e] [AC11] who opens a link that was shared watches, until when it says, and may not share on", async (t) => {
  const { tab, channel } = await watching(stage, t, (channel) =>
    named(channel, "owner", ["watch", "history", "admin"]),
  );
  const dialog = await openShare(tab);
  await dialog.getByRole("combobox").selectOption("1 hour");
  await dialog.getByRole("button", { name: "Make a link" }).click();
  const link = await dialog.getByRole("textbox", { name: "Link for others" }).inputValue();
  assert.match(link, /#token=pct_[\w-]+$/);
  const other = await stage.openTab(t, `${channel}${new URL(link).hash}`, { expectedErrors: REFUSED });
  await other.holds(3);
  const [cookie] = await other.page.context().cookies(stage.edge.channelUrl(channel).href);
  const leftS = (cookie?.expires ?? 0) - Date.now() / 1000;
  assert.ok(leftS > 3500 && leftS <= 3601, `${leftS} s`);
  const answers = other.page.waitForResponse((response) => response.request().method() === "POST");
  const shared = await openShare(other);
  const session: unknown = await (await answers).json();
  assert.ok(isObject(session));
  assert.deepEqual(session.capabilities, ["watch", "history"]);
  await other.drawn();
  assert.equal(await shared.getByRole("heading", { name: "Link that lets others watch" }).count(), 0);
  await shared.getByRole("heading", { name: "Link for people who already have access" }).waitFor();
  const plain = await shared.getByLabel("Link", { exact: true }).inputValue();
  assert.equal(plain, stage.edge.channelUrl(channel).href);
  assert.equal(await other.page.evaluate("document.activeElement.value"), plain, "it has the focus");
  assert.equal(await shared.getByLabel("Embed in a page").count(), 0, "a frame would have no token");
  assert.equal(await shared.getByRole("img").count(), 0, "nobody scans what opens nothing");
});

test("[PG91i] [AC11c] a link that was made for somebody is taken back, and ends for who watches by it", async (t) => {
  const { tab, channel } = await watching(stage, t, (channel) =>
    named(channel, "lender", ["watch", "history", "admin"]),
  );
  const dialog = await openShare(tab);
  await dialog.getByLabel("For whom (optional)").fill("Anna");
  await dialog.getByRole("button", { name: "Make a link" }).click();
  const link = await dialog.getByRole("textbox", { name: "Link for others" }).inputValue();
  assert.match(await tab.text(".access-links b"), /^share-Anna-[0-9a-f]{8}$/);
  const other = await stage.openTab(t, `${channel}${new URL(link).hash}`, { expectedErrors: REFUSED });
  await other.holds(3);
  await dialog.getByRole("button", { name: /^Take it back: share-Anna-/ }).click();
  await noticed(other, /^Access was taken back\./);
  await dialog.getByText(/^Taken back: share-Anna-/).waitFor();
});

test("[PG91b] a token with history alone: the page says that it may not watch, tries no more, and takes another", async (t) => {
  const page = await watching(stage, t, (channel) => named(channel, "watcher"));
  const { tab, channel } = page;
  const url = stage.edge.channelUrl(channel);
  await tab.page.goto(new URL("/c/test/elsewhere", url).href);
  await tab.page.goto(new URL(`#token=${await named(channel, "reader", ["history"])}`, url).href);
  const fault = tab.page.locator(".access-fault");
  await fault.getByText("This token may not watch this channel. Ask for one that may.").waitFor();
  // As an older page kept it.
  const session = await keepSession(url, await named(channel, "reader-2", ["history"]));
  const value = session.cookie.slice("plotcast=".length);
  await tab.page.context().addCookies([{ name: "plotcast", value, domain: url.hostname, path: url.pathname }]);
  await tab.page.evaluate(`localStorage.setItem("plotcast:${channel} access", "${session.key}")`);
  await tab.page.reload();
  await tab.page.getByRole("heading", { name: "This token may not watch" }).waitFor();
  await tab.says("Private");
  await triesNothing(page);
  await tab.page.getByLabel("Token or link").fill(await named(channel, "watcher-2"));
  await tab.page.keyboard.press("Enter");
  await tab.holds(3);
});
