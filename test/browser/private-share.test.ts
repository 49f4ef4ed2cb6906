/** Who may share a private channel gets a link that lets others watch it. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import type { Locator } from "playwright-core";
import { isObject } from "../../protocol/json/json.ts";
import { newChannel, publishJson } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { assertAccessible } from "./accessible.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { assertFits, assertTargets } from "./fits.ts";
import { openShare } from "./saving.ts";
import { Stage } from "./stage.ts";

const ADMIN = "the-admin-token";
const stage = await Stage.open({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "test/**=token" } });
after(() => stage.close());

const SHARE = "application/vnd.plotcast.share+json";
const EXPIRES_AT_MS = Date.UTC(2031, 4, 6, 12, 30);

/** An owner's page, and what it asked for. Share links are answered here: what the Worker does with them has its own tests. */
async function owner(
  t: TestContext,
  { phone = false, status = 201 } = {},
): Promise<{ tab: ChannelTab; channel: string; dialog: Locator; asked: unknown[] }> {
  const channel = newChannel();
  for (const y of [1, 2, 3]) await publishJson(stage.edge, channel, { y });
  const tab = await stage.openTab(t, `${channel}#token=${ADMIN}`, { phone, expectedErrors: /status of (404|429)/ });
  await tab.holds(3);
  const asked: unknown[] = [];
  await tab.page.route(stage.edge.channelUrl(channel).href, async (route, request) => {
    const {
      "content-type": type,
      authorization,
      cookie = "",
      "plotcast-session": key = "",
    } = await request.allHeaders();
    if (type !== SHARE) return await route.continue();
    asked.push({
      body: request.postData(),
      authorization,
      hasCookie: /^plotcast=1\./.test(cookie) && /^[\w-]{22}$/.test(key),
    });
    const n = asked.length;
    if (request.postData()?.includes("revoke") === true)
      return await route.fulfill({ status: 204, headers: { Plotcast: "1" } });
    const answer =
      status === 201
        ? { token: `pct_new/${n}`, name: `share-${n}`, expiresAtMs: EXPIRES_AT_MS }
        : { code: "quota-exceeded", detail: "There are 1,000 tokens already. Revoke some." };
    await route.fulfill({ status, headers: { Plotcast: "1" }, json: answer });
  });
  const dialog = await openShare(tab);
  await dialog.getByRole("heading", { name: "Link that lets others watch" }).waitFor();
  return { tab, channel, dialog, asked };
}

test("[PG91e] Share makes a link with a token in its fragment, for as long as is chosen, and copies it", async (t) => {
  const { tab, channel, dialog, asked } = await owner(t);
  const { page } = tab;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const url = stage.edge.channelUrl(channel).href;
  assert.equal(await dialog.getByLabel("Link", { exact: true }).inputValue(), url, "the other link has no token");
  assert.equal(
    await dialog.getByRole("img", { name: "QR code of the link" }).count(),
    0,
    "nobody scans what opens nothing",
  );
  await dialog.getByRole("button", { name: "Make a link" }).click();
  const link = dialog.getByRole("textbox", { name: "Link for others" });
  await link.waitFor();
  assert.equal(await link.inputValue(), `${url}#token=pct_new%2F1`);
  assert.match(await tab.text(".access-made > p"), /^Anyone with this link can watch until .*6.* 2031 \d\d:30\.$/);
  await dialog.getByRole("button", { name: "Copy: Link for others" }).click();
  await dialog.getByText("Copied: Link for others.").waitFor();
  assert.equal(await page.evaluate("navigator.clipboard.readText()"), `${url}#token=pct_new%2F1`);
  for (const [name, forMs] of [
    ["1 hour", 3_600_000],
    ["7 days", 604_800_000],
    ["31 days", 2_678_400_000],
  ] as const) {
    await dialog.getByRole("combobox").selectOption(name);
    await dialog.getByRole("button", { name: "Make a link" }).click();
    await waitFor("another", () => asked.some((each) => JSON.stringify(each).includes(String(forMs))));
  }
  const request = { authorization: undefined, hasCookie: true };
  assert.deepEqual(
    asked,
    [86_400_000, 3_600_000, 604_800_000, 2_678_400_000].map((forMs) => ({ body: `{"forMs":${forMs}}`, ...request })),
  );
});

test("[PG91e] the link that lets others watch comes first, the QR code and the embed code are made from it, and the other says for whom it is", async (t) => {
  const { tab, channel, dialog } = await owner(t);
  const url = stage.edge.channelUrl(channel).href;
  const titles = await dialog.getByRole("heading", { level: 3 }).allTextContents();
  assert.deepEqual(titles, [
    "Link that lets others watch",
    "Link for people who already have access",
    "Save what is in view",
  ]);
  await dialog.getByText("This channel is private, and there is no token in this link.").waitFor();
  assert.equal(await tab.page.evaluate("document.activeElement.textContent"), "Make a link");
  assert.equal(await dialog.getByLabel("Embed in a page", { exact: true }).isVisible(), false);
  await dialog.getByRole("button", { name: "Make a link" }).click();
  await dialog.getByRole("img", { name: "QR code of the link" }).waitFor();
  const embed = await dialog.getByLabel("Embed in a page", { exact: true }).inputValue();
  assert.ok(embed.startsWith(`<iframe src="${url}?embed=1#token=pct_new%2F1" `), embed);
  await dialog.getByText("only if EMBED_ORIGINS of the Worker names that site").waitFor();
  assert.equal(await dialog.getByLabel("Link", { exact: true }).inputValue(), url);
});

test("[PG91j] the link for others shows what is chosen, also when that changes after it was made", async (t) => {
  const { tab, channel, dialog } = await owner(t);
  await tab.page.keyboard.press("Escape");
  await tab.choose("1 m");
  await openShare(tab);
  const url = stage.edge.channelUrl(channel).href;
  const [plain, link] = [
    dialog.getByLabel("Link", { exact: true }),
    dialog.getByLabel("Link for others", { exact: true }),
  ];
  await dialog.getByRole("button", { name: "Make a link" }).click();
  await link.waitFor();
  assert.equal(await link.inputValue(), `${url}#token=pct_new%2F1&window=1m`);
  await dialog.getByLabel("As it is now").check();
  const asItIs = await link.inputValue();
  assert.match(asItIs, /#token=pct_new%2F1&window=1m&from=[\d.]+&to=[\d.]+$/);
  assert.equal(asItIs.replace("token=pct_new%2F1&", ""), await plain.inputValue());
  assert.ok(
    (await dialog.getByLabel("Embed in a page", { exact: true }).inputValue()).includes(
      "#token=pct_new%2F1&amp;window=1m&amp;from=",
    ),
  );
  await dialog.getByRole("button", { name: "Make a link" }).click();
  await waitFor("another", async () => (await link.inputValue()) === asItIs.replace("%2F1", "%2F2"));
  await dialog.getByLabel("Live").check();
  assert.equal(await link.inputValue(), `${url}#token=pct_new%2F2&window=1m`);
});

test("[PG91i] for whom a link is goes into its name; what was made stays listed, and is shown again or taken back", async (t) => {
  const { tab, dialog, asked } = await owner(t);
  const link = dialog.getByLabel("Link for others", { exact: true });
  const create = dialog.getByRole("button", { name: "Make a link" });
  const forWhom = dialog.getByLabel("For whom (optional)");
  await forWhom.fill("山田");
  await dialog.getByText("it will have nothing of this.").waitFor();
  await forWhom.fill(`${"Anna ".repeat(8)}Karenina`);
  await dialog.getByText("it takes 40 characters of this").waitFor();
  await forWhom.fill("Anna K./Café 3");
  const hint = dialog.getByText("Its name will begin with share-Anna-K.-Cafe-3.");
  await hint.waitFor();
  await create.click();
  const listed = (): Promise<string[]> => dialog.locator(".access-links b").allTextContents();
  await waitFor("the first", async () => (await listed()).join() === "share-1");
  await hint.waitFor({ state: "detached" });
  await create.click();
  await waitFor("the second", async () => (await listed()).join() === "share-2,share-1");
  await dialog.getByRole("button", { name: "Show: share-1" }).click();
  assert.match(await link.inputValue(), /token=pct_new%2F1$/);
  await dialog.getByRole("button", { name: "Take it back: share-1" }).click();
  const said = dialog.getByText("Taken back: share-1. Nobody watches by that link any more.");
  await said.waitFor();
  const [below, list, next] = await Promise.all(
    [said, dialog.locator(".access-links"), dialog.getByText("Link for people who already have access")].map((each) =>
      each.boundingBox(),
    ),
  );
  assert.ok(below && list && next, "it stands beside the list");
  assert.ok(below.y >= list.y + list.height && below.y + below.height <= next.y && below.y - list.y - list.height < 20);
  assert.deepEqual(await listed(), ["share-2"]);
  assert.match(await link.inputValue(), /token=pct_new%2F2$/);
  assert.equal(await tab.page.evaluate("document.activeElement.textContent"), "Make a link");
  await dialog.getByRole("button", { name: "Take it back: share-2" }).click();
  await link.waitFor({ state: "hidden" });
  assert.deepEqual(
    asked.map((each) => (isObject(each) ? each.body : undefined)),
    ['{"forMs":86400000,"for":"Anna-K.-Cafe-3"}', '{"forMs":86400000}', '{"revoke":"share-1"}', '{"revoke":"share-2"}'],
  );
});

test("[PG91e] what the Worker says against it stands in the dialog", async (t) => {
  const { dialog } = await owner(t, { status: 429 });
  await dialog.getByRole("button", { name: "Make a link" }).click();
  await dialog.locator(".access-share").getByText("There are 1,000 tokens already. Revoke some.").waitFor();
  assert.equal(await dialog.getByRole("textbox", { name: "Link for others" }).count(), 0);
});

test("[PG91e] on a public channel that nobody signed in to, Share asks the Worker for nothing, and has no such link", async (t) => {
  const channel = `open/${newChannel()}`;
  await publishJson(stage.edge, channel, { y: 1 });
  const tab = await stage.openTab(t, channel);
  await tab.holds(1);
  let posts = 0;
  tab.page.on("request", (request) => (posts += Number(request.method() === "POST")));
  const dialog = await openShare(tab);
  await tab.drawn();
  assert.equal(await dialog.getByRole("heading", { name: "Link that lets others watch" }).count(), 0);
  assert.equal(posts, 0);
});

test("[PG91e] on a public channel, who has admin gets the usual link: it opens for anybody", async (t) => {
  const channel = `open/${newChannel()}`;
  await publishJson(stage.edge, channel, { y: 1 });
  const tab = await stage.openTab(t, `${channel}#token=${ADMIN}`);
  await tab.holds(1);
  const dialog = await openShare(tab);
  await dialog.getByRole("img", { name: "QR code of the link" }).waitFor();
  assert.equal(await dialog.getByText("who already have access").count(), 0);
  assert.equal(await dialog.getByRole("button", { name: "Make a link" }).count(), 0);
});

for (const phone of [false, true]) {
  test(`[PG91e] [PG16c] it fits ${phone ? "a phone" : "a desktop"}, light and dark, and axe finds nothing`, async (t) => {
    const { tab, dialog } = await owner(t, { phone });
    await dialog.getByRole("button", { name: "Make a link" }).click();
    await dialog.getByRole("textbox", { name: "Link for others" }).waitFor();
    await dialog.getByRole("button", { name: "Make a link" }).click();
    await dialog.getByRole("button", { name: "Show: share-2" }).waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await tab.page.emulateMedia({ colorScheme });
      await assertAccessible(tab, colorScheme);
      await assertFits(tab, colorScheme);
    }
    await assertTargets(tab, phone ? 44 : 24);
    await tab.page.keyboard.press("Escape");
    await tab.page.locator("dialog").waitFor({ state: "detached" });
    await tab.page.keyboard.press(".");
    await tab.page.getByRole("button", { name: "Forget my access on this browser" }).waitFor();
    await assertFits(tab, "the menu");
  });
}
