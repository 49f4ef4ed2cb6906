/** What the page says of how things stand: each state in words, wrong clocks, and the figures. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { clockText } from "../../page/ui/format.ts";
import { publishHeaders, rowOf, storedPoints } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { Source, THREE, type Values } from "./source.ts";
import { Stage } from "./stage.ts";
import { TcpRelay } from "./tcp-relay.ts";

const stage = await Stage.open();
after(() => stage.close());

const HOUR_MS = 3_600_000;
const SINE: Values = (i) => ({ y: Math.sin(i / 10) });

/** This device's clock is wrong by so much. */
const clockOff = (byMs: number): string => `{
  const Right = Date;
  globalThis.Date = class extends Right {
    constructor(...given) {
      super(...(given.length === 0 ? [Right.now() + ${byMs}] : given));
    }
    static now() {
      return Right.now() + ${byMs};
    }
  };
}`;

const figures = (tab: ChannelTab, what: RegExp): Promise<string> =>
  waitFor(`the figures ${what}`, async () => {
    const text = await tab.text("#figures");
    return what.test(text) && text;
  });

/** The seconds from a moment to another, as the page writes them; it hears of a moment somewhat later than that is. */
function clocksOf(fromMs: number, toMs: number): string[] {
  const seconds = Math.ceil((toMs - fromMs) / 1000) + 4;
  return Array.from({ length: seconds }, (_, i) => clockText(fromMs + 1000 * (i - 1)));
}

async function isDrawn(tab: ChannelTab): Promise<boolean> {
  return (await tab.curve()).columns.some((rows) => rows !== null);
}

describe("states", { concurrency: 3 }, () => {
  test("[PG17] until the Channel answers it is connecting, and does not say that a channel is empty", async (t) => {
    const tab = await stage.openTab(t, new Source(stage.edge).channel, {
      // A socket that nothing ever comes of.
      before: `globalThis.WebSocket = class extends EventTarget { static OPEN = 1; readyState = 0; send() {} close() {} };`,
    });
    await tab.says("Connecting…");
    assert.ok(await tab.page.locator("#empty").isHidden());
    assert.ok(await tab.page.locator("#retry").isHidden());
    assert.equal(await tab.text("#figures"), "");
  });

  test("[PG17e] [CH8c] that the channel was emptied is said at once, held too, and to a page that was away", async (t) => {
    const source = new Source(stage.edge);
    await source.past(SINE);
    const relay = await TcpRelay.to(t, stage.edge.url);
    const [tab, away] = [
      await stage.openTab(t, source.channel),
      await stage.openTab(t, source.channel, { at: relay.url, expectedErrors: NETWORK_ERROR }),
    ];
    for (const one of [tab, away]) await one.holds(120);
    await figures(tab, /\b2 viewers$/);
    await tab.page.keyboard.press(" ");
    relay.cut();
    await away.says(/^Reconnecting/);
    // From now on nothing but that it was emptied is told: that one fewer watches, the page knows.
    await figures(tab, /\b1 viewer$/);
    const headers = publishHeaders(stage.edge, "application/json");
    const startMs = Date.now();
    assert.ok((await fetch(stage.edge.channelUrl(source.channel), { method: "DELETE", headers })).ok);
    const said = await waitFor("the notice", async () => {
      const text = await tab.text("#notice");
      return text.startsWith("The channel was emptied") && text;
    });
    const [, at = ""] =
      /^The channel was emptied at (\d\d:\d\d:\d\d)\. What you see from before is kept only here\./.exec(said) ?? [];
    assert.ok(at >= clockText(startMs) && at <= clockText(Date.now()), said);
    assert.ok(await isDrawn(tab), "what was seen stays");
    await tab.says("Paused · empty");
    await tab.page.keyboard.press(" ");
    await tab.says("Nothing published yet");
    await figures(tab, /^1 viewer$/);
    relay.mend();
    await waitFor("the notice of the other", async () =>
      (await away.text("#notice")).startsWith(
        "The channel was emptied while this page was not connected. What you see",
      ),
    );
    // What is published now is a new channel's: to who saw it emptied nothing is missing.
    const end = source.goOn(t, (i) => ({ y: i }));
    for (const one of [tab, away]) await one.says("Live");
    await waitFor("a figure", async () => /series/.test(await tab.text("#figures")));
    assert.doesNotMatch(await tab.text("#figures"), /missing/);
    await waitFor("the other saying it", async () => /data may be missing/.test(await away.text("#figures")));
    const told = async (one: ChannelTab): Promise<string> => {
      await one.page.locator(".gap").first().waitFor({ state: "attached" });
      await one.page.keyboard.press("g");
      return await waitFor("the mark's text", async () => (await one.text(".gap-tip")) || undefined);
    };
    assert.match(await told(tab), /^The channel was emptied here.*Nothing is missing\.$/s);
    assert.match(await told(away), /^The channel was emptied here.*while this page was not connected, is gone\.$/s);
    await end();
    await fetch(stage.edge.channelUrl(source.channel), { method: "DELETE", headers });
    // Of nothing nothing is kept.
    const empty = await stage.openTab(t, source.channel);
    await empty.says("Nothing published yet");
    assert.ok(await empty.page.locator("#notice").isHidden());
  });

  test("[PG17a] when every publisher has said that it goes, the page says since when nothing came, to who comes later too", async (t) => {
    const source = new Source(stage.edge);
    const startMs = Date.now();
    await source.past(SINE);
    const takenMs = Date.now();
    await source.announce(true);
    const tab = await stage.openTab(t, source.channel);
    await tab.says(/^Stale since \d\d:\d\d:\d\d$/, 15_000);
    const stale = (await tab.text("#state")).replace("Stale since ", "");
    // It goes seconds after its last point: that is no second time.
    await source.announce(false);
    await tab.says(`Publisher gone since ${stale}`);
    const later = await stage.openTab(t, source.channel, { before: clockOff(HOUR_MS) });
    await later.says(/^Publisher gone since \d\d:\d\d:\d\d$/);
    for (const [one, offMs] of [
      [tab, 0],
      [later, HOUR_MS],
    ] as const) {
      const said = (await one.text("#state")).replace("Publisher gone since ", "");
      const clocks = clocksOf(startMs + offMs, takenMs + offMs);
      assert.ok(clocks.includes(said), `${said} is none of ${clocks}`);
    }
    await source.now(SINE);
    await Promise.all([tab.says("Live"), later.says("Live")]);
  });

  test("[PG3b] a publisher that came back and has sent nothing yet is waited for; with its first point it is live", async (t) => {
    const source = new Source(stage.edge);
    await source.past(SINE);
    await source.announce(true);
    const tab = await stage.openTab(t, source.channel);
    await source.announce(false);
    await tab.says(/^Publisher gone since/);
    await source.announce(true);
    // Until then it is no news that nothing came.
    await tab.says("Waiting for data", 15_000);
    await tab.page.getByRole("button", { name: "Pause" }).click();
    await tab.says("Paused · waiting");
    await tab.page.getByRole("button", { name: "Resume" }).click();
    await source.now(SINE);
    await tab.says("Live");
    await tab.says(/^Stale since/, 15_000);
  });

  test("[PG17] without a connection it says when it tries again; Retry now does so at once, and goes when it is live", async (t) => {
    const source = new Source(stage.edge);
    const relay = await TcpRelay.to(t, stage.edge.url);
    const tab = await stage.openTab(t, source.channel, { at: relay.url, expectedErrors: NETWORK_ERROR });
    source.goOn(t, SINE);
    await tab.says("Live");
    const retry = tab.page.getByRole("button", { name: "Retry now" });
    assert.equal(await retry.count(), 0);
    relay.cut();
    await tab.says(/^Reconnecting in [23] s$/);
    await retry.waitFor();
    // What was true of the connection is not said any more.
    assert.doesNotMatch(await tab.text("#figures"), /pts\/s|lag|viewer/);
    relay.mend();
    await retry.click();
    await tab.says("Live");
    await retry.waitFor({ state: "hidden" });
    await tab.page.context().setOffline(true);
    await tab.says(/^Offline since \d\d:\d\d:\d\d$/);
    await retry.waitFor();
    await tab.page.context().setOffline(false);
    await tab.says("Live");
    assert.deepEqual(await tab.gaps(), []);
  });

  test("[PG17] paused says so, counts what comes meanwhile, and is live again by the same button", async (t) => {
    const source = new Source(stage.edge);
    await source.past(SINE);
    const tab = await stage.openTab(t, source.channel);
    const end = source.goOn(t, SINE, 50);
    await tab.says("Live");
    const count = "plotcast.series()[0].x.length";
    // In one step, so that nothing comes between the press and the count.
    const length = await tab.page.evaluate<number>(`document.getElementById("pause").click(); ${count}`);
    await tab.says("Paused");
    const pill = tab.page.locator("#go-live");
    await waitFor("the pill counting", async () => /\+\d\d$/.test((await pill.textContent()) ?? ""));
    await end();
    await waitFor("all are counted", async () => {
      const [text, now] = await tab.page.evaluate<[string, number]>(
        `[document.getElementById("go-live").textContent, ${count}]`,
      );
      return Number(/\d+$/.exec(text)?.[0]) === now - length;
    });
    await tab.page.getByRole("button", { name: "Resume" }).click();
    await tab.connected();
    assert.ok(await pill.isHidden());
  });
});

describe("a feed that is dead when the page is opened", { concurrency: 3 }, () => {
  const times: [what: string, x: (ageS: number) => number][] = [
    ["x is no time", (ageS) => 1200 - ageS],
    ["20 minutes were posted at once", (ageS) => Date.now() / 1000 - ageS],
    ["the publisher’s clock is an hour ahead", (ageS) => Date.now() / 1000 - ageS + 3600],
    ["the publisher’s clock is an hour behind", (ageS) => Date.now() / 1000 - ageS - 3600],
  ];
  for (const [what, x] of times) {
    test(`[PG3e] [PG17] it is stale since its last frame was taken, also held, with no rate and no lag: ${what}`, async (t) => {
      const source = new Source(stage.edge);
      const rows = Array.from({ length: 1200 }, (_, i) => rowOf(x(1200 - i), { y: i }));
      const startMs = Date.now();
      await source.publish(rows, { rowsPerFrame: 1200 });
      const takenMs = Date.now();
      const watching = await stage.openTab(t, source.channel);
      await watching.says(/^Stale since/);
      const tab = await stage.openTab(t, source.channel);
      await tab.says(/^Stale since \d\d:\d\d:\d\d$/);
      assert.ok(!(await tab.said()).includes("Live"));
      const said = (await tab.text("#state")).replace("Stale since ", "");
      const clocks = clocksOf(startMs, takenMs);
      assert.ok(clocks.includes(said), `${said} is none of ${clocks}`);
      await figures(tab, /2 viewers/);
      assert.doesNotMatch(await tab.text("#figures"), /pts\/s|lag/);
      await tab.page.getByRole("button", { name: "Pause" }).click();
      await tab.says(`Paused · stale since ${said}`);
      await source.publish([rowOf(x(0), { y: 0 })]);
      await tab.says("Paused");
    });
  }

  test("[PG3] [PG17d] held, a feed that ends is said to be stale, and no lag any more; one that is gone, too", async (t) => {
    const source = new Source(stage.edge);
    const tab = await stage.openTab(t, source.channel);
    const end = source.goOn(t, SINE, 100);
    await figures(tab, /lag/);
    await tab.page.getByRole("button", { name: "Pause" }).click();
    await tab.says("Paused");
    await end();
    await tab.says(/^Paused · stale since \d\d:\d\d:\d\d$/);
    assert.doesNotMatch(await tab.text("#figures"), /lag/);
    await source.announce(false);
    await tab.says(/^Paused · gone since \d\d:\d\d:\d\d$/);
  });

  test("[PG3] a feed of a frame every while is not stale for who comes between two", async (t) => {
    const source = new Source(stage.edge);
    // It ends with the slow one's last frame: when it is stale, that one has been quiet for as long.
    const quick = new Source(stage.edge);
    const watching = await stage.openTab(t, quick.channel);
    const [endSlow, endQuick] = [source.goOn(t, SINE, 1500), quick.goOn(t, SINE, 100)];
    await waitFor(
      "three frames",
      async () => new Set((await storedPoints(stage.edge, source.channel)).map(({ x }) => x)).size === 3,
    );
    await Promise.all([endSlow(), endQuick()]);
    await watching.says(/^Stale since/);
    const tab = await stage.openTab(t, source.channel);
    await tab.says("Live");
    assert.deepEqual(await tab.said(), ["Connecting…", "Live"]);
  });
});

describe("clocks", { concurrency: 3 }, () => {
  for (const [what, byMs, remark] of [
    ["ahead", HOUR_MS, "this device’s clock is 60 min ahead"],
    ["behind", -HOUR_MS, "this device’s clock is 60 min behind"],
  ] as const) {
    test(`[PG17b] a clock that is ${what} at this device is said; nothing is stale for that, the lag is the true one, the line is drawn`, async (t) => {
      const source = new Source(stage.edge);
      await source.past(SINE);
      // Before the page is opened: on a busy machine what was there before may be stale by then.
      source.goOn(t, SINE, 200);
      const tab = await stage.openTab(t, source.channel, { before: clockOff(byMs) });
      await figures(tab, new RegExp(remark));
      // It is known only once a point came live.
      await figures(tab, / lag \d+ ms /);
      assert.ok(await isDrawn(tab));
      assert.deepEqual(await tab.said(), ["Connecting…", "Live"]);
      const { minX, maxX } = await tab.window();
      const now = Date.now() / 1000;
      assert.ok((minX ?? 0) > now - 40 && (maxX ?? 0) < now + 2, `${minX} to ${maxX} at ${now}`);
    });
  }

  test("[PG17] points from the future: whose clock is ahead is said in place of a lag, also while another's is right", async (t) => {
    const source = new Source(stage.edge);
    const tab = await stage.openTab(t, source.channel);
    await tab.joined();
    const publish = async (): Promise<void> => {
      const x = Date.now() / 1000 + 3600;
      await source.publish([rowOf(x, { y: 1 }), rowOf(x + 0.05, { y: 2 })]);
    };
    for (let i = 0; i < 5; i++) await publish();
    const text = await figures(tab, /the publisher’s clock is 60 min ahead/);
    assert.doesNotMatch(text, /lag/);
    await tab.connected();
    assert.ok(await isDrawn(tab));
    const other = new Source(stage.edge, source.channel);
    await other.now((i) => ({ z: i }));
    await figures(tab, /lag (?:\d+ ms|\d\.\d s) · y: 1 h ahead \(time zone\?\)/);
    // The picture is where the other is, and the panel says how to go to this one.
    await tab.page.getByRole("button", { name: "Show y" }).click();
    assert.ok(await isDrawn(tab));
  });

  test("[PG17] points from the past are live as they come, drawn, and an hour late", async (t) => {
    const source = new Source(stage.edge);
    const tab = await stage.openTab(t, source.channel);
    await tab.joined();
    for (let i = 0; i < 20; i++) await source.publish([rowOf(Date.now() / 1000 - 3600, { y: i })]);
    await figures(tab, /lag 60 min/);
    await tab.connected();
    assert.ok(await isDrawn(tab));
  });
});

test("[PG17c] rate, series, viewers, lag and what is missing are as they are", async (t) => {
  const source = new Source(stage.edge);
  const tab = await stage.openTab(t, source.channel);
  const end = source.goOn(t, THREE, 40);
  await tab.holds(60, "vib.x");
  await figures(tab, / · 3 series · lag \d+ ms · 1 viewer$/);
  const other = await stage.openTab(t, source.channel);
  await figures(tab, / 2 viewers$/);
  await figures(other, / 2 viewers$/);
  await other.page.goto(stage.edge.channelUrl(new Source(stage.edge).channel).href);
  await figures(tab, / 1 viewer$/);
  await source.now(THREE, 12);
  await source.now(THREE, 30);
  await figures(tab, / · 42 points missing · /);
  // Both are of some seconds, in which a busy machine may have stood still.
  await waitFor("the true rate", async () => {
    const { x } = await tab.series("vib.x");
    const rate = Number(/^[\d.\s]+/.exec((await tab.text("#figures")).replace(/\s(?=\d)/g, ""))?.[0]);
    const recent = x.slice(-50);
    const truly = (3 * 49) / ((recent.at(-1) ?? 0) - (recent[0] ?? 0));
    assert.ok(Math.abs(rate / truly - 1) < 0.35, `${rate} pts/s are said, and ${truly} come`);
    return true;
  });
  await end();
  // What takes longer on its way has a lag that is longer.
  await waitFor("a lag of two and a half seconds", async () => {
    for (let i = 0; i < 3; i++) await source.publish([rowOf(Date.now() / 1000 - 2.5, THREE(i))]);
    return / lag 2\.[5-9] s /.test(await tab.text("#figures"));
  });
});
