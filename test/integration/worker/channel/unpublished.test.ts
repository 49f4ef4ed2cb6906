/** A channel to which nothing was published: whoever asks for it makes nothing. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PRESENCE_TYPE, SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { ClientViewer } from "../../../support/client-viewer.ts";
import { startEdge } from "../../../support/edge.ts";
import { frameOf, newChannel, post, publishFrames, publishJson, read } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { storedOnDisk } from "../../../support/stored.ts";
import { waitFor } from "../../../support/wait.ts";
import { until, Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const edge = await startEdge();
after(() => edge.close());

test("[CH10a] [CH10b] reads, joins, DELETE and announcements of an unknown channel make no row and no alarm", async () => {
  const persistDir = await mkdtemp(join(tmpdir(), "plotcast-unknown-"));
  after(() => rm(persistDir, { recursive: true, force: true }));
  await using own = await startEdge({ persistDir });
  const authorization = { Authorization: `Bearer ${own.token}` };
  for (const accept of ["application/x-ndjson", "application/json", "text/csv", "application/vnd.plotcast.frame"]) {
    for (const query of ["", "?points=5&series=y", "?from=1&to=2"]) {
      assert.equal((await read(own, newChannel(), accept, query)).headers.get("Plotcast-Epoch"), "0");
    }
  }
  await fetch(own.channelUrl(newChannel()), { method: "HEAD" });
  const deleted = await fetch(own.channelUrl(newChannel()), { method: "DELETE", headers: authorization });
  assert.equal(deleted.status, 204);
  for (const here of [true, false]) {
    const body = JSON.stringify({ publisher: A, here });
    assert.equal((await post(own, newChannel(), body, { "Content-Type": PRESENCE_TYPE })).status, 204);
  }
  const watched = newChannel();
  for (let i = 0; i < 5; i++) {
    for (const query of ["", "?points=5", "?epoch=0&seq=0", "?epoch=7&seq=7"]) {
      const url = new URL(query, own.channelUrl(watched));
      const viewers = [await openViewer(url, { subprotocol: SUBPROTOCOL }), await openViewer(url)];
      await viewers[0]?.nextMessage("live", (message) => String(message).includes('"live"'));
      await own.evict(watched);
      await Promise.all(viewers.map((viewer) => viewer.close()));
    }
  }
  await post(own, newChannel(), "no points at all", {});
  await own.kill();
  const { databases, alarmsMs } = await storedOnDisk(persistDir);
  // The runtime makes an empty file for every object that is asked anything.
  assert.ok(databases.length > 10);
  assert.deepEqual(
    databases.flatMap(({ tables }) => tables),
    [],
  );
  assert.deepEqual(alarmsMs, []);
});

test("[CH10c] a viewer of an unknown channel is live in numbering 0, and then in that of the first publish", async () => {
  const channel = newChannel();
  const watcher = await (await Watcher.open(edge, channel)).live();
  assert.deepEqual(watcher.position, { epoch: 0, seq: 0 });
  assert.deepEqual([(await watcher.tells("hello")).epoch, (await watcher.tells("hello")).seq], [0, 0]);
  const texts = await openViewer(edge.channelUrl(channel));
  await publishFrames(edge, channel, frameOf(A, 1, [1, 2]));
  await watcher.reaches(2);
  await until(texts, "two points", () => texts.messages.length >= 2 || undefined);
  assert.deepEqual(watcher.course, ["live", "live"]);
  const lives = watcher.told.filter(({ type }) => type === "live");
  assert.deepEqual(lives.at(-1), { type: "live", epoch: watcher.position?.epoch, seq: 0 });
  assert.ok((watcher.position?.epoch ?? 0) > 0);
  const late = await (await Watcher.open(edge, channel, { query: "?epoch=0&seq=0" })).live();
  assert.deepEqual([late.ys, late.course], [[1, 2], ["live"]]);
  await Promise.all([watcher.close(), texts.close(), late.close()]);
});

test("[CH10f] viewers of an unknown channel are told of each other, though it is evicted meanwhile", async () => {
  const channel = newChannel();
  const first = await (await Watcher.open(edge, channel)).live();
  const second = await (await Watcher.open(edge, channel)).live();
  const viewers = () => first.viewer.messages.map(String).filter((text) => text.includes('"status"'));
  await waitFor("two watch", () => viewers().at(-1)?.includes('"viewers":2,') ?? false);
  await edge.evict(channel);
  await second.close();
  await waitFor("one watches", () => viewers().at(-1)?.includes('"viewers":1,') ?? false);
  await first.close();
});

for (const [when, lose] of [
  ["at once", async () => {}],
  ["after eviction", (channel: string) => edge.evict(channel)],
] as const) {
  test(`[CH10d] [PG4] the page's own connection misses nothing of a channel that begins while it watches, ${when}`, async () => {
    const channel = newChannel();
    const page = new ClientViewer(edge.channelUrl(channel));
    await waitFor("the page is live", () => page.isLive);
    await lose(channel);
    await publishJson(edge, channel, [1, 2]);
    await publishJson(edge, channel, [3, 4]);
    await waitFor("two points", () => page.points === 2);
    assert.equal(page.missing, 0);
    page.close();
  });
}

test("[CH10d] [PG4] a page that was cut off before the first publish comes back to all of it", async () => {
  const channel = newChannel();
  const page = new ClientViewer(edge.channelUrl(channel));
  await waitFor("the page is live", () => page.isLive);
  await edge.kill();
  await edge.restart();
  await publishJson(edge, channel, { y: 1, z: 2 });
  await waitFor("two points", () => page.points === 2, { deadlineMs: 20_000 });
  assert.equal(page.missing, 0);
  page.close();
});
