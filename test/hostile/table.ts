/**
 * Tables of hostile input: each area has a file of rows and a test that tries them all on one real thing. After every
 * row the thing must still work, and nothing may have changed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { newChannel, publishJson, type Served, storedPoints } from "../support/publish.ts";
import { codeOf, type RawAnswer } from "../support/raw-http.ts";

export interface Row {
  name: string;
}

/** A Worker, and what it and its runtime complained of. */
export interface Tried extends Served {
  readonly logs: readonly string[];
}

/** What one row gets to work with at an edge. */
export interface Place {
  edge: Served;
  /** A channel of its own that holds one point. */
  channel: string;
  /** A header that gives this row an address of its own, so that the bounds for an address count no other row. */
  from: string;
}

/**
 * What the runtime itself logs, before it asks a Worker: of a target or a Host that make no URL, of CONNECT, and of what is no
 * WebSocket's frame (which may come while a later row is tried).
 */
const OF_THE_RUNTIME =
  /Invalid URL string|Fetch API cannot load|connect event|connect\(\) function|WebSocket protocol error/;
let rows = 0;

/**
 * Tries a row on a channel of its own; `attack` resolves to how many points were rightly taken. Then the channel must hold what it held, plus these; must take another;
 * and the Worker must have logged no error.
 */
export function tryRow(area: string, edge: Tried, { name }: Row, attack: (place: Place) => Promise<number>): void {
  test(`${area}: ${name}`, async () => {
    const channel = newChannel();
    const { seq } = await publishJson(edge, channel, { x: 1, y: 2 });
    const logged = edge.logs.length;
    const number = ++rows;
    const from = `X-Forwarded-For: 198.18.${number >> 8}.${number & 255}`;
    const taken = await attack({ edge, channel, from });
    const stored = await storedPoints(edge, channel);
    assert.deepEqual(stored[0], { series: "y", x: 1, y: 2 });
    assert.equal(stored.length, 1 + taken, "something was published");
    assert.equal((await publishJson(edge, channel, { x: 2, y: 3 })).seq, seq + taken + 1);
    assert.deepEqual(
      edge.logs.slice(logged).filter((line) => !OF_THE_RUNTIME.test(line)),
      [],
    );
  });
}

/** That an answer is a refusal with this status, and this code if it is the Worker's own. */
export function assertRefused(answer: RawAnswer | undefined, status: number, code: string | undefined): void {
  assert.ok(answer, "there was no answer");
  assert.deepEqual({ status: answer.status, code: codeOf(answer) }, { status, code }, answer.body.slice(0, 500));
  assert.doesNotMatch(answer.body, /\.ts:|\.js:| {4}at |test-token/, "the answer holds a stack or the token");
}
