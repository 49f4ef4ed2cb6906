/** How many slow bodies there are at once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpProblem } from "../../../../../worker/http/problem-response.ts";
import { readUpTo } from "../../../../../worker/http/publish/read-body.ts";
import { type Sender, WaitingBody } from "../../../../../worker/http/publish/waiting-bodies.ts";

const T = 1_796_067_469_000;

function bodies(count: number, senderOf: (i: number) => Sender): WaitingBody[] {
  return Array.from({ length: count }, (_, i) => new WaitingBody(senderOf(i), T + 60_000));
}

for (const [what, most, senderOf, said] of [
  ["an address", 64, (i: number) => ({ address: "192.0.2.1", token: `t${i}` }), "This address has 64 slow bodies"],
  ["a token", 256, (i: number) => ({ address: `a${i}`, token: "t" }), "This token has 256 slow bodies"],
  ["an isolate", 1024, (i: number) => ({ address: `a${i}`, token: `t${i}` }), "Too many slow bodies"],
] as const) {
  test(`[GD11c] ${what} has ${most} slow bodies at once, and any number of quick ones`, () => {
    const all = bodies(2_000, senderOf);
    for (const body of all.slice(0, most)) body.becomeSlow(T);
    const next = all[most];
    assert.throws(() => next?.becomeSlow(T), { code: "too-many-requests", headers: { "Retry-After": "5" } });
    assert.throws(
      () => next?.becomeSlow(T),
      ({ message }: Error) => message.startsWith(said),
    );
    next?.end();
    // Another's does not wait for these, unless it is all of the isolate that has too many.
    const other = new WaitingBody({ address: "other", token: "other" }, T + 60_000);
    if (most < 1024) other.becomeSlow(T);
    other.end();
    all[0]?.end();
    all[most + 1]?.becomeSlow(T);
    for (const body of all) body.end();
  });
}

test("[GD11c] what nobody went on with is forgotten 10 s after its time", () => {
  const sender = { address: "192.0.2.1", token: "t" };
  const all = bodies(64, () => sender);
  for (const body of all) body.becomeSlow(T);
  const late = new WaitingBody(sender, T + 120_000);
  assert.throws(() => late.becomeSlow(T + 70_000));
  late.end();
  const next = new WaitingBody(sender, T + 120_000);
  next.becomeSlow(T + 70_001);
  next.end();
});

test("[GD11c] a body that is no stream counts as slow after a second, too", async () => {
  const sender = { address: "192.0.2.1", token: "t" };
  const begin = () => {
    let end = (): void => {};
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        end = () => controller.close();
      },
    });
    return { end: () => end(), outcome: readUpTo(10, stream, { sender }).catch((error: unknown) => error) };
  };
  const all = Array.from({ length: 65 }, begin);
  // Which of them it is depends on the order in which timers of a second end that were set at two milliseconds.
  const refused = await Promise.race(all.map((body) => body.outcome.then((outcome) => ({ body, outcome }))));
  assert.ok(
    refused.outcome instanceof HttpProblem && refused.outcome.code === "too-many-requests",
    String(refused.outcome),
  );
  const others = all.filter((body) => body !== refused.body);
  for (const { end } of others) end();
  for (const { outcome } of others) assert.ok((await outcome) instanceof Uint8Array);
});
