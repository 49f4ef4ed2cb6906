import assert from "node:assert/strict";
import { test } from "node:test";
import { EventStream } from "../../../../client/subscribe/event-stream.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("[CL2a] events come whole out of pieces, whichever byte these were cut at", () => {
  const text = 'retry: 500\n\n:\n\nid: 1:4\nevent: frames\ndata: QUJD\n\nevent: cut\ndata: {"detail":"Übel"}\n\nid: 1:';
  const expected = [
    { name: "message", data: "", id: "" },
    { name: "message", data: "", id: "" },
    { name: "frames", data: "QUJD", id: "1:4" },
    { name: "cut", data: '{"detail":"Übel"}', id: "" },
  ];
  const whole = bytes(text);
  for (let cut = 0; cut <= whole.length; cut++) {
    const stream = new EventStream();
    assert.deepEqual([...stream.take(whole.subarray(0, cut)), ...stream.take(whole.subarray(cut))], expected);
  }
});

test("[CL4b] what has no end is no stream of events", () => {
  const stream = new EventStream();
  const take = (): void => {
    for (let i = 0; i < 17; i++) stream.take(bytes("x".repeat(65_536)));
  };
  assert.throws(take, RangeError);
});
