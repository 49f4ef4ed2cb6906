/**
 * `npm run simulate -- --viewers 1000000 --frames-per-second 10`: many viewers of one channel, with the real routing, feeds, resume and
 * reconnecting, on simulated objects, sockets and clocks. It prints how late frames are, what each object does, what a month costs, and where
 * the design breaks first. `--measure` takes the costs of this machine. docs/SCALE.md says what the model leaves out.
 */
import { parseArgs } from "node:util";
import { billOf } from "./bill.ts";
import { breakOf } from "./breaks.ts";
import { DEFAULT_COSTS, MEASURED_ON } from "./costs.ts";
import { measureCosts } from "./measure.ts";
import { billTable, breakLine, latencyTable, loadTable } from "./report.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { Seen } from "./stage.ts";
import { DEFAULTS, type Settings } from "./world.ts";

const { values: options } = parseArgs({
  options: {
    viewers: { type: "string", default: String(DEFAULTS.viewers) },
    "frames-per-second": { type: "string", default: String(DEFAULTS.framesPerSecond) },
    seed: { type: "string", default: String(DEFAULTS.seed) },
    "relay-after": { type: "string", default: String(DEFAULTS.relayAfter) },
    "relay-viewers": { type: "string", default: String(DEFAULTS.relayViewers) },
    isolates: { type: "string", default: String(DEFAULTS.isolates) },
    "stay-minutes": { type: "string", default: String(DEFAULTS.stayMs / 60_000) },
    only: { type: "string", default: "" },
    measure: { type: "boolean", default: false },
  },
});

const costs = options.measure ? await measureCosts() : DEFAULT_COSTS;
const settings: Settings = {
  ...DEFAULTS,
  viewers: numberOf("viewers"),
  framesPerSecond: numberOf("frames-per-second"),
  seed: numberOf("seed"),
  relayAfter: numberOf("relay-after"),
  relayViewers: numberOf("relay-viewers"),
  isolates: numberOf("isolates"),
  stayMs: numberOf("stay-minutes") * 60_000,
  costs,
};

console.log(`Costs (${options.measure ? "measured now" : MEASURED_ON}): ${costsText()}.\n`);
const results: [string, Seen][] = [];
for (const { name, about, run } of SCENARIOS) {
  if (!name.includes(options.only)) continue;
  console.error(`${name}: ${about} …`);
  results.push([name, await run(settings)]);
}
console.log(
  `${settings.viewers} viewers, ${settings.framesPerSecond} frames/s, ${settings.relayViewers} viewers a relay, seed ${settings.seed}:\n`,
);
console.log(`${latencyTable(results)}\n\n${loadTable(results, settings)}\n`);
for (const [name, seen] of results)
  if (name === "steady") console.log(`${billTable(billOf(seen, settings.framesPerSecond))}\n`);
if (options.only === "") {
  console.error("where it breaks …");
  console.log("Where the design breaks first, if one number is raised:\n");
  console.log(breakLine("viewers", await breakOf("viewers", settings)));
  console.log(breakLine("frames a second", await breakOf("framesPerSecond", settings)));
}
if (results.some(([, { lost, repeated }]) => lost + repeated > 0)) {
  console.error("A viewer lost points, or got some twice.");
  process.exitCode = 1;
}

function costsText(): string {
  const { dialMs, ...inUs } = costs;
  const each = Object.entries(inUs).map(([name, us]) => `${name.slice(0, -2)} ${Number(us.toPrecision(2))} µs`);
  return [...each, `dial ${Number(dialMs.toPrecision(2))} ms`].join(", ");
}

function numberOf(
  name: "viewers" | "frames-per-second" | "seed" | "relay-after" | "relay-viewers" | "isolates" | "stay-minutes",
): number {
  const value = Number(options[name]);
  if (options[name] === "" || !(value > 0)) throw new Error(`--${name} is a number above 0, not "${options[name]}".`);
  return value;
}
