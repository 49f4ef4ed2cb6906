/** A cursor as text. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cursorText, parseCursor } from "../../../protocol/cursor.ts";

test("[TR1] what is written is read", () => {
  for (const cursor of [
    { epoch: 0, seq: 0 },
    { epoch: 1_796_066_669_689, seq: 4711 },
    { epoch: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER },
  ]) {
    assert.deepEqual(parseCursor(cursorText(cursor)), cursor);
  }
});

for (const text of [
  "",
  "1",
  "1:",
  ":1",
  "1:2:3",
  "1,2",
  "-1:2",
  "1:2.5",
  "1:2 ",
  "1:9007199254740992",
  "0x1:2",
  "1:１",
]) {
  test(`[TR1] "${text}" is none`, () => assert.equal(parseCursor(text), undefined));
}
