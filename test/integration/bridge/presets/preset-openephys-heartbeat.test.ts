import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { Reply } from "zeromq";
import { openephys } from "../../../../bridge/presets/openephys/openephys.ts";
import { Heartbeat, heartbeatAddress } from "../../../../bridge/presets/openephys/openephys-heartbeat.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";
import { FLAG, frame, greeting, longHeader, ready } from "../../../support/zmtp.ts";

describe("[PS4b] the heartbeat for Open Ephys", () => {
  it("goes to the port after that of the data", () => {
    assert.equal(heartbeatAddress("tcp://127.0.0.1:5556"), "tcp://127.0.0.1:5557");
    assert.equal(heartbeatAddress("tcp://[::1]:5556"), "tcp://[::1]:5557");
    assert.equal(heartbeatAddress("tcp://host:65535"), undefined);
    assert.equal(heartbeatAddress("ipc:///tmp/data"), undefined);
  });

  it("comes again and again, and after it was away", async () => {
    const first = new Reply({ linger: 0 });
    await first.bind("tcp://127.0.0.1:*");
    const address = first.lastEndpoint ?? "";
    const port = Number(address.split(":").at(-1));
    const heartbeat = new Heartbeat([`tcp://127.0.0.1:${port - 1}`, "inproc://nothing"], {
      everyMs: 5,
      answerWithinMs: 100,
    });
    const second = new Reply({ linger: 0 });
    try {
      let uuid: unknown;
      for (let i = 0; i < 2; i++) {
        const [frame] = await withDeadline("a heartbeat", first.receive());
        const beat: unknown = JSON.parse(String(frame));
        assert.ok(typeof beat === "object" && beat !== null && "uuid" in beat);
        uuid ??= beat.uuid;
        assert.deepEqual(beat, { application: "Plotcast", uuid, type: "heartbeat" });
        await first.send("heartbeat received");
      }
      // It goes away without an answer.
      await withDeadline("a heartbeat", first.receive());
      first.close();
      await bindAgain(second, address);
      await withDeadline("a heartbeat after the answer failed to come", second.receive());
    } finally {
      heartbeat.close();
      second.close();
    }
    await withDeadline("the end of the heartbeats", heartbeat.done);
  });

  it("[PS4b] keeps nothing of an answer without end, in one part or in many, and comes again", async (t) => {
    for (const head of [longHeader(2 ** 40), frame(Buffer.alloc(60_000), FLAG.more)]) {
      let connections = 0;
      let most = 0;
      const server = createServer((socket) => {
        connections++;
        let taken = 0;
        socket.on("error", () => undefined);
        socket.write(Buffer.concat([greeting(), ready("REP"), frame("", FLAG.more), head]));
        const body = head.length > 9 ? head : Buffer.alloc(60_000);
        const more = (): void => {
          while (!socket.destroyed && taken < 50_000_000) {
            taken += body.length;
            if (!socket.write(body)) break;
          }
        };
        socket.on("data", more);
        socket.on("drain", more);
        socket.on("close", () => {
          most = Math.max(most, taken);
        });
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      t.after(() => server.close());
      const at = server.address();
      const port = typeof at === "object" && at !== null ? at.port : 0;
      const heartbeat = new Heartbeat([`tcp://127.0.0.1:${port - 1}`], { everyMs: 5 });
      t.after(() => heartbeat.close());
      await waitFor("that it comes again", () => connections >= 3);
      // What the system takes of it before it sees the end: its own buffers.
      assert.ok(most < 20_000_000, `${most} bytes`);
    }
  });

  it("[PS4b] takes 4,096 bytes of an answer, and begins anew after one more", async (t) => {
    for (const bytes of [4096, 4097]) {
      const ended = Promise.withResolvers<string>();
      const server = createServer((socket) => {
        let received = "";
        socket.on("error", () => undefined);
        socket.on("close", () => ended.resolve("begins anew"));
        socket.on("data", (data) => {
          if (received === "") socket.write(Buffer.alloc(bytes));
          received += data.toString("latin1");
          if (received.split('"type":"heartbeat"').length > 2) ended.resolve("goes on");
        });
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      t.after(() => server.close());
      const at = server.address();
      const port = typeof at === "object" && at !== null ? at.port : 0;
      const heartbeat = new Heartbeat([`tcp://127.0.0.1:${port - 1}`], { everyMs: 200 });
      t.after(() => heartbeat.close());
      const what = await withDeadline("another heartbeat, or the end", ended.promise);
      assert.equal(what, bytes === 4096 ? "goes on" : "begins anew");
    }
  });

  it("that nobody answers ends at once", async () => {
    const heartbeat = openephys.accompany?.(["tcp://127.0.0.1:1", "tcp://127.0.0.1:99999"]);
    assert.ok(heartbeat instanceof Heartbeat);
    heartbeat.close();
    // It would wait 10 s for an answer.
    await withDeadline("the end of the heartbeats", heartbeat.done, 9000);
  });
});

/** Closing is asynchronous: the address is free only a moment later. */
async function bindAgain(socket: Reply, address: string): Promise<void> {
  const bind = async (): Promise<void> => {
    for (;;) {
      try {
        return await socket.bind(address);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  };
  await withDeadline(`binding ${address} again`, bind());
}
