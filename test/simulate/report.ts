/** What was found out, as tables of Markdown. */
import { type Item, sumOf } from "../cost/month/bill.ts";
import type { Break } from "./breaks.ts";
import { isOver, peakUse, type Utilisation } from "./limits.ts";
import type { Seen } from "./stage.ts";
import type { Settings } from "./world.ts";

const NAMES: Record<Item["name"], string> = {
  base: "the plan",
  workerRequests: "requests to the Worker",
  workerCpuMs: "CPU of the Worker, ms",
  objectRequests: "requests to objects (messages count 20:1)",
  durationGbS: "duration of objects, GB-s",
  rowsRead: "rows read",
  rowsWritten: "rows written",
  storedGb: "stored, GB",
};

/** @param results of scenarios, by their names */
export function latencyTable(results: readonly (readonly [string, Seen])[]): string {
  return table(
    [
      "scenario",
      "relays",
      "a frame is at a viewer after, ms: p50, p99, max",
      "99.9 % live again after",
      "refused joins",
      "lost",
      "repeated",
    ],
    results.map(([name, { relays, latency, backAfterMs, refusedJoins, lost, repeated }]) => [
      name,
      whole(relays),
      `${whole(latency.p50)}, ${whole(latency.p99)}, ${whole(latency.max)}`,
      backAfterMs === undefined ? "" : `${(backAfterMs / 1000).toFixed(1)} s`,
      whole(refusedJoins),
      whole(lost),
      whole(repeated),
    ]),
  );
}

/** The busiest second of the channel, and of any relay. */
export function loadTable(results: readonly (readonly [string, Seen])[], settings: Settings): string {
  return table(
    ["scenario", "channel: CPU, sends/s, requests/s", "busiest relay: CPU, sends/s, requests/s", "over its limit"],
    results.map(([name, seen]) => [
      name,
      ...[seen.channel, seen.relay].map(
        ({ cpuShare, sends, requests }) => `${percent(cpuShare)}, ${whole(sends)}, ${whole(requests)}`,
      ),
      peakUse(seen, settings).filter(isOver).map(said).join("; ") || "nothing",
    ]),
  );
}

export function billTable(items: readonly Item[]): string {
  const rows = items.map(({ name, used, dollars }) => [NAMES[name], whole(used), money(dollars)]);
  return table(["a month", "used", "dollars"], [...rows, ["all", "", money(sumOf(items))]]);
}

export function breakLine(what: string, { held, broke, over }: Break): string {
  return `- ${what}: ${whole(held)} hold. At ${whole(broke)} breaks: ${over.map(said).join("; ")}.`;
}

function said({ what, used, limit }: Utilisation): string {
  return limit < 10 ? `${what} ${percent(used)}` : `${what} ${whole(used)} of ${whole(limit)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function money(dollars: number): string {
  return `$${dollars.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
