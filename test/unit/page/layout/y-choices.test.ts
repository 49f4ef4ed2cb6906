/** What a person chose of y axes: with the arrangement, and in the URL. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddress, parseAddress } from "../../../../page/layout/address.ts";
import { Arrangement } from "../../../../page/layout/arrangement.ts";
import { ArrangementStorage } from "../../../../page/layout/arrangement-storage.ts";
import { type YChoices, zoomOf } from "../../../../page/layout/panels.ts";
import { withShared, withZoom } from "../../../../page/lazy/pointing/y-choices.ts";

test("[PG76d] a part of a y axis goes with the first series that stands there, and panels stay automatic", () => {
  const arrangement = new Arrangement();
  const { version } = arrangement;
  const zoom = (names: string[], min: number, max: number): YChoices | undefined => {
    arrangement.y = withZoom(arrangement.y, names, { min, max });
    return arrangement.y;
  };
  let y = zoom(["a.x", "a.y"], 1, 2);
  assert.ok(arrangement.version > version && arrangement.isAutomatic);
  assert.deepEqual(zoomOf(y, ["a.x", "a.y"]), { min: 1, max: 2 });
  assert.deepEqual(zoomOf(y, ["b", "a.x"]), { min: 1, max: 2 });
  assert.equal(zoomOf(y, ["a.y"]), undefined);
  assert.equal(zoomOf(undefined, ["a.y"]), undefined);
  y = zoom(["b", "a.x"], 3, 4);
  assert.deepEqual([zoomOf(y, ["a.x"]), zoomOf(y, ["b"])], [undefined, { min: 3, max: 4 }]);
  y = zoom(["b"], 5, 5);
  assert.equal(y, undefined, "a range of nothing is none");
  assert.deepEqual(arrangement.state, { panels: [], hidden: [] });
});

test("[PG76d] [PG13] zoom and shared units are in the URL and in what a browser remembers", () => {
  const arrangement = new Arrangement();
  let y = withZoom(undefined, ["a:b [°C]"], { min: -1.5, max: 1e-9 });
  y = withZoom(y, ["c"], { min: 0, max: 1e21 });
  for (const unit of ["m/s", "1"]) y = withShared(y, unit, true);
  arrangement.y = y;
  const { state } = arrangement;
  const text = formatAddress(state);
  assert.equal(text, "#zoom=a%3Ab%20%5B%C2%B0C%5D:-1.5..1e-9&zoom=c:0..1e+21&share=m%2Fs,1");
  assert.deepEqual(parseAddress(text), state);
  const kept = new Map<string, string>();
  const storage = new ArrangementStorage(
    () => ({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    }),
    "main",
  );
  storage.save(state);
  const again = new Arrangement();
  again.restore(storage.load());
  assert.deepEqual(again.state, state);
  assert.deepEqual([...(withShared(again.y, "m/s", false)?.sharedUnits ?? [])], ["1"]);
  again.reset();
  assert.deepEqual(again.state, { panels: [], hidden: [] });
});

test("[PG76d] nonsense is ignored part by part", () => {
  for (const text of [
    "zoom",
    "zoom=a",
    "zoom=a:",
    "zoom=a:2..1",
    "zoom=:1..2",
    "zoom=a:1..x",
    "zoom=%:1..2",
    "share=",
  ]) {
    assert.deepEqual(parseAddress(text), { panels: [], hidden: [] }, text);
  }
  const many = Array.from({ length: 300 }, (_, i) => `zoom=s${i}:0..1`).join("&");
  assert.equal(parseAddress(many).y?.zooms.size, 256);
});
