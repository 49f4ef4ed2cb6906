/** What moves, for who asked the system for less of it. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "../support/wait.ts";
import { type ChannelTab, NETWORK_ERROR } from "./channel-tab.ts";
import { Source, THREE } from "./source.ts";
import { Stage } from "./stage.ts";
import { TcpRelay } from "./tcp-relay.ts";

const stage = await Stage.open();
after(() => stage.close());

const animations = ({ page }: ChannelTab): Promise<string[]> =>
  page.evaluate<string[]>("document.getAnimations().map((one) => one.animationName ?? one.transitionProperty)");

/** From now on, until `frames` more of a series have come. */
interface Drawings {
  /** When the picture was drawn, in milliseconds. */
  drawnMs: number[];
  /** How many animation frames had something new. */
  news: number;
}

async function drawings(tab: ChannelTab, frames: number): Promise<Drawings> {
  // New panels find their size, and are drawn in it; so they are when the header grows.
  await tab.lazyPart();
  await tab.settled();
  await waitFor("the page at rest", async () => (await tab.counters()).draws >= 4);
  await tab.page.evaluate(`{
    recorded.drawnMs = [];
    recorded.news = 0;
    const countOf = () => plotcast.series().find(({ name }) => name === "vib.x").x.length;
    let { draws } = plotcast.counters();
    let count = countOf();
    const watch = () => {
      const [now, length] = [plotcast.counters().draws, countOf()];
      if (now !== draws) recorded.drawnMs.push(performance.now());
      if (length !== count) recorded.news++;
      [draws, count] = [now, length];
      requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
  }`);
  const { length } = (await tab.series("vib.x")).x;
  await tab.holds(length + frames, "vib.x", 60_000);
  return await tab.page.evaluate<Drawings>("({ drawnMs: recorded.drawnMs, news: recorded.news })");
}

test("[PG16e] with less motion what comes is drawn twice a second at most, what one does at once, and nothing is animated", async (t) => {
  const relay = await TcpRelay.to(t, stage.edge.url);
  const source = new Source(stage.edge);
  await source.past(THREE);
  const tab = await stage.openTab(t, source.channel, {
    reducedMotion: "reduce",
    at: relay.url,
    expectedErrors: NETWORK_ERROR,
  });
  source.goOn(t, THREE, 15);
  await tab.says("Live");
  const { drawnMs: times } = await drawings(tab, 120);
  assert.ok(times.length >= 3, `drawn ${times.length} times`);
  for (const [i, time] of times.slice(1).entries()) {
    const sinceMs = time - (times[i] ?? 0);
    // Frames are not exactly apart.
    assert.ok(sinceMs >= 480, `drawn again after ${sinceMs} ms`);
  }
  // Each of these is drawn with the next frame or two, not with the next half second.
  for (const key of ["c", "ArrowLeft", "m", "Escape", "1", "3"]) {
    const frames = await tab.page.evaluate<number>(`new Promise((done) => {
      const { draws } = plotcast.counters();
      const from = recorded.frames;
      document.dispatchEvent(new KeyboardEvent("keydown", { key: ${JSON.stringify(key)}, bubbles: true }));
      const check = () => {
        if (plotcast.counters().draws > draws) done(recorded.frames - from);
        else requestAnimationFrame(check);
      };
      requestAnimationFrame(check);
    })`);
    assert.ok(frames <= 3, `${key} was drawn after ${frames} frames`);
  }
  assert.deepEqual(await animations(tab), []);
  relay.cut();
  await tab.says(/^Reconnecting/);
  assert.deepEqual(await animations(tab), []);
});

test("[PG16] without that wish it is drawn as fast as it comes, and the dot breathes while it reconnects", async (t) => {
  const relay = await TcpRelay.to(t, stage.edge.url);
  const source = new Source(stage.edge);
  await source.past(THREE);
  const tab = await stage.openTab(t, source.channel, { at: relay.url, expectedErrors: NETWORK_ERROR });
  source.goOn(t, THREE, 15);
  await tab.says("Live");
  const { drawnMs, news } = await drawings(tab, 60);
  assert.ok(news >= 5 && drawnMs.length >= 0.8 * news, `drawn ${drawnMs.length} times, with news in ${news} frames`);
  assert.deepEqual(await animations(tab), []);
  relay.cut();
  await waitFor("it breathes", async () => (await animations(tab)).includes("breathe"));
});
