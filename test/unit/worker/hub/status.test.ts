import assert from "node:assert/strict";
import { test } from "node:test";
import { VIEWER_BUFFER_BYTES } from "../../../../protocol/limits.ts";
import { momentOf, StatusTeller } from "../../../../worker/hub/status.ts";
import { ViewerSession } from "../../../../worker/hub/viewer-session.ts";

/** A viewer's socket on which as much waits as a test says. */
class FakeSocket {
  bufferedAmount = 0;
  readonly sent: string[] = [];
  close(): void {}
  send(data: string | Uint8Array): void {
    this.sent.push(String(data));
  }
  serializeAttachment(): void {}
}

function sessionOf(socket: FakeSocket, format: "frames" | "json" = "frames"): ViewerSession {
  const state = { kind: "live" } as const;
  const record = { id: "v", format, sinceEpoch: 1, joinedAtMs: 0, state, told: undefined, who: "" };
  return new ViewerSession(socket, { ...record, grant: undefined, isWarned: false }, 0);
}

function tellerOf(sessions: readonly ViewerSession[]): StatusTeller {
  const teller = new StatusTeller();
  for (const session of sessions) teller.add(session);
  return teller;
}

const nobody = (): number => 0;
const here = { viewers: 2, behindElsewhere: 0, retryWithinMs: 500, allGoneAtMs: null, takenAtMs: 7000, aheadMs: 0 };
const gone = { ...here, allGoneAtMs: 10_000 };

test("[VW11d] a viewer that has no room for a status is told as soon as it has, though nothing changes any more", () => {
  const [full, free, text] = [new FakeSocket(), new FakeSocket(), new FakeSocket()];
  const sessions = [sessionOf(full), sessionOf(free), sessionOf(text, "json")];
  const status = tellerOf(sessions);
  status.tell(nobody, here, 9000);
  full.bufferedAmount = VIEWER_BUFFER_BYTES;
  status.tell(nobody, gone, 10_500);
  status.tell(nobody, gone, 11_500);
  const lengths = () => [full, free, text].map(({ sent }) => sent.length);
  assert.deepEqual(lengths(), [1, 2, 0]);
  assert.ok(status.isDue(gone));
  full.bufferedAmount = 0;
  status.tell(nobody, gone, 12_500);
  status.tell(nobody, gone, 13_500);
  assert.deepEqual(lengths(), [2, 2, 0]);
  assert.deepEqual(JSON.parse(full.sent.at(-1) ?? ""), {
    type: "status",
    viewers: 2,
    behind: 0,
    retryWithinMs: 500,
    nowMs: 12_500,
    goneForMs: 2500,
    takenForMs: 5500,
  });
});

test("[VW11c] gone, here and gone again within a second is told, since the time is another", () => {
  const socket = new FakeSocket();
  const sessions = [sessionOf(socket)];
  const status = tellerOf(sessions);
  status.tell(nobody, gone, 10_000);
  assert.ok(status.isDue({ ...gone, allGoneAtMs: 10_400 }));
  status.tell(nobody, { ...gone, allGoneAtMs: 10_400 }, 10_500);
  assert.equal(socket.sent.length, 1);
  status.tell(nobody, { ...gone, allGoneAtMs: 10_400 }, 11_000);
  assert.match(socket.sent[1] ?? "", /"goneForMs":600,"takenForMs":4000\}$/);
});

test("[VW11b] a clock that was set back makes nobody gone, and no frame taken, for less than no time", () => {
  assert.deepEqual(momentOf(gone, 9000), { nowMs: 9000, goneForMs: 0, takenForMs: 2000 });
  assert.deepEqual(momentOf(here, 6000), { nowMs: 6000, goneForMs: null, takenForMs: 0 });
  assert.deepEqual(momentOf({ ...here, takenAtMs: null }, 9000), { nowMs: 9000, goneForMs: null, takenForMs: null });
  // The wall clock was set back by 500 ms, and the channel's went on.
  assert.deepEqual(momentOf({ ...gone, aheadMs: 500 }, 12_000), { nowMs: 11_500, goneForMs: 2000, takenForMs: 5000 });
});

test("[VW12b] that a frame was taken is no news: no status is sent for it", () => {
  const socket = new FakeSocket();
  const sessions = [sessionOf(socket)];
  const status = tellerOf(sessions);
  for (let i = 0; i < 10; i++) status.tell(nobody, { ...here, takenAtMs: 2000 * i }, 10_000 + 2000 * i);
  assert.equal(socket.sent.length, 1);
});
