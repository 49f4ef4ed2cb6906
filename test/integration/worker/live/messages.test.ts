/** Events with everything that a viewer by WebSocket hears, as a stream and as a poll. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { EventStream, type StreamEvent } from "../../../../client/subscribe/event-stream.ts";
import { isObject } from "../../../../protocol/json/json.ts";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer, makeToken, revokeToken } from "../../../support/named-tokens.ts";
import { newChannel, publishJson } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const edge = await startEdge({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "private/**=token" } });
after(() => edge.close());

function ask(channel: string, query: string, headers: Record<string, string> = {}, signal?: AbortSignal) {
  const url = new URL(`?frames=1&messages=1${query}`, edge.channelUrl(channel));
  return fetch(url, { headers: { Accept: "text/event-stream", ...headers }, ...(signal && { signal }) });
}

async function poll(channel: string, query: string): Promise<StreamEvent[]> {
  const response = await ask(channel, query);
  assert.equal(response.status, 200);
  const bytes = new Uint8Array(await withDeadline("the poll's end", response.arrayBuffer()));
  return new EventStream().take(bytes);
}

const names = (events: StreamEvent[]): string[] => events.map(({ name }) => name);

/** What an event says, as JSON. */
function said(event: StreamEvent | undefined): Record<string, unknown> {
  const value: unknown = JSON.parse(event?.data ?? "");
  assert.ok(isObject(value));
  return value;
}

/** The events of a stream, as they come. */
async function follow(channel: string, query: string, headers: Record<string, string> = {}) {
  const leaving = new AbortController();
  const response = await ask(channel, query, headers, leaving.signal);
  assert.equal(response.status, 200);
  const events: StreamEvent[] = [];
  const stream = new EventStream();
  const ended = (async () => {
    try {
      for await (const piece of response.body ?? [])
        events.push(...stream.take(piece).filter(({ data }) => data !== ""));
    } catch {
      // It was left, or cut.
    }
  })();
  return { events, ended, close: () => leaving.abort() };
}

test("[TR2k] a stream begins with hello, has each message as it was sent, and a tail of which only the newest come", async (t) => {
  const channel = newChannel();
  for (let y = 1; y <= 20; y++) await publishJson(edge, channel, { y });
  const stream = await follow(channel, "&points=20&newest=5");
  t.after(stream.close);
  await waitFor("live", () => names(stream.events).includes("live"));
  const [hello, earlier] = stream.events;
  assert.deepEqual([said(hello).type, said(hello).seq, said(hello).series], ["hello", 20, ["y"]]);
  assert.equal(said(earlier).type, "earlier");
  assert.deepEqual([said(earlier).after, said(earlier).seq], [0, 15]);
  const live = stream.events.find(({ name }) => name === "live");
  assert.deepEqual([said(live).type, said(live).seq], ["live", 20]);
  assert.equal(live?.id, `${said(live).epoch}:20`);
  const before = stream.events.length;
  const viewer = await openViewer(edge.channelUrl(channel));
  await waitFor("a status", () => names(stream.events.slice(before)).includes("status"));
  viewer.close();
});

test("[TR3d] a poll has all that there is at once, and ends with live", async () => {
  const channel = newChannel();
  for (const y of [1, 2, 3]) await publishJson(edge, channel, { y });
  const events = await poll(channel, "&wait=25");
  const found = names(events);
  assert.equal(found[0], "hello");
  assert.equal(found.at(-1), "live");
  assert.ok(found.includes("frames"), `${found}`);
});

test("[TR3d] where nothing is new it waits for a point, and what else is said does not end it", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, { y: 1 });
  const cursor = (await poll(channel, "&wait=0")).at(-1)?.id;
  const polled = poll(channel, `&wait=25&cursor=${cursor}`);
  const viewer = await openViewer(edge.channelUrl(channel));
  await waitFor("two who watch", async () => {
    const [hello] = await poll(channel, `&wait=0&cursor=${cursor}`);
    return Number(said(hello).viewers) >= 2;
  });
  assert.equal(await Promise.race([polled, Promise.resolve("it waits")]), "it waits");
  await publishJson(edge, channel, { y: 2 });
  const found = names(await polled);
  assert.equal(found[0], "hello");
  assert.equal(found.at(-1), "frames");
  viewer.close();
});

test("[TR3d] [TR2d] one that has waited says how it stands, and where it is", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, { y: 1 });
  const cursor = (await poll(channel, "&wait=0")).at(-1)?.id;
  const events = await poll(channel, `&wait=1&cursor=${cursor}`);
  assert.deepEqual(names(events.filter(({ name }) => name !== "status")), ["hello", "live"]);
  assert.equal(events.findLast(({ id }) => id !== "")?.id, cursor);
});

test("[TR2i] [TR2k] whose token is revoked is told with which code a WebSocket would have been closed", async (t) => {
  const channel = `private/${newChannel()}`;
  const { token, name } = await makeToken(edge, "watcher", { [channel]: ["watch"] });
  const stream = await follow(channel, "", bearer(token));
  t.after(stream.close);
  await waitFor("live", () => names(stream.events).includes("live"));
  await revokeToken(edge, name);
  await withDeadline("the stream's end", stream.ended);
  const cut = said(stream.events.at(-1));
  assert.deepEqual([cut.reason, cut.closeCode], ["access-ended", 4403]);
});
