/** How many streams an isolate holds: of one token or address in a channel, of one address, and in all. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenStreams } from "../../../../../worker/http/live/open-streams.ts";

const ONE = "192.0.2.1";

test("[TR6b] as many as it may have viewers, and no more; one that ends makes room; others have their own", () => {
  const streams = new OpenStreams();
  const two = { who: "a", most: 2 };
  for (let i = 0; i < 2; i++) {
    assert.equal(streams.roomFor(two, ONE), "room");
    streams.open(two, ONE);
  }
  assert.equal(streams.roomFor(two, ONE), "quota");
  assert.equal(streams.roomFor(two, "192.0.2.2"), "quota", "a token's count together, whatever the address");
  assert.equal(streams.roomFor({ who: "b", most: 2 }, ONE), "room");
  assert.equal(streams.roomFor({ who: "a", most: null }, ONE), "room");
  streams.close(two, ONE);
  assert.equal(streams.roomFor(two, ONE), "room");
});

test("[TR6c] 1,024 of one address, in whatever channels, and 4,096 in all; one that ends makes room", () => {
  const streams = new OpenStreams();
  const inChannel = (i: number) => ({ who: `channel ${i % 7}`, most: null });
  for (const [k, address] of [ONE, "192.0.2.2", "192.0.2.3", "192.0.2.4"].entries()) {
    for (let i = 0; i < 1024; i++) {
      assert.equal(streams.roomFor(inChannel(i), address), "room", `${k}: ${i}`);
      streams.open(inChannel(i), address);
    }
    assert.equal(streams.roomFor(inChannel(8), address), "too-many");
  }
  assert.equal(streams.roomFor(inChannel(8), "192.0.2.5"), "too-many");
  streams.close(inChannel(8), ONE);
  assert.equal(streams.roomFor(inChannel(8), "192.0.2.2"), "too-many");
  assert.equal(streams.roomFor(inChannel(8), "192.0.2.5"), "room");
});
