import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect as connectTo, createServer, type Socket } from "node:net";
import { it, type TestContext } from "node:test";
import { setTimeout as nextMs } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { makeKeys } from "../../../../bridge/config/syntax/curve-key.ts";
import { connectPublisher, type PublisherOptions } from "../../../support/publisher.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";
import { FLAG, frame, ping, rawBinder, rawPlainPublisher, rawPublisher } from "../../../support/zmtp.ts";

//     a publisher by hand ─tcp→ a bridge's receiver in a process of its own, too busy to read
//     a publisher with CURVE ─tcp→ what resets ─tcp→ the same

const FILE = fileURLToPath(new URL("../../../support/busy-receiver.ts", import.meta.url));
const TIMEOUT = { timeout: 60_000 };
const HIGH_WATER_MARK = 100;
const COUNT = 800;
/** At least: rfc.zeromq.org/spec/26. */
const CURVE_MESSAGE_BYTES = 41;

interface Busy {
  child: ChildProcess;
  address: string;
  messages(): Promise<number>;
}

async function busy(
  t: TestContext,
  mode: "block" | "slow",
  heartbeatMs: number,
  given: { connect?: readonly string[]; security?: object } = {},
): Promise<Busy> {
  const socket = { bind: ["tcp://127.0.0.1:*"], highWaterMark: HIGH_WATER_MARK, heartbeatMs, ...given };
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
async function assertGoesOn(
  t: TestContext,
  { child, address, messages }: Busy,
  options: PublisherOptions = {},
): Promise<void> {
  const ended = once(child, "exit").then(([code, signal]: unknown[]) => {
    throw new Error(`The process has ended: ${String(code ?? signal)}.`);
  });
  const goesOn = async (): Promise<void> => {
    const after = await connectPublisher(address, [""], options);
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

const PLAIN = { mechanism: "plain-server", users: { lab: "right-word" } };
const BRIDGE = makeKeys();
const CURVE = { mechanism: "curve-server", ...BRIDGE };

/** A publisher's own keys. */
function curveClient(): PublisherOptions {
  const { publicKey, secretKey } = makeKeys();
  return { curvePublicKey: publicKey, curveSecretKey: secretKey, curveServerKey: BRIDGE.publicKey };
}

interface Relay {
  address: string;
  /** From now on the publisher's bytes are kept. @returns how many there are */
  keep(): () => number;
  /** Sends those that were kept, at once: libzmq then has many when it stops reading. */
  release(): Promise<void>;
  end(how: "reset" | "closed"): void;
}

/** Passes the bytes of one publisher on: the end of its connection is in the test's hands. */
async function relay(t: TestContext, to: string): Promise<Relay> {
  let out: Socket | undefined;
  let kept: Buffer[] | undefined;
  const server = createServer((near) => {
    const far = connectTo(Number(to.split(":").at(-1)), "127.0.0.1");
    out = far;
    near.on("error", () => undefined).on("data", (bytes) => kept?.push(bytes) ?? far.write(bytes));
    far.on("error", () => undefined).on("data", (bytes) => near.write(bytes));
    t.after(() => near.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const at = server.address();
  return {
    address: `tcp://127.0.0.1:${typeof at === "object" ? at?.port : 0}`,
    keep: () => {
      const bytes: Buffer[] = [];
      kept = bytes;
      return () => bytes.reduce((sum, { length }) => sum + length, 0);
    },
    release: () => new Promise((resolve) => out?.write(Buffer.concat(kept ?? []), () => resolve())),
    end: (how) => {
      server.close();
      if (how === "reset") out?.resetAndDestroy();
      else out?.destroy();
    },
  };
}

for (const mode of ["block", "slow"] as const) {
  for (const end of ["reset", "closed"] as const) {
    for (const [what, heartbeatMs, bytes] of [
      ["sends its own heartbeats", 300, flood()],
      ["is asked for heartbeats", 0, flood(ping())],
    ] as const) {
      it(
        `[BR30] PLAIN: a server that is too busy (${mode}) and ${what} goes on when who was let in is ${end}`,
        TIMEOUT,
        async (t) => {
          const receiver = await busy(t, mode, heartbeatMs, { security: PLAIN });
          const publisher = await rawPlainPublisher(receiver.address, "lab", "right-word");
          await publisher.send(bytes);
          if (end === "reset") publisher.socket.resetAndDestroy();
          else publisher.socket.destroy();
          await assertGoesOn(t, receiver, { plainUsername: "lab", plainPassword: "right-word" });
        },
      );
    }
    for (const [what, heartbeatMs, heartbeatInterval] of [
      ["sends its own heartbeats", 300, 0],
      ["is asked for heartbeats", 0, 1],
    ] as const) {
      it(
        `[BR30] CURVE: a server that is too busy (${mode}) and ${what} goes on when who was let in is ${end}`,
        TIMEOUT,
        async (t) => {
          const receiver = await busy(t, mode, heartbeatMs, { security: CURVE });
          const through = await relay(t, receiver.address);
          const heartbeats = heartbeatInterval === 0 ? {} : { heartbeatInterval, heartbeatTimeout: 60_000 };
          const publisher = await connectPublisher(through.address, [""], { ...curveClient(), ...heartbeats });
          t.after(() => publisher.close());
          const kept = through.keep();
          for (let i = 0; i < COUNT; i++) {
            await publisher.send(`{"y": ${i}}`);
            // Heartbeats come between messages, not between those that were sent at once.
            if (heartbeatInterval > 0 && i % 5 === 0) await nextMs(heartbeatInterval);
          }
          await waitFor("that all is sent", () => kept() > COUNT * CURVE_MESSAGE_BYTES);
          await through.release();
          through.end(end);
          await assertGoesOn(t, receiver, curveClient());
        },
      );
    }
  }
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
      const receiver = await busy(t, mode, heartbeatMs, { connect: [binder.address] });
      const publisher = await binder.next();
      await publisher.send(bytes);
      publisher.socket.resetAndDestroy();
      binder.close();
      await assertGoesOn(t, receiver);
    });
  }
}
