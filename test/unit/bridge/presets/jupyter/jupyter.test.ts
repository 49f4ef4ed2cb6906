import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { jupyter } from "../../../../../bridge/presets/jupyter/jupyter.ts";
import {
  ARRIVED_AT,
  framesOf,
  hex,
  pointsIn,
  read,
  readsOrRefuses,
  refusal,
  throughZeroMq,
} from "../../../../support/preset.ts";

const SESSION = "5ca1ab1e-6b1c2d3e4f5a6b7c8d9e0f10";
const SIGNATURE = "6f0b2d4c0e7bb0c9d1a2c5ad8a4bf5f0a9f2a4d1d8b7c6e5f4a3b2c1d0e9f8a7";

interface Sent {
  type: string;
  content: string;
  date?: string;
  session?: string;
}

/**
 * As ipykernel sends it: the topic of ipykernel/kernelbase.py (_topic), then Session.serialize of jupyter_client,
 * jupyter_client/session.py, whose header is that of msg_header and whose date is isoformat() with Z.
 */
function sent({ type, content, date = "2026-11-20T20:34:49.123456Z", session = SESSION }: Sent): Buffer[] {
  return framesOf(
    `kernel.0e9f5f2a-1b2c-4d3e-8f90-a1b2c3d4e5f6.${type}`,
    "<IDS|MSG>",
    SIGNATURE,
    `{"msg_id": "${session}_4711_12", "msg_type": "${type}", "username": "me", "session": "${session}", "date": "${date}", "version": "5.4"}`,
    '{"msg_id": "a_1", "msg_type": "execute_request", "username": "me", "session": "a", "date": "2026-11-20T20:34:48.9Z", "version": "5.4"}',
    "{}",
    content,
  );
}

function status(state: string, date?: string, session?: string): Buffer[] {
  const content = `{"execution_state": "${state}"}`;
  return sent({
    type: "status",
    content,
    ...(date === undefined ? {} : { date }),
    ...(session === undefined ? {} : { session }),
  });
}

describe("[PS9] preset jupyter", () => {
  it("has whether the kernel is busy, at the header's date to the microsecond", () => {
    const states = (state: string) => read(jupyter.create({}), status(state));
    assert.deepEqual(states("busy"), ["kernel.busy 1795206889.123456 1"]);
    assert.deepEqual(states("starting"), ["kernel.busy 1795206889.123456 1"]);
    assert.deepEqual(states("idle"), ["kernel.busy 1795206889.123456 0"]);
    assert.deepEqual(states("dreaming"), []);
  });

  it("says with each change how it was just before, so that the line is a step", () => {
    const reader = jupyter.create({});
    read(reader, status("busy", "2026-11-20T20:34:49Z"));
    assert.deepEqual(read(reader, status("idle", "2026-11-20T20:35:49Z")), [
      "kernel.busy 1795206948.999999 1",
      "kernel.busy 1795206949 0",
    ]);
    assert.deepEqual(read(reader, status("idle", "2026-11-20T20:36:49Z")), ["kernel.busy 1795207009 0"]);
    // Another session is another kernel, of which nothing is known before.
    assert.deepEqual(read(reader, status("busy", "2026-11-20T20:37:49Z", "new")), ["kernel.busy 1795207069 1"]);
    // Dates that go back get no point before the last one.
    assert.deepEqual(read(reader, status("idle", "2026-11-20T20:37:48Z", "new")), ["kernel.busy 1795207068 0"]);
  });

  it("has the time of the arrival where there is no date, or one without an offset", () => {
    for (const date of ["", "2026-11-20T20:34:49.123456", "soon", "2026-99-20T20:34:49Z"]) {
      assert.deepEqual(read(jupyter.create({}), status("idle", date)), [`kernel.busy ${ARRIVED_AT} 0`], date);
    }
    assert.deepEqual(read(jupyter.create({}), status("idle", "2026-11-20T22:34:49.5+02:00")), [
      "kernel.busy 1795206889.5 0",
    ]);
  });

  it("has the execution count", () => {
    const content = '{"code": "1 + 1", "execution_count": 7}';
    assert.deepEqual(read(jupyter.create({}), sent({ type: "execute_input", content })), [
      "kernel.execution_count 1795206889.123456 7",
    ]);
    assert.deepEqual(read(jupyter.create({}), sent({ type: "execute_input", content: "{}" })), []);
  });

  it("counts messages by their type, and does not look into other contents", () => {
    const reader = jupyter.create({});
    reader.tick?.(100);
    read(reader, status("busy"));
    const stream = sent({ type: "stream", content: "not even JSON" });
    for (let i = 0; i < 4; i++) assert.deepEqual(read(reader, [...stream, Buffer.from("buffer")]), []);
    assert.deepEqual(pointsIn(reader.tick?.(102) ?? []), [
      "kernel.status.per_second 102 0.5",
      "kernel.stream.per_second 102 2",
    ]);
    assert.deepEqual(pointsIn(reader.tick?.(103) ?? []), [
      "kernel.status.per_second 103 0",
      "kernel.stream.per_second 103 0",
    ]);
  });

  it("reads a welcome, which has no topic, and what is not signed", () => {
    // ipykernel/iostream.py (_send_welcome_message)
    const header = '{"msg_id": "s_1_0", "msg_type": "iopub_welcome", "date": "2026-11-20T20:34:49Z"}';
    assert.deepEqual(
      read(jupyter.create({}), framesOf("<IDS|MSG>", "", header, "{}", "{}", '{"subscription": ""}')),
      [],
    );
  });

  it("reads msgpack, for which Session.packer may be set", () => {
    // {"msg_type": "status"}, {}, {}, {"execution_state": "idle"}
    const parts = [
      "81 a8 6d73675f74797065 a6 737461747573",
      "80",
      "80",
      "81 af 657865637574696f6e5f7374617465 a4 69646c65",
    ];
    const frames = [...framesOf("kernel.1.status", "<IDS|MSG>", ""), ...parts.map(hex)];
    assert.deepEqual(read(jupyter.create({}), frames), [`kernel.busy ${ARRIVED_AT} 0`]);
  });

  it("refuses pickle, and what is no message of a kernel, and says what to do", () => {
    const reader = jupyter.create({});
    const pickled = framesOf("kernel.1.status", "<IDS|MSG>", "", hex("80 05 7d 94 2e"), "{}", "{}", "{}");
    assert.equal(refusal(reader, pickled).code, "unsupported");
    assert.match(refusal(reader, pickled).message, /--Session\.packer=json/);
    for (const frames of [[], framesOf("topic", "{}"), framesOf("a", "<IDS|MSG>", "", "{}", "{}", "{}")]) {
      assert.equal(refusal(reader, frames).code, "envelope-wrong");
      assert.match(refusal(reader, frames).message, /^jupyter: .*<IDS\|MSG>/);
    }
    assert.equal(refusal(reader, framesOf("<IDS|MSG>", "", "{}", "{}", "{}", "{}")).code, "envelope-wrong");
    assert.equal(refusal(reader, framesOf("<IDS|MSG>", "", "[1]", "{}", "{}", "{}")).code, "envelope-wrong");
    assert.equal(refusal(reader, framesOf("<IDS|MSG>", "", "{", "{}", "{}", "{}")).code, "not-json");
    const large = Buffer.alloc(17 * 1024 * 1024, " ");
    assert.equal(refusal(reader, [...status("idle").slice(0, 6), large]).code, "message-too-large");
    // A picture may be as large as it likes.
    assert.deepEqual(read(reader, [...sent({ type: "display_data", content: "{}" }).slice(0, 6), large]), []);
    const identities = Array.from({ length: 40 }, () => "identity");
    assert.equal(refusal(reader, [...framesOf(...identities), ...status("idle")]).code, "envelope-wrong");
  });

  it("never fails otherwise, whatever the frames are", () => {
    const header = fc.record({
      msg_type: fc.oneof(fc.constant("status"), fc.constant("execute_input"), fc.jsonValue()),
      date: fc.jsonValue(),
      session: fc.jsonValue(),
    });
    const content = fc.record({
      execution_state: fc.oneof(fc.constant("idle"), fc.jsonValue()),
      execution_count: fc.jsonValue(),
    });
    const said = fc
      .tuple(header, content)
      .map(([head, body]) => framesOf("t", "<IDS|MSG>", "", JSON.stringify(head), "{}", "{}", JSON.stringify(body)));
    const other = fc
      .array(fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constantFrom("<IDS|MSG>", "{}")), { maxLength: 9 })
      .map((frames) => frames.map((frame) => Buffer.from(frame)));
    fc.assert(
      fc.property(fc.array(fc.oneof(said, other), { maxLength: 5 }), (messages) => {
        const reader = jupyter.create({});
        for (const frames of messages) readsOrRefuses(reader, frames);
      }),
    );
  });

  it("reads what comes over ZeroMQ", async () => {
    assert.deepEqual(
      await throughZeroMq(jupyter.create({}), [status("busy"), sent({ type: "stream", content: "{}" })]),
      ["kernel.busy 1795206889.123456 1"],
    );
  });
});
