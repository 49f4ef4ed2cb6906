import assert from "node:assert/strict";
import { test } from "node:test";
import { HistoryOnDemand } from "../../../../../page/data/history/history-on-demand.ts";
import type { StoredHistory } from "../../../../../page/data/history/stored-history.ts";
import type { Segment } from "../../../../../page/data/segment.ts";
import type { Series } from "../../../../../page/data/store/series.ts";
import { SeriesStore } from "../../../../../page/data/store/series-store.ts";
import { ValueNamesRegistry } from "../../../../../page/data/store/value-names.ts";

const STORED: Segment = { x: Float64Array.of(1), y: Float64Array.of(2) };

const SEEN = { min: 0, max: 1 };

class Recorded implements StoredHistory {
  valueNames = new ValueNamesRegistry();
  joinedSeq = 0;
  readonly fetched = undefined;
  state: StoredHistory["state"] = "fetching";
  truncation = () => "There is more.";
  readonly oldestX = 7;
  readonly calls: string[] = [];

  request(range: { min: number; max: number } | undefined, completeFromX: number, newestX: number): void {
    this.calls.push(`${range?.min}..${range?.max} ${completeFromX} ${newestX} after ${this.joinedSeq}`);
  }

  segments(): Segment[] {
    return [STORED];
  }

  series(): Series[] {
    return [];
  }

  clear(): void {
    this.calls.push("clear");
  }
}

test("[PG8b] what fetches older points is loaded when such are shown, once, and then is all that is asked", async () => {
  const loaded = new Recorded();
  let loads = 0;
  const { promise: changed, resolve } = Promise.withResolvers<void>();
  const history = new HistoryOnDemand(async () => {
    loads++;
    return loaded;
  }, resolve);

  history.request(undefined, 100, 200);
  history.request({ min: 100, max: 200 }, 100, 200);
  history.clear();
  const live = new SeriesStore();
  assert.equal(loads, 0, "nothing older was shown");
  assert.deepEqual(history.segments(live, "y", { min: 0, max: 1 }), [], "what the page holds");
  assert.deepEqual([...history.series(live)], []);
  assert.deepEqual(
    [history.state, history.fetched, history.truncation(SEEN), history.oldestX],
    ["idle", undefined, undefined, undefined],
  );

  history.request({ min: 90, max: 200 }, 100, 200);
  history.request({ min: 80, max: 200 }, 100, 200);
  const names = new ValueNamesRegistry();
  history.valueNames = names;
  await changed;
  assert.equal(loads, 1);
  assert.equal(loaded.valueNames, names, "texts have one code on the page");
  assert.deepEqual([history.state, history.truncation(SEEN), history.oldestX], ["fetching", "There is more.", 7]);

  assert.deepEqual(history.segments(live, "y", { min: 0, max: 1 }), [STORED], "what was fetched, too");
  history.joinedSeq = 40;
  history.request({ min: 80, max: 200 }, 100, 200);
  history.clear();
  assert.deepEqual(loaded.calls, ["80..200 100 200 after 40", "clear"]);
});

test("[PG14d] where it cannot be loaded, that is a failed fetch, and is tried again", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const loaded = new Recorded();
  let loads = 0;
  let changed = Promise.withResolvers<void>();
  const history = new HistoryOnDemand(
    async () => (++loads === 1 ? undefined : loaded),
    () => changed.resolve(),
  );
  const older = { min: 90, max: 200 };
  history.request(older, 100, 200);
  await changed.promise;
  assert.equal(history.state, "failed");
  history.request(older, 100, 200);
  assert.equal(loads, 1, "not at each drawing");
  history.request({ min: 100, max: 200 }, 100, 200);
  assert.equal(history.state, "idle", "nothing older is shown any more");

  context.mock.timers.tick(3000);
  changed = Promise.withResolvers<void>();
  history.request(older, 100, 200);
  await changed.promise;
  assert.deepEqual([loads, history.state], [2, "fetching"]);
});
