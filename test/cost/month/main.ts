/**
 * `npm run cost -- --viewers 1000 --frames-per-second 10`: counts on the real Worker what a frame, a visit and an hour cost,
 * and prints the counts, and the dollars of a month by item. `--counted` takes what docs/COST.md was made from and counts
 * nothing; `--write` makes counters.json and the tables of docs/COST.md anew.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { billOf, type Use } from "./bill.ts";
import { written } from "./bounds.ts";
import { countAll } from "./count.ts";
import { COUNTERS_FILE, type Counters, readCounters } from "./counters.ts";
import { DOCUMENT, readDocument, withTables } from "./document.ts";
import { PRICES } from "./prices.ts";
import { EXAMPLE, isTooMuch, itemsTable, tablesOf } from "./tables.ts";

const { values: options } = parseArgs({
  options: {
    viewers: { type: "string", default: String(EXAMPLE.viewers) },
    "frames-per-second": { type: "string", default: String(EXAMPLE.framesPerSecond) },
    "hours-per-day": { type: "string", default: String(EXAMPLE.hoursPerDay) },
    "visits-per-hour": { type: "string", default: String(EXAMPLE.visitsPerHour) },
    uplink: { type: "string", default: EXAMPLE.uplink },
    counted: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

const use = useOf(options);
const counters = options.counted ? await readCounters() : await countAnew();
if (options.write) {
  await writeFile(COUNTERS_FILE, `${JSON.stringify(counters, undefined, 2)}\n`);
  await writeFile(DOCUMENT, withTables(await readDocument(), tablesOf(counters)));
}
console.log(`${tablesOf(counters).counters}\n`);
if (counters.body[use.uplink] === undefined) {
  console.error(
    `Bodies by the uplink "${use.uplink}" are not counted yet, so they have no price. Ask for --uplink post.`,
  );
  process.exitCode = 1;
} else {
  const { viewers, framesPerSecond, hoursPerDay, uplink, visitsPerHour } = use;
  console.log(
    `${viewers} viewers, ${framesPerSecond} frames/s by ${uplink}, ${hoursPerDay} h a day, ${visitsPerHour} visits an hour for each viewer:\n`,
  );
  console.log(itemsTable(billOf(use, counters, PRICES)));
  if (isTooMuch(use)) console.log("\nOne object cannot send as much as that: see docs/COST.md.");
}

async function countAnew(): Promise<Counters> {
  const { body, ...others } = await countAll();
  const { post, ws } = body;
  return {
    body: { ...(post && { post: written("body", post) }), ...(ws && { ws: written("body", ws) }) },
    visit: written("visit", others.visit),
    storedFrame: written("storedFrame", others.storedFrame),
    liveHour: written("liveHour", others.liveHour),
    idleHour: written("idleHour", others.idleHour),
    idleViewerHour: written("idleViewerHour", others.idleViewerHour),
    wake: written("wake", others.wake),
  };
}

function useOf(given: typeof options): Use {
  if (given.uplink !== "post" && given.uplink !== "ws") throw new Error("--uplink is post or ws.");
  const hoursPerDay = numberOf("hours-per-day");
  if (hoursPerDay > 24) throw new Error("--hours-per-day is 24 at most.");
  return {
    viewers: numberOf("viewers"),
    framesPerSecond: numberOf("frames-per-second"),
    hoursPerDay,
    uplink: given.uplink,
    visitsPerHour: numberOf("visits-per-hour"),
  };
}

function numberOf(name: "viewers" | "frames-per-second" | "hours-per-day" | "visits-per-hour"): number {
  const value = Number(options[name]);
  if (options[name] === "" || !(value >= 0) || value === Number.POSITIVE_INFINITY) {
    throw new Error(`--${name} is a number from 0 on, not "${options[name]}".`);
  }
  return value;
}
