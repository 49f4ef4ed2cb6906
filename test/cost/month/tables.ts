/** The tables of docs/COST.md, made from counters and prices. */
import type { Counts } from "../measure.ts";
import { billOf, bodiesPerSecond, type Item, sumOf, type Use } from "./bill.ts";
import type { Counters, Uplink } from "./counters.ts";
import { PRICES, READ_ON } from "./prices.ts";

const VIEWERS = [1, 100, 1_000, 10_000];
const FRAMES = [1, 10, 50];
const HOURS = [8, 24];
export const EXAMPLE: Use = {
  viewers: 1000,
  framesPerSecond: 10,
  hoursPerDay: 24,
  uplink: "post",
  visitsPerHour: 1,
};
/** What one object takes to send one frame to one viewer, in seconds of one processor (docs/MEASURED.md). */
const SEND_S = 36e-6;

const NAMES: Record<Item["name"], string> = {
  base: "the plan",
  workerRequests: "requests to the Worker",
  workerCpuMs: "CPU of the Worker, ms",
  objectRequests: "requests to the object",
  durationGbS: "the object awake, GB-s",
  rowsRead: "rows read",
  rowsWritten: "rows written",
  storedGb: "stored, GB",
};

/** Each table by the name that its place in the document has. */
export function tablesOf(counters: Counters): Record<string, string> {
  return {
    months: monthsTable(counters),
    items: itemsTable(billOf(EXAMPLE, counters, PRICES)),
    visits: visitsTable(counters),
    counters: countersTable(counters),
    prices: pricesTable(),
  };
}

/** Whether one object can send as much as that. */
export function isTooMuch(use: Use): boolean {
  return use.viewers * bodiesPerSecond(use) * SEND_S > 1;
}

export function dollars(value: number): string {
  return `$${value.toFixed(2)}`;
}

function counted(counters: Counters): Uplink[] {
  return (["post", "ws"] as const).filter((uplink) => counters.body[uplink] !== undefined);
}

function monthsTable(counters: Counters): string {
  const uplinks = counted(counters);
  const columns = uplinks.flatMap((uplink) => HOURS.map((hoursPerDay) => ({ uplink, hoursPerDay })));
  const head = [
    "viewers",
    "frames/s",
    ...columns.map(({ uplink, hoursPerDay }) => `${hoursPerDay} h a day, by ${wayOf(uplink)}`),
  ];
  const rows = VIEWERS.flatMap((viewers) =>
    FRAMES.map((framesPerSecond) => {
      const uses = columns.map((column) => ({ ...EXAMPLE, viewers, framesPerSecond, ...column }));
      const sums = uses.map((use) => dollars(sumOf(billOf(use, counters, PRICES))) + (isTooMuch(use) ? " †" : ""));
      return [thousands(viewers), `${framesPerSecond}`, ...sums];
    }),
  );
  return table(head, rows);
}

export function itemsTable(items: readonly Item[]): string {
  const rows = items.map(({ name, used, included, dollars: cost }) => {
    return [NAMES[name], name === "base" ? "" : amount(used), name === "base" ? "" : amount(included), dollars(cost)];
  });
  return table(["what", "used a month", "included", "costs"], [...rows, ["**all**", "", "", dollars(sumOf(items))]]);
}

function visitsTable(counters: Counters): string {
  const stays = [
    ["ten minutes", 6],
    ["an hour", 1],
    ["eight hours", 1 / 8],
  ] as const;
  const rows = stays.map(([stay, visitsPerHour]) => {
    const sums = FRAMES.map((framesPerSecond) =>
      dollars(sumOf(billOf({ ...EXAMPLE, visitsPerHour, framesPerSecond }, counters, PRICES))),
    );
    return [stay, ...sums];
  });
  return table(["a visit lasts", ...FRAMES.map((perS) => `at ${perS} a second`)], rows);
}

function countersTable(counters: Counters): string {
  const { body, visit, storedFrame, liveHour, idleHour, idleViewerHour, wake } = counters;
  const kinds: [string, Counts | undefined][] = [
    ["a body by POST", body.post],
    ["a body by WebSocket", body.ws],
    ["a visit of the page, 1,024 frames stored", visit],
    ["each further stored frame, for a visit", storedFrame],
    ["an hour with frames and viewers, beside these", liveHour],
    ["an hour without frames, with a bridge and a viewer", idleHour],
    ["each further viewer in that hour", idleViewerHour],
    ["an object that wakes", wake],
  ];
  const rows = kinds.flatMap(([name, counts]) => {
    if (counts === undefined) return [];
    const { workerRequests, requests, messages, closes, rowsRead, rowsWritten, alarmsSet, alarms } = counts;
    const shown = [
      workerRequests,
      requests - messages - closes,
      messages,
      closes,
      rowsRead,
      rowsWritten,
      alarmsSet,
      alarms,
    ];
    return [[name, ...shown.map((count) => String(Number(count.toPrecision(2))))]];
  });
  const head = ["what", "Worker", "object", "messages", "ends", "rows read", "rows written", "alarms set", "alarms"];
  return table(head, rows);
}

function pricesTable(): string {
  const rows = Object.entries(PRICES.of).map(([name, { included, per, dollars: price, source, isRoundedUp }]) => {
    const unit = per === 1 ? "one" : "a million";
    const shown = Object.entries(NAMES).find(([each]) => each === name)?.[1] ?? name;
    return [
      shown,
      amount(included),
      `${price < 0.01 ? `$${price}` : dollars(price)} for ${unit}${isRoundedUp ? ", rounded up" : ""}`,
      `<${source}>`,
    ];
  });
  return table(["what", "included a month", `beyond that (read on ${READ_ON})`, "source"], rows);
}

function wayOf(uplink: Uplink): string {
  return uplink === "post" ? "POST" : "WebSocket";
}

function amount(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : thousands(Math.round(value));
}

function thousands(value: number): string {
  return value.toLocaleString("en-US");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
