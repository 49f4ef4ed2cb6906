/** Frames out of pieces of a body. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { framesIn, isNotPermitted, ReadRefused, readStored } from "../../../client/stored-frames.ts";
import { decodeFrame, type Frame } from "../../../protocol/frame/frame.ts";
import { frameOf } from "../../support/publish.ts";

const PUBLISHER = "00000000000000aa";
const count = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

async function decoded(pieces: Uint8Array[]): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of framesIn(Readable.from(pieces))) frames.push(decodeFrame(frame));
  return frames;
}

test("[PG14] frames come whole out of pieces, whichever byte these were cut at", async () => {
  const frames = [frameOf(PUBLISHER, 1, [1, 2.5, 3]), frameOf(PUBLISHER, 2, [4]), frameOf(PUBLISHER, 3, [1e300, 6, 7])];
  const bytes = Buffer.concat(frames);
  const through = async (cuts: number[]): Promise<Frame[]> => {
    const edges = [0, ...cuts, bytes.length];
    return decoded(edges.slice(1).map((to, i) => new Uint8Array(bytes.subarray(edges[i], to))));
  };
  const expected = frames.map((frame) => decodeFrame(frame));
  for (let cut = 0; cut <= bytes.length; cut++) assert.deepEqual(await through([cut]), expected);
  assert.deepEqual(await through(count(1, bytes.length - 1)), expected);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { size: "max", maxLength: 60 }), async (cuts) => {
      assert.deepEqual(await through(cuts.sort((a, b) => a - b)), expected);
    }),
  );
});

test("[PG14] what is no frame, or ends within one, is refused", async () => {
  await assert.rejects(decoded([new TextEncoder().encode("<!doctype html>".repeat(10))]), { code: "frame-magic" });
  for (const length of [1, 63, 70]) {
    await assert.rejects(decoded([frameOf(PUBLISHER, 1, [1]).subarray(0, length)]), { code: "frame-truncated" });
  }
});

/** A server that answers each request alike. @returns its channel, and what it was asked with */
async function answering(
  t: TestContext,
  status: number,
  body: string,
): Promise<{ url: URL; asked: (string | undefined)[] }> {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ headers }, response) => {
    asked.push(headers.authorization);
    response.writeHead(status, { connection: "close" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return { url: new URL(`http://127.0.0.1:${address.port}/c/lab`), asked };
}

test("[PG91g] a read has the header that says who asks, and none else", async (t) => {
  const { url, asked } = await answering(t, 200, "");
  await readStored(url, "points=1", new AbortController().signal, { Authorization: "Bearer pct_a" });
  await readStored(url, "points=1", new AbortController().signal);
  assert.deepEqual(asked, ["Bearer pct_a", undefined]);
});

for (const [status, body, code, isFinal] of [
  [403, '{"code":"not-permitted"}', "not-permitted", true],
  [403, '{"code":"cross-site"}', "cross-site", false],
  [403, '{"code":7}', undefined, false],
  [403, "<p>Sign in", undefined, false],
  [503, '{"code":"channel-unavailable"}', "channel-unavailable", false],
] as const) {
  test(`[PG91h] a read that is refused with ${status} ${body} would ${isFinal ? "" : "not "}be refused again`, async (t) => {
    const { url } = await answering(t, status, body);
    const error = await readStored(url, "", new AbortController().signal).catch((reason: unknown) => reason);
    assert.equal(isNotPermitted(error), isFinal);
    assert.ok(error instanceof ReadRefused);
    assert.deepEqual([error.status, error.code], [status, code]);
  });
}
