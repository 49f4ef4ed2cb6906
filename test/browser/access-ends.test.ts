/** A page whose access ends or is renewed while it watches, by JWTs, which always expire. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { SECRET } from "../support/jwt.ts";
import { frameOfRows, newChannel, publishFrames, publishJson, rowOf } from "../support/publish.ts";
import { keepSession } from "../support/session.ts";
import { waitFor } from "../support/wait.ts";
import { assertAccessible } from "./accessible.ts";
import { assertFits, assertTargets } from "./fits.ts";
import { Stage } from "./stage.ts";
import { enter, goesOn, jwtFor, lastingFor, noticed, REFUSED, triesNothing, watching } from "./watching.ts";

const stage = await Stage.open({ vars: { JWT_SECRETS: SECRET, WATCH: "test/**=token" } });
after(() => stage.close());

/** Long enough to open a page with, on a busy machine. */
const soonFor = (channel: string): string => jwtFor(channel, Date.now() + 10_000);

test("[PG91c] [AC10b] [AC10c] before its access ends the page says so, and a new link goes on without a break", async (t) => {
  const expiresAtMs = Math.ceil(Date.now() / 1000) * 1000 + 20_000;
  const page = await watching(stage, t, (channel) => jwtFor(channel, expiresAtMs));
  const { tab, channel, sockets } = page;
  await noticed(tab, /^Access ends at \d\d:\d\d:\d\d\./);
  const token = lastingFor(channel);
  await enter(tab, "wrong");
  await waitFor("the fault", async () => /^This token is wrong/.test(await tab.text("dialog .access-fault")));
  await tab.page.getByLabel("Token or link").fill(`${stage.edge.channelUrl(channel)}#token=${token}`);
  await tab.page.keyboard.press("Enter");
  await tab.page.locator("dialog").waitFor({ state: "detached" });
  await waitFor("the notice gone", () => tab.page.locator("#notice").isHidden());
  await waitFor("the old token expired", () => Date.now() > expiresAtMs + 500);
  await goesOn(stage, page, [1, 2, 3, 4]);
  await tab.says("Live");
  assert.equal(sockets(), 1, "it is the same connection");
  await tab.page.reload();
  await tab.holds(4);
});

test("[PG91c] where another page of this browser gives a new token, this one says no more that access ends", async (t) => {
  const expiresAtMs = Math.ceil(Date.now() / 1000) * 1000 + 20_000;
  const page = await watching(stage, t, (channel) => jwtFor(channel, expiresAtMs));
  const { tab, channel, sockets } = page;
  await noticed(tab, /^Access ends at \d\d:\d\d:\d\d\./);
  const other = await tab.page.context().newPage();
  await other.goto(stage.edge.channelUrl(channel).href);
  await other.getByRole("button", { name: "Enter a new token" }).click();
  await other.getByLabel("Token or link").fill(lastingFor(channel));
  await other.keyboard.press("Enter");
  await waitFor("the notice gone", () => tab.page.locator("#notice").isHidden());
  assert.ok(Date.now() < expiresAtMs, "it is not over yet");
  assert.equal(sockets(), 1);
  await waitFor("another connection, by the new cookie", () => sockets() === 2);
  await goesOn(stage, page, [1, 2, 3, 4]);
  assert.ok(await tab.page.locator("#notice").isHidden());
});

test("[PG91d] [AC10a] when access has ended the state says so, what came stays, nothing is tried, and a new token goes on", async (t) => {
  const page = await watching(stage, t, soonFor);
  const { tab, channel } = page;
  await tab.says("Access ended");
  await noticed(tab, /^Access has ended\. What came until now stays here\./);
  assert.deepEqual((await tab.series()).y, [1, 2, 3]);
  await triesNothing(page);
  await publishJson(stage.edge, channel, { y: 4 });
  await tab.page.getByRole("button", { name: "Dismiss" }).click();
  await tab.page.locator("#menu").click();
  await enter(tab, lastingFor(channel), "Enter a token or link…");
  await tab.connected();
  await goesOn(stage, page, [1, 2, 3, 4, 5]);
  assert.ok(await tab.page.locator("#notice").isHidden());
});

test("[PG91d] where another page of this browser has put a new token into the cookie, this one goes on with it", async (t) => {
  const page = await watching(stage, t, soonFor);
  const { tab, channel, sockets } = page;
  const channelUrl = stage.edge.channelUrl(channel);
  const session = await keepSession(channelUrl, lastingFor(channel));
  const context = tab.page.context();
  const [cookie] = await context.cookies(channelUrl.href);
  assert.ok(cookie);
  await context.addCookies([{ ...cookie, value: session.cookie.slice("plotcast=".length), expires: -1 }]);
  await tab.page.evaluate(`localStorage.setItem("plotcast:${channel} access", "${session.key}")`);
  await waitFor("another connection", () => sockets() === 2);
  await goesOn(stage, page, [1, 2, 3, 4]);
  await tab.says("Live");
  assert.ok(await tab.page.locator("#notice").isHidden());
});

test("[PG91h] with a token that may only watch, the page is live with the tail, and says once that older points are not shown", async (t) => {
  const channel = newChannel();
  // More than the 8 MiB that a tail has at most.
  const start = Date.now() / 1000 - 20;
  for (let n = 0; n < 70; n++) {
    const rows = Array.from({ length: 8000 }, (_, i) => rowOf(start + n / 8 + i / 80_000, { y: Math.sin(n + i) }));
    await publishFrames(stage.edge, channel, frameOfRows("00000000000000aa", n + 1, rows));
  }
  const token = lastingFor(channel, ["watch"]);
  const tab = await stage.openTab(t, `${channel}#token=${token}`, { expectedErrors: REFUSED });
  await tab.holds(100_000);
  await tab.choose("All");
  await noticed(tab, /^Older points are not shown/);
  await tab.page.getByRole("button", { name: "Dismiss" }).click();
  await tab.choose("5 m");
  await tab.choose("All");
  await publishJson(stage.edge, channel, { y: 4 });
  await waitFor("the new point", async () => (await tab.series()).y.at(-1) === 4);
  await waitFor("nothing being read", async () => (await tab.counters()).past === "idle");
  assert.ok(await tab.page.locator("#notice").isHidden(), await tab.text("#notice"));
});

test("[PG91a] a wrong token in a link that is opened in a live page is said, and changes nothing", async (t) => {
  const page = await watching(stage, t, (channel) => lastingFor(channel));
  const { tab } = page;
  await tab.page.evaluate("location.hash = '#token=wrong'");
  await noticed(tab, /^The token in this link was not taken\. This token is wrong/);
  await goesOn(stage, page, [1, 2, 3, 4]);
});

for (const phone of [false, true]) {
  test(`[PG91d] [PG16c] what is said when access has ended fits ${phone ? "a phone" : "a desktop"}, light and dark, and axe finds nothing`, async (t) => {
    const { tab } = await watching(stage, t, soonFor, phone);
    await tab.says("Access ended");
    const inBoth = async (what: string): Promise<void> => {
      for (const colorScheme of ["light", "dark"] as const) {
        await tab.page.emulateMedia({ colorScheme });
        await assertAccessible(tab, `${what}, ${colorScheme}`);
        await assertFits(tab, `${what}, ${colorScheme}`);
      }
      await assertTargets(tab, phone ? 44 : 24);
    };
    await inBoth("the notice");
    await enter(tab, "wrong");
    await waitFor("the fault", async () => /^This token is wrong/.test(await tab.text("dialog .access-fault")));
    await inBoth("the dialog");
  });
}
