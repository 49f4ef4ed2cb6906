/**
 * Is a page that stays open for a day the same as at its beginning? A real page gets the points of 24 hours, as fast as it
 * keeps up, and every hour somebody does with it whatever can be done, leaves it for another tab, and comes back.
 *
 *     npm run build && node test/soak/page-days.ts [--hours 24] [--rate 20] [--samples FILE]
 *
 * Exit code 1 if something grew over the second half, once the rings are full, was lost, or was drawn while nobody could see it.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { BUDGET_BYTES } from "../../page/data/store/ring-budget.ts";
import { framesOf } from "../../protocol/frame/frame-builder.ts";
import { SERIES, valueAt } from "../bench/page/data.ts";
import { openBrowser } from "../support/browser.ts";
import { startEdge } from "../support/edge.ts";
import { publishFrames, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import { trendOf } from "./measure.ts";
import { type Absence, ACTS, leave } from "./page-visitor.ts";
import { Tab } from "./tab.ts";

const { values: options } = parseArgs({
  options: {
    hours: { type: "string", default: "24" },
    /** Points a second of each series. */
    rate: { type: "string", default: "20" },
    /** Where the single samples go, as JSON. */
    samples: { type: "string", default: "" },
  },
});
const hours = Number(options.hours);
const rate = Number(options.rate);
const CHANNEL = "soak";
const PUBLISHER = "da75da75da75da75";
const MIB = 1024 * 1024;
const SECONDS_A_BODY = 5;
/** The minutes of each hour in which the tab is hidden: fewer than its window shows, so that all can be compared. */
const HIDDEN = { from: 52, to: 56 };
/** By then the rings are as large as they become, and so is what was fetched: until then both grow as they should. */
const FULL_AFTER_HOURS = Math.ceil(BUDGET_BYTES / 32 / (SERIES * rate) / 3600) + 2;
/** Script for a second of points while it is hidden: taking them in, and nothing else. */
const MAX_HIDDEN_MS = 2;
const NAMES = Array.from({ length: SERIES }, (_, series) => `s${series}`);

const [edge, browser] = await Promise.all([startEdge(), openBrowser()]);
const tab = await Tab.open(browser, edge.channelUrl(CHANNEL), 1280, 760);
await waitFor("the page live", async () => (await tab.read("globalThis.plotcast?.state()")) === "live");
const startS = Math.floor(Date.now() / 1000) - hours * 3600 - 60;
const xOf = (i: number): number => startS + i / rate;
let sent = 0;
let publisherSeq = 1;

/** Publishes a minute, some seconds at a time, and each time waits until the page has them. */
async function minute(): Promise<void> {
  for (let done = 0; done < 60; done += SECONDS_A_BODY) {
    const rows = Array.from({ length: SECONDS_A_BODY * rate }, (_, n) => {
      const values = NAMES.map((name, series) => [name, valueAt(series, sent + n)] as const);
      return rowOf(xOf(sent + n), Object.fromEntries(values));
    });
    sent += rows.length;
    const frames = framesOf(rows, PUBLISHER, publisherSeq);
    publisherSeq += frames.length;
    const { seq } = await publishFrames(edge, CHANNEL, ...frames);
    const has = async (): Promise<boolean> => (await tab.number("plotcast.cursor()?.seq ?? 0")) >= seq;
    await waitFor(`point ${seq} in the page`, has, { everyMs: 2, deadlineMs: 30_000 });
  }
}

async function hiddenMinutes(): Promise<Absence> {
  return await leave(tab, 60 * (HIDDEN.to - HIDDEN.from), async () => {
    const fromI = sent;
    for (let m = HIDDEN.from; m < HIDDEN.to; m++) await minute();
    return { fromI, toI: sent, xOf };
  });
}

type Sample = Record<string, number>;
const samples: Sample[] = [];
const absences: Absence[] = [];
const failures: string[] = [];

console.log(`${hours} hours of ${SERIES} series at ${rate} points/s each`);
console.log(
  "  hour   heap MiB  buffers MiB  RSS MiB  nodes  listeners  draws     hidden: draws  script ms/s  task ms/s  drawn in frame  missing",
);
const startedMs = performance.now();
for (let hour = 1; hour <= hours; hour++) {
  let absence: Absence | undefined;
  for (let m = 0; m < 60; m++) {
    if (m === HIDDEN.from) {
      absence = await hiddenMinutes();
      m = HIDDEN.to - 1;
      continue;
    }
    await ACTS.get(m)?.(tab);
    await minute();
  }
  if (absence === undefined) break;
  absences.push(absence);
  const { heap, buffers, rss, nodes, listeners } = await tab.memory();
  const draws = await tab.number("plotcast.counters().draws");
  samples.push({ "JS heap": heap, "array buffers": buffers, "process RSS": rss, nodes, listeners });
  if (options.samples !== "") writeFileSync(options.samples, JSON.stringify({ samples, absences }));
  const cells = [
    ...[cell(hour, 6), cell(heap / MIB, 11, 2), cell(buffers / MIB, 13, 1), cell(rss / MIB, 9), cell(nodes, 7)],
    ...[cell(listeners, 11), cell(draws, 7), cell(absence.draws, 19), cell(absence.scriptMs, 13, 3)],
    ...[cell(absence.taskMs, 11, 3), cell(absence.drawnInFrame, 16), cell(absence.missing, 9)],
  ];
  console.log(cells.join(""));
}

const gaps = await tab.number("plotcast.gaps().length");
if (gaps > 0) failures.push(`${gaps} gaps`);
failures.push(...tab.errors);
for (const { draws, scriptMs, drawnInFrame, missing } of absences) {
  if (draws > 0) failures.push(`${draws} drawings while hidden`);
  if (!(scriptMs <= MAX_HIDDEN_MS)) failures.push(`${scriptMs.toFixed(1)} ms of script a second while hidden`);
  if (!(drawnInFrame <= 2)) failures.push(`drawn in frame ${drawnInFrame} after its return`);
  if (missing !== 0) failures.push(`${missing} points missing after its return`);
}
const half = samples.slice(Math.max(Math.floor(samples.length / 2), FULL_AFTER_HOURS));
if (half.length < 3) console.log(`\nToo short to tell what grows: take ${FULL_AFTER_HOURS + 3} hours or more.`);
else tellTrends();
const points = (sent * SERIES).toLocaleString("en");
console.log(`\n${points} points in ${((performance.now() - startedMs) / 60_000).toFixed(1)} minutes.`);
console.log(failures.length === 0 ? "Nothing was lost, and nothing that was looked at grows." : failures.join("\n"));
await browser.close();
await edge.close();
process.exit(failures.length === 0 ? 0 : 1);

function tellTrends(): void {
  const titles = ["start", "end", "max", "per hour", "noise ±"].map((text) => text.padStart(11)).join("");
  console.log(`\nThe last ${half.length} hours:\n${"".padEnd(16)}${titles}`);
  for (const name of Object.keys(half[0] ?? {})) {
    const trend = trendOf(half.map((sample, hour) => ({ atMs: hour * 3_600_000, value: sample[name] ?? Number.NaN })));
    const unit = name === "nodes" || name === "listeners" ? 1 : MIB;
    const columns = [trend.start, trend.end, trend.max, trend.perHour, trend.noise];
    const figures = columns.map((value) => cell(value / unit, 11, 2)).join("");
    console.log(`${name.padEnd(16)}${figures}  ${unit === MIB ? "MiB" : "   "} ${trend.isFlat ? "flat" : "GROWS"}`);
    if (!trend.isFlat) failures.push(`${name} grows`);
  }
}

function cell(value: number, width: number, digits = 0): string {
  return value.toFixed(digits).padStart(width);
}
