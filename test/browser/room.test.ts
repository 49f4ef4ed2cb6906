/** The controls of a channel in its page: a program that is played by a participant of the room, and real browsers. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, type TestContext, test } from "node:test";
import { claimsAt, SECRET, signed } from "../support/jwt.ts";
import { newChannel, publishJson } from "../support/publish.ts";
import { Guest } from "../support/room.ts";
import { waitFor } from "../support/wait.ts";
import { assertAccessible } from "./accessible.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { assertTargets } from "./fits.ts";
import { Stage, type TabOptions } from "./stage.ts";

const stage = await Stage.open({ vars: { PUBLIC_RIGHTS: "**=control+note+presence" } });
const closed = await Stage.open({ vars: { JWT_SECRETS: SECRET, WATCH: "test/private/**=token" } });
after(() => Promise.all([stage.close(), closed.close()]));

const PROGRAM = "00000000000000aa";
const CONTROLS = {
  setpoint: { value: 180, min: 20, max: 250, step: 1, unit: "°C", description: "Of the oven" },
  gain: { value: 1.5, group: "PID", kind: "number", min: 0 },
  fan: { value: false, group: "PID" },
  mode: { value: "auto", choices: ["auto", "manual", "off"] },
  title: { value: "Batch 7" },
  "emergency stop": {},
  reset: {},
};

interface Scene {
  channel: string;
  tab: ChannelTab;
  program: Guest;
}

async function programOf(t: TestContext, channel: string, controls: unknown = CONTROLS, on = stage): Promise<Guest> {
  const program = await Guest.in(t, on.edge.channelUrl(channel), { token: on.edge.token ?? "", publisher: PROGRAM });
  program.say({ type: "declare", controls });
  await program.hears("controls");
  return program;
}

/** A page that shows the controls of a program. */
async function scene(t: TestContext, options: TabOptions = {}): Promise<Scene> {
  const channel = newChannel();
  await publishJson(stage.edge, channel, { y: 1 });
  const program = await programOf(t, channel);
  return { channel, program, tab: await opened(t, channel, options) };
}

async function opened(t: TestContext, channel: string, options: TabOptions = {}): Promise<ChannelTab> {
  const tab = await stage.openTab(t, channel, options);
  await tab.page.locator(options.phone === true ? "main" : "aside.room").waitFor();
  return tab;
}

const control = ({ page }: ChannelTab, name: string) => page.locator(`[data-control="${name}"]`);
const status = (tab: ChannelTab, name: string, text: string | RegExp): Promise<void> =>
  control(tab, name).locator(".room-status").filter({ hasText: text }).waitFor();

test("[PG95c] a slider's value goes to the program, and the confirmed one comes back in every other browser", async (t) => {
  const { channel, tab, program } = await scene(t);
  const other = await opened(t, channel);
  await control(tab, "setpoint").getByRole("slider", { name: "setpoint" }).focus();
  await tab.page.keyboard.press("ArrowRight");
  const { id, control: name, value } = await program.hears("deliver");
  assert.deepEqual([name, value], ["setpoint", 181]);
  for (const each of [tab, other])
    await status(each, "setpoint", "181 °C waiting for the program, program has 180 °C · by somebody");
  program.say({ type: "delivered", id });
  await status(other, "setpoint", "181 °C with the program, program has 180 °C");
  program.say({ type: "outcome", id, outcome: "confirmed", value: 181 });
  for (const each of [tab, other]) {
    await status(each, "setpoint", "confirmed · by somebody");
    assert.equal(await control(each, "setpoint").getByRole("textbox").inputValue(), "181");
  }
  // Nothing else was sent.
  assert.equal(program.heard.filter(({ type }) => type === "deliver").length, 0);
});

test("[PG95d] while a slider is dragged its newest values are sent, and the last one without isPassing", async (t) => {
  const { channel, tab, program } = await scene(t);
  const box = await control(tab, "setpoint").getByRole("slider").boundingBox();
  assert.ok(box !== null);
  const y = box.y + box.height / 2;
  const at = (part: number): number => box.x + 8 + part * (box.width - 16);
  await tab.page.mouse.move(at((180 - 20) / 230), y);
  await tab.page.mouse.down();
  await tab.page.mouse.move(at(0.5), y, { steps: 5 });
  const passing = await program.hears("deliver");
  assert.equal(passing.control, "setpoint");
  await tab.page.mouse.move(at(1), y, { steps: 5 });
  await tab.page.mouse.up();
  await waitFor("the last value being confirmed", async () => {
    for (const message of program.heard.splice(0)) {
      if (message.type !== "deliver") continue;
      const { id, value } = message;
      program.say({ type: "outcome", id, outcome: "confirmed", ...(value !== null && { value }) });
    }
    const text = await control(tab, "setpoint").locator(".room-status").textContent();
    const room = await fetch(new URL("?room", stage.edge.channelUrl(channel)), {
      headers: { Accept: "application/json" },
    });
    return text === "confirmed · by somebody" && /"value":250,.*"stage":"confirmed"/.test(await room.text());
  });
  assert.equal(await control(tab, "setpoint").getByRole("textbox").inputValue(), "250");
});

test("[PG95e] a value that the program refuses goes back to what it has, and its reason is said", async (t) => {
  const { tab, program } = await scene(t);
  const field = control(tab, "setpoint").getByRole("textbox");
  await field.fill("240");
  await field.press("Enter");
  const { id, value } = await program.hears("deliver");
  assert.equal(value, 240);
  program.say({ type: "outcome", id, outcome: "refused", detail: "too hot" });
  await status(tab, "setpoint", "refused: too hot · by somebody");
  assert.equal(await field.inputValue(), "180");
  assert.equal(await control(tab, "setpoint").getByRole("slider").inputValue(), "180");
  // What it takes is known here: nothing goes out.
  await field.fill("300");
  await field.press("Enter");
  await status(tab, "setpoint", "setpoint takes 20 to 250 °C; not 300.");
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  await field.press("Escape");
  assert.equal(await field.inputValue(), "180");
  assert.equal(program.heard.filter(({ type }) => type === "deliver").length, 0);
});

test("[PG95f] what is set while the program is away is kept, and confirmed when it is back", async (t) => {
  const { channel, tab, program } = await scene(t);
  program.leave();
  await status(tab, "setpoint", "Its program is away.");
  const field = control(tab, "setpoint").getByRole("textbox");
  await field.fill("200");
  await field.press("Enter");
  await status(tab, "setpoint", "200 °C Its program is away: kept for when it returns, program has 180 °C");
  const back = await programOf(t, channel);
  const { id } = await back.hears("deliver", ({ value }) => value === 200);
  back.say({ type: "outcome", id, outcome: "confirmed", value: 195 });
  await status(tab, "setpoint", "confirmed as 195 °C, asked for 200 °C");
  assert.equal(await field.inputValue(), "195");
});

test("[PG95g] each kind of control is worked by keys alone", async (t) => {
  const { tab, program } = await scene(t);
  const { page } = tab;
  const next = async (): Promise<unknown> => {
    const { id, control: name, value, action } = await program.hears("deliver");
    program.say({ type: "outcome", id, outcome: "confirmed", ...(value !== null && { value }) });
    await status(tab, name, "confirmed");
    return [action, name, value];
  };
  await control(tab, "setpoint").getByRole("slider").focus();
  for (const [key, value] of [
    ["End", 250],
    ["Home", 20],
    ["ArrowUp", 21],
    ["PageUp", 44],
    ["Escape", 180],
  ] as const) {
    await page.keyboard.press(key);
    assert.deepEqual(await next(), ["set", "setpoint", value]);
  }
  const gain = control(tab, "gain").getByRole("textbox");
  await gain.press("ArrowUp");
  assert.deepEqual(await next(), ["set", "gain", 2.5]);
  await gain.press("PageDown");
  assert.deepEqual(await next(), ["set", "gain", 0]);
  await control(tab, "fan").getByRole("switch").press("Space");
  assert.deepEqual(await next(), ["set", "fan", true]);
  assert.equal(await control(tab, "fan").getByRole("switch").getAttribute("aria-checked"), "true");
  await control(tab, "mode").getByRole("combobox").selectOption("manual");
  assert.deepEqual(await next(), ["set", "mode", "manual"]);
  await control(tab, "title").getByRole("textbox").fill("Batch 8");
  await page.keyboard.press("Enter");
  assert.deepEqual(await next(), ["set", "title", "Batch 8"]);
  // What is done in a hurry asks nothing; anything else once.
  await control(tab, "emergency stop").getByRole("button").press("Enter");
  assert.deepEqual(await next(), ["call", "emergency stop", null]);
  await control(tab, "reset").getByRole("button").press("Enter");
  await control(tab, "reset").getByRole("button", { name: "Press again: reset" }).press("Enter");
  assert.deepEqual(await next(), ["call", "reset", null]);
  assert.equal((await tab.window()).paused, false, "no key was one of the panels");
  assert.equal(program.heard.filter(({ type }) => type === "deliver").length, 0);
  // K closes it, and it stays closed.
  await page.locator("#room-button").focus();
  await page.keyboard.press("k");
  await page.locator("aside.room").waitFor({ state: "hidden" });
  await page.reload();
  await page.locator("#room-button").waitFor();
  assert.equal(await page.locator("aside.room").isVisible(), false);
});

test("[PG95c] what has no group stands before all groups, wherever it was declared", async (t) => {
  const channel = newChannel();
  await publishJson(stage.edge, channel, { y: 1 });
  await programOf(t, channel, {
    setpoint: { value: 180, group: "Oven" },
    gain: { value: 1, group: "PID" },
    mode: { value: "auto", choices: ["auto", "off"] },
    lamp: { value: false, group: "Oven" },
    on: { value: true },
    stop: {},
  });
  const tab = await opened(t, channel);
  await control(tab, "stop").waitFor();
  const groups = await tab.page.evaluate<string[][]>(
    `[...document.querySelectorAll(".room-group")].map((group) => [
      group.querySelector("legend")?.textContent ?? "",
      ...[...group.querySelectorAll("[data-control]")].map(({ dataset }) => dataset.control),
    ])`,
  );
  assert.deepEqual(groups, [
    ["", "mode", "on", "stop"],
    ["Oven", "setpoint", "lamp"],
    ["PID", "gain"],
  ]);
});

test("[PG95c] a value that the program has by itself is not said to be confirmed", async (t) => {
  const { channel, tab, program } = await scene(t);
  const field = control(tab, "gain").getByRole("textbox");
  await field.fill("2.34");
  await field.press("Enter");
  const { id } = await program.hears("deliver");
  program.say({ type: "outcome", id, outcome: "confirmed", value: 2.34 });
  await status(tab, "gain", "confirmed · by somebody");
  const later = await opened(t, channel);
  await status(later, "gain", "confirmed · by somebody");
  program.leave();
  for (const each of [tab, later]) await status(each, "gain", "confirmed · by somebody. Its program is away");
  // It is started anew, and knows nothing of it.
  await programOf(t, channel, { ...CONTROLS, gain: { ...CONTROLS.gain, value: 1 } });
  for (const each of [tab, later]) {
    await status(each, "gain", /^$/);
    assert.equal(await control(each, "gain").getByRole("textbox").inputValue(), "1");
  }
});

test("[PG95f] that a program is away is said of each of its controls, whatever was set before, and its buttons do not look live", async (t) => {
  const { channel, tab, program } = await scene(t);
  const stop = control(tab, "emergency stop").getByRole("button");
  const colourOf = ({ page }: ChannelTab): Promise<string[]> =>
    page.evaluate<string[]>(`(() => {
      const { color, borderTopColor } = getComputedStyle(document.querySelector(".room-urgent"));
      const style = getComputedStyle(document.querySelector(".room-status"));
      return [color, borderTopColor, style.color];
    })()`);
  const field = control(tab, "setpoint").getByRole("textbox");
  await field.fill("240");
  await field.press("Enter");
  const { id } = await program.hears("deliver");
  program.say({ type: "outcome", id, outcome: "refused", detail: "too hot" });
  await status(tab, "setpoint", /^refused: too hot · by somebody$/);
  const [live] = await colourOf(tab);
  program.leave();
  await status(tab, "setpoint", "refused: too hot · by somebody. Its program is away");
  // One that is opened only now says it of all.
  const later = await opened(t, channel);
  for (const name of Object.keys(CONTROLS)) await status(later, name, "Its program is away");
  for (const each of [tab, later]) {
    const [text, edge] = await colourOf(each);
    assert.notEqual(text, live);
    assert.notEqual(edge, live);
    await assertAccessible(each, "away");
  }
  // It can be pressed all the same, and says what became of that.
  await stop.click();
  await status(tab, "emergency stop", /^refused: .*Its program is away$/);
});

/** How many are in a channel's room. */
async function countIn(on: Stage, channel: string): Promise<string | undefined> {
  const room = await fetch(new URL("?room", on.edge.channelUrl(channel)), { headers: { Accept: "application/json" } });
  return /"count":(\d+)/.exec(await room.text())?.[1];
}

test("[PG95b] a page goes into the room where there is something for it, and nowhere else", async (t) => {
  const asked = (tab: ChannelTab): Promise<unknown> =>
    waitFor("the page asking for the room", () =>
      tab.page.evaluate<boolean>("performance.getEntriesByType('resource').some(({ name }) => name.endsWith('?room'))"),
    );
  const channel = newChannel();
  await publishJson(closed.edge, channel, { y: 1 });
  const plain = await closed.openTab(t, channel);
  await plain.connected();
  await asked(plain);
  await plain.drawn();
  assert.equal(await countIn(closed, channel), "0");
  // Here it may talk.
  await publishJson(stage.edge, channel, { y: 1 });
  const framed = await stage.openTab(t, channel, { query: "?embed=1" });
  await framed.connected();
  await framed.lazyPart();
  const tab = await stage.openTab(t, channel);
  await waitFor("the page being in the room", async () => (await countIn(stage, channel)) === "1");
  await tab.page.goto(stage.edge.channelUrl(newChannel()).href);
  await waitFor("nobody being there", async () => (await countIn(stage, channel)) === "0");
});

test("[PG95b] where there is no room, or none in it, nothing is said", async (t) => {
  const channel = newChannel();
  await publishJson(stage.edge, channel, { y: 1 });
  const tab = await stage.openTab(t, newChannel(), { expectedErrors: /status of (?:404|503)/ });
  for (const status of [404, 503]) {
    const answered = tab.page.waitForResponse(/\?room$/);
    await tab.page.route("**/*?room", (route) => route.fulfill({ status }));
    await tab.page.goto(stage.edge.channelUrl(channel).href);
    await tab.connected();
    assert.equal((await answered).status(), status);
    await tab.drawn();
    assert.equal(await tab.page.locator("#notice").isVisible(), false);
    assert.equal(await countIn(stage, channel), "0");
    await tab.page.unroute("**/*?room");
  }
});

test("[PG95h] without the right it can be looked at, and says what to do", async (t) => {
  const channel = newChannel();
  await publishJson(closed.edge, channel, { y: 1 });
  await programOf(t, channel, CONTROLS, closed);
  const tab = await closed.openTab(t, channel);
  await tab.page.getByText("that takes a token with the right “control”").waitFor();
  const inputs = tab.page.locator(".room-control :is(input, select, button)");
  await waitFor("ten inputs", async () => (await inputs.count()) === 10);
  for (const input of await inputs.all()) assert.equal(await input.isDisabled(), true);
  await assertAccessible(tab, "read-only");
});

test("[PG95b] in a private channel the page's token goes to the room, too, and gives its rights there", async (t) => {
  const channel = `test/private/${crypto.randomUUID()}`;
  await publishJson(closed.edge, channel, { y: 1 });
  const program = await programOf(t, channel, CONTROLS, closed);
  const exp = Math.ceil(Date.now() / 1000) + 3600;
  const token = signed(claimsAt(Date.now(), { exp, plotcast: { [channel]: ["watch", "history", "control"] } }));
  const tab = await closed.openTab(t, channel, { query: `#token=${token}` });
  const field = control(tab, "setpoint").getByRole("textbox");
  await field.fill("200");
  await field.press("Enter");
  const { id, value } = await program.hears("deliver");
  assert.equal(value, 200);
  program.say({ type: "outcome", id, outcome: "confirmed", value: 200 });
  await status(tab, "setpoint", "confirmed");
});

test("[PG95b] a file that is opened has nothing to set", async (t) => {
  const { tab } = await scene(t);
  const { page } = tab;
  await page.locator("#share").click();
  const saving = page.waitForEvent("download");
  await page.getByRole("dialog", { name: "Share" }).getByRole("button", { name: "Snapshot" }).click();
  const file = await (await saving).path();
  await page.keyboard.press("Escape");
  await page.locator("#menu").click();
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open a snapshot…" }).click();
  await (await choosing).setFiles({ name: "saved.plotcast", mimeType: "", buffer: await readFile(file) });
  await page.locator("aside.room").waitFor({ state: "hidden" });
  assert.equal(await page.locator("#room-button").isVisible(), false);
});

test("[PG95a] on a phone it opens from the menu, under the plots, with targets of 44 px", async (t) => {
  const { tab, program } = await scene(t, { phone: true });
  const { page } = tab;
  await tab.connected();
  const item = page.getByRole("dialog", { name: "Menu" }).getByRole("button", { name: "Controls", exact: true });
  await waitFor("the menu having it", async () => {
    await page.locator("#menu").click();
    await page.getByRole("dialog", { name: "Menu" }).waitFor();
    if (await item.isVisible()) return true;
    await page.keyboard.press("Escape");
    return false;
  });
  await item.click();
  await control(tab, "setpoint").waitFor();
  await assertTargets(tab, 44);
  await assertAccessible(tab, "on a phone");
  assert.deepEqual(
    await page.evaluate("[document.scrollingElement.scrollWidth, document.querySelector('.room').scrollWidth]"),
    [390, 390],
  );
  await control(tab, "emergency stop").getByRole("button").click();
  assert.equal((await program.hears("deliver")).action, "call");
});

test("[PG95a] axe finds nothing in it, light or dark", async (t) => {
  const { tab, program } = await scene(t);
  const field = control(tab, "setpoint").getByRole("textbox");
  await field.fill("240");
  await field.press("Enter");
  const { id } = await program.hears("deliver");
  program.say({ type: "outcome", id, outcome: "refused", detail: "too hot" });
  await status(tab, "setpoint", "refused");
  for (const colorScheme of ["light", "dark"] as const) {
    await tab.page.emulateMedia({ colorScheme });
    await assertAccessible(tab, colorScheme);
  }
  await assertTargets(tab, 24);
});
