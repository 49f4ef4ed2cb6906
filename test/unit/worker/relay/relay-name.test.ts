/** A relay's name says whose it is, and where. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isChannelName } from "../../../../protocol/names.ts";
import { channelOfRelay, REGIONS, regionOf, relayName, relayRegion } from "../../../../worker/relay/relay-name.ts";

test("[RL2b] of every channel's relays it is known whose they are, and where, and no channel has such a name", () => {
  for (const channel of ["lab", "a/b.c_d-1", "weur-1", "x".repeat(128)]) {
    for (const region of REGIONS) {
      const name = relayName(channel, region, 12);
      assert.deepEqual([channelOfRelay(name), regionOf(name)], [channel, region]);
      assert.equal(isChannelName(name), false);
    }
  }
});

test("[RL2b] what is no relay's name has no channel and no region", () => {
  assert.equal(channelOfRelay("lab"), undefined);
  for (const name of ["lab", "lab#", "lab#moon-1", "lab#-1", ""]) assert.equal(regionOf(name), undefined, name);
  assert.deepEqual([relayRegion(null), relayRegion("moon"), relayRegion("oc")], ["weur", "weur", "oc"]);
});
