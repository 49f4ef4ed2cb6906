/** When a connection goes by events or polls, and when by a WebSocket again, in a world whose clock is moved by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectionState } from "../../../client/connection-state.ts";
import type { ClientEnvironment, EnvironmentEvent, SocketEvents } from "../../../client/environment.ts";
import { Fallback } from "../../../client/fallback/fallback.ts";
import { livesAfter } from "../../../client/fallback/lives.ts";
import { ChannelViewer } from "../../../client/viewer.ts";

interface Opened extends SocketEvents {
  kind: string;
  query: string;
  isLeft: boolean;
}

class World implements ClientEnvironment {
  now = 600_000;
  readonly opened: Opened[] = [];
  #timers: { atMs: number; wake: () => void }[] = [];
  happens: ((event: EnvironmentEvent) => void) | undefined;
  readonly viewer: ChannelViewer;
  readonly fallback: Fallback;
  changes = 0;

  constructor() {
    this.viewer = new ChannelViewer(
      new URL("https://board.example/c/lab"),
      { frame: () => undefined },
      { environment: this },
    );
    this.viewer.open();
    this.fallback = new Fallback({
      connection: this.viewer,
      sockets: { events: this.#opens("events"), poll: this.#opens("poll") },
      changed: () => this.changes++,
    });
  }

  readonly openSocket = this.#opens("websocket");
  readonly nowMs = (): number => this.now;
  readonly random = (): number => 0.5;
  readonly wakeAt = (atMs: number, wake: () => void): (() => void) => {
    const timer = { atMs, wake };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };
  readonly watch = (notify: (event: EnvironmentEvent) => void): (() => void) => {
    this.happens = notify;
    return () => undefined;
  };

  #opens(kind: string): ClientEnvironment["openSocket"] {
    return (url, _subprotocols, events) => {
      const socket: Opened = { ...events, kind, query: url.search, isLeft: false };
      this.opened.push(socket);
      return {
        send: () => undefined,
        close() {
          socket.isLeft = true;
        },
      };
    };
  }

  /** The newest of this kind that is in use. */
  the(kind: string): Opened {
    const found = this.opened.findLast((each) => each.kind === kind && !each.isLeft);
    assert.ok(found, `no ${kind} is open: ${this.kinds}`);
    return found;
  }

  get kinds(): string {
    return this.opened.map(({ kind }) => kind).join(" ");
  }

  /** Closes the newest of this kind, as something on the way would. */
  cut(kind: string): void {
    const socket = this.the(kind);
    socket.isLeft = true;
    socket.closed(1006);
  }

  live(kind: string, seq = 5): void {
    this.the(kind).message(JSON.stringify({ type: "live", epoch: 1, seq }));
  }

  pass(ms: number, each?: () => void): void {
    const untilMs = this.now + ms;
    for (;;) {
      const next = this.#timers.reduce<{ atMs: number; wake: () => void } | undefined>(
        (first, timer) => (first === undefined || timer.atMs < first.atMs ? timer : first),
        undefined,
      );
      if (next === undefined || next.atMs > untilMs) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.now = Math.max(this.now, next.atMs);
      next.wake();
      each?.();
    }
    this.now = untilMs;
  }
}

/** A world in which WebSockets are refused, and the Worker answers. */
function refused(): World {
  const world = new World();
  world.cut("websocket");
  world.fallback.take();
  return world;
}

test("[PG92a] refused though the Worker answers, it goes by events at once", () => {
  const world = refused();
  assert.equal(world.kinds, "websocket events");
  world.live("events");
  assert.deepEqual([world.viewer.state.phase, world.viewer.cursor], ["live", { epoch: 1, seq: 5 }]);
});

test("[PG92a] a WebSocket that is silent while the Worker answers is not waited for", () => {
  const world = new World();
  world.fallback.take();
  assert.equal(world.kinds, "websocket events");
  assert.ok(world.opened[0]?.isLeft);
});

test("[PG92b] events on which nothing comes for 8 s are followed by polls, and these by a WebSocket, as ever", () => {
  const world = refused();
  world.pass(7_999);
  assert.equal(world.kinds, "websocket events");
  world.pass(1);
  assert.equal(world.kinds, "websocket events poll");
  assert.equal(world.fallback.hasFailed, false);
  world.pass(8_000);
  assert.equal(world.viewer.state.phase, "waiting");
  assert.equal(world.fallback.hasFailed, true);
  world.pass(3_000);
  assert.equal(world.kinds, "websocket events poll websocket");
  assert.equal(world.fallback.transport, "websocket");
});

test("[PG92b] where neither brings anything, each gets its turn after a wait", () => {
  const world = refused();
  for (let round = 0; round < 3; round++) {
    world.cut("events");
    world.cut("poll");
    assert.equal(world.viewer.state.phase, "waiting");
    // The Worker's answer comes again.
    world.fallback.take();
    assert.equal(world.viewer.state.phase, "waiting");
    world.pass(3_000);
    world.cut("websocket");
    world.fallback.take();
  }
  assert.equal(world.kinds, `websocket${" events poll websocket".repeat(3)} events`);
  world.live("events");
  assert.equal(world.fallback.hasFailed, false);
});

test("[PG92d] a WebSocket is tried at once, and then after 30 s, 60 s, up to 600 s; it is said once the first was in vain", () => {
  const world = refused();
  world.live("events");
  assert.equal(world.fallback.transport, "websocket");
  const triedAtMs: number[] = [];
  const beganMs = world.now;
  let heardMs = world.now;
  world.pass(2_000_000, () => {
    const trial = world.opened.at(-1);
    if (trial?.kind === "websocket" && !trial.isLeft) {
      triedAtMs.push(world.now - beganMs);
      world.cut("websocket");
    }
    if (world.now - heardMs > 10_000) {
      heardMs = world.now;
      world.the("events").message("pong");
    }
  });
  assert.deepEqual(
    triedAtMs.map((ms, i) => ms - (triedAtMs[i - 1] ?? 0)),
    [0, 30_000, 60_000, 120_000, 240_000, 480_000, 600_000],
  );
  assert.equal(world.fallback.transport, "events");
});

test("[PG92d] one that says anything takes over at the cursor; what is tried says where that is", () => {
  const world = refused();
  world.live("events", 7);
  world.pass(0);
  const trial = world.the("websocket");
  assert.equal(trial.query, "?cursor=1:7");
  world.live("events", 9);
  trial.message("anything");
  assert.deepEqual(
    world.opened.map(({ isLeft }) => isLeft),
    [true, true, true, false],
  );
  assert.equal(world.the("websocket").query, "?epoch=1&seq=9");
  world.live("websocket", 9);
  assert.equal(world.fallback.transport, "websocket");
});

test("[PG92a] after three WebSockets in a row that were live for less than 60 s it goes by events", () => {
  const world = new World();
  for (const lifeMs of [60_000, 59_999, 59_999, 59_999]) {
    world.live("websocket");
    world.now += lifeMs;
    assert.equal(world.kinds.includes("events"), false);
    world.cut("websocket");
    world.pass(3_000);
  }
  assert.equal(world.kinds, "websocket websocket websocket websocket events");
});

test("[PG92d] a viewer that is closed tries nothing, and opened again it goes on as it was", () => {
  const world = refused();
  world.live("events");
  world.pass(0);
  world.cut("websocket");
  world.viewer.close();
  const before = world.kinds;
  world.pass(700_000);
  assert.equal(world.kinds, before);
  world.viewer.open();
  assert.equal(world.kinds, `${before} events`);
  world.live("events");
  world.pass(30_000, () => world.the("events").message("pong"));
  world.pass(30_000, () => world.the("events").message("pong"));
  assert.ok(world.kinds.endsWith("events websocket"), world.kinds);
});

test("[PG92d] back at a WebSocket one that is cut within 60 s is enough, and the next is tried later", () => {
  const world = refused();
  world.live("events");
  world.pass(0);
  world.the("websocket").message("anything");
  world.live("websocket");
  world.now += 5_000;
  world.cut("websocket");
  world.pass(500);
  world.live("events");
  const before = world.kinds;
  assert.ok(before.endsWith("events"), before);
  world.pass(29_000, () => world.the("events").message("pong"));
  assert.equal(world.kinds, before);
  world.pass(1_000);
  assert.equal(world.kinds, `${before} websocket`);
});

test("[PG92d] where the network comes back a WebSocket is tried at once: it may be another", () => {
  const world = refused();
  world.live("events");
  world.pass(0);
  world.cut("websocket");
  world.happens?.("online");
  world.live("events");
  world.pass(0);
  assert.ok(world.kinds.endsWith("events websocket"), world.kinds);
});

test("[PG92e] a network that is away leads to no other transport", () => {
  const world = new World();
  world.live("websocket");
  world.now += 100_000;
  for (let tries = 0; tries < 10; tries++) {
    world.cut("websocket");
    world.pass(3_000);
  }
  assert.match(world.kinds, /^websocket( websocket){10}$/);
  world.live("websocket");
  assert.equal(world.fallback.isLikely, false);
});

test("[PG92a] how long connections lived is counted from live to waiting", () => {
  const live: ConnectionState = { phase: "live", pingAtMs: 0 };
  const probing: ConnectionState = { phase: "probing", deadlineMs: 0 };
  const waiting: ConnectionState = { phase: "waiting", attempt: 1, retryAtMs: 0 };
  const offline: ConnectionState = { phase: "offline", attempt: 1, retryAtMs: 0 };
  const none = { sinceMs: undefined, short: 1 };
  assert.deepEqual(livesAfter(none, waiting, live, 5), { sinceMs: 5, short: 1 });
  const begun = { sinceMs: 5, short: 1 };
  assert.equal(livesAfter(begun, live, probing, 9), begun);
  assert.deepEqual(livesAfter(begun, probing, waiting, 60_004), { sinceMs: undefined, short: 2 });
  assert.deepEqual(livesAfter(begun, live, waiting, 60_005), { sinceMs: undefined, short: 0 });
  // The network went, and cut nothing.
  assert.deepEqual(livesAfter(begun, live, offline, 9), none);
});
