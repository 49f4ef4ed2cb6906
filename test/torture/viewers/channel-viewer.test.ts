/** Whether the torture viewer notices what a Channel, or the client library, must not do: by a Channel that does it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { WebSocketServer } from "ws";
import { framesOf } from "../../../protocol/frame/frame-builder.ts";
import { numberFrame } from "../../../protocol/frame/header.ts";
import type { ServerMessage } from "../../../protocol/messages/server-message.ts";
import { waitFor } from "../../support/wait.ts";
import { judge } from "../check.ts";
import { Random } from "../random.ts";
import { ChannelTortureViewer } from "./channel-viewer.ts";

/** A frame of the points numbered `from` to `to`, whose counters are those less `lag`. */
function frame(from: number, to: number, lag = 1, epoch = 7): Uint8Array {
  const rows = Array.from({ length: to - from + 1 }, (_, i) => ({
    ...{ x: from + i, arrival: false },
    ...{ names: ["p0"], values: [from + i - lag] },
  }));
  const [bytes] = framesOf(rows, "00000000000000aa", from);
  assert.ok(bytes);
  numberFrame(bytes, epoch, to);
  return bytes;
}

const live = (seq: number, epoch = 7): ServerMessage => ({ type: "live", epoch, seq });
const trimmed = (points: number, seq: number): ServerMessage => ({
  ...{ type: "gap", reason: "trimmed" },
  ...{ points, epoch: 7, seq },
});

/** What a viewer makes of it that is sent this, and then a last point. */
async function seenBy(t: TestContext, ...sent: (Uint8Array | ServerMessage | string)[]): Promise<ChannelTortureViewer> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  t.after(() => server.close());
  server.on("connection", (socket) => {
    for (const each of sent) {
      socket.send(each instanceof Uint8Array || typeof each === "string" ? each : JSON.stringify(each));
    }
    socket.send("end");
  });
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const viewer = new ChannelTortureViewer("viewer", new URL(`http://127.0.0.1:${address.port}/c/x`), new Random(1));
  t.after(() => viewer.stop());
  viewer.start();
  const end = "viewer: unknownMessages: ";
  await waitFor("the end", () => viewer.faults.some((fault) => fault.startsWith(end)));
  return viewer;
}

/** Its faults but for the text at the end, by which it is known that all came. */
const faultsOf = ({ faults }: ChannelTortureViewer): string[] =>
  faults.filter((fault) => fault !== "viewer: unknownMessages: 1").map((fault) => fault.replace("viewer: ", ""));

test("nothing is wrong where everything comes, or is told", async (t) => {
  const viewer = await seenBy(t, frame(1, 3), live(3), frame(4, 5), trimmed(4, 9), frame(10, 12), live(12));
  assert.deepEqual(faultsOf(viewer), []);
  const { untold, toldTooMuch, repeated, delivered } = judge(viewer.account);
  assert.deepEqual(
    { untold, toldTooMuch, repeated, delivered },
    { untold: 0, toldTooMuch: 0, repeated: 0, delivered: 8 },
  );
});

for (const [what, sent, expected] of [
  ["a frame twice", [frame(1, 3), live(3), frame(1, 3)], ["repeatedFrames: 1"]],
  [
    "frames that overlap",
    [frame(1, 3), live(3), frame(3, 5)],
    ["a hole between 3 and 2 that the Channel did not tell"],
  ],
  ["a hole", [frame(1, 3), live(3), frame(6, 7)], ["a hole between 3 and 5 that the Channel did not tell"]],
  ["a live that is further on", [frame(1, 3), live(9)], ["a hole between 3 and 9 that the Channel did not tell"]],
  ["a gap of another size", [frame(1, 3), live(3), trimmed(5, 7), frame(8, 9)], ["5 points trimmed between 3 and 7"]],
  ["what is no frame", [frame(1, 3), live(3), new Uint8Array(64)], ["badFrames: 1"]],
  ["what is no message", [frame(1, 3), live(3), "?"], ["unknownMessages: 2"]],
] as const) {
  test(`it notices ${what}`, async (t) => {
    assert.deepEqual(faultsOf(await seenBy(t, ...sent)), expected);
  });
}

test("what is told as a gap of the right numbers and is not missing, or is missing and not told, is found by the counters", async (t) => {
  const viewer = await seenBy(t, frame(1, 3), live(3), trimmed(4, 7), frame(8, 9, 5), frame(10, 11, 2));
  assert.deepEqual(faultsOf(viewer), []);
  const { untold, toldTooMuch } = judge(viewer.account);
  assert.deepEqual({ untold, toldTooMuch }, { untold: 3, toldTooMuch: 4 });
});
