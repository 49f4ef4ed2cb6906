/** What a soak found, in seconds: the store's write-ahead log must not grow while viewers are caught up from the store. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startEdge } from "../support/edge.ts";
import { bulkyFrame, newChannel, publishFrames } from "../support/publish.ts";
import { openViewer, type Viewer } from "../support/sockets.ts";

const MIB = 1024 * 1024;

test("[CH5] the store's write-ahead log begins anew though viewers stop reading the store midway", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "plotcast-wal-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const edge = await startEdge({ persistDir: directory, vars: { STORE_BYTES: String(MIB) } });
  t.after(() => edge.close());
  const channel = newChannel();
  const viewers: Viewer[] = [];
  t.after(() => {
    for (const viewer of viewers) viewer.cut();
  });
  for (let seq = 1; seq <= 200; seq++) {
    await publishFrames(edge, channel, bulkyFrame("aaaaaaaaaaaaaaaa", seq, 6000));
    // It gets the first step of what is stored, and does not ask on.
    if (seq % 20 === 10) viewers.push(await openViewer(edge.channelUrl(channel), { subprotocol: "plotcast.v1" }));
  }
  const files = await readdir(directory, { recursive: true });
  const logs = files.filter((file) => file.includes("Channel") && file.endsWith(".sqlite-wal"));
  const sizes = await Promise.all(logs.map(async (file) => (await stat(join(directory, file))).size));
  // SQLite begins its log anew after 4 MiB; 19 MB were written.
  assert.ok(sizes.length > 0 && Math.max(...sizes) < 8 * MIB, `the logs have ${sizes.join(", ")} bytes`);
});
