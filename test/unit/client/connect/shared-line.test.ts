/** One WebSocket that several channels go by, with the Worker's end in a test's hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedLine } from "../../../../client/connect/shared-line.ts";
import type { SocketEvents } from "../../../../client/environment.ts";
import { JumpingClock } from "../../../support/jumping-clock.ts";

class FakeWorker extends JumpingClock {
  readonly said: string[] = [];
  events: SocketEvents | undefined;
  override readonly openSocket = (_url: URL, _subprotocols: string[], events: SocketEvents) => {
    this.events = events;
    return { send: (text: string) => this.said.push(text), close: () => undefined };
  };
}

test("[SC1] [CL12c] it joins no more channels than this Worker takes", () => {
  const worker = new FakeWorker();
  const line = new SharedLine(new URL("wss://board.example/c"), worker, 64, () => undefined);
  const closed: number[] = [];
  const events: SocketEvents = { message: () => undefined, closed: (code) => closed.push(code) };
  line.open(new URL("wss://board.example/c/one"), [], events);
  assert.deepEqual([worker.said, line.hasRoom], [[], true]);
  worker.events?.message('{"type":"hello","channels":2}');
  assert.deepEqual(worker.said, ['{"type":"join","id":1,"to":"/c/one","protocols":[]}']);
  assert.equal(line.hasRoom, true);
  line.open(new URL("wss://board.example/c/two"), [], events);
  assert.equal(line.hasRoom, false);
  worker.events?.closed(1006);
  assert.deepEqual([closed, line.hasRoom], [[1006, 1006], false]);
});
