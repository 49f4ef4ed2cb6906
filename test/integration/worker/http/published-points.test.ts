/** Bodies of JSON that hold as much as a body may, and one point more. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { readPoints } from "../../../../worker/http/publish/published-points.ts";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import { newChannel, post, publishJson, storedPoints } from "../../../support/publish.ts";

const edge = await startEdge();
after(() => edge.close());

const zeros = (count: number): string => new Array(count).fill("0").join(",");

/** Bodies of so many points, in as few bytes as each shape allows. */
const shapes: Record<string, (points: number) => string> = {
  "an array of values": (points) => `[${zeros(points)}]`,
  "lines of values": (points) => "0\n".repeat(points),
  "lines, with the rest in the last one": (points) => `0\n[${zeros(points - 1)}]`,
  "an array of pairs": (points) => `[${new Array(points).fill("[1,0]").join(",")}]`,
  "columns of three series": (points) => {
    const column = zeros(points / 3 + 1);
    // One null in all three is no point.
    const values = column.replace("0", "null");
    return `{"t":[${column}],"a":[${values}],"b":[${values}],"c":[${values}]}`;
  },
  "an array in an object": (points) => `{"a":{"b":[${zeros(points)}]}}`,
  "two objects of arrays": (points) => `[{"a":[${zeros(points - 1)}]},{"y":0}]`,
};

for (const [shape, bodyOf] of Object.entries(shapes)) {
  const [most, tooMany] = shape.startsWith("columns") ? [131_070, 131_073] : [131_072, 131_073];
  test(`[CH14a] ${shape} is taken with ${most} points, and refused with ${tooMany}`, async () => {
    const channel = newChannel();
    await publishJson(edge, channel, { x: 1, y: 2 });
    const { detail } = await assertProblem(await post(edge, channel, bodyOf(tooMany)), 413, "body-too-large");
    assert.match(detail, /131072 points/);
    assert.deepEqual(await storedPoints(edge, channel), [{ series: "y", x: 1, y: 2 }]);
    const answer = await (await post(edge, channel, bodyOf(most))).json();
    assert.deepEqual(answer, { seq: most + 1, points: most, viewers: 0, duplicates: 0 });
  });
}

/** One object: so many times 256 series with names of 256 bytes, most of which its JSON says once. */
const longNames = (rows: number): string => `{"${"k".repeat(248)}":[${zeros(256 * rows)}]}`;

test("[CH14b] a body of JSON is taken where its frames take 8,388,608 bytes, and refused where they take more", async () => {
  const path = "k".repeat(248);
  const rowsOf = (rows: number): string =>
    JSON.stringify({
      [path]: Object.fromEntries(Array.from({ length: 256 * rows }, (_, i) => [String(i).padStart(7, "n"), 0])),
    });
  // A row of 256 such names is a frame by itself.
  const { frames } = readPoints(rowsOf(1), 0);
  assert.equal(frames.length, 71_784);
  assert.ok(116 * 71_784 <= 8_388_608 && 117 * 71_784 > 8_388_608);
  const channel = newChannel();
  const { detail } = await assertProblem(await post(edge, channel, rowsOf(117)), 413, "body-too-large");
  assert.match(detail, /8388608 bytes/);
  assert.deepEqual(await storedPoints(edge, channel), []);
  assert.equal((await (await post(edge, channel, rowsOf(116))).text()).includes('"points":29696'), true);
});

test("[CH14b] a small body whose names would fill memory many times over is refused", async () => {
  const channel = newChannel();
  await assertProblem(await post(edge, channel, longNames(510)), 413, "body-too-large");
  assert.deepEqual(await storedPoints(edge, channel), []);
});

test("[PT7f] [BAD1] what is wrong in the last place of a body is found: it is left out and told, or all is refused", async () => {
  for (const [body, outcome] of [
    [`[${zeros(100_000)},"1"]`, { "quoted-number": 1 }],
    [`${"0\n".repeat(100_000)}"1"`, { "quoted-number": 1 }],
    [`${"0\n".repeat(100_000)}{}`, { "record-unreadable": 1 }],
    [`${"0\n".repeat(100_000)}{`, "not-json"],
    [`{"t":[${zeros(50_000)},"noon"],"a":[${zeros(50_001)}]}`, { "time-unreadable": 1 }],
    [`{"t":[${zeros(50_001)}],"a":[${zeros(50_000)},1e999]}`, { "not-finite": 1 }],
    [`{"t":[0,0],"a":[null,null]}`, "no-number"],
    [`[${zeros(100_000)},[]]`, { "record-unreadable": 1 }],
    [`[${zeros(100_000)},"a"]`, "no-number"],
  ] as const) {
    const channel = newChannel();
    const answer = await post(edge, channel, body);
    if (typeof outcome === "string") {
      await assertProblem(answer, 400, outcome);
      assert.deepEqual(await storedPoints(edge, channel), []);
    } else {
      const text = await answer.text();
      assert.ok(answer.status === 200 && text.includes(`"leftOut":${JSON.stringify(outcome)}`), text);
    }
  }
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
