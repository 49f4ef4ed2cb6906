/** What a month costs, by numbers that can be reckoned by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { billOf, countsOfMonth, type Item, sumOf, type Use } from "../../cost/month/bill.ts";
import { type Counters, countersIn, NOTHING } from "../../cost/month/counters.ts";
import { PRICES } from "../../cost/month/prices.ts";

const POST = { ...NOTHING, workerRequests: 1, requests: 1, rowsRead: 10, rowsWritten: 1 };
const MESSAGE = { ...NOTHING, requests: 1, messages: 1, rowsRead: 10, rowsWritten: 1 };
/** Nothing but bodies costs anything. */
const COUNTERS: Counters = {
  body: { post: POST, ws: MESSAGE },
  visit: NOTHING,
  storedFrame: NOTHING,
  liveHour: NOTHING,
  idleHour: NOTHING,
  idleViewerHour: NOTHING,
  wake: NOTHING,
};
const USE: Use = { viewers: 1000, framesPerSecond: 10, hoursPerDay: 24, uplink: "post", visitsPerHour: 0 };

function item(items: readonly Item[], name: Item["name"]): Item {
  const found = items.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
}

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual}, not ${expected}`);
}

test("25,920,000 POSTs a month cost what is beyond 10 and 1 million requests; their rows are included", () => {
  const items = billOf(USE, COUNTERS, PRICES);
  near(item(items, "base").dollars, 5);
  assert.equal(item(items, "workerRequests").used, 25_920_000);
  near(item(items, "workerRequests").dollars, 4.776);
  // 24.92 million, rounded up to 25.
  assert.equal(item(items, "objectRequests").used, 25_920_000);
  near(item(items, "objectRequests").dollars, 3.75);
  assert.equal(item(items, "rowsWritten").used, 25_920_000);
  for (const name of ["workerCpuMs", "durationGbS", "rowsRead", "rowsWritten", "storedGb"] as const) {
    near(item(items, name).dollars, 0);
  }
  near(sumOf(items), 13.526);
});

test("the same bodies as messages are a twentieth as many requests to the object, and none to the Worker", () => {
  const items = billOf({ ...USE, uplink: "ws" }, COUNTERS, PRICES);
  assert.equal(item(items, "workerRequests").used, 0);
  assert.equal(item(items, "objectRequests").used, 1_296_000);
  near(sumOf(items), 5.15);
});

test("an uplink that was not counted has no price", () => {
  const counters = { ...COUNTERS, body: { post: POST } };
  assert.throws(() => billOf({ ...USE, uplink: "ws" }, counters, PRICES), /"ws" were not counted yet/);
});

test("beyond 50 million rows a million costs a dollar, and beyond 30 million ms of CPU two cents", () => {
  // 129.6 million bodies.
  const items = billOf({ ...USE, framesPerSecond: 50 }, COUNTERS, PRICES);
  near(item(items, "rowsWritten").dollars, 79.6);
  near(item(items, "workerCpuMs").dollars, 1.992);
});

test("an object that is awake all month is billed 331,776 GB-s, which are included", () => {
  const { used, dollars } = item(billOf(USE, COUNTERS, PRICES), "durationGbS");
  near(used, 331_776);
  assert.equal(dollars, 0);
  const sparse = { ...PRICES, of: { ...PRICES.of, durationGbS: { ...PRICES.of.durationGbS, included: 0 } } };
  near(item(billOf(USE, COUNTERS, sparse), "durationGbS").dollars, 12.5);
  const exact = { ...PRICES.of.durationGbS, included: 0, isRoundedUp: false };
  const parts = { ...PRICES, of: { ...PRICES.of, durationGbS: exact } };
  near(item(billOf(USE, COUNTERS, parts), "durationGbS").dollars, 4.1472);
});

test("an alarm is a request to the object, setting one is a row, and 20 ended sockets are one request", () => {
  const liveHour = { ...NOTHING, alarms: 24, alarmsSet: 30 };
  const visit = { ...NOTHING, workerRequests: 3, requests: 5, closes: 1 };
  const counters = { ...COUNTERS, body: { post: NOTHING }, liveHour, visit };
  const items = billOf({ ...USE, viewers: 100, visitsPerHour: 1 }, counters, PRICES);
  // 720 hours, 72,000 visits.
  assert.equal(item(items, "workerRequests").used, 216_000);
  assert.equal(item(items, "objectRequests").used, 720 * 24 + 72_000 * 4 + 3_600);
  assert.equal(item(items, "rowsWritten").used, 21_600);
});

test("a visit also pays for the stored frames beyond 1,024, of which 15 minutes are kept", () => {
  const counters = { ...COUNTERS, storedFrame: { ...NOTHING, rowsRead: 2 } };
  const rowsRead = (framesPerSecond: number) => {
    const use = { ...USE, viewers: 1, framesPerSecond, hoursPerDay: 1, visitsPerHour: 1 };
    return countsOfMonth(use, counters).rowsRead - 10 * framesPerSecond * 3600 * 30;
  };
  assert.equal(rowsRead(1), 0);
  assert.equal(rowsRead(10), 30 * 2 * (9000 - 1024));
});

test("a request takes 1 ms of CPU, and each frame that a visit reads 0.001 ms", () => {
  const use = { ...USE, viewers: 100, visitsPerHour: 1 };
  // 72,000 visits of 9,000 frames.
  assert.equal(item(billOf(use, COUNTERS, PRICES), "workerCpuMs").used, 25_920_000 + 648_000);
});

test("while nobody watches one body a second is published, no visit is paid, and no alarm for viewers", () => {
  const counters = { ...COUNTERS, visit: POST, liveHour: POST };
  const counts = countsOfMonth({ ...USE, viewers: 0, visitsPerHour: 1 }, counters);
  assert.equal(counts.workerRequests, 2_592_000);
  assert.equal(countsOfMonth({ ...USE, viewers: 0, framesPerSecond: 0.5 }, counters).workerRequests, 1_296_000);
});

test("[RD6d] visits make one alarm a second at most, and two are set", () => {
  const counters = { ...COUNTERS, visit: { ...NOTHING, alarms: 2, alarmsSet: 4 } };
  const { alarms, alarmsSet } = countsOfMonth({ ...USE, viewers: 10_000, visitsPerHour: 1 }, counters);
  assert.deepEqual([alarms, alarmsSet], [2_592_000, 5_184_000]);
});

test("hours without frames pay for their own, and each event of them wakes the object", () => {
  const idleHour = { ...NOTHING, requests: 60, alarms: 30 };
  const counters = { ...COUNTERS, idleHour, wake: { ...NOTHING, rowsRead: 9, wakes: 1 } };
  const use = { ...USE, hoursPerDay: 8, framesPerSecond: 0 };
  // 480 hours, and 30 first bodies of a day.
  assert.equal(countsOfMonth(use, counters).rowsRead, 9 * (480 * 90 + 30));
  const { used } = item(billOf(use, counters, PRICES), "durationGbS");
  near(used, 0.128 * (240 * 3600 + 480 * 90));
});

test("counters that are none are refused with what is missing", () => {
  assert.throws(() => countersIn({ ...COUNTERS, visit: undefined }), /visit is no object/);
  assert.throws(() => countersIn({ ...COUNTERS, wake: { rowsRead: "9" } }), /wake has no count of rowsRead/);
  assert.deepEqual(countersIn(JSON.parse(JSON.stringify(COUNTERS))), COUNTERS);
});
