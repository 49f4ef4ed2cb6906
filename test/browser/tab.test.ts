/** What a tab says while another is in front: the state, in its title and in its icon. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { newChannel } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { Source, type Values } from "./source.ts";
import { Stage } from "./stage.ts";
import { TcpRelay } from "./tcp-relay.ts";

const stage = await Stage.open();
after(() => stage.close());

const SINE: Values = (i) => ({ y: Math.sin(i / 10) });

const iconOf = (tab: ChannelTab): Promise<string> =>
  tab.page.evaluate<string>(`document.querySelector('link[rel="icon"]').href`);

async function titled(tab: ChannelTab, title: string): Promise<void> {
  await waitFor(`the tab being called ${title}`, async () => (await tab.page.title()) === title);
}

/** The icon, once it is another than those before, as the browser draws it. */
async function nextIcon(tab: ChannelTab, before: ReadonlySet<string>): Promise<string> {
  const icon = await waitFor("another icon", async () => {
    const now = await iconOf(tab);
    return now.startsWith("data:") && !before.has(now) && now;
  });
  const size = await tab.page.evaluate<number>(
    `new Promise((done, failed) => {
      const image = new Image();
      image.onload = () => done(image.naturalWidth);
      image.onerror = () => failed(new Error("the icon is no image"));
      image.src = ${JSON.stringify(icon)};
    })`,
  );
  assert.ok(size > 0);
  return icon;
}

test("[PG72a] [PG72b] title and icon say the state: live, paused, stale, gone, no connection, each in its own way", async (t) => {
  const source = new Source(stage.edge);
  await source.past(SINE);
  await source.announce(true);
  const relay = await TcpRelay.to(t, stage.edge.url);
  // It flows before the page is opened: one that was stale before has an icon of its own.
  const end = source.goOn(t, SINE);
  const tab = await stage.openTab(t, source.channel, { at: relay.url, expectedErrors: NETWORK_ERROR });
  await titled(tab, `${source.channel} – Live`);
  assert.match(await iconOf(tab), /favicon\.svg$/, "that of the page is that of one that is live");
  const icons = new Set<string>();
  const note = async (): Promise<unknown> => icons.add(await nextIcon(tab, icons));
  await tab.page.getByRole("button", { name: "Pause" }).click();
  await titled(tab, `${source.channel} – Paused`);
  await note();
  await tab.page.getByRole("button", { name: "Resume" }).click();
  await titled(tab, `${source.channel} – Live`);
  await note();
  await end();
  await titled(tab, `${source.channel} – Stale`);
  await note();
  await source.announce(false);
  await titled(tab, `${source.channel} – Publisher gone`);
  await note();
  relay.cut();
  await titled(tab, `${source.channel} – Reconnecting`);
  await note();
  assert.equal(icons.size, 5);
});

test("[PG72a] [PG72b] a tab that nobody looks at says it, too", async (t) => {
  const source = new Source(stage.edge);
  await source.past(SINE);
  // As a page is that is opened behind another.
  const before = `for (const [name, value] of [["hidden", true], ["visibilityState", "hidden"]])
    Object.defineProperty(Document.prototype, name, { get: () => value });`;
  const tab = await stage.openTab(t, source.channel, { before });
  await nextIcon(tab, new Set());
  await titled(tab, `${source.channel} – Stale`);
});

test("[PG71a] [PG72a] an empty channel says so in the tab", async (t) => {
  const channel = newChannel();
  const tab = await stage.openTab(t, channel);
  await titled(tab, `${channel} – Nothing published yet`);
  await nextIcon(tab, new Set());
});
