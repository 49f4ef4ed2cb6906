import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { Poster } from "../../../../bridge/uplink/post.ts";
import type { Outcome, Sent } from "../../../../client/publish/deliver/answer.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     poster ─HTTP→ servers that answer as no server should

const SENT: Sent = { kind: "frames", points: 3 };
const TAKEN = '{"seq":3,"points":3,"viewers":0,"duplicates":0}';
const BODY = new Uint8Array(1024 * 1024);

function http(status: string, body: string, headers = ""): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** A server that does this with each connection; `number` counts them from 1. */
async function posterTo(t: TestContext, serve: (socket: Socket, number: number) => void, timeouts = {}) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, ++connections);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const to = new URL(`http://127.0.0.1:${address.port}/c/main`);
  const poster = new Poster({ to, token: "token-of-16-char", timeoutMs: 2000, totalTimeoutMs: 4000, ...timeouts });
  t.after(async () => {
    await poster.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const end = new AbortController();
  const post = (body = BODY): Promise<Outcome> => withDeadline("an outcome", poster.send(body, end.signal, SENT), 8000);
  return { post, end, sockets, connections: () => connections };
}

/** Calls back for each whole request on a connection. */
function onRequest(socket: Socket, answer: (number: number) => void): void {
  let [seen, number] = ["", 0];
  socket.on("data", (data) => {
    seen += data.toString("latin1");
    for (;;) {
      const headEnd = seen.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(seen)?.[1] ?? 0);
      if (headEnd < 0 || seen.length < headEnd + 4 + length) return;
      seen = seen.slice(headEnd + 4 + length);
      answer(++number);
    }
  });
}

describe("a POST", () => {
  it("[BR28] goes over one connection, one after the other", async (t) => {
    const { post, connections } = await posterTo(t, (socket) =>
      onRequest(socket, () => socket.write(http("200 OK", TAKEN))),
    );
    for (let i = 0; i < 5; i++) assert.equal((await post()).kind, "taken");
    assert.equal(connections(), 1);
  });

  it("[BR28] leaves no listener at the signal that lives as long as the bridge", async (t) => {
    const { post, end } = await posterTo(t, (socket) => onRequest(socket, () => socket.write(http("200 OK", TAKEN))));
    for (let i = 0; i < 20; i++) await post(new Uint8Array(8));
    assert.equal(getEventListeners(end.signal, "abort").length, 0);
  });

  it("[BR28a] ends at its deadline when an answer drips in for ever", async (t) => {
    const drip = (socket: Socket): void => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
      const timer = setInterval(() => socket.write("1\r\n \r\n"), 20);
      socket.on("close", () => clearInterval(timer));
    };
    const { post, sockets } = await posterTo(t, (socket) => onRequest(socket, () => drip(socket)), {
      totalTimeoutMs: 500,
    });
    assert.deepEqual(await post(), { kind: "failed", reason: "it took too long", code: "", isUnderWay: true });
    await waitFor("the end of the connection", () => sockets.size === 0);
  });

  it("[BR28a] ends at its deadline when the head drips in, or hints come for ever", async (t) => {
    for (const bytes of ["X", "HTTP/1.1 103 Early Hints\r\n\r\n"]) {
      const drip = (socket: Socket): void => {
        if (bytes === "X") socket.write("HTTP/1.1 200 OK\r\nX-Long: ");
        const timer = setInterval(() => socket.write(bytes), 20);
        socket.on("close", () => clearInterval(timer));
      };
      const { post } = await posterTo(t, (socket) => onRequest(socket, () => drip(socket)), { totalTimeoutMs: 500 });
      assert.equal((await post()).kind, "failed");
    }
  });

  it("[BR28a] ends at its deadline when nobody reads its body", async (t) => {
    const { post } = await posterTo(t, (socket) => socket.pause(), { totalTimeoutMs: 500 });
    assert.deepEqual(await post(new Uint8Array(64 * 1024 * 1024)), {
      kind: "failed",
      reason: "it took too long",
      code: "",
      isUnderWay: true,
    });
  });

  it("[BR28b] reads 64 KiB of an endless answer and ends the connection", async (t) => {
    let sent = 0;
    const flood = (socket: Socket): void => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n");
      const write = (): void => {
        while (!socket.destroyed && socket.write("x".repeat(65_536))) sent += 65_536;
      };
      socket.on("drain", write);
      write();
    };
    const { post, sockets } = await posterTo(t, (socket) => onRequest(socket, () => flood(socket)));
    const outcome = await post();
    assert.equal(outcome.kind, "foreign");
    await waitFor("the end of the connection", () => sockets.size === 0);
    assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes`);
  });

  it("[BR28b] reads an answer of 65,536 bytes to its end, and of a longer one no more", async (t) => {
    for (const [bytes, kind] of [
      [65_536, "taken"],
      [65_537, "foreign"],
    ] as const) {
      const { post } = await posterTo(t, (socket) =>
        onRequest(socket, () => socket.write(http("200 OK", TAKEN.padStart(bytes)))),
      );
      assert.equal((await post(new Uint8Array(8))).kind, kind, `${bytes} bytes`);
    }
  });

  it("[BR28a] has 60 s unless it is told otherwise", async (t) => {
    const { post } = await posterTo(t, (socket) => onRequest(socket, () => socket.write(http("200 OK", TAKEN))), {
      totalTimeoutMs: undefined,
    });
    const delays: unknown[] = [];
    const { setTimeout: original } = globalThis;
    t.mock.method(globalThis, "setTimeout", (...given: Parameters<typeof setTimeout>) => {
      delays.push(given[1]);
      return original(...given);
    });
    assert.equal((await post(new Uint8Array(8))).kind, "taken");
    assert.ok(delays.includes(60_000), delays.join());
  });

  it("[BR28c] is not confirmed by a part of an answer", async (t) => {
    for (const bytes of [
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n${TAKEN}`,
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2f\r\n${TAKEN}\r\n`,
      "HTTP/1.1 200 OK\r\nContent-Le",
    ]) {
      const { post } = await posterTo(t, (socket) => onRequest(socket, () => socket.end(bytes)));
      const outcome = await post();
      assert.ok(outcome.kind === "failed" && outcome.isUnderWay, JSON.stringify(outcome));
    }
  });

  it("[BR28] is answered though the server reads nothing of its body, and the next one goes through", async (t) => {
    // As nginx does with 413: it answers, then drops what comes.
    const { post } = await posterTo(t, (socket, number) => {
      if (number > 1) return onRequest(socket, () => socket.write(http("200 OK", TAKEN)));
      socket.once("data", () => {
        socket.write(http("413 Too Large", "<html>", "Connection: close\r\n"));
        socket.resume();
      });
    });
    const first = await post();
    assert.ok(first.kind === "foreign" && first.status === 413, JSON.stringify(first));
    assert.equal((await post()).kind, "taken");
  });

  it("[BR28] goes through after one whose connection was kept though its body was not read", async (t) => {
    const { post, connections } = await posterTo(t, (socket, number) => {
      if (number > 1) return onRequest(socket, () => socket.write(http("200 OK", TAKEN)));
      // Answers at once, keeps the connection, and never reads on: what comes next over it is stuck.
      socket.once("data", () => {
        socket.write(http("401 Unauthorized", "{}"));
        socket.pause();
      });
    });
    const first = await post(new Uint8Array(16 * 1024 * 1024));
    assert.ok(first.kind === "foreign" && first.status === 401, JSON.stringify(first));
    await waitFor("a POST that is taken", async () => (await post(new Uint8Array(8))).kind === "taken");
    assert.equal(connections(), 2);
  });

  it("[BR28c] is not confirmed by an answer that nobody asked for, left over from the one before", async (t) => {
    const { post } = await posterTo(t, (socket, number) =>
      onRequest(socket, () => {
        if (number === 1) socket.write(http("503 Service Unavailable", "{}") + http("200 OK", TAKEN));
        else socket.write(http("503 Service Unavailable", "{}"));
      }),
    );
    assert.notEqual((await post()).kind, "taken");
    for (let i = 0; i < 3; i++) assert.notEqual((await post()).kind, "taken");
  });

  it("[BR28] fails when the connection ends in the middle of its body, or the head is too long, and the next one goes through", async (t) => {
    const { post } = await posterTo(t, (socket, number) => {
      if (number === 1) socket.once("data", () => socket.resetAndDestroy());
      else if (number === 2)
        onRequest(socket, () => socket.write(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(200_000)}\r\n\r\n`));
      else onRequest(socket, () => socket.write(http("200 OK", TAKEN)));
    });
    assert.equal((await post()).kind, "failed");
    assert.equal((await post()).kind, "failed");
    assert.equal((await post()).kind, "taken");
  });
});
