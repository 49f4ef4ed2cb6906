/** The numbers that SPEC.md names, written out, and what is just within and just beyond them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  CATCH_UP_BYTES,
  CloseCode,
  FRAME_TYPE,
  MAX_BODY_BYTES,
  MAX_BODY_POINTS,
  MAX_CHANNEL_NAME_LENGTH,
  MAX_COLUMNS,
  MAX_FRAME_BYTES,
  MAX_GAP_REASON_BYTES,
  MAX_LABEL_BYTES,
  MAX_LABELS,
  MAX_NESTING,
  MAX_POINTS_BYTES,
  MAX_PRESENCE_BYTES,
  MAX_PUBLISHERS,
  MAX_SERIES_LISTED,
  MAX_SERIES_LISTED_BYTES,
  MAX_SERIES_NAME_BYTES,
  MAX_SILENCE_MS,
  MAX_TAIL_BYTES,
  MAX_TRIMMED_GAPS,
  MAX_VIEWER_MESSAGE_BYTES,
  MAX_VIEWERS,
  PRESENCE_EXPIRES_MS,
  PRESENCE_TYPE,
  VIEWER_BUFFER_BYTES,
  VIEWER_MESSAGES_PER_SECOND,
} from "../../../../protocol/limits.ts";
import { MAX_FIRST_SEQUENCE, MAX_SEQUENCE_JUMP } from "../../../../protocol/publisher-number.ts";
import { CATCH_UP, READ_SLICE } from "../../../../worker/channel/log/read-limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import { frameOfRows, newChannel, post, publishFrames, rowOf, storedPoints } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { withDeadline } from "../../../support/wait.ts";
import { Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const edge = await startEdge();
after(() => edge.close());

for (const [what, actual, expected] of [
  ["[GD4a] a body's bytes", MAX_BODY_BYTES, 1_048_576],
  ["[CH14a] a body's points", MAX_BODY_POINTS, 131_072],
  ["[FR8d] the values of a message to a viewer that catches up", CATCH_UP.values, 262_144],
  ["[RD3b] the values of a slice", READ_SLICE.values, 32_768],
  ["[CH14b] the frames made of a body of JSON", MAX_POINTS_BYTES, 8_388_608],
  ["[CH9] an announcement", MAX_PRESENCE_BYTES, 1024],
  ["[CH9g] publishers that announced themselves", MAX_PUBLISHERS, 1000],
  ["[CH9e] how long nothing is heard of a publisher", PRESENCE_EXPIRES_MS, 150_000],
  ["[CH13c] a first number", MAX_FIRST_SEQUENCE, 4_503_599_627_370_496],
  ["[CH13b] a jump", MAX_SEQUENCE_JUMP, 562_949_953_421_312],
  ["[CH5e] frames that told of a loss", MAX_TRIMMED_GAPS, 1024],
  ["[FR1b] a frame's bytes", MAX_FRAME_BYTES, 131_072],
  ["[FR1a] a table's series", MAX_COLUMNS, 256],
  ["[FR1g] a name's bytes", MAX_SERIES_NAME_BYTES, 256],
  ["[FR1a] a gap's reason", MAX_GAP_REASON_BYTES, 64],
  ["[FR7f] labels of a series", MAX_LABELS, 256],
  ["[FR7e] a label's bytes", MAX_LABEL_BYTES, 256],
  ["[PT7d] levels", MAX_NESTING, 8],
  ["[RT8a] a channel's name", MAX_CHANNEL_NAME_LENGTH, 128],
  ["[VW1] the tail", MAX_TAIL_BYTES, 8_388_608],
  ["[VW3a] what waits for a viewer", VIEWER_BUFFER_BYTES, 262_144],
  ["[VW3e] a step of catching up", CATCH_UP_BYTES, 131_072],
  ["[VW7] a viewer's message", MAX_VIEWER_MESSAGE_BYTES, 1024],
  ["[VW7d] a viewer's messages in a second", VIEWER_MESSAGES_PER_SECOND, 200],
  ["[VW9a] silence", MAX_SILENCE_MS, 300_000],
  ["[VW16] viewers of a channel", MAX_VIEWERS, 32_000],
  ["[VW17a] series in a hello", MAX_SERIES_LISTED, 4096],
  ["[VW17b] bytes of series in a hello", MAX_SERIES_LISTED_BYTES, 65_536],
] as const) {
  test(`${what}: ${expected}`, () => assert.equal(actual, expected));
}

/** 8,184 points that no encoding narrows: 130,944 bytes and header, descriptors and name. */
function largeFrame(name: string): Uint8Array {
  const rows = Array.from({ length: 8184 }, (_, i) => rowOf(i + Math.random(), { [name]: Math.random() }));
  return frameOfRows(A, 1, rows);
}

test("[FR1b] a frame of 131,072 bytes is taken, one of 131,080 refused", async () => {
  const channel = newChannel();
  const frame = largeFrame("nine char");
  assert.equal(frame.length, 131_072);
  const larger = new Uint8Array(131_080);
  larger.set(frame);
  new DataView(larger.buffer).setUint32(44, 131_080 - 64, true);
  new DataView(larger.buffer).setUint32(68, 131_080 - 64, true);
  await assertProblem(await post(edge, channel, larger, { "Content-Type": FRAME_TYPE }), 400, "frame-length");
  assert.deepEqual(await storedPoints(edge, channel), []);
  assert.equal((await publishFrames(edge, channel, frame)).seq, 8184);
});

test("[CH9a] an announcement of 1,024 bytes is taken, one of 1,025 refused", async () => {
  const channel = newChannel();
  const text = JSON.stringify({ publisher: A, here: true });
  const say = (bytes: number) => post(edge, channel, text.padEnd(bytes), { "Content-Type": PRESENCE_TYPE });
  assert.equal((await say(1024)).status, 204);
  await assertProblem(await say(1025), 413, "body-too-large");
});

test("[GD4a] a body of 1,048,576 bytes is taken, one of 1,048,577 refused", async () => {
  const channel = newChannel();
  await assertProblem(await post(edge, channel, "1".padEnd(1_048_577)), 413, "body-too-large");
  assert.equal((await post(edge, channel, "1".padEnd(1_048_576))).status, 200);
});

test("[VW7b] a message of 1,024 characters is read, one of 1,025 closes with 4400", async () => {
  const channel = newChannel();
  await post(edge, channel, "[1,2,3]");
  const watcher = await Watcher.open(edge, channel);
  const { epoch, seq } = await watcher.tells("live");
  const message = JSON.stringify({ type: "continue", epoch, seq });
  watcher.viewer.send(message.padEnd(1024));
  await post(edge, channel, "4");
  await watcher.reaches(4);
  watcher.viewer.send(message.padEnd(1025));
  assert.equal((await withDeadline("a close", watcher.viewer.closed)).code, CloseCode.badMessage);
});

test("[VW1] a viewer of text gets exactly the last 100 points", async () => {
  const channel = newChannel();
  await post(edge, channel, `[${Array.from({ length: 150 }, (_, i) => i).join(",")}]`);
  const viewer = await openViewer(edge.channelUrl(channel));
  await viewer.nextMessage("the last point", (message) => String(message).includes('"y":149}'));
  assert.equal(viewer.messages.length, 100);
  await viewer.close();
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
