/** What moves, for who asked the system for less of it. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "../support/wait.ts";
import { type Look, NETWORK_ERROR } from "./look.ts";
import { Relay } from "./relay.ts";
import { Source, THREE } from "./source.ts";
import { Stage } from "./stage.ts";

const stage = await Stage.open();
after(() => stage.close());

const animations = ({ page }: Look): Promise<string[]> =>
  page.evaluate<string[]>("document.getAnimations().map((one) => one.animationName ?? one.transitionProperty)");

/** When the picture was drawn from now on, until `frames` more of a series have come; in milliseconds. */
async function drawings(look: Look, frames: number): Promise<number[]> {
  // New panels find their size, and are drawn in it.
  await waitFor("the page at rest", async () => (await look.counters()).draws >= 4);
  await look.page.evaluate(`{
    recorded.drawnMs = [];
    let { draws } = plotcast.counters();
    const watch = () => {
      const now = plotcast.counters().draws;
      if (now !== draws) recorded.drawnMs.push(performance.now());
      draws = now;
      requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
  }`);
  const { length } = (await look.series("vib.x")).x;
  await look.holds(length + frames, "vib.x", 20_000);
  return await look.page.evaluate<number[]>("recorded.drawnMs");
}

test("[PG16e] with less motion what comes is drawn twice a second at most, what one does at once, and nothing is animated", async (t) => {
  const relay = await Relay.to(t, stage.edge.url);
  const source = new Source(stage.edge);
  await source.past(THREE);
  const look = await stage.look(t, source.channel, {
    reducedMotion: "reduce",
    at: relay.url,
    expectedErrors: NETWORK_ERROR,
  });
  source.goOn(t, THREE, 15);
  await look.says("Live");
  const times = await drawings(look, 120);
  assert.ok(times.length >= 3, `drawn ${times.length} times`);
  for (const [i, time] of times.slice(1).entries()) {
    const sinceMs = time - (times[i] ?? 0);
    // Frames are not exactly apart.
    assert.ok(sinceMs >= 480, `drawn again after ${sinceMs} ms`);
  }
  // Each of these is drawn with the next frame or two, not with the next half second.
  for (const key of ["c", "ArrowLeft", "m", "Escape", "1", "3"]) {
    const tookMs = await look.page.evaluate<number>(`new Promise((done) => {
      const { draws } = plotcast.counters();
      const from = performance.now();
      document.dispatchEvent(new KeyboardEvent("keydown", { key: ${JSON.stringify(key)}, bubbles: true }));
      const check = () => {
        if (plotcast.counters().draws > draws) done(performance.now() - from);
        else requestAnimationFrame(check);
      };
      requestAnimationFrame(check);
    })`);
    assert.ok(tookMs < 250, `${key} was drawn after ${tookMs} ms`);
  }
  assert.deepEqual(await animations(look), []);
  relay.cut();
  await look.says(/^Reconnecting/);
  assert.deepEqual(await animations(look), []);
});

test("[PG16] without that wish it is drawn as fast as it comes, and the dot breathes while it reconnects", async (t) => {
  const relay = await Relay.to(t, stage.edge.url);
  const source = new Source(stage.edge);
  await source.past(THREE);
  const look = await stage.look(t, source.channel, { at: relay.url, expectedErrors: NETWORK_ERROR });
  source.goOn(t, THREE, 15);
  await look.says("Live");
  const times = await drawings(look, 60);
  assert.ok(times.length >= 20, `drawn ${times.length} times`);
  assert.deepEqual(await animations(look), []);
  relay.cut();
  await waitFor("it breathes", async () => (await animations(look)).includes("breathe"));
});
