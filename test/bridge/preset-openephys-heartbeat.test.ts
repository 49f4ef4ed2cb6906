import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Reply } from "zeromq";
import { openephys } from "../../bridge/presets/openephys.ts";
import { Heartbeat, heartbeatAddress } from "../../bridge/presets/openephys-heartbeat.ts";
import { withDeadline } from "../support/wait.ts";

describe("[PS4] the heartbeat for Open Ephys", () => {
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

  it("that nobody answers ends at once", async () => {
    const heartbeat = openephys.accompany?.(["tcp://127.0.0.1:1", "tcp://127.0.0.1:99999"]);
    assert.ok(heartbeat instanceof Heartbeat);
    heartbeat.close();
    // It would wait 10 s for an answer.
    await withDeadline("the end of the heartbeats", heartbeat.done, 5000);
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
