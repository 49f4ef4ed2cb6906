/** Prints what anonymous requests cost, and what publishing does, as a table: `npm run cost:strangers`. */
import { newChannel, publishJson } from "../support/publish.ts";
import {
  announce,
  channelOfBytes,
  channelOfRows,
  costOf,
  follow,
  get,
  joinAndLeave,
  joinAndSay,
  joinTogether,
  PRIVATE,
  publishMany,
  startCounting,
  takeText,
  together,
  watchByEvents,
  watched,
} from "./measure.ts";
import { REFUSED, REFUSED_PRIVATE } from "./refused.ts";

const FRAMES = 9000;
const WHY = { Accept: "application/problem+json" };
const edge = await startCounting();
try {
  const [rows, bytes] = [await channelOfRows(edge, FRAMES), await channelOfBytes(edge, 250)];
  const closed = `${PRIVATE}/${newChannel()}`;
  await publishJson(edge, closed, [1, 2, 3]);
  const evicted = (action: () => Promise<unknown>) => async () => {
    await edge.evict(rows);
    return await action();
  };
  const cases: [string, () => Promise<unknown>][] = [
    ["unknown channel: GET", () => get(edge, newChannel())],
    ["unknown channel: HEAD", () => get(edge, newChannel(), "", "HEAD")],
    ["unknown channel: a viewer joins and leaves", () => joinAndLeave(edge, newChannel())],
    ["unknown channel: a long poll that waits 5 s", () => get(edge, newChannel(), "?wait=5")],
    ["unknown channel: a viewer by events joins, and leaves", () => watchByEvents(edge, newChannel(), 0)],
    ["unknown channel: a publisher announces 100 publishers", () => announce(edge, newChannel(), 100)],
    [`${FRAMES} frames: GET`, () => get(edge, rows)],
    [`${FRAMES} frames: GET, not in memory`, evicted(() => get(edge, rows))],
    [`${FRAMES} frames: GET ?points=100`, () => get(edge, rows, "?points=100")],
    [`${FRAMES} frames: GET ?points=100&series=y`, () => get(edge, rows, "?points=100&series=y")],
    [`${FRAMES} frames: GET ?points=100&series=none`, () => get(edge, rows, "?points=100&series=none")],
    [`${FRAMES} frames: GET ?from=1e9`, () => get(edge, rows, "?from=1e9")],
    [`${FRAMES} frames: why a WebSocket is refused`, () => get(edge, rows, "", "GET", WHY)],
    [`${FRAMES} frames: HEAD`, () => get(edge, rows, "", "HEAD")],
    [`${FRAMES} frames: a viewer joins and leaves`, () => joinAndLeave(edge, rows)],
    [`${FRAMES} frames: the same, ?points=0`, () => joinAndLeave(edge, rows, "?points=0")],
    [`${FRAMES} frames: the same, ?seconds=86400`, () => joinAndLeave(edge, rows, "?seconds=86400")],
    [`${FRAMES} frames: the same, not in memory`, evicted(() => joinAndLeave(edge, rows))],
    [`${FRAMES} frames: a viewer that says ping 100 times`, () => joinAndSay(edge, rows, "ping", 100)],
    [`${FRAMES} frames: a viewer that sends 100 messages that are none`, () => joinAndSay(edge, rows, "x", 100)],
    [
      `${FRAMES} frames: a viewer by events joins, and leaves at the next idle line`,
      () => watchByEvents(edge, rows, 0),
    ],
    [
      `${FRAMES} frames: the same, and stays for a minute in which nothing comes`,
      () => watchByEvents(edge, rows, 60_000),
    ],
    [`${FRAMES} frames: a read that follows, and leaves at the next idle line`, () => follow(edge, rows)],
    [`${FRAMES} frames: a long poll`, () => get(edge, rows, "?wait=0")],
    [`${FRAMES} frames: one that finds nothing for 25 s`, () => get(edge, rows, "?wait=25&points=0")],
    [`${FRAMES} frames: 20 of these at once`, () => together(20, () => get(edge, rows, "?wait=25&points=0"))],
    [`${FRAMES} frames: 20 viewers join and leave at once`, () => joinTogether(edge, rows, 20)],
    [`${FRAMES} points to a viewer that takes text`, () => takeText(edge, rows, FRAMES)],
    ["250 frames of 128 KB: GET", () => get(edge, bytes)],
    ["250 frames of 128 KB: GET ?points=100&series=y", () => get(edge, bytes, "?points=100&series=y")],
    ["250 frames of 128 KB: a viewer joins and leaves", () => joinAndLeave(edge, bytes)],
    [`${FRAMES} frames: a publisher announces 100 publishers`, () => announce(edge, rows, 100)],
    [`${FRAMES} frames: the same again`, () => announce(edge, rows, 100)],
    [
      `${FRAMES} frames: that they are gone, while somebody watches`,
      () => watched(edge, rows, () => announce(edge, rows, 100, false)),
    ],
    [`${FRAMES} frames: a publisher publishes 100 points, one by one`, () => publishMany(edge, rows, 1, 100, 1)],
    ["250 frames of 128 KB: 100 of 128 KB more, of which as many go", () => publishMany(edge, bytes, 251, 100, 8000)],
    ["the last of these frames again", () => publishMany(edge, bytes, 350, 1, 8000)],
    ...REFUSED.map(([what, ask]): [string, () => Promise<unknown>] => [what, () => ask(edge, rows)]),
    ...REFUSED_PRIVATE.map(([what, ask]): [string, () => Promise<unknown>] => {
      return [`private channel, ${what}`, () => ask(edge, closed)];
    }),
  ];
  console.log("| what | requests to the object | rows read | rows written | alarms set | alarms | bytes answered |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const [what, action] of cases) {
    // The runtime evicts what was idle for ten seconds.
    for (const channel of [rows, bytes]) await get(edge, channel, "?points=0");
    let answered: unknown;
    const { requests, rowsRead, rowsWritten, alarmsSet, alarms } = await costOf(edge, async () => {
      answered = await action();
    });
    console.log(`| ${[what, requests, rowsRead, rowsWritten, alarmsSet, alarms, answered].join(" | ")} |`);
  }
} finally {
  await edge.close();
}
