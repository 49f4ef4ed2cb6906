/** Names that act on what stands around them, or are not seen, at the real Worker. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { FrameBuilder } from "../../../../protocol/frame/frame-builder.ts";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import { newChannel, post, storedPoints } from "../../../support/publish.ts";

const edge = await startEdge();
after(() => edge.close());

for (const [what, character] of Object.entries({
  "C1's CSI": "\u009b",
  "a right-to-left override": "\u202e",
  "an isolate": "\u2066",
  "a zero-width space": "\u200b",
  "a line separator": "\u2028",
  "a tag": "\u{e0041}",
})) {
  const name = `a${character}b`;
  test(`[FR4a] [PT7b] [PT7c] [BAD1] ${what} in a name is left out of JSON, or refused, and refused in a frame`, async () => {
    const channel = newChannel();
    await assertProblem(await post(edge, channel, JSON.stringify({ x: 1, [name]: 2 })), 400, "series-name-invalid");
    const builder = new FrameBuilder();
    builder.add({ x: 1, arrival: false, names: ["good", name], values: [1, 2] });
    const frame = builder.encode("00000000000000aa", 1);
    await assertProblem(await post(edge, channel, frame, { "Content-Type": FRAME_TYPE }), 400, "frame-column");
    assert.deepEqual(await storedPoints(edge, channel), []);
    await (await post(edge, channel, JSON.stringify({ x: 1, [name]: 2, good: 3 }))).body?.cancel();
    assert.deepEqual(await storedPoints(edge, channel), [{ series: "good", x: 1, y: 3 }]);
  });
}

test("[FR1h] joiners, marks and selectors are part of a name", async () => {
  const channel = newChannel();
  for (const name of ["👩‍🔬", "می‌خواهم", "क्‍ष", "❤️"]) {
    const answer = await post(edge, channel, JSON.stringify({ x: 1, [name]: 2 }));
    assert.equal(answer.status, 200, name);
    await answer.body?.cancel();
    assert.ok(
      (await storedPoints(edge, channel)).some(({ series }) => series === name),
      name,
    );
  }
});
