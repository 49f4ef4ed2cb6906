/** The same panels for everybody at every visit; what the channel's owner stored; and one colour for a name. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ARRANGEMENT_TYPE } from "../../protocol/limits.ts";
import { newChannel, post, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { Arranger } from "./arranger.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { Source, type Values } from "./source.ts";
import { counting, Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const names = (count: number, prefix: string, from = 0): string[] =>
  counting(count, from).map((i) => `${prefix}${String(i).padStart(2, "0")}`);
const CHANNELS = names(60, "ch");
const CELLS = names(8, "cell", 1);

const wave = (i: number, by: number): number => Math.sin(i / by);
/** What three programs publish; each begins when it likes, and some begin at 0. */
const FEEDS: readonly Values[] = [
  (i) => ({
    "accel.x": wave(i, 3),
    "accel.y": 0.001 * wave(i, 5),
    "accel.z": 9.81 + wave(i, 7),
    count: 1000 * i,
    level: 0.5 + wave(i, 9) / 2,
  }),
  (i) => ({
    ...Object.fromEntries(CELLS.map((name, k) => [name, 3 + k / 50 + wave(i, 40) / 20])),
    flow: 12 + wave(i, 6),
  }),
  (i) => Object.fromEntries(CHANNELS.map((name, k) => [name, (k % 7 === 0 ? 1e4 : 0.01) * wave(i + k, 8)])),
];
const EXPECTED = [["accel.x", "accel.y", "accel.z"], ["count"], ["level", "flow"], CELLS, CHANNELS];

async function share(channel: string, arrangement: string): Promise<void> {
  const answer = await post(stage.edge, channel, arrangement, { "Content-Type": ARRANGEMENT_TYPE });
  assert.equal(answer.status, 204, await answer.text());
}

function namesIn(text: string): string[][] {
  const panels: [string, string, string][][] = JSON.parse(text);
  return panels.map((panel) => panel.map(([name]) => name));
}

/** The panels, and of each series its name, colour and dashes. */
async function arranged(tab: ChannelTab): Promise<string> {
  await tab.drawn();
  return await tab.page.evaluate<string>(
    `JSON.stringify([...document.querySelectorAll(".panel")].map((panel) => [...panel.querySelectorAll(".legend button")]
      .map((button) => [button.title, button.querySelector(".swatch").style.color, button.querySelector(".swatch").dataset.dashes])))`,
  );
}

test("[PG60d] [PG62a] a channel that is opened twenty times, while feeds begin at different moments, is arranged alike twenty times", async (t) => {
  const channel = newChannel();
  const sources = FEEDS.map(() => new Source(stage.edge, channel));
  const last = CHANNELS.at(-1) ?? "";
  const ends: (() => Promise<void>)[] = [];
  const begin = async (at: number): Promise<void> => {
    const [source, values] = [sources[at], FEEDS[at]];
    assert.ok(source && values);
    // Where a feed begins is another place of its waves each time.
    for (let i = 0; i < 3 * at + ends.length; i++) await source.now(values);
    ends.push(source.goOn(t, values, 50));
  };
  const seen: string[] = [];
  const orders = [
    [0, 1, 2],
    [2, 0, 1],
    [1, 2, 0],
  ];
  for (const visit of counting(20)) {
    const order = orders[visit % orders.length] ?? [];
    const tab = await stage.openTab(t, channel);
    for (const at of order) {
      await begin(at);
      if (visit === 0) await tab.holds(1, Object.keys(FEEDS[at]?.(0) ?? {})[0]);
    }
    await tab.holds(2, last);
    await tab.holds(2, "level");
    if (visit === 0) {
      // Until the channel has decided what is flat beside what: some two seconds, once in the life of a series.
      await waitFor("the channel's decision", async () => {
        assert.deepEqual(namesIn(await arranged(tab)), EXPECTED);
        return true;
      });
    }
    await waitFor("all panels", async () => {
      return namesIn(await arranged(tab)).flat().length === EXPECTED.flat().length;
    });
    seen.push(await arranged(tab));
    for (const end of ends.splice(0)) await end();
    await tab.page.goto(stage.edge.channelUrl(newChannel()).href);
  }
  assert.deepEqual(namesIn(seen[0] ?? ""), EXPECTED);
  assert.equal(new Set(seen).size, 1, "twenty visits, one arrangement");
});

test("[PG62a] [PG62b] a colour belongs to a name: not every panel begins with the same, siblings differ, and it goes along into another panel", async (t) => {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 30;
  const values = (i: number) => ({
    "accel.x": i,
    "accel.y": 2,
    "accel.z": 3,
    "temp.motor": 20,
    "flow.in": 3,
    "cpu.load": 7,
    "gps.alt": 100,
    "vib.rms": 1,
  });
  await new Source(stage.edge, channel).publish(counting(40).map((i) => rowOf(start + i, values(i))));
  const tab = await stage.openTab(t, channel);
  const arranger = new Arranger(tab);
  await arranger.shows(["accel.x, accel.y, accel.z", "temp.motor", "flow.in", "cpu.load", "gps.alt", "vib.rms"]);
  const colours = async (): Promise<Map<string, string>> => {
    const panels: [string, string][][] = JSON.parse(await arranged(tab));
    return new Map(panels.flat());
  };
  const before = await colours();
  assert.equal(new Set([..."xyz"].map((axis) => before.get(`accel.${axis}`))).size, 3);
  assert.ok(
    new Set(["accel.x", "temp.motor", "flow.in", "cpu.load", "gps.alt", "vib.rms"].map((name) => before.get(name)))
      .size >= 3,
  );
  const free = ["temp.motor", "flow.in", "cpu.load", "gps.alt", "vib.rms"].find((name) =>
    [..."xyz"].every((axis) => before.get(`accel.${axis}`) !== before.get(name)),
  );
  assert.ok(free, "one has a colour that the first panel does not have");
  await tab.follow(`#panel=accel.x,accel.y,accel.z,${free}`);
  await waitFor("the move", async () => (await arranger.names())[0] === `accel.x, accel.y, accel.z, ${free}`);
  assert.deepEqual(await colours(), before);
  // In the curve as in the legend.
  const { columns } = await tab.curve("accel.x");
  assert.ok(columns.filter((column) => column !== null).length > columns.length / 2);
});

test("[PG60e] what the owner stores is seen by everybody at once; who arranged something keeps it, also later", async (t) => {
  const channel = newChannel();
  const start = Math.floor(Date.now() / 1000) - 30;
  const values = (i: number) => ({ "a.p": i, "b.q": 2, "c.r": 3 });
  const source = new Source(stage.edge, channel);
  await source.publish(counting(40).map((i) => rowOf(start + i, values(i))));
  const [one, other] = [await stage.openTab(t, channel), await stage.openTab(t, channel)];
  const [seen, own] = [new Arranger(one), new Arranger(other)];
  await seen.shows(["a.p", "b.q", "c.r"]);
  await own.shows(["a.p", "b.q", "c.r"]);
  await own.drag("c.r", 0, "middle");
  await own.shows(["a.p, c.r", "b.q"]);
  await share(channel, "#window=1m&panel=c.r,b.q;log");
  await seen.shows(["c.r, b.q", "a.p"]);
  assert.equal(
    new URL(one.page.url()).hash.includes("panel="),
    false,
    "it is nobody's own, and a link says nothing of it",
  );
  await own.shows(["a.p, c.r", "b.q"]);
  await one.page.reload();
  await seen.shows(["c.r, b.q", "a.p"]);
  assert.equal((await one.panels())[0]?.left.log, true);
  await other.page.goto(stage.edge.channelUrl(channel).href);
  await own.shows(["a.p, c.r", "b.q"]);
  // By the menu to what everybody sees.
  await other.page.keyboard.press(".");
  await other.page.getByRole("button", { name: "Arrange panels automatically" }).click();
  await own.shows(["c.r, b.q", "a.p"]);
  await share(channel, "");
  await seen.shows(["a.p", "b.q", "c.r"]);
  await own.shows(["a.p", "b.q", "c.r"]);
});
