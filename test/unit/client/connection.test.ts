import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection, type Outside, type SocketEvents } from "../../../client/connection.ts";
import { advance, advanceToLive, type Loss } from "../../../client/cursor.ts";
import { pointsOf } from "../../../protocol/frame/frame.ts";
import { framesOf } from "../../../protocol/frame/frame-builder.ts";
import { numberFrame } from "../../../protocol/frame/header.ts";
import type { ServerMessage } from "../../../protocol/messages/server-message.ts";

interface FakeSocket extends SocketEvents {
  query: string;
  sent: string[];
  left: boolean;
}

/** A world with a clock that is moved by hand. */
class World implements Outside {
  sockets: FakeSocket[] = [];
  now = 1_000_000;
  timer: { atMs: number; wake: () => void } | undefined;
  randomNumber = 0.5;

  openSocket(query: string, events: SocketEvents) {
    const socket: FakeSocket = { ...events, query, sent: [], left: false };
    this.sockets.push(socket);
    return {
      send(text: string): void {
        socket.sent.push(text);
      },
      leave(): void {
        socket.left = true;
      },
    };
  }
  nowMs = (): number => this.now;
  random = (): number => this.randomNumber;
  wakeAt(atMs: number, wake: () => void): void {
    this.timer = { atMs, wake };
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    assert.ok(socket, "no socket was opened");
    return socket;
  }

  say(message: ServerMessage | "pong"): void {
    this.socket.message(message === "pong" ? message : JSON.stringify(message));
  }

  /** Lets time pass, and every timer fire at its time. */
  pass(ms: number): void {
    const untilMs = this.now + ms;
    while (this.timer !== undefined && this.timer.atMs <= untilMs) {
      const { atMs, wake } = this.timer;
      this.timer = undefined;
      this.now = Math.max(this.now, atMs);
      wake();
    }
    this.now = untilMs;
  }
}

function start() {
  const world = new World();
  const got: (number | Loss)[] = [];
  const stored: boolean[] = [];
  const seen = { viewers: 0, changes: 0 };
  const connection = new Connection(world, {
    frame(frame, fromStore) {
      stored.push(fromStore);
      for (const { y } of pointsOf(frame)) got.push(y);
    },
    lost: (loss) => void got.push(loss),
    told({ viewers }) {
      seen.viewers = viewers;
    },
    changed: () => void seen.changes++,
  });
  connection.start();
  return { world, connection, got, stored, seen };
}

/** A frame of the points numbered `from` to `to`, each with its number for y. */
function frame(from: number, to: number, epoch = 1): ArrayBuffer {
  const rows = Array.from({ length: to - from + 1 }, (_, i) => ({
    x: from + i,
    arrival: false,
    names: ["y"],
    values: [from + i],
  }));
  const [bytes] = framesOf(rows, "00000000000000aa", from);
  assert.ok(bytes);
  numberFrame(bytes, epoch, to);
  return bytes.buffer.slice(0, bytes.byteLength);
}

const hello = (seq: number, epoch = 1): ServerMessage => ({
  type: "hello",
  version: 1,
  viewer: "v",
  channel: "main",
  epoch,
  seq,
  series: [],
  viewers: 2,
  retryWithinMs: 500,
  nowMs: 1_000_000,
  goneForMs: null,
  takenForMs: null,
  takenEveryMs: null,
});

test("[PG4] [VC1a] it asks for five minutes at first, and where it was when it comes back", () => {
  const { world, connection, got, seen } = start();
  assert.equal(world.socket.query, "seconds=300&points=1000");
  world.say(hello(5));
  assert.equal(seen.viewers, 2);
  world.socket.message(frame(1, 5));
  world.say({ type: "live", epoch: 1, seq: 5 });
  assert.equal(connection.state.phase, "live");
  world.socket.closed();
  assert.equal(connection.state.phase, "waiting");
  world.pass(250);
  assert.equal(world.sockets.length, 2);
  assert.equal(world.socket.query, "epoch=1&seq=5");
  world.socket.message(frame(6, 8));
  world.say({ type: "live", epoch: 1, seq: 8 });
  assert.deepEqual(got, [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("[PG4] [VW18b] [FR11c] a repeat is dropped, a hole is said with its size", () => {
  const { world, got } = start();
  world.say(hello(9));
  world.socket.message(frame(1, 3));
  world.socket.message(frame(2, 3));
  world.socket.message(frame(1, 3));
  world.socket.message(frame(8, 9));
  assert.deepEqual(got, [1, 2, 3, { reason: "hole", points: 4 }, 8, 9]);
});

test("[PG4] a gap moves the cursor, so that the frame after it fits", () => {
  const { world, connection, got } = start();
  world.socket.message(frame(1, 2));
  world.say({ type: "gap", reason: "trimmed", points: 10, epoch: 1, seq: 12 });
  world.socket.message(frame(13, 13));
  world.say({ type: "gap", reason: "epoch", points: null, epoch: 2, seq: 0 });
  world.socket.message(frame(1, 1, 2));
  assert.deepEqual(got, [1, 2, { reason: "trimmed", points: 10 }, 13, { reason: "epoch", points: null }, 1]);
  assert.deepEqual(connection.cursor, { epoch: 2, seq: 1 });
});

test("[PG4] [VW2f] gaps count once something follows them: a connection that ends between two has told neither", () => {
  const { world, connection, got } = start();
  world.socket.message(frame(1, 2));
  world.say({ type: "gap", reason: "trimmed", points: 10, epoch: 1, seq: 12 });
  assert.deepEqual([got, connection.cursor], [[1, 2], { epoch: 1, seq: 2 }]);
  world.socket.closed();
  world.pass(250);
  assert.equal(world.socket.query, "epoch=1&seq=2");
  const told = [
    { reason: "trimmed", points: 11 },
    { reason: "gaps-trimmed", points: 7 },
  ] as const;
  for (const loss of told) world.say({ type: "gap", ...loss, epoch: 1, seq: 13 });
  world.say({ type: "behind", epoch: 1, seq: 13 });
  assert.deepEqual([got, connection.cursor], [[1, 2, ...told], { epoch: 1, seq: 13 }]);
  world.socket.message(frame(14, 14));
  world.say({ type: "gap", ...told[0], epoch: 1, seq: 25 });
  world.say({ type: "live", epoch: 1, seq: 25 });
  assert.deepEqual(got, [1, 2, ...told, 14, told[0]]);
});

test("[PG4] [VW18a] `live` beyond the last frame is a hole too, and a first `live` is the place to begin", () => {
  const { world, connection, got } = start();
  world.say({ type: "live", epoch: 1, seq: 40 });
  assert.deepEqual(connection.cursor, { epoch: 1, seq: 40 });
  world.socket.message(frame(41, 41));
  world.say({ type: "live", epoch: 1, seq: 44 });
  assert.deepEqual(got, [41, { reason: "hole", points: 3 }]);
});

test("[VW3c] `behind` is answered with `continue`, at once and with its cursor", () => {
  const { world } = start();
  world.say({ type: "behind", epoch: 1, seq: 7 });
  assert.deepEqual(world.socket.sent, ['{"type":"continue","epoch":1,"seq":7}']);
});

test("frames before `live` are marked as stored, those after as live", () => {
  const { world, stored } = start();
  world.socket.message(frame(1, 1));
  world.say({ type: "live", epoch: 1, seq: 1 });
  world.socket.message(frame(2, 2));
  assert.deepEqual(stored, [true, false]);
});

test("[VC1c] a ping every 20 s; without an answer in 10 s it leaves and comes back", () => {
  const { world, connection } = start();
  world.say({ type: "live", epoch: 1, seq: 0 });
  world.pass(19_999);
  assert.deepEqual(world.socket.sent, []);
  world.pass(1);
  assert.deepEqual(world.socket.sent, ["ping"]);
  world.say("pong");
  world.pass(20_000);
  assert.deepEqual(world.socket.sent, ["ping", "ping"]);
  world.pass(9_999);
  assert.equal(connection.state.phase, "probing");
  const dead = world.socket;
  world.pass(1);
  assert.ok(dead.left);
  assert.equal(connection.state.phase, "waiting");
  world.pass(250);
  assert.equal(world.sockets.length, 2);
});

test("[PG4] [VC1d] a connection that never answers is given up after 10 s, one that still sends is not", () => {
  const { world, connection } = start();
  world.pass(9_000);
  world.socket.message(frame(1, 1));
  world.pass(9_000);
  assert.equal(connection.state.phase, "connecting");
  world.pass(1_000);
  assert.equal(connection.state.phase, "waiting");
  assert.ok(world.sockets[0]?.left);
});

test("[PG4] it comes back at once when the network or the tab does", () => {
  for (const event of ["online", "visible", "retry"] as const) {
    const { world, connection } = start();
    world.randomNumber = 0.99;
    world.socket.closed();
    connection.notify(event);
    assert.equal(world.sockets.length, 2, event);
  }
});

test("[PG3] it is offline when the browser says so, and no later timer disturbs that", () => {
  const { world, connection, seen } = start();
  world.say({ type: "live", epoch: 1, seq: 0 });
  connection.notify("offline");
  assert.equal(connection.state.phase, "offline");
  assert.ok(world.socket.left);
  assert.ok(seen.changes >= 2);
});

test("what is no message of this version, and no frame, changes nothing but a counter", () => {
  const { world, connection, got } = start();
  world.socket.message('{"type":"party"}');
  world.socket.message("{");
  world.socket.message(new ArrayBuffer(7));
  world.socket.message(frame(1, 1));
  assert.deepEqual(got, [1]);
  assert.equal(connection.badFrames, 1);
});

test("[PG4] [FR11b] where a frame stands: next, repeat, hole, overlap, other epoch", () => {
  const cursor = { epoch: 1, seq: 10 };
  const step = (seq: number, points: number, epoch = 1) => advance(cursor, { epoch, seq, points });
  assert.deepEqual(step(12, 2), { kind: "next", cursor: { epoch: 1, seq: 12 }, loss: undefined });
  assert.deepEqual(step(10, 2), { kind: "repeat" });
  assert.deepEqual(step(15, 2), { kind: "next", cursor: { epoch: 1, seq: 15 }, loss: { reason: "hole", points: 3 } });
  assert.deepEqual(step(12, 5), {
    kind: "next",
    cursor: { epoch: 1, seq: 12 },
    loss: { reason: "hole", points: null },
  });
  assert.deepEqual(step(3, 3, 2), {
    kind: "next",
    cursor: { epoch: 2, seq: 3 },
    loss: { reason: "epoch", points: null },
  });
  assert.deepEqual(advanceToLive(cursor, cursor), { kind: "repeat" });
});

test("[CH10] [PG4] what follows the time before the first publish is no loss, whatever its epoch", () => {
  const before = { epoch: 0, seq: 0 };
  const next = (seq: number) => ({ kind: "next", cursor: { epoch: 7, seq }, loss: undefined });
  assert.deepEqual(advanceToLive(before, before), { kind: "repeat" });
  assert.deepEqual(advanceToLive(before, { epoch: 7, seq: 0 }), next(0));
  assert.deepEqual(advance(before, { epoch: 7, seq: 3, points: 3 }), next(3));
  const forgotten = advance({ epoch: 7, seq: 3 }, { ...before, points: 0 });
  assert.deepEqual(forgotten, { kind: "next", cursor: before, loss: { reason: "epoch", points: null } });
});
