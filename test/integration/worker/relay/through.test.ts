/** What a channel decides and tells reaches the viewers of its relays: publishers, tokens, quotas, notes. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { PRESENCE_TYPE } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer, makeToken, revokeToken } from "../../../support/named-tokens.ts";
import { frameOf, newChannel, post, publishFrames } from "../../../support/publish.ts";
import { Guest } from "../../../support/room.ts";
import { openViewer, UpgradeRefused } from "../../../support/sockets.ts";
import { waitFor } from "../../../support/wait.ts";
import { Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const VIEWERS = 4;
const edge = await startEdge({
  vars: {
    RELAY_AFTER: "2",
    ADMIN_TOKEN: ADMIN,
    WATCH: "test/**=public, **=token",
    PUBLIC_RIGHTS: "test/**=note",
    QUOTA_ADDRESS: `viewers=${VIEWERS}`,
  },
});
after(() => edge.close());

/** So many viewers of a channel with one point; the first two are its own. */
async function crowd(
  count: number,
  channel = newChannel(),
  headers = {},
): Promise<{ channel: string; all: Watcher[] }> {
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const all: Watcher[] = [];
  for (let i = 0; i < count; i++) all.push(await (await Watcher.open(edge, channel, { headers })).live());
  return { channel, all };
}

const closeAll = (watchers: Watcher[]): Promise<unknown> => Promise.all(watchers.map((each) => each.close()));

test("[RL4b] that the last publisher is gone is told to viewers of relays, and that it is back", async () => {
  const { channel, all } = await crowd(3);
  const [, , watcher] = all;
  const goneForMs = () => watcher?.told.findLast((each) => each.type === "status")?.goneForMs;
  for (const here of [true, false]) {
    await post(edge, channel, JSON.stringify({ publisher: A, here }), { "Content-Type": PRESENCE_TYPE });
  }
  await watcher?.sees("that it is gone", () => typeof goneForMs() === "number");
  await publishFrames(edge, channel, frameOf(A, 2, [2]));
  await watcher?.sees("that it is back", () => goneForMs() === null);
  await closeAll(all);
});

test("[RL4c] viewers of one address count at channel and relays together", async () => {
  const { channel, all } = await crowd(VIEWERS);
  const refusal = async (): Promise<number | undefined> => {
    try {
      const viewer = await openViewer(edge.channelUrl(channel));
      await viewer.close();
      return undefined;
    } catch (error) {
      return error instanceof UpgradeRefused ? error.status : undefined;
    }
  };
  await waitFor("one more being refused", async () => (await refusal()) === 429);
  await all.pop()?.close();
  await waitFor("one being let in again", async () => (await refusal()) === undefined);
  await closeAll(all);
});

test("[RL4d] [AC10a] a token that is revoked ends the viewers of relays with 4403, and no others", async () => {
  const channel = `private/${process.pid}`;
  const [first, second] = await Promise.all(
    ["first", "second"].map((name) => makeToken(edge, name, { "private/**": ["watch", "history"] })),
  );
  const { all } = await crowd(3, channel, bearer(first?.token ?? ""));
  const other = await (await Watcher.open(edge, channel, { headers: bearer(second?.token ?? "") })).live();
  assert.equal((await revokeToken(edge, "first")).status, 204);
  const viewer = all[2]?.viewer ?? assert.fail();
  await waitFor("a close frame", () => viewer.isClosing);
  // The connection itself ends with the object.
  await Promise.race([viewer.closed, edge.evictObject("RELAY", `${channel}#enam-1`).catch(() => viewer.closed)]);
  assert.equal((await viewer.closed).code, 4403);
  await publishFrames(edge, channel, frameOf(A, 2, [2]));
  await other.reaches(2);
  await other.close();
});

test("[RL1c] who joins a relay after a note was edited gets it as it is now, and not as it was", async (t) => {
  const { channel, all } = await crowd(3);
  const guest = await Guest.in(t, edge.channelUrl(channel));
  guest.say({ type: "note", id: "n1", text: "a secret" });
  const { note } = await guest.hears("note");
  const [, , watcher] = all;
  const texts = (each: Watcher | undefined) => Buffer.concat(each?.frames ?? []).toString("latin1");
  await watcher?.sees("the note", () => texts(watcher).includes("a secret"));
  guest.say({ type: "edit-note", id: "e1", note: note.id, text: "nothing" });
  await guest.hears("note");
  const late = await (await Watcher.open(edge, channel)).live();
  assert.ok(texts(late).includes("nothing"));
  assert.ok(!texts(late).includes("a secret"));
  await closeAll([...all, late]);
});
