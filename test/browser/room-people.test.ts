/** Who is there, where they look, and what is announced. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { newChannel, publishJson } from "../support/publish.ts";
import { Guest } from "../support/room.ts";
import { assertAccessible } from "./accessible.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { Stage } from "./stage.ts";

const stage = await Stage.open({ vars: { PUBLIC_RIGHTS: "**=presence" } });
after(() => stage.close());

async function openPanel(tab: ChannelTab): Promise<void> {
  await tab.page.locator("#room-button").click();
  await tab.page.getByRole("complementary", { name: "People" }).waitFor();
}

const people = ({ page }: ChannelTab) => page.locator(".room-people li");

test("[PG98a] [PG98b] a name is given in the page and kept, others see it and, once that is switched on, where its person looks", async (t) => {
  const channel = newChannel();
  const now = Date.now() / 1000;
  await publishJson(
    stage.edge,
    channel,
    Array.from({ length: 60 }, (_, i) => ({ x: now - 30 + i / 2, y: i })),
  );
  const tab = await stage.openTab(t, channel);
  const other = await stage.openTab(t, channel);
  for (const each of [tab, other]) await openPanel(each);
  const field = tab.page.getByLabel("Your name");
  await field.fill("Ada");
  await field.press("Enter");
  for (const [each, text] of [
    [tab, "Ada (you)"],
    [other, "Ada"],
  ] as const)
    await people(each).filter({ hasText: text }).waitFor();
  await other.page.getByText("2 in the room").waitFor();
  // A name that is taken gets a number, and the field has it at once.
  const second = other.page.getByLabel("Your name");
  await second.fill("Ada");
  await second.press("Enter");
  await people(tab).filter({ hasText: "Ada 2" }).waitFor();
  await people(other).filter({ hasText: "Ada 2 (you)" }).waitFor();
  assert.equal(await second.inputValue(), "Ada 2");
  // Where it looks is its own affair until it says so.
  for (const each of [tab, other]) {
    await each.page.locator("#state").click();
    await each.page.keyboard.press(" ");
    await each.says(/^Paused/);
  }
  await tab.page.keyboard.press("c");
  await tab.drawn();
  assert.equal(await other.page.locator(".room-look").count(), 0);
  await tab.page.getByLabel("Show others where I look").check();
  const line = other.page.locator(".room-look");
  await line.waitFor();
  assert.equal(await line.textContent(), "Ada");
  for (const colorScheme of ["light", "dark"] as const) {
    await other.page.emulateMedia({ colorScheme });
    await assertAccessible(other, colorScheme);
  }
  await tab.page.getByLabel("Show others where I look").uncheck();
  await line.waitFor({ state: "detached" });
  await tab.page.reload();
  await openPanelAgain(tab);
  assert.equal(await tab.page.getByLabel("Your name").inputValue(), "Ada");
  await people(tab).filter({ hasText: "Ada (you)" }).waitFor();
});

async function openPanelAgain(tab: ChannelTab): Promise<void> {
  // That it was open is remembered.
  await tab.page.getByRole("complementary", { name: "People" }).waitFor();
}

test("[PG98c] an announcement is a line over the plots until it is dismissed", async (t) => {
  const channel = newChannel();
  await publishJson(stage.edge, channel, { y: 1 });
  const tab = await stage.openTab(t, channel);
  await tab.page.locator("#room-button").waitFor();
  const program = await Guest.in(t, stage.edge.channelUrl(channel), {
    token: stage.edge.token ?? "",
    publisher: "00000000000000aa",
  });
  program.say({ type: "announce", id: "a1", text: "Stopping at noon" });
  const line = tab.page.locator("#notice").filter({ hasText: "Stopping at noon" });
  await line.waitFor();
  await line.getByRole("button", { name: "Dismiss" }).click();
  await line.waitFor({ state: "hidden" });
});
