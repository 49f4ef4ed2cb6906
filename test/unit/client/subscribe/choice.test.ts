import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Choice,
  type ChoiceEvent,
  type ChoiceWorld,
  choiceDueAtMs,
  choose,
  firstChoice,
} from "../../../../client/subscribe/choice.ts";
import { TRANSPORT_NAMES, type TransportName } from "../../../../client/subscribe/transport.ts";

/** A choice in a world whose clock is moved by hand. Chance is 0.5, so a first wait is 250 ms. */
class Chooser {
  nowMs = 1_000_000;
  choice: Choice;
  transports: readonly TransportName[];
  /** What was to be done, such as `open events` and `try websocket`. */
  done: string[] = [];

  constructor(transports: readonly TransportName[] = TRANSPORT_NAMES) {
    this.choice = firstChoice(this.nowMs);
    this.transports = transports;
  }

  get at(): string {
    return `${this.choice.connection.phase} ${this.transports[this.choice.index]}`;
  }

  on(event: ChoiceEvent, world: Partial<ChoiceWorld> = {}): this {
    const { nowMs, transports } = this;
    const step = choose(this.choice, event, { nowMs, random: 0.5, transports, ...world });
    this.choice = step.choice;
    const { trial } = step.choice;
    if (step.action !== "none") this.done.push(`${step.action} ${transports[step.choice.index]}`);
    if (step.trialAction === "try") this.done.push(`try ${trial.phase === "trying" ? transports[trial.index] : ""}`);
    if (step.trialAction === "drop") this.done.push("drop");
    return this;
  }

  /** Lets time pass, with each `due` at its time. @param each what else happens each 10 s */
  pass(ms: number, each?: ChoiceEvent): this {
    const untilMs = this.nowMs + ms;
    let nextMs = each === undefined ? Number.POSITIVE_INFINITY : this.nowMs + 10_000;
    for (;;) {
      const dueMs = choiceDueAtMs(this.choice);
      const next = Math.min(dueMs, nextMs);
      if (next > untilMs) break;
      this.nowMs = Math.max(this.nowMs, next);
      if (next === dueMs) this.on("due");
      else if (each !== undefined) {
        this.on(each);
        nextMs += 10_000;
      }
    }
    this.nowMs = untilMs;
    return this;
  }
}

/** On events, because the WebSocket was refused. */
const onEvents = (): Chooser => new Chooser().on("closed").on("caught-up");

describe("which transport", () => {
  test("[CL2a] the best first", () => {
    assert.equal(new Chooser().at, "connecting websocket");
    assert.equal(new Chooser(["events", "poll"]).at, "connecting events");
  });

  test("[CL2b] after one that ends before it is live the next at once, and after the last a wait, then the best", () => {
    const chooser = new Chooser().on("closed");
    assert.equal(chooser.at, "connecting events");
    chooser.on("closed");
    assert.equal(chooser.at, "connecting poll");
    chooser.on("closed");
    assert.equal(chooser.at, "waiting websocket");
    chooser.pass(249);
    assert.deepEqual(chooser.done, ["open events", "open poll"]);
    chooser.pass(1);
    assert.deepEqual(chooser.done, ["open events", "open poll", "open websocket"]);
    chooser.on("closed").on("closed").on("closed").pass(499);
    assert.equal(chooser.at, "waiting websocket");
    chooser.pass(1);
    assert.equal(chooser.at, "connecting websocket");
  });

  test("[CL2b] silence of 8 s counts as an end; each message begins them anew", () => {
    const chooser = new Chooser().pass(7_999);
    assert.equal(chooser.at, "connecting websocket");
    chooser.on("heard").pass(7_999);
    assert.equal(chooser.at, "connecting websocket");
    chooser.pass(1);
    assert.equal(chooser.at, "connecting events");
    chooser.pass(7_999);
    assert.equal(chooser.at, "connecting events");
    chooser.pass(1);
    assert.equal(chooser.at, "connecting poll");
  });

  test("[CL2c] one that was live is opened again; the third short life in a row leads to the next", () => {
    const chooser = new Chooser();
    for (const _ of [1, 2]) {
      chooser.on("caught-up").pass(59_999, "heard").on("closed");
      assert.equal(chooser.at, "waiting websocket");
      chooser.pass(250);
    }
    chooser.on("caught-up").pass(59_999, "heard").on("closed");
    assert.equal(chooser.at, "waiting events");
  });

  test("[CL2c] a life of 60 s ends the row", () => {
    const chooser = new Chooser();
    for (const ms of [100, 100, 60_000, 100, 100]) chooser.on("caught-up").pass(ms, "heard").on("closed").pass(250);
    assert.equal(chooser.at, "connecting websocket");
    chooser.on("caught-up").on("closed");
    assert.equal(chooser.at, "waiting events");
  });

  test("[CL2c] with one transport alone it is that again", () => {
    const chooser = new Chooser(["events"]);
    for (const _ of [1, 2, 3, 4]) chooser.on("caught-up").on("closed").pass(250);
    assert.equal(chooser.at, "connecting events");
  });

  test("[CL4c] when the Worker has no room the transport stays, and waits for what it was told", () => {
    const chooser = new Chooser();
    chooser.on("come-later", { notBeforeMs: chooser.nowMs + 5_000 });
    assert.equal(chooser.at, "waiting websocket");
    chooser.pass(5_249);
    assert.equal(chooser.at, "waiting websocket");
    chooser.pass(1);
    assert.equal(chooser.at, "connecting websocket");
  });

  test("[CL5a] what is full is no short life", () => {
    const chooser = new Chooser();
    for (const _ of [1, 2, 3, 4]) {
      chooser.on("caught-up").on("full");
      assert.equal(chooser.at, "waiting websocket");
      chooser.on("retry");
    }
    assert.equal(chooser.at, "connecting websocket");
  });
});

describe("a better transport", () => {
  test("[CL2d] is tried 30 s after a lesser one went live, then later and later, up to 600 s", () => {
    const chooser = onEvents();
    for (const delayMs of [30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]) {
      chooser.done = [];
      chooser.pass(delayMs - 1, "heard");
      assert.ok(!chooser.done.includes("try websocket"), `before ${delayMs}`);
      chooser.pass(1);
      assert.ok(chooser.done.includes("try websocket"), `after ${delayMs}`);
      chooser.on("trial-failed");
      assert.equal(chooser.done.at(-1), "drop");
    }
    assert.equal(chooser.at, "live events");
  });

  test("[CL2d] all that are better are tried, the best first", () => {
    const chooser = new Chooser().on("closed").on("closed").on("caught-up").pass(30_000, "heard");
    assert.equal(chooser.done.at(-1), "try websocket");
    chooser.on("trial-failed");
    assert.equal(chooser.done.at(-1), "try events");
    chooser.on("trial-worked");
    assert.deepEqual(chooser.done.slice(-2), ["open events", "drop"]);
  });

  test("[CL2d] while the best is live nothing is tried, and after 60 s of it the first wait is 30 s again", () => {
    const chooser = onEvents().pass(30_000, "heard").on("trial-failed").pass(60_000, "heard").on("trial-worked");
    chooser.on("caught-up").pass(100, "heard").on("closed").pass(250);
    assert.equal(chooser.choice.trialDelayMs, 120_000);
    chooser.on("caught-up").pass(80_000, "heard");
    assert.equal(chooser.choice.trialDelayMs, 30_000);
    assert.ok(!chooser.done.slice(-3).includes("try websocket"));
  });

  test("[CL2d] that works and then does not is tried ever less often, too", () => {
    const chooser = onEvents();
    for (const delayMs of [30_000, 60_000, 120_000]) {
      chooser.pass(delayMs, "heard");
      assert.equal(chooser.choice.trial.phase, "trying", `${delayMs}`);
      chooser.on("trial-worked").on("closed");
      assert.equal(chooser.at, "connecting events");
      chooser.on("caught-up");
    }
  });

  test("[CL2e] that says something is opened; it has 8 s for that", () => {
    const chooser = onEvents().pass(30_000, "heard").pass(7_999);
    chooser.on("trial-worked");
    assert.equal(chooser.at, "connecting websocket");
    assert.deepEqual(chooser.done.slice(-2), ["open websocket", "drop"]);
    const late = onEvents().pass(30_000, "heard").pass(8_000);
    assert.equal(late.done.at(-1), "drop");
    late.on("trial-worked");
    assert.match(late.at, /events$/);
  });

  test("[CL2d] is left when the lesser one ends", () => {
    const chooser = onEvents().pass(30_000, "heard").on("closed");
    assert.equal(chooser.done.at(-1), "drop");
    assert.equal(chooser.at, "waiting events");
  });
});

describe("a live transport", () => {
  for (const [transport, ms] of [
    ["websocket", 30_000],
    ["events", 40_000],
    ["poll", 55_000],
  ] as const) {
    test(`[CL3a] of which nothing comes for ${ms} ms is given up: ${transport}`, () => {
      const chooser = new Chooser([transport]).on("caught-up").pass(ms - 1);
      assert.equal(chooser.at, `probing ${transport}`);
      assert.deepEqual(chooser.done, [`ping ${transport}`]);
      chooser.pass(1);
      assert.equal(chooser.at, `waiting ${transport}`);
    });
  }

  test("[CL3b] is looked at when the network or the tab comes back, and what waits is opened", () => {
    for (const event of ["online", "visible"] as const) {
      const socket = new Chooser().on("caught-up").on(event);
      assert.deepEqual(socket.done, ["ping websocket"]);
      const events = onEvents().on(event);
      assert.deepEqual(events.done, ["open events", "open events"]);
      const waiting = new Chooser(["poll"]).on("closed").on(event);
      assert.equal(waiting.at, "connecting poll");
    }
  });

  test("[CL3b] is left where there is no network, and opened when there is one", () => {
    const chooser = new Chooser().on("caught-up").on("offline");
    assert.equal(chooser.at, "offline websocket");
    assert.deepEqual(chooser.done, ["leave websocket"]);
    assert.equal(chooser.on("online").at, "connecting websocket");
  });

  test("[CL4a] that was refused stays so", () => {
    const chooser = new Chooser().on("right");
    assert.equal(chooser.pass(1_000_000).on("online").at, "refused websocket");
  });
});
