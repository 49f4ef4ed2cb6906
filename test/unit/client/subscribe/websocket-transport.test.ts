import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { SocketEvents } from "../../../../client/environment.ts";
import type { Ended } from "../../../../client/subscribe/transport.ts";
import { webSocketTransport } from "../../../../client/subscribe/websocket-transport.ts";

interface Seen {
  url: string;
  subprotocols: string[];
  sent: string[];
  ended: Ended[];
  isLeft: boolean;
}

/** A socket that is opened, for which a test speaks. @param nextToken what the source of tokens gives by now */
function opened(nextToken: string | undefined, room: Promise<void> = Promise.resolve()) {
  const seen: Seen = { url: "", subprotocols: [], sent: [], ended: [], isLeft: false };
  let events: SocketEvents | undefined;
  const transport = webSocketTransport({
    openSocket(url, subprotocols, socketEvents) {
      events = socketEvents;
      Object.assign(seen, { url: url.href, subprotocols });
      return {
        send: (text) => void seen.sent.push(text),
        close: () => {
          seen.isLeft = true;
        },
      };
    },
  });
  const nothing = (): void => undefined;
  const url = new URL("https://board.example/c/lab");
  const connection = transport.open(
    { url, query: { cursor: "1:4" }, picks: "", token: "first", nextToken: async () => nextToken, room: () => room },
    {
      heard: nothing,
      frames: nothing,
      gap: nothing,
      lost: nothing,
      note: nothing,
      live: nothing,
      retryWithin: nothing,
      ended: (how) => seen.ended.push(how),
    },
  );
  const socket = events;
  assert.ok(socket);
  return { seen, connection, socket };
}

test("[CL2a] it is asked for at the cursor, with the token as a subprotocol", () => {
  const { seen } = opened(undefined);
  assert.equal(seen.url, "wss://board.example/c/lab?cursor=1:4");
  assert.deepEqual(seen.subprotocols, ["plotcast.v1", "plotcast.token.Zmlyc3Q"]);
});

test("[CL4d] told that its token expires it sends another, if there is one", async () => {
  const { seen, socket } = opened("second");
  socket.message('{"type":"expiring","inMs":30000}');
  await turn();
  assert.deepEqual(seen.sent, ['{"type":"renew","token":"second"}']);
  const none = opened(undefined);
  none.socket.message('{"type":"expiring","inMs":30000}');
  await turn();
  assert.deepEqual(none.seen.sent, []);
});

test("[CL5a] it asks on when there is room", async () => {
  let makeRoom = (): void => undefined;
  const room = new Promise<void>((resolve) => {
    makeRoom = resolve;
  });
  const { seen, socket } = opened(undefined, room);
  socket.message('{"type":"behind","epoch":1,"seq":9}');
  await turn();
  assert.deepEqual(seen.sent, []);
  makeRoom();
  await turn();
  assert.deepEqual(seen.sent, ['{"type":"continue","epoch":1,"seq":9}']);
});

test("[CL4a] 4401 and 4403 are refusals, other codes a broken line, and what was left says nothing more", async () => {
  const how = async (code: number): Promise<string | undefined> => {
    const { seen, socket } = opened(undefined);
    socket.message("pong");
    socket.closed(code);
    await turn();
    const [ended] = seen.ended;
    return ended?.kind === "refused" ? ended.problem.code : ended?.kind;
  };
  assert.deepEqual(await Promise.all([4401, 4403, 1006, 4408].map(how)), [
    "token-expired",
    "not-permitted",
    "closed",
    "closed",
  ]);
  const left = opened(undefined);
  left.socket.message("pong");
  left.connection.close();
  left.socket.closed(1006);
  await turn();
  assert.deepEqual([left.seen.ended, left.seen.isLeft], [[], true]);
});
