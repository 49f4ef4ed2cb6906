import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type TestContext, test } from "node:test";
import { pollTransport } from "../../../../client/subscribe/poll-transport.ts";
import type { Ended } from "../../../../client/subscribe/transport.ts";
import { waitFor } from "../../../support/wait.ts";

/** Polls a server that answers so. */
async function polling(t: TestContext, answer: (response: ServerResponse) => void) {
  const asked: string[] = [];
  /** When each of them was sent: how long it takes to the server differs. */
  const sentAtMs: number[] = [];
  const { fetch } = globalThis;
  t.mock.method(globalThis, "fetch", (...given: Parameters<typeof fetch>) => {
    sentAtMs.push(performance.now());
    return fetch(...given);
  });
  const server = createServer(({ url = "" }, response) => {
    asked.push(url.slice(url.indexOf("?")));
    answer(response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const ended: Ended[] = [];
  const nothing = (): void => undefined;
  const opened = pollTransport.open(
    {
      nextToken: async () => undefined,
      url: new URL(`http://127.0.0.1:${port}/c/lab`),
      query: { points: "3" },
      picks: "",
      token: undefined,
      room: async () => {},
    },
    {
      heard: nothing,
      frames: nothing,
      gap: nothing,
      lost: nothing,
      note: nothing,
      live: nothing,
      retryWithin: nothing,
      ended: (how) => ended.push(how),
    },
  );
  t.after(() => {
    opened.close();
    server.closeAllConnections();
    server.close();
  });
  return { asked, sentAtMs, ended };
}

test("[CL5b] polls begin 250 ms apart at least, each where the last one led, and only the first does not wait", async (t) => {
  let seq = 0;
  const { asked, sentAtMs } = await polling(t, (response) => {
    response.writeHead(204, { "Plotcast-Cursor": `1:${++seq}` }).end();
  });
  await waitFor("four polls", () => asked.length >= 4);
  assert.deepEqual(asked.slice(0, 4), [
    "?points=3&wait=0",
    "?cursor=1:1&wait=25",
    "?cursor=1:2&wait=25",
    "?cursor=1:3&wait=25",
  ]);
  // A timer may be early by less than a millisecond.
  assert.ok((sentAtMs[3] ?? 0) - (sentAtMs[0] ?? 0) > 740);
});

test("[CL4b] an empty answer without a cursor is a portal's", async (t) => {
  const { ended } = await polling(t, (response) => response.writeHead(204).end());
  await waitFor("its end", () => ended.length === 1);
  assert.deepEqual(ended, [{ kind: "closed" }]);
});
