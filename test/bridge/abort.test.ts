import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { connectPublisher } from "../support/publisher.ts";
import { waitFor, withDeadline } from "../support/wait.ts";
import { FLAG, frame, ping, rawBinder, rawPublisher } from "../support/zmtp.ts";

//     a publisher by hand ─tcp→ a bridge's receiver in a process of its own, too busy to read

const FILE = fileURLToPath(new URL("./busy-receiver.ts", import.meta.url));
const TIMEOUT = { timeout: 60_000 };
const HIGH_WATER_MARK = 100;
const COUNT = 800;

interface Busy {
  child: ChildProcess;
  address: string;
  messages(): Promise<number>;
}

async function busy(
  t: TestContext,
  mode: "block" | "slow",
  heartbeatMs: number,
  connect: readonly string[] = [],
): Promise<Busy> {
  const socket = { bind: ["tcp://127.0.0.1:*"], connect, highWaterMark: HIGH_WATER_MARK, heartbeatMs };
  const child = fork(FILE, [mode, JSON.stringify(socket)], { stdio: ["ignore", "inherit", "ignore", "ipc"] });
  t.after(() => child.kill("SIGKILL"));
  const said = async (name: string): Promise<string> => {
    const [message]: unknown[] = await withDeadline(
      `what the receiver says of ${name}`,
      once(child, "message"),
      20_000,
    );
    return typeof message === "object" && message !== null ? String(Object.entries(message)[0]?.[1]) : "";
  };
  const address = await said("its address");
  return {
    child,
    address,
    messages: async () => {
      const answer = said("its messages");
      child.send("messages");
      return Number(await answer);
    },
  };
}

/** Many small messages, with what may stand between them. */
function flood(between: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat(Array.from({ length: COUNT }, (_, i) => Buffer.concat([frame(`{"y": ${i}}`), between])));
}

/** Asserts that the receiver reads all that came, and then what another publisher sends. */
async function assertGoesOn(t: TestContext, { child, address, messages }: Busy): Promise<void> {
  const ended = once(child, "exit").then(([code, signal]: unknown[]) => {
    throw new Error(`The process has ended: ${String(code ?? signal)}.`);
  });
  const goesOn = async (): Promise<void> => {
    const after = await connectPublisher(address);
    t.after(() => after.close());
    // A reset may have taken all that came before it.
    await after.send("another publisher's");
    let seen = -1;
    await waitFor(
      "that nothing more comes",
      async () => {
        const before = seen;
        seen = await messages();
        return seen > 0 && seen === before;
      },
      { deadlineMs: 30_000, everyMs: 700 },
    );
    await after.send("after all that");
    await waitFor("a message after all that", async () => (await messages()) > seen);
  };
  await Promise.race([goesOn(), ended]);
}

for (const mode of ["block", "slow"] as const) {
  for (const [what, heartbeatMs, bytes] of [
    ["is left", 0, flood()],
    ["sends its own heartbeats", 300, flood()],
    ["is asked for heartbeats", 0, flood(ping())],
    ["is asked for heartbeats that end soon", 0, flood(ping(1))],
    ["gets half a message", 300, Buffer.concat([flood(), frame("half", FLAG.more)])],
  ] as const) {
    const name = `a receiver that is too busy (${mode}) and ${what} goes on when its publisher's connection is`;
    for (const end of ["reset", "closed"] as const) {
      it(`[BR30] bound: ${name} ${end}`, TIMEOUT, async (t) => {
        const receiver = await busy(t, mode, heartbeatMs);
        const publisher = await rawPublisher(receiver.address);
        await publisher.send(bytes);
        if (end === "reset") publisher.socket.resetAndDestroy();
        else publisher.socket.destroy();
        await assertGoesOn(t, receiver);
      });
    }
    it(`[BR30] connected: ${name} reset`, TIMEOUT, async (t) => {
      const binder = await rawBinder();
      t.after(() => binder.close());
      const receiver = await busy(t, mode, heartbeatMs, [binder.address]);
      const publisher = await binder.next();
      await publisher.send(bytes);
      publisher.socket.resetAndDestroy();
      binder.close();
      await assertGoesOn(t, receiver);
    });
  }
}
