/** A stream of lines in parts, without a Worker. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../../../protocol/problem.ts";
import { type Part, partsOf } from "../../../../../worker/http/publish/streamed-lines.ts";

const encoder = new TextEncoder();

/** What a client sends, when it is told to. */
function body(): { stream: ReadableStream<Uint8Array>; send(text: string): void; end(): void; cut(): void } {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start(own) {
      controller = own;
    },
  });
  return {
    stream,
    send: (text) => controller?.enqueue(encoder.encode(text)),
    end: () => controller?.close(),
    cut: () => controller?.error(new Error("cut")),
  };
}

const shown = ({ bytes, firstLine, nextLine, isWhole }: Part) => [
  new TextDecoder().decode(bytes),
  firstLine,
  nextLine,
  isWhole,
];

async function all(parts: AsyncGenerator<Part>): Promise<ReturnType<typeof shown>[]> {
  const found: ReturnType<typeof shown>[] = [];
  for await (const part of parts) found.push(shown(part));
  return found;
}

test("[RT12b] a body that ends before its first part is whole", async () => {
  for (const text of ["1\n2\n3", "1\n2\n3\n", "x".repeat(65_536)]) {
    const { stream, send, end } = body();
    send(text);
    end();
    const parts = await all(partsOf(stream));
    assert.deepEqual(parts, [[text, 1, text.split("\n").length, true]]);
  }
});

test("[RT12b] an empty body has no part", async () => {
  const { stream, end } = body();
  end();
  assert.deepEqual(await all(partsOf(stream)), []);
});

test("[RT12b] whole lines are a part a while after the last one, and the line that is open waits", async () => {
  const { stream, send, end } = body();
  const parts = partsOf(stream, { everyMs: 20 });
  send("1\n2\n3");
  assert.deepEqual(shown((await parts.next()).value ?? assert.fail()), ["1\n2\n", 1, 3, false]);
  send("4\n");
  assert.deepEqual(shown((await parts.next()).value ?? assert.fail()), ["34\n", 3, 4, false]);
  send("5");
  end();
  assert.deepEqual(await all(parts), [["5", 4, 4, false]]);
});

test("[RT12b] 64 KiB are a part at once, and no part has more", async () => {
  const { stream, send, end } = body();
  send("1\n".repeat(100_000));
  end();
  const parts = await all(partsOf(stream, { everyMs: 1e6 }));
  assert.deepEqual(
    parts.map(([text, first, next]) => [String(text).length, first, next]),
    [
      [65_536, 1, 32_769],
      [65_536, 32_769, 65_537],
      [65_536, 65_537, 98_305],
      [3_392, 98_305, 100_001],
    ],
  );
  assert.equal(parts.map(([text]) => text).join(""), "1\n".repeat(100_000));
});

test("[RT12b] while a part is looked at nothing more is read", async () => {
  let pulled = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled++;
        controller.enqueue(encoder.encode("1\n".repeat(32_768)));
      },
    },
    { highWaterMark: 0 },
  );
  const parts = partsOf(stream);
  await parts.next();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(pulled, 1);
  await parts.return(undefined);
});

for (const [what, code, bounds] of [
  ["a pause that is too long", "body-too-slow", { pauseMs: 30 }],
  ["more time than a stream has", "body-too-slow", { streamMs: 30 }],
] as const) {
  test(`[RT12g] after ${what} what came is a part, and then it ends`, async () => {
    const { stream, send } = body();
    const parts = partsOf(stream, { everyMs: 1e6, ...bounds });
    send("1\n2");
    assert.equal(new TextDecoder().decode((await parts.next()).value?.bytes), "1\n");
    await assert.rejects(parts.next(), { code });
  });
}

test("[RT12c] a line of a MiB is taken, a longer one is refused", async () => {
  const { stream, send, end } = body();
  const parts = partsOf(stream);
  send(`${"x".repeat(1_048_576)}\n`);
  assert.equal((await parts.next()).value?.bytes.byteLength, 1_048_577);
  send("x".repeat(1_048_577));
  end();
  await assert.rejects(parts.next(), { code: "body-too-large" });
});

test("[RT12d] a body that is cut says so", async () => {
  const { stream, cut } = body();
  cut();
  await assert.rejects(partsOf(stream).next(), (error) => error instanceof Problem && error.code === "body-encoding");
});
