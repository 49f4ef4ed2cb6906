import assert from "node:assert/strict";
import { test } from "node:test";
import type { MissingPoints } from "../../../client/cursor.ts";
import type { ClientEnvironment, EnvironmentEvent, SocketEvents } from "../../../client/environment.ts";
import { ChannelViewer, type StatusMessage, type ViewerOptions } from "../../../client/viewer.ts";
import { type Frame, pointsOf } from "../../../protocol/frame/frame.ts";
import { framesOf } from "../../../protocol/frame/frame-builder.ts";
import { numberFrame } from "../../../protocol/frame/header.ts";
import type { ServerMessage } from "../../../protocol/messages/server-message.ts";

interface FakeSocket extends SocketEvents {
  url: string;
  subprotocols: string[];
  sent: string[];
  isLeft: boolean;
}

/** A world with a clock that is moved by hand. */
class World implements ClientEnvironment {
  sockets: FakeSocket[] = [];
  now = 1_000_000;
  timer: { atMs: number; wake: () => void } | undefined;
  randomNumber = 0.5;
  happens: ((event: EnvironmentEvent) => void) | undefined;

  openSocket(url: URL, subprotocols: string[], events: SocketEvents) {
    const socket: FakeSocket = { ...events, url: url.href, subprotocols, sent: [], isLeft: false };
    this.sockets.push(socket);
    return {
      send(text: string): void {
        socket.sent.push(text);
      },
      close(): void {
        socket.isLeft = true;
      },
    };
  }
  nowMs = (): number => this.now;
  random = (): number => this.randomNumber;
  wakeAt(atMs: number, wake: () => void): () => void {
    assert.equal(this.timer, undefined, "a viewer has one timer");
    const timer = { atMs, wake };
    this.timer = timer;
    return () => {
      if (this.timer === timer) this.timer = undefined;
    };
  }
  watch(notify: (event: EnvironmentEvent) => void): () => void {
    this.happens = notify;
    return () => {
      this.happens = undefined;
    };
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

const CHANNEL = new URL("https://board.example/c/lab?embed=1");

function start(options: ViewerOptions = {}) {
  const world = new World();
  const got: (number | MissingPoints)[] = [];
  const stored: boolean[] = [];
  const seen: { viewers: number; phases: string[] } = { viewers: 0, phases: [] };
  const viewer = new ChannelViewer(
    CHANNEL,
    {
      frame(frame, isStored) {
        stored.push(isStored);
        for (const { y } of pointsOf(frame)) got.push(y);
      },
      missing: (missing) => void got.push(missing),
      status({ viewers }) {
        seen.viewers = viewers;
      },
      stateChanged: ({ phase }) => void seen.phases.push(phase),
    },
    { environment: world, ...options },
  );
  viewer.open();
  return { world, viewer, got, stored, seen };
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

const hello = (seq: number, epoch = 1): StatusMessage => ({
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

test("[PG4] [VC1a] it asks for a tail at first, and from where it was when it comes back", () => {
  const { world, viewer, got, seen } = start({ tail: { seconds: 300, points: 1000 } });
  assert.equal(world.socket.url, "wss://board.example/c/lab?seconds=300&points=1000");
  world.say(hello(5));
  assert.equal(seen.viewers, 2);
  world.socket.message(frame(1, 5));
  world.say({ type: "live", epoch: 1, seq: 5 });
  assert.equal(viewer.state.phase, "live");
  world.socket.closed(1006);
  assert.equal(viewer.state.phase, "waiting");
  world.pass(250);
  assert.equal(world.sockets.length, 2);
  assert.equal(world.socket.url, "wss://board.example/c/lab?epoch=1&seq=5");
  world.socket.message(frame(6, 8));
  world.say({ type: "live", epoch: 1, seq: 8 });
  assert.deepEqual(got, [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("[PG4] [VW18b] [FR11c] a repeat is dropped, a hole is said with its size", () => {
  const { world, viewer, got } = start();
  world.say(hello(9));
  world.socket.message(frame(1, 3));
  world.socket.message(frame(2, 3));
  world.socket.message(frame(1, 3));
  world.socket.message(frame(8, 9));
  assert.equal(viewer.repeatedFrames, 2);
  assert.deepEqual(got, [1, 2, 3, { reason: "hole", points: 4, epoch: 1, seq: 7 }, 8, 9]);
});

test("[PG4] a gap moves the cursor, so that the frame after it fits", () => {
  const { world, viewer, got } = start();
  world.socket.message(frame(1, 2));
  world.say({ type: "gap", reason: "trimmed", points: 10, epoch: 1, seq: 12 });
  world.socket.message(frame(13, 13));
  world.say({ type: "gap", reason: "epoch", points: null, epoch: 2, seq: 0 });
  world.socket.message(frame(1, 1, 2));
  const trimmed = { reason: "trimmed", points: 10, epoch: 1, seq: 12 };
  assert.deepEqual(got, [1, 2, trimmed, 13, { reason: "epoch", points: null, epoch: 2, seq: 0 }, 1]);
  assert.deepEqual(viewer.cursor, { epoch: 2, seq: 1 });
});

test("[VW2e] a gap that begins an epoch inside a frame is followed by the whole frame, and by no hole", () => {
  const { world, viewer, got } = start();
  world.socket.message(frame(1, 2));
  const epoch = { reason: "epoch", points: null, epoch: 2, seq: 5 } as const;
  world.say({ type: "gap", ...epoch });
  world.socket.message(frame(4, 7, 2));
  world.socket.message(frame(6, 8, 2));
  assert.deepEqual(got.slice(2), [epoch, 4, 5, 6, 7, { reason: "hole", points: null, epoch: 2, seq: 5 }, 6, 7, 8]);
  assert.deepEqual(viewer.cursor, { epoch: 2, seq: 8 });
});

test("[PG4] [VW2f] gaps count once something follows them: a connection that ends between two has told neither", () => {
  const { world, viewer, got } = start();
  world.socket.message(frame(1, 2));
  world.say({ type: "gap", reason: "trimmed", points: 10, epoch: 1, seq: 12 });
  assert.deepEqual([got, viewer.cursor], [[1, 2], { epoch: 1, seq: 2 }]);
  world.socket.closed(1006);
  world.pass(250);
  assert.match(world.socket.url, /\?epoch=1&seq=2$/);
  const told = [
    { reason: "trimmed", points: 11, epoch: 1, seq: 13 },
    { reason: "gaps-trimmed", points: 7, epoch: 1, seq: 13 },
  ] as const;
  for (const missing of told) world.say({ type: "gap", ...missing });
  world.say({ type: "behind", epoch: 1, seq: 13 });
  assert.deepEqual([got, viewer.cursor], [[1, 2, ...told], { epoch: 1, seq: 13 }]);
  world.socket.message(frame(14, 14));
  world.say({ type: "gap", ...told[0], seq: 25 });
  world.say({ type: "live", epoch: 1, seq: 25 });
  assert.deepEqual(got, [1, 2, ...told, 14, { ...told[0], seq: 25 }]);
});

test("[PG4] [VW18a] `live` beyond the last frame is a hole too, and a first `live` is the place to begin", () => {
  const { world, viewer, got } = start();
  world.say({ type: "live", epoch: 1, seq: 40 });
  assert.deepEqual(viewer.cursor, { epoch: 1, seq: 40 });
  world.socket.message(frame(41, 41));
  world.say({ type: "live", epoch: 1, seq: 44 });
  assert.deepEqual(got, [41, { reason: "hole", points: 3, epoch: 1, seq: 44 }]);
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
  const { world, viewer } = start();
  world.say({ type: "live", epoch: 1, seq: 0 });
  world.pass(19_999);
  assert.deepEqual(world.socket.sent, []);
  world.pass(1);
  assert.deepEqual(world.socket.sent, ["ping"]);
  world.say("pong");
  world.pass(20_000);
  assert.deepEqual(world.socket.sent, ["ping", "ping"]);
  world.pass(9_999);
  assert.equal(viewer.state.phase, "probing");
  const dead = world.socket;
  world.pass(1);
  assert.ok(dead.isLeft);
  assert.equal(viewer.state.phase, "waiting");
  world.pass(250);
  assert.equal(world.sockets.length, 2);
});

test("[PG4] [VC1d] a connection that never answers is given up after 10 s, one that still sends is not", () => {
  const { world, viewer } = start();
  world.pass(9_000);
  world.socket.message(frame(1, 1));
  world.pass(9_000);
  assert.equal(viewer.state.phase, "connecting");
  world.pass(1_000);
  assert.equal(viewer.state.phase, "waiting");
  assert.ok(world.sockets[0]?.isLeft);
});

test("[PG4a] it comes back at once when the network or the tab does", () => {
  for (const event of ["online", "visible", "retry"] as const) {
    const { world, viewer } = start();
    world.randomNumber = 0.99;
    world.socket.closed(1006);
    if (event === "retry") viewer.retry();
    else world.happens?.(event);
    assert.equal(world.sockets.length, 2, event);
  }
});

test("[PG3] it is offline when the browser says so, and no later timer disturbs that", () => {
  const { world, viewer, seen } = start();
  world.say({ type: "live", epoch: 1, seq: 0 });
  world.happens?.("offline");
  assert.equal(viewer.state.phase, "offline");
  assert.ok(world.socket.isLeft);
  assert.deepEqual(seen.phases, ["live", "offline"]);
});

test("what is no message of this version, and no frame, changes nothing but counters", () => {
  const { world, viewer, got } = start();
  world.socket.message('{"type":"party"}');
  world.socket.message("{");
  world.socket.message(new ArrayBuffer(7));
  world.socket.message(frame(1, 1));
  assert.deepEqual(got, [1]);
  assert.deepEqual([viewer.badFrames, viewer.unknownMessages], [1, 2]);
});

test("[VW1f] it asks for the newest points of a tail, and tells of those that were left out", () => {
  const world = new World();
  const left: unknown[] = [];
  const handlers = { frame: () => {}, earlier: (points: unknown) => left.push(points) };
  const viewer = new ChannelViewer(new URL("https://board.example/c/lab"), handlers, {
    tail: { seconds: 300, newest: 2 },
    environment: world,
  });
  viewer.open();
  assert.equal(world.socket.url, "wss://board.example/c/lab?seconds=300&newest=2");
  world.say(hello(9));
  world.say({ type: "earlier", after: 3, epoch: 1, seq: 7 });
  assert.deepEqual(left, [{ after: 3, epoch: 1, seq: 7 }]);
  assert.equal(viewer.cursor, undefined);
  world.socket.message(frame(8, 9));
  world.say({ type: "live", epoch: 1, seq: 9 });
  assert.deepEqual(viewer.cursor, { epoch: 1, seq: 9 });
});

test("[VW2g] it comes back with the newest of what it missed, from a whole frame on, and no hole is said for what was left out", () => {
  const world = new World();
  const got: unknown[] = [];
  const handlers = {
    frame: ({ header }: Frame) => got.push(header.seq),
    missing: (missing: unknown) => got.push(missing),
    earlier: (points: unknown) => got.push(points),
  };
  const viewer = new ChannelViewer(new URL("https://board.example/c/lab"), handlers, {
    cursor: { epoch: 1, seq: 4 },
    tail: { points: 9, newest: 2 },
    environment: world,
  });
  viewer.open();
  assert.equal(world.socket.url, "wss://board.example/c/lab?epoch=1&seq=4&newest=2");
  world.say(hello(30));
  world.say({ type: "gap", reason: "trimmed", points: 6, epoch: 1, seq: 10 });
  world.say({ type: "earlier", after: 10, epoch: 1, seq: 27 });
  const trimmed = { reason: "trimmed", points: 6, epoch: 1, seq: 10 };
  const left = { after: 10, epoch: 1, seq: 27 };
  assert.deepEqual(got, [trimmed, left]);
  // The frame begins before the number that was said.
  world.socket.message(frame(26, 30));
  world.say({ type: "live", epoch: 1, seq: 30 });
  assert.deepEqual(got, [trimmed, left, 30]);
  assert.deepEqual(viewer.cursor, { epoch: 1, seq: 30 });
});

test("[VW2a] it goes on from a cursor that it is given, and says a hole after that", () => {
  const { world, viewer, got } = start({ cursor: { epoch: 1, seq: 4 }, tail: { points: 9 } });
  assert.equal(world.socket.url, "wss://board.example/c/lab?epoch=1&seq=4");
  assert.deepEqual(viewer.cursor, { epoch: 1, seq: 4 });
  world.socket.message(frame(7, 8));
  assert.deepEqual(got, [{ reason: "hole", points: 2, epoch: 1, seq: 6 }, 7, 8]);
});

test("[VW10] it spreads its coming back as the Channel says", () => {
  const { world } = start();
  world.randomNumber = 0.75;
  world.say({ ...hello(0), retryWithinMs: 8_000 });
  world.say({ type: "live", epoch: 1, seq: 0 });
  world.socket.closed(1006);
  world.pass(5_999);
  assert.equal(world.sockets.length, 1);
  world.pass(1);
  assert.equal(world.sockets.length, 2);
});

test("[AC1a] a token is offered in a subprotocol, in base64url of UTF-8 without padding, beside plotcast.v1", () => {
  assert.deepEqual(start().world.socket.subprotocols, ["plotcast.v1"]);
  for (const [token, encoded] of [
    ["pct_a", "cGN0X2E"],
    ["\u00fb\u00fe", "w7vDvg"],
    ["??>>", "Pz8-Pg"],
    ["???~", "Pz8_fg"],
  ] as const) {
    const { world } = start({ token });
    assert.deepEqual(world.socket.subprotocols, ["plotcast.v1", `plotcast.token.${encoded}`]);
    assert.doesNotMatch(world.socket.url, /token|pct/);
  }
});

test("[AC1a] the key of a cookie is offered in a subprotocol, as it is at each connection; a token goes before it", () => {
  let key: string | undefined = "AAAAAAAAAAAAAAAAAAAAAA";
  const { world, viewer } = start({ sessionKey: () => key });
  assert.deepEqual(world.socket.subprotocols, ["plotcast.v1", "plotcast.session.AAAAAAAAAAAAAAAAAAAAAA"]);
  for (const [other, token, offered] of [
    ["BBBBBBBBBBBBBBBBBBBBBB", undefined, ["plotcast.session.BBBBBBBBBBBBBBBBBBBBBB"]],
    ["BBBBBBBBBBBBBBBBBBBBBB", "pct_a", ["plotcast.token.cGN0X2E"]],
    [undefined, undefined, []],
  ] as const) {
    [key, viewer.token] = [other, token];
    viewer.close();
    viewer.open();
    assert.deepEqual(world.socket.subprotocols, ["plotcast.v1", ...offered]);
  }
});

test("[AC10b] it is told when its token expires", () => {
  const world = new World();
  const told: number[] = [];
  const viewer = new ChannelViewer(
    CHANNEL,
    { frame() {}, expiring: (inMs) => void told.push(inMs) },
    { environment: world },
  );
  viewer.open();
  world.say({ type: "expiring", inMs: 30_000 });
  world.say({ type: "renewed", expiresInMs: null });
  assert.deepEqual([told, viewer.unknownMessages], [[30_000], 0]);
});

test("[AC10c] a new token is sent at once, and counts for what is opened later", () => {
  const { world, viewer } = start({ token: "old" });
  world.say({ type: "live", epoch: 1, seq: 0 });
  viewer.renew("new");
  assert.deepEqual(world.socket.sent, ['{"type":"renew","token":"new"}']);
  assert.equal(world.sockets.length, 1);
  world.socket.closed(1006);
  world.pass(250);
  assert.deepEqual(world.socket.subprotocols, ["plotcast.v1", "plotcast.token.bmV3"]);
});

test("[PG91c] a token that is taken away again, as a cookie has it, is brought by no later connection", () => {
  const { world, viewer } = start();
  world.say({ type: "live", epoch: 1, seq: 0 });
  viewer.renew("new");
  viewer.token = undefined;
  world.socket.closed(1006);
  world.pass(250);
  assert.equal(world.sockets.length, 2);
  assert.deepEqual(world.socket.subprotocols, ["plotcast.v1"]);
});

for (const [code, reason] of [
  [4401, "token"],
  [4403, "right"],
] as const) {
  test(`[AC10a] closed with ${code} it is refused, and comes back with its cursor by a new token, or when it is asked to`, () => {
    for (const again of [(viewer: ChannelViewer) => viewer.renew("new"), (viewer: ChannelViewer) => viewer.retry()]) {
      const { world, viewer, seen } = start({ cursor: { epoch: 1, seq: 4 } });
      world.say({ type: "live", epoch: 1, seq: 4 });
      world.socket.closed(code);
      assert.deepEqual(viewer.state, { phase: "refused", reason });
      assert.deepEqual(seen.phases, ["live", "refused"]);
      world.pass(3_600_000);
      for (const event of ["online", "offline", "visible"] as const) world.happens?.(event);
      assert.equal(world.sockets.length, 1);
      again(viewer);
      assert.equal(world.sockets.length, 2);
      assert.equal(world.socket.url, "wss://board.example/c/lab?epoch=1&seq=4");
      assert.equal(viewer.state.phase, "connecting");
    }
  });
}

test("[AC10a] after any other close code it comes back by itself", () => {
  for (const code of [1000, 1005, 1006, 1013, 4400, 4402, 4404, 4408, 4429]) {
    const { world, viewer } = start();
    world.say({ type: "live", epoch: 1, seq: 0 });
    world.socket.closed(code);
    assert.equal(viewer.state.phase, "waiting", `${code}`);
  }
});

test("closed, it leaves its socket, its timer and the environment, and does not come back", () => {
  const { world, viewer, seen } = start();
  world.say({ type: "live", epoch: 1, seq: 0 });
  viewer.close();
  assert.ok(world.socket.isLeft);
  assert.deepEqual([world.timer, world.happens], [undefined, undefined]);
  viewer.retry();
  assert.deepEqual([world.sockets.length, seen.phases], [1, ["live"]]);
});

test("[VC1a] what was closed can be opened again: it goes on where it was, and tries as at first", () => {
  const { world, viewer, got } = start();
  world.say(hello(5));
  world.socket.message(frame(1, 5));
  world.say({ type: "live", epoch: 1, seq: 5 });
  viewer.close();
  assert.ok(world.socket.isLeft);
  world.pass(60_000);
  assert.equal(world.sockets.length, 1, "it tries nothing by itself");
  viewer.open();
  assert.equal(world.sockets.length, 2);
  assert.equal(world.socket.url, "wss://board.example/c/lab?epoch=1&seq=5");
  assert.deepEqual(viewer.state, { phase: "connecting", attempt: 0, online: true, deadlineMs: world.now + 10_000 });
  world.say(hello(6));
  world.socket.message(frame(6, 6));
  world.say({ type: "live", epoch: 1, seq: 6 });
  assert.equal(viewer.state.phase, "live");
  assert.deepEqual(got, [1, 2, 3, 4, 5, 6]);
  world.socket.closed(1006);
  world.pass(500);
  assert.equal(world.sockets.length, 3, "it comes back by itself again");
});

test("[VC1e] who was told to come again in 30 s tries no sooner by itself; once it was live, that is forgotten", () => {
  const { world, viewer } = start();
  world.socket.closed(1006);
  viewer.holdOff(30_000);
  world.pass(30_000);
  assert.equal(world.sockets.length, 1);
  world.pass(250);
  assert.equal(world.sockets.length, 2);
  // The answer to a question may come while another attempt is made.
  viewer.holdOff(30_000);
  world.socket.closed(1006);
  world.pass(30_000);
  assert.equal(world.sockets.length, 2);
  viewer.retry();
  assert.equal(world.sockets.length, 3, "a person may");
  viewer.holdOff(30_000);
  world.say(hello(0));
  world.say({ type: "live", epoch: 1, seq: 0 });
  world.socket.closed(1006);
  world.pass(250);
  assert.equal(world.sockets.length, 4);
});
