/** Texts and bytes of several channels on one connection. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  sharedBytes,
  sharedText,
  splitSharedBytes,
  splitSharedText,
} from "../../../../protocol/messages/shared-message.ts";

test("[SC2] a text has its channel's id and a space ahead of it, whatever it is", () => {
  for (const text of ["", " ", "ping", '{"type":"continue"}', "1 ping", "°"]) {
    for (const id of [1, 10, 4_294_967_295]) assert.deepEqual(splitSharedText(sharedText(id, text)), { id, text });
  }
  for (const none of [
    "",
    "ping",
    "0 ping",
    "01 ping",
    "1",
    "-1 ping",
    "1.5 ping",
    "4294967296 ping",
    "99999999999 x",
    " 1 x",
    "{}",
  ]) {
    assert.equal(splitSharedText(none), undefined, none);
  }
});

test("[SC2] bytes have it as four bytes, little-endian", () => {
  const data = new Uint8Array([9, 8, 7]).buffer;
  const bytes = sharedBytes(0x01020304, data);
  assert.deepEqual([...bytes], [4, 3, 2, 1, 9, 8, 7]);
  assert.deepEqual(splitSharedBytes(bytes.buffer), { id: 0x01020304, data });
  assert.equal(splitSharedBytes(new ArrayBuffer(3)), undefined);
  assert.deepEqual(splitSharedBytes(sharedBytes(4_294_967_295, new ArrayBuffer(0)).buffer), {
    id: 4_294_967_295,
    data: new ArrayBuffer(0),
  });
});
