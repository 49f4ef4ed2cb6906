/** What a GET for what comes may ask for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../../../protocol/problem.ts";
import { isLive, joinRequest, type LiveType, liveQuery } from "../../../../../worker/http/live/live-query.ts";

const EVENTS = "text/event-stream";
const FRAMES = "application/vnd.plotcast.frame";
const LINES = "application/x-ndjson";

function asked(type: LiveType, query: string, headers: Record<string, string> = {}) {
  return liveQuery(new Request(`http://a.example/c/lab?${query}`, { headers }), type);
}

/** The query of the WebSocket that it joins with. */
const joined = (type: LiveType, query: string, headers: Record<string, string> = {}): string => {
  const { url } = joinRequest(new URL("http://a.example/c/lab"), asked(type, query, headers), undefined);
  return decodeURIComponent(new URL(url).search);
};

test("[TR1] where it begins is what a viewer says by WebSocket; a header with a cursor counts before the query", () => {
  assert.equal(joined(EVENTS, ""), "");
  assert.equal(joined(LINES, "follow=1&points=7&series=a&ids=1"), "?points=7");
  assert.equal(joined(EVENTS, "cursor=1:4"), "?cursor=1:4");
  // Of frames the socket says it, of text the view.
  assert.equal(joined(FRAMES, "wait=3&series=a&series=b*&max_rate=7"), "?series=a&series=b*&max_rate=7");
  assert.equal(joined(LINES, "wait=3&series=a&max_rate=7"), "");
  assert.equal(asked(LINES, "wait=3&series=a&max_rate=7").view?.maxRate, 7);
  assert.equal(joined(EVENTS, "cursor=1:4&points=", { "Last-Event-ID": "1:9" }), "?cursor=1:9");
  assert.equal(joined(LINES, "wait=3&seconds=9", { "Plotcast-Cursor": "2:0" }), "?cursor=2:0");
  assert.equal(joined(EVENTS, "cursor=1:4", { "Last-Event-ID": "" }), "?cursor=1:4");
});

for (const [type, query, headers, detail] of [
  [LINES, "wait=25.1", {}, /wait is 0 to 25 seconds/],
  [LINES, "wait=-1", {}, /wait is 0 to 25 seconds/],
  [LINES, "wait=", {}, /wait must be a number/],
  [LINES, "wait=soon", {}, /wait must be a number/],
  [LINES, "wait=1&follow=1", {}, /wait and follow exclude each other/],
  [EVENTS, "wait=1", {}, /wait is for events with \?frames=1&messages=1, and no others/],
  [EVENTS, "wait=1&frames=1", {}, /wait is for events with/],
  [EVENTS, "messages=1", {}, /messages is for events of frames/],
  [LINES, "follow=1&messages=1", {}, /messages is for events of frames/],
  ["application/vnd.plotcast.frame", "wait=1&messages=1", {}, /messages is for events of frames/],
  ["application/json", "follow=1", {}, /follow is for lines of JSON/],
  [LINES, "follow=1&cursor=", {}, /cursor must be one that was given here/],
  [LINES, "follow=1&cursor=4711", {}, /cursor must be one that was given here/],
  [LINES, "follow=1&cursor=1:-1", {}, /cursor must be one that was given here/],
  [LINES, "follow=1&cursor=1:9007199254740993", {}, /cursor must be one that was given here/],
  [LINES, "follow=1&cursor=1:1&points=3", {}, /points says where to begin, as cursor does/],
  [LINES, "follow=1&cursor=1:1&epoch=1&seq=1", {}, /epoch says where to begin, as cursor does/],
  [EVENTS, "", { "Last-Event-ID": "42" }, /^Last-Event-ID must be a cursor/],
  [EVENTS, "", { "Plotcast-Cursor": "a:b" }, /^Plotcast-Cursor must be a cursor/],
  [LINES, "follow=1&ids=yes", {}, /ids is 1 or 0/],
  [LINES, "follow=1&series=", {}, /series must name a series/],
  [LINES, `follow=1&series=${"a".repeat(513)}`, {}, /series has 512 characters at most/],
  [LINES, "follow=1&series=a*b*c*d*e*&series=*x*y*z*", {}, /series has 8 \* at most/],
  [LINES, "follow=1&frames=1", {}, /frames is for events/],
  [LINES, "follow=1&max_rate=0.9", {}, /max_rate is 1 to 1000 points a second of each series/],
  [EVENTS, "max_rate=1001", {}, /max_rate is 1 to 1000/],
  ["application/vnd.plotcast.frame", "wait=1&max_rate=ten", {}, /max_rate must be a number/],
  [LINES, "follow=1&newest=3", {}, /newest is for viewers of plotcast\.v1/],
  [EVENTS, "frames=1&newest=3", {}, /newest is for who is told what was left out/],
  [LINES, "follow=1&form=3", {}, /"form" is not known/],
  [LINES, "follow=1&from=3", {}, /from is for a read/],
] as const) {
  test(`[TR1] [TR8] ${type} with ?${query.slice(0, 60)} ${JSON.stringify(headers)} is refused, and it is said why`, () => {
    assert.throws(
      () => asked(type, query, headers),
      (error) => error instanceof Problem && error.code === "query-invalid" && detail.test(plain(error.message)),
    );
  });
}

const plain = (message: string): string => message.replace(/^In the query, /, "");

test("[TR2k] [TR3d] events of frames may have every message, and then be a poll; the tail is that of a viewer by WebSocket", () => {
  const { messages, waitMs } = asked(EVENTS, "frames=1&messages=1&wait=25");
  assert.deepEqual([messages, waitMs], [true, 25_000]);
  assert.equal(joined(EVENTS, "frames=1&messages=1&points=9&seconds=8&newest=7"), "?points=9&seconds=8&newest=7");
  assert.equal(asked(EVENTS, "frames=1").messages, false);
});

test("[TR4] [TR8] what is asked for with wait or follow is live; a page is not", () => {
  const live = (type: Parameters<typeof isLive>[0], query: string): boolean => isLive(type, new URLSearchParams(query));
  assert.deepEqual(
    [
      live(EVENTS, ""),
      live(LINES, "follow=1"),
      live("text/csv", "wait=3"),
      live(LINES, ""),
      live("text/html", "follow=1"),
    ],
    [true, true, true, false, false],
  );
});
