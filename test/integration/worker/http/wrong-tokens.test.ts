/** What wrong tokens cost, and whom. */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { WrongTokens } from "../../../../worker/auth/bounds/wrong-tokens.ts";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import { newChannel, post, storedPoints } from "../../../support/publish.ts";
import { withDeadline } from "../../../support/wait.ts";

describe("the table", () => {
  test("[GD10a] the 20th wrong token within a minute is wrong, the 21st is too many, until a minute later", () => {
    const tokens = new WrongTokens();
    for (let i = 1; i <= 20; i++) assert.equal(tokens.note("192.0.2.1", 1000), undefined, `number ${i}`);
    assert.equal(tokens.note("192.0.2.1", 1000), 60_000);
    assert.equal(tokens.note("192.0.2.1", 60_999), 1);
    assert.equal(tokens.note("192.0.2.1", 61_000), undefined);
  });

  test("[GD10a] 20 wrong tokens a minute are never too many", () => {
    const tokens = new WrongTokens();
    for (let i = 0; i < 200; i++) assert.equal(tokens.note("192.0.2.1", i * 3000), undefined, `number ${i}`);
  });

  test("[GD10] one address's are none of another's", () => {
    const tokens = new WrongTokens();
    for (let i = 0; i < 50; i++) tokens.note("192.0.2.1", 0);
    assert.equal(tokens.note("192.0.2.2", 0), undefined);
  });

  test("[GD10c] 100,000 other addresses do not make it forget one that is refused, and it grows no further than 8,192", () => {
    const tokens = new WrongTokens();
    for (let i = 0; i <= 20; i++) tokens.note("192.0.2.1", 0);
    for (let i = 0; i < 100_000; i++) tokens.note(`other ${i}`, 1);
    assert.ok(tokens.note("192.0.2.1", 2) !== undefined);
    assert.ok(tokens.size <= 8_192, String(tokens.size));
    assert.equal(tokens.forgotten, 100_000 - 4_096);
  });

  test("[GD10c] with 4,096 addresses refused, wrong tokens of any other are too many; a minute later they are not", () => {
    const tokens = new WrongTokens();
    for (let i = 0; i < 4_096; i++) for (let j = 0; j <= 20; j++) tokens.note(`bad ${i}`, 0);
    assert.ok(tokens.note("192.0.2.1", 1) !== undefined);
    assert.ok(tokens.size <= 8_192, String(tokens.size));
    assert.equal(tokens.note("192.0.2.1", 60_000), undefined);
    assert.equal(tokens.size, 1);
  });

  test("[GD10] a clock that is set back refuses nobody for longer", () => {
    const tokens = new WrongTokens();
    for (let i = 0; i <= 20; i++) tokens.note("192.0.2.1", 10_000_000);
    assert.equal(tokens.note("192.0.2.1", 1_000_000), undefined);
  });
});

describe("the Worker", () => {
  test("[GD10a] [GD10b] after 20 wrong tokens an address is told to wait; the right token is taken from it all the same", async (t) => {
    const edge = await startEdge();
    t.after(() => edge.close());
    const channel = newChannel();
    const here = { "CF-Connecting-IP": "192.0.2.1" };
    const wrong = { ...here, Authorization: "Bearer wrong" };
    for (let i = 1; i <= 20; i++) await assertProblem(await post(edge, channel, "1", wrong), 401, "token-wrong");
    for (const method of ["POST", "DELETE"]) {
      const response = await fetch(edge.channelUrl(channel), { method, headers: wrong });
      assert.equal(response.headers.get("WWW-Authenticate"), 'Bearer realm="plotcast"');
      const { detail } = await assertProblem(response, 429, "too-many-requests");
      assert.match(detail, /one that this Worker knows/);
      const seconds = Number(response.headers.get("Retry-After"));
      assert.ok(seconds > 0 && seconds <= 60, `Retry-After: ${seconds}`);
    }
    assert.equal((await post(edge, channel, '{"y":1}', here)).status, 200, "the right token");
    assert.equal((await storedPoints(edge, channel)).length, 1);
    const elsewhere = { Authorization: "Bearer wrong", "CF-Connecting-IP": "192.0.2.2" };
    await assertProblem(await post(edge, channel, "1", elsewhere), 401, "token-wrong");
    await assertProblem(await post(edge, channel, "1", { ...here, Authorization: "" }), 401, "token-missing");
  });

  test("[GD10d] an Authorization of 4,096 characters is looked at, a longer one is wrong", async (t) => {
    const token = "t".repeat(4_096 - "Bearer ".length);
    const edge = await startEdge({ publishToken: token });
    t.after(() => edge.close());
    assert.equal((await post(edge, "main", "1")).status, 200);
    await assertProblem(await post(edge, "main", "1", { Authorization: `Bearer  ${token}` }), 401, "token-wrong");
  });

  test("[GD5b] [GD5c] [GD10] a thousand wrong tokens with a megabyte each cost no more than with ten bytes, and a good publisher goes on", async (t) => {
    const edge = await startEdge();
    t.after(() => edge.close());
    await publishUntil(edge, 20);
    const aloneMs = await publishUntil(edge, 40);
    const small = await flood(edge, 10);
    const large = await flood(edge, 1_000_000);
    const told = `10 bytes: ${small.cpuMs} ms of CPU, 1 MB: ${large.cpuMs} ms; beside it ${large.goodMs} ms a publish, alone ${aloneMs} ms`;
    assert.ok(large.cpuMs < 3 * small.cpuMs, told);
    // 32 are under way at once: a publish waits for no more than those before it.
    assert.ok(large.goodMs < 64 * aloneMs, told);
  });
});

/** Publishes one after the other. @returns how long one took, in the mean */
async function publishUntil(edge: Edge, count: number, isOver = () => false): Promise<number> {
  const startedMs = performance.now();
  let published = 0;
  while (published < count && !isOver()) {
    assert.equal((await post(edge, "good", "1")).status, 200);
    published++;
  }
  return (performance.now() - startedMs) / published;
}

/** A thousand wrong tokens from another process, while somebody publishes here. */
async function flood(edge: Edge, bodyBytes: number): Promise<{ cpuMs: number; goodMs: number }> {
  const child = fork(new URL("wrong-tokens-flood.ts", import.meta.url), [edge.url.port, String(bodyBytes)]);
  try {
    await withDeadline("the flood being ready", once(child, "message"));
    const beforeMs = await cpuMsOf(edge.pid);
    child.send("go");
    let isOver = false;
    const over = withDeadline("the end of the flood", once(child, "message"), 60_000).then(([answers]: unknown[]) => {
      isOver = true;
      return answers;
    });
    const goodMs = await publishUntil(edge, Number.POSITIVE_INFINITY, () => isOver);
    const answers = await over;
    assert.ok(typeof answers === "object" && answers !== null);
    const told = JSON.stringify(answers);
    const count = (end: string) => Number(new Map<string, unknown>(Object.entries(answers)).get(end) ?? 0);
    assert.equal(count("401") + count("429") + count("closed"), 1000, told);
    assert.ok(count("closed") < 100, told);
    return { cpuMs: (await cpuMsOf(edge.pid)) - beforeMs, goodMs };
  } finally {
    child.kill();
  }
}

/** What a process has used of the CPU so far (Linux). */
async function cpuMsOf(pid: number): Promise<number> {
  const [, , ...fields] = (await readFile(`/proc/${pid}/stat`, "utf8")).split(/\) |\s/);
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
