/** How many choices of series a channel has at once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PLAIN_JSON, type TextView } from "../../../../worker/hub/text-view.ts";
import { MAX_FILTERED_VIEWS, MAX_FILTERED_VIEWS_OF_ONE, ViewCounts } from "../../../../worker/hub/view-counts.ts";

const view = (name: string): TextView => ({ ...PLAIN_JSON, series: [name] });

test("[TR5c] 32 choices have room, and not 33; one that others have, and no choice, always has", () => {
  const counts = new ViewCounts();
  for (let i = 0; i < MAX_FILTERED_VIEWS; i++) counts.add(view(`s${i}`), `who${i % 16}`);
  assert.equal(counts.hasRoom(view("one more"), "else"), false);
  for (const known of [view("s0"), PLAIN_JSON, undefined]) assert.equal(counts.hasRoom(known, "else"), true);
  counts.add(view("s0"), "else");
  counts.remove(view("s0"));
  assert.equal(counts.hasRoom(view("one more"), "else"), false, "one of two has left");
  counts.remove(view("s0"));
  assert.equal(counts.hasRoom(view("one more"), "else"), true);
});

test("[TR5c] one alone brings eight, and then others still have room", () => {
  const counts = new ViewCounts();
  for (let i = 0; i < MAX_FILTERED_VIEWS_OF_ONE; i++) counts.add(view(`s${i}`), "one");
  assert.equal(counts.hasRoom(view("one more"), "one"), false);
  assert.equal(counts.hasRoom(view("one more"), "else"), true);
});
