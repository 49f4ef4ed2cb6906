import assert from "node:assert/strict";
import { test } from "node:test";
import { LineBuffer } from "../../../../../worker/http/publish/line-buffer.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (taken: Uint8Array) => new TextDecoder().decode(taken);

test("[RT12b] whole lines are taken, in pieces of any length, and the open one stays", () => {
  for (const size of [1, 2, 3, 7, 100]) {
    const buffer = new LineBuffer();
    const all = "1\n22\n\n333\n44";
    for (let at = 0; at < all.length; at += size) buffer.add(bytes(all.slice(at, at + size)));
    assert.deepEqual([buffer.length, buffer.openBytes, buffer.hasLines], [12, 2, true]);
    assert.equal(text(buffer.takeLines(100)), "1\n22\n\n333\n");
    assert.deepEqual([buffer.length, buffer.openBytes, buffer.hasLines], [2, 2, false]);
    assert.equal(text(buffer.takeLines(100)), "");
    buffer.add(bytes("4\n5"));
    assert.equal(text(buffer.takeLines(100)), "444\n");
    assert.equal(text(buffer.takeRest()), "5");
    assert.equal(buffer.length, 0);
  }
});

test("[RT12b] no more is taken than was asked for, but for one line that is longer", () => {
  const buffer = new LineBuffer();
  buffer.add(bytes("1\n22\n333\n4444444\n5\n6"));
  assert.deepEqual(
    [4, 4, 4, 4, 100].map((most) => text(buffer.takeLines(most))),
    ["1\n", "22\n", "333\n", "4444444\n", "5\n"],
  );
  assert.equal(text(buffer.takeRest()), "6");
});

test("[RT12b] a megabyte in pieces of one byte is a line in no time that grows with its square", () => {
  const buffer = new LineBuffer();
  const piece = bytes("1");
  for (let i = 0; i < 1_048_576; i++) buffer.add(piece);
  buffer.add(bytes("\n"));
  assert.equal(buffer.takeLines(10).byteLength, 1_048_577);
});
