/** Bodies that come too slowly, or not at all. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, describe, test } from "node:test";
import { Problem } from "../../../../protocol/problem.ts";
import { HttpProblem } from "../../../../worker/http/problem-response.ts";
import { readUpTo } from "../../../../worker/http/publish/read-body.ts";
import { startEdge } from "../../../support/edge.ts";
import { newChannel, storedPoints } from "../../../support/publish.ts";
import { withDeadline } from "../../../support/wait.ts";

const edge = await startEdge();
after(() => edge.close());

/** A body that says how long it is, and of which this comes: pieces, one after each pause. */
async function trickle(
  channel: string,
  length: number,
  pieces: string[],
  everyMs: number,
  headers: string[] = [],
): Promise<{ answer: string; tookMs: number }> {
  const socket = connect(Number(edge.url.port), edge.url.hostname);
  const startedMs = performance.now();
  let answer = "";
  const answered = new Promise<void>((resolve) => {
    socket.setEncoding("utf8").on("data", (data: string) => {
      answer += data;
      if (answer.endsWith("}\n") || answer.endsWith("}")) resolve();
    });
    socket.once("close", () => resolve());
  });
  socket.on("error", () => {});
  const head = [
    `POST /c/${channel} HTTP/1.1`,
    "Host: localhost",
    "Authorization: Bearer test-token",
    `Content-Length: ${length}`,
    ...headers,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  const rest = [...pieces];
  const timer = setInterval(() => {
    const piece = rest.shift();
    if (piece !== undefined && !socket.destroyed) socket.write(piece);
  }, everyMs);
  try {
    await withDeadline("an answer to a slow body", answered, 100_000);
    return { answer, tookMs: performance.now() - startedMs };
  } finally {
    clearInterval(timer);
    socket.destroy();
  }
}

describe("slow bodies", { concurrency: true }, () => {
  test("[GD11a] [BAD1] a body of which nothing comes for 10 s is refused, and nothing is stored", async () => {
    const channel = newChannel();
    const { answer, tookMs } = await trickle(channel, 7, ['{"y"'], 100);
    assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*"code":"body-too-slow"/);
    assert.match(answer, /Send smaller ones/);
    assert.ok(tookMs > 9_900, `after ${tookMs} ms`);
    assert.deepEqual(await storedPoints(edge, channel), []);
  });

  test("[GD11] so is an announcement", async () => {
    const { answer } = await trickle(newChannel(), 40, ["{"], 100, [
      "Content-Type: application/vnd.plotcast.presence+json",
    ]);
    assert.match(answer, /^HTTP\/1\.1 408 /);
  });

  test("[GD11a] a body that comes in pieces, 7 s apart, is taken", async () => {
    const { answer } = await trickle(newChannel(), 7, ['{"y"', ":1}"], 7_000);
    assert.match(answer, /^HTTP\/1\.1 200 /);
  });

  test("[GD11a] a body that is not whole after 60 s is refused, however steadily it comes", async () => {
    const { answer, tookMs } = await trickle(
      newChannel(),
      1000,
      Array.from({ length: 100 }, () => " "),
      2_000,
    );
    assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*"code":"body-too-slow"/);
    assert.ok(tookMs > 59_900, `after ${tookMs} ms`);
  });
});

function slowly(pieces: number, everyMs: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      controller.enqueue(new Uint8Array(1));
      if (++sent === pieces) controller.close();
    },
  });
}

const PATIENT = { bodyMs: 60_000, pauseMs: 60_000 };

for (const [what, stream, code, times] of [
  ["in time", slowly(3, 1), undefined, PATIENT],
  ["with too long a pause", slowly(2, 300), "body-too-slow", { ...PATIENT, pauseMs: 200 }],
  ["too long in all", slowly(10, 60), "body-too-slow", { ...PATIENT, bodyMs: 400 }],
  ["too large", slowly(11, 1), "body-too-large", PATIENT],
] as const) {
  test(`[GD4] [GD11] a stream that comes ${what} is ${code === undefined ? "read" : "cancelled"}`, async () => {
    const outcome = await readUpTo(10, stream, times).catch((error: unknown) => error);
    if (code === undefined) assert.equal((outcome instanceof Uint8Array && outcome.byteLength) || 0, 3);
    else assert.ok(outcome instanceof Problem && outcome.code === code, String(outcome));
  });
}

test("[GD11b] 32 bodies of a megabyte may be on their way at once, the 33rd is refused until one of them has an end", async () => {
  const part = new Uint8Array(1024 * 1024);
  const begin = (): { controller: ReadableStreamDefaultController<Uint8Array>; outcome: Promise<unknown> } => {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const stream = new ReadableStream<Uint8Array>({
      start(own) {
        controller = own;
        own.enqueue(part);
      },
    });
    assert.ok(controller);
    return { controller, outcome: readUpTo(2 ** 20, stream).catch((error: unknown) => error) };
  };
  const bodies = Array.from({ length: 32 }, begin);
  await new Promise((resolve) => setImmediate(resolve));
  const refused = await begin().outcome;
  assert.ok(refused instanceof HttpProblem && refused.code === "too-many-requests", String(refused));
  assert.equal(refused.headers["Retry-After"], "1");
  for (const { controller } of bodies) controller.close();
  for (const { outcome } of bodies) assert.ok((await outcome) instanceof Uint8Array);
  const next = begin();
  next.controller.close();
  assert.ok((await next.outcome) instanceof Uint8Array);
});
