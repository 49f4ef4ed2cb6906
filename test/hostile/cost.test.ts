/** What nobody who has no token can make cost, whatever they ask. `npm run cost` prints what they can. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { channelOfRows, costOf, get, joinAndLeave, REFUSED, startCounting, takeText } from "../cost/measure.ts";
import { newChannel, publishJson } from "../support/publish.ts";
import { rawRequest } from "../support/raw.ts";

const edge = await startCounting();
after(() => edge.close());

test("[CH10b] a channel to which nobody published costs no row written and no alarm, whatever is asked of it", async () => {
  const cost = await costOf(edge, async () => {
    for (const query of ["", "?points=10", "?points=10&series=y", "?from=1&to=2"]) {
      await get(edge, newChannel(), query);
      await joinAndLeave(edge, newChannel(), query.replace(/[?&](series|from|to)=[^&]*/g, ""));
    }
    await get(edge, newChannel(), "", "HEAD");
    for (const [, ask] of REFUSED) await ask(edge, newChannel());
  });
  assert.partialDeepStrictEqual(cost, { rowsWritten: 0, alarmsSet: 0, alarms: 0 });
});

test("[GD1] [GD6] [BAD1] what is refused before its channel is asked costs no request to an object", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  const cost = await costOf(edge, async () => {
    for (const [, ask] of REFUSED) await ask(edge, channel);
    await get(edge, channel, "", "HEAD");
    const headers = { Authorization: "Bearer wrong", "Content-Encoding": "gzip" };
    await rawRequest(edge.url, { method: "POST", path: `/c/${channel}`, headers, body: "x".repeat(1 << 20) });
  });
  assert.deepEqual(cost, { requests: 0, rowsRead: 0, rowsWritten: 0, alarmsSet: 0, alarms: 0 });
});

test("[RD6a] [RD6d] readers and viewers of a channel write no row, and set two alarms a second at most", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, [1, 2, 3]);
  const cost = await costOf(edge, async () => {
    for (let i = 0; i < 10; i++) {
      await get(edge, channel);
      await get(edge, channel, "?points=1&series=y");
      await joinAndLeave(edge, channel);
    }
  });
  assert.equal(cost.rowsWritten, 0);
  // Joining and leaving is told once a second, by an alarm; the last may follow when all is over.
  assert.ok(cost.alarmsSet <= 10 + 2, `${cost.alarmsSet} alarms`);
});

test("[VW5] a viewer that takes text costs no alarm for each frame", async () => {
  const channel = await channelOfRows(edge, 1000);
  const { alarmsSet } = await costOf(edge, () => takeText(edge, channel, 1000));
  assert.ok(alarmsSet <= 20, `${alarmsSet} alarms for 1000 points`);
});
