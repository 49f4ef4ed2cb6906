/** A knob's turn, from the room of a real Worker to a program by real ZeroMQ sockets, and what the program says to it back. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { Dealer, Publisher, Reply, Subscriber } from "zeromq";
import type { SourceConfig } from "../../../../bridge/config/config.ts";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { makeKeys } from "../../../../bridge/config/syntax/curve-key.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { type Bridge, type BridgeOptions, startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { parseObject } from "../../../../protocol/messages/guards.ts";
import { directoryOf } from "../../../support/bridge-process.ts";
import { startEdge } from "../../../support/edge.ts";
import { MeddlingProxy } from "../../../support/meddling-proxy.ts";
import { newChannel } from "../../../support/publish.ts";
import { Guest } from "../../../support/room.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const edge = await startEdge({ vars: { PUBLIC_RIGHTS: "**=control+note+presence" } });
after(() => edge.close());

/** A source that lets in whom this security does. */
function secured(source: SourceConfig, security: SourceConfig["socket"]["security"]): SourceConfig {
  return { ...source, socket: { ...source.socket, security } };
}

const XPUB = "tcp://127.0.0.1:*";

async function bridged(
  t: TestContext,
  options: Partial<BridgeOptions> = {},
): Promise<{ bridge: Bridge; lines: string[] }> {
  const lines: string[] = [];
  const bridge = await startBridge({
    to: edge.channelUrl(newChannel()),
    token: edge.token ?? "",
    log: createLog("text", "info", (line) => lines.push(line)),
    sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })],
    ...options,
  });
  t.after(() => bridge.close({ drainMs: 0 }));
  return { bridge, lines };
}

/** A program that publishes, and has a knob and a button. It declares until somebody hears it. */
class Program {
  readonly publisher = new Publisher({ linger: 0 });
  readonly commands = new Subscriber({ linger: 0 });
  readonly done: Readonly<Record<string, unknown>>[] = [];
  readonly #reading: Promise<void>;

  constructor(t: TestContext, bridge: Bridge) {
    this.publisher.connect(bridge.bound[0] ?? "");
    const [controls] = bridge.controls;
    if (controls !== undefined) {
      this.commands.connect(controls);
      this.commands.subscribe("set/", "call/", "event/");
    }
    this.#reading = this.#read();
    t.after(async () => {
      this.publisher.close();
      this.commands.close();
      await this.#reading;
    });
  }

  async say(message: unknown): Promise<void> {
    await this.publisher.send(["plotcast", JSON.stringify(message)]);
  }

  async next(): Promise<Readonly<Record<string, unknown>>> {
    return await waitFor("a command at the program", () => this.done.shift());
  }

  async #read(): Promise<void> {
    try {
      for await (const [topic, text] of this.commands) {
        this.done.push({ topic: String(topic), ...parseObject(String(text)) });
      }
    } catch {
      // It was closed.
    }
  }
}

const CONTROLS = { setpoint: { value: 180, min: 20, max: 250, unit: "°C" }, stop: {} };

/** In the room once the controls are there. */
async function inRoom(t: TestContext, program: Program, url: URL): Promise<Guest> {
  const guest = await Guest.in(t, url);
  let isThere = guest.welcome.controls.length > 0;
  await waitFor(
    "the controls in the room",
    async () => {
      if (!isThere) await program.say({ controls: CONTROLS });
      isThere ||= guest.heard.some((message) => message.type === "controls" && message.controls.length > 0);
      return isThere;
    },
    { everyMs: 100 },
  );
  return guest;
}

test("[DL1a] [DL2a] a program declares, is told by XPUB, and answers on the socket that it publishes with", async (t) => {
  const to = edge.channelUrl(newChannel());
  const { bridge } = await bridged(t, { to, control: [XPUB] });
  const program = new Program(t, bridge);
  const ada = await inRoom(t, program, to);
  ada.say({ type: "set", id: "s1", control: "setpoint", value: 200 });
  assert.deepEqual(await program.next(), {
    topic: "set/setpoint",
    id: "s1",
    set: "setpoint",
    value: 200,
    by: "somebody",
  });
  await ada.hears("command", ({ command }) => command.stage === "delivered");
  await program.say({ ack: "s1", value: 199 });
  const { command } = await ada.hears("command", ({ command }) => command.stage === "confirmed");
  assert.equal(command.effective, 199);
  ada.say({ type: "call", id: "c1", control: "stop" });
  assert.deepEqual(await program.next(), { topic: "call/stop", id: "c1", call: "stop", by: "somebody" });
  await program.say({ refuse: "c1", error: "it is off" });
  const refused = await ada.hears("command", ({ command }) => command.stage === "refused");
  assert.deepEqual([refused.command.reason, refused.command.detail], ["program-refused", "it is off"]);
  await program.say({ values: { setpoint: 150 } });
  await ada.hears("controls", ({ controls }) => controls[0]?.value === 150);
  assert.equal(bridge.ledger.refused.size, 0);
});

test("[BR17b] what became of commands is counted for each channel", async (t) => {
  const to = edge.channelUrl(newChannel());
  const { bridge } = await bridged(t, { to, control: [XPUB], metrics: { host: "127.0.0.1", port: 0 } });
  const program = new Program(t, bridge);
  const ada = await inRoom(t, program, to);
  ada.say({ type: "set", id: "s1", control: "setpoint", value: 200 });
  await program.next();
  for (let n = 0; n < 2; n++) await program.say({ ack: "s1" });
  ada.say({ type: "call", id: "c1", control: "stop" });
  await program.next();
  await program.say({ refuse: "c1" });
  await ada.hears("command", ({ command }) => command.stage === "refused");
  const text = await (await fetch(bridge.metricsUrl ?? "")).text();
  const counts = [...text.matchAll(/^plotcast_bridge_(\w+)_total\{channel="([^"]*)"\} (\d+)$/gm)];
  const ofCommands = counts.filter(([, name = ""]) => /commands|answers|room/.test(name));
  assert.deepEqual(
    ofCommands.map(([, name, channel, value]) => [name, channel === to.pathname.slice("/c/".length), value]),
    [
      ["delivered_commands", true, "2"],
      ["confirmed_commands", true, "1"],
      ["refused_commands", true, "1"],
      ["stray_answers", true, "1"],
      ["dropped_room_messages", true, "0"],
    ],
  );
});

test("[DL1b] notes, announcements and events go both ways", async (t) => {
  const to = edge.channelUrl(newChannel());
  const { bridge } = await bridged(t, { to, control: [XPUB] });
  const program = new Program(t, bridge);
  const ada = await inRoom(t, program, to);
  await program.publisher.send(JSON.stringify({ note: "valve opened" }));
  assert.equal((await ada.hears("note")).note.text, "valve opened");
  await program.say({ announce: "Calibrating" });
  assert.equal((await ada.hears("announcement")).text, "Calibrating");
  await program.say({ emit: "ready", data: [1, 2] });
  assert.deepEqual((await ada.hears("event")).data, [1, 2]);
  ada.say({ type: "emit", id: "e1", to: "publishers", name: "hello", data: 5, ack: true });
  const event = await program.next();
  assert.deepEqual([event.topic, event.event, event.data], ["event/hello", "hello", 5]);
  await program.say({ answer: event.ack, data: "hi" });
  assert.equal((await ada.hears("ack")).data, "hi");
});

test("[DL2b] while nobody subscribes an action is refused, and what is set waits for whoever comes", async (t) => {
  const to = edge.channelUrl(newChannel());
  const { bridge } = await bridged(t, { to, control: [XPUB] });
  const program = new Program(t, bridge);
  const ada = await inRoom(t, program, to);
  program.commands.unsubscribe("set/", "call/", "event/");
  await waitFor("that nobody listens", async () => {
    const id = crypto.randomUUID();
    ada.say({ type: "call", id, control: "stop" });
    const { command } = await ada.hears("command", ({ command }) => command.id === id && command.stage !== "accepted");
    return command.reason === "nobody-listens";
  });
  ada.say({ type: "set", id: "w1", control: "setpoint", value: 60 });
  assert.equal((await ada.hears("command", ({ command }) => command.id === "w1")).command.stage, "accepted");
  program.done.length = 0;
  program.commands.subscribe("set/setpoint");
  assert.equal((await program.next()).value, 60);
  await program.say({ ack: "w1" });
  await ada.hears("command", ({ command }) => command.id === "w1" && command.stage === "confirmed");
});

test("[DL2c] a DEALER at a ROUTER is told, and answers there", async (t) => {
  const to = edge.channelUrl(newChannel());
  const { bridge } = await bridged(t, { to, control: ["router+tcp://127.0.0.1:*"] });
  const dealer = new Dealer({ linger: 0 });
  t.after(() => dealer.close());
  dealer.connect(bridge.controls[0] ?? "");
  await dealer.send(JSON.stringify({ plotcast: { controls: CONTROLS } }));
  const ada = await Guest.in(t, to);
  if (ada.welcome.controls.length === 0) await ada.hears("controls");
  ada.say({ type: "set", id: "r1", control: "setpoint", value: 99 });
  const [topic, text] = await withDeadline("a command at the dealer", dealer.receive());
  assert.deepEqual([String(topic), parseObject(String(text))?.value], ["set/setpoint", 99]);
  await dealer.send(JSON.stringify({ ack: "r1", value: 99 }));
  await ada.hears("command", ({ command }) => command.stage === "confirmed");
});

test("[DL2d] a REP program is asked, and an answer that is lost locks nothing", async (t) => {
  const to = edge.channelUrl(newChannel());
  const asked: unknown[] = [];
  let reply = new Reply({ linger: 0 });
  t.after(() => reply.close());
  await reply.bind("tcp://127.0.0.1:*");
  const endpoint = reply.lastEndpoint ?? "";
  const serve = async (socket: Reply): Promise<void> => {
    try {
      for await (const [request] of socket) {
        const { plotcast, value } = parseObject(String(request)) ?? {};
        asked.push(value);
        if (plotcast === "controls") await socket.send(JSON.stringify({ controls: CONTROLS }));
        // It dies before it has answered.
        else if (value === 44) socket.close();
        else await socket.send(value === 66 ? '{"error":"not 66"}' : JSON.stringify({ value }));
      }
    } catch {
      // It was closed.
    }
  };
  let serving = serve(reply);
  await bridged(t, { to, call: [endpoint] });
  const ada = await Guest.in(t, to);
  if (ada.welcome.controls.length === 0) await ada.hears("controls");
  ada.say({ type: "set", id: "q1", control: "setpoint", value: 42 });
  const { command } = await ada.hears("command", ({ command }) => command.stage === "confirmed");
  assert.equal(command.effective, 42);
  ada.say({ type: "set", id: "q2", control: "setpoint", value: 66 });
  assert.equal((await ada.hears("command", ({ command }) => command.stage === "refused")).command.detail, "not 66");
  ada.say({ type: "set", id: "q3", control: "setpoint", value: 44 });
  await serving;
  reply = new Reply({ linger: 0 });
  // A socket that is closed leaves its port a little later: https://libzmq.readthedocs.io/en/latest/zmq_close.html
  await waitFor("the port to be free again", async () => {
    await reply.bind(endpoint);
    return true;
  });
  serving = serve(reply);
  ada.say({ type: "set", id: "q4", control: "setpoint", value: 45 });
  const after = await ada.hears("command", ({ command }) => command.id === "q4" && command.stage === "confirmed");
  assert.equal(after.command.effective, 45);
  assert.equal(asked.filter((value) => value === 44).length, 1, "what was lost is not asked again");
  reply.close();
  await serving;
});

test("[DL2f] [DL2b] a REP program that starts later, or again, is asked anew, and has what was set meanwhile", async (t) => {
  const to = edge.channelUrl(newChannel());
  const before = new Reply({ linger: 0 });
  await before.bind("tcp://127.0.0.1:*");
  const endpoint = before.lastEndpoint ?? "";
  before.close();
  const values: unknown[] = [];
  const start = async (max: number): Promise<() => Promise<void>> => {
    const reply = new Reply({ linger: 0 });
    t.after(() => reply.close());
    await waitFor("the port to be free", async () => {
      await reply.bind(endpoint);
      return true;
    });
    const serving = (async () => {
      for await (const [request] of reply) {
        const { plotcast, value } = parseObject(String(request)) ?? {};
        if (plotcast === undefined) values.push(value);
        const controls = { setpoint: { value: 180, max }, stop: {} };
        await reply.send(JSON.stringify(plotcast === "controls" ? { controls } : { value }));
      }
    })().catch(() => undefined);
    return async () => {
      reply.close();
      await serving;
    };
  };
  await bridged(t, { to, call: [endpoint] });
  const end = await start(250);
  const ada = await Guest.in(t, to);
  await waitFor(
    "its controls",
    () => ada.welcome.controls.length > 0 || ada.heard.some(({ type }) => type === "controls"),
  );
  await end();
  await waitFor("that nobody listens", async () => {
    const id = crypto.randomUUID();
    ada.say({ type: "call", id, control: "stop" });
    const { command } = await ada.hears("command", ({ command }) => command.id === id && command.stage !== "accepted");
    return command.reason === "nobody-listens";
  });
  values.length = 0;
  for (const value of [60, 70]) ada.say({ type: "set", id: `w${value}`, control: "setpoint", value });
  assert.equal((await ada.hears("command", ({ command }) => command.id === "w70")).command.stage, "accepted");
  await start(300);
  await ada.hears("command", ({ command }) => command.id === "w70" && command.stage === "delivered");
  const { command } = await ada.hears(
    "command",
    ({ command }) => command.id === "w70" && command.stage === "confirmed",
  );
  assert.equal(command.effective, 70);
  assert.deepEqual(values, [70]);
  ada.say({ type: "set", id: "wide", control: "setpoint", value: 290 });
  await ada.hears("command", ({ command }) => command.id === "wide" && command.stage === "confirmed");
});

test("[DL2e] behind CURVE only who may publish is told what is set", async (t) => {
  const to = edge.channelUrl(newChannel());
  const [server, known, stranger] = [makeKeys(), makeKeys(), makeKeys()];
  const security = { mechanism: "curve-server", ...server, allow: [known.publicKey] } as const;
  const { bridge } = await bridged(t, {
    to,
    control: [XPUB],
    sources: [secured(sourceOf({ bind: ["tcp://127.0.0.1:*"] }), security)],
  });
  const told: string[] = [];
  const listen = async (keys: typeof known, who: string): Promise<Subscriber> => {
    const socket = new Subscriber({
      linger: 0,
      curvePublicKey: keys.publicKey,
      curveSecretKey: keys.secretKey,
      curveServerKey: server.publicKey,
    });
    t.after(() => socket.close());
    socket.connect(bridge.controls[0] ?? "");
    socket.subscribe("");
    void (async () => {
      for await (const [topic] of socket) told.push(`${who}: ${String(topic)}`);
    })().catch(() => undefined);
    return socket;
  };
  await listen(stranger, "stranger");
  await listen(known, "known");
  const publisher = new Publisher({
    linger: 0,
    curvePublicKey: known.publicKey,
    curveSecretKey: known.secretKey,
    curveServerKey: server.publicKey,
  });
  t.after(() => publisher.close());
  publisher.connect(bridge.bound[0] ?? "");
  const ada = await Guest.in(t, to);
  await waitFor(
    "the controls",
    async () => {
      await publisher.send(JSON.stringify({ plotcast: { controls: CONTROLS } }));
      return ada.heard.some(({ type }) => type === "controls");
    },
    { everyMs: 100 },
  );
  ada.say({ type: "set", id: "k1", control: "setpoint", value: 50 });
  await waitFor("the command at who may", () => told.length > 0);
  assert.deepEqual(told, ["known: set/setpoint"]);
});

test("[DL3b] where no WebSocket gets through commands come by POST", async (t) => {
  const url = edge.channelUrl(newChannel());
  const proxy = await MeddlingProxy.to(t, url, { upgrades: { status: 502, html: "" } });
  const { bridge } = await bridged(t, { to: proxy.url, control: [XPUB] });
  const program = new Program(t, bridge);
  const ada = await inRoom(t, program, url);
  ada.say({ type: "set", id: "p1", control: "setpoint", value: 33 });
  assert.equal((await program.next()).value, 33);
  await program.say({ ack: "p1", value: 33 });
  const { command } = await ada.hears("command", ({ command }) => command.stage === "confirmed");
  assert.equal(command.effective, 33);
});

test("[DL3a] after a restart of the bridge what was done is not done again, and what is in doubt is said", async (t) => {
  const to = edge.channelUrl(newChannel());
  const folder = await directoryOf(t);
  const spool = { file: `${folder}/spool.db`, maxBytes: 1024 * 1024 };
  const first = await bridged(t, { to, control: [XPUB], spool });
  const program = new Program(t, first.bridge);
  const ada = await inRoom(t, program, to);
  ada.say({ type: "set", id: "d1", control: "setpoint", value: 77 });
  await program.next();
  await ada.hears("command", ({ command }) => command.id === "d1" && command.stage === "delivered");
  // It is gone before the program answers.
  await first.bridge.close({ drainMs: 0 });
  const second = await bridged(t, { to, control: [XPUB], spool });
  const again = new Program(t, second.bridge);
  const { command } = await ada.hears("command", ({ command }) => command.id === "d1" && command.stage === "refused");
  assert.equal(command.reason, "in-doubt");
  // The program did it all the same, and says so late.
  await waitFor(
    "what the program has",
    async () => {
      await again.say({ ack: "d1", value: 77 });
      return ada.heard.some((message) => message.type === "controls" && message.controls[0]?.value === 77);
    },
    { everyMs: 100 },
  );
  assert.deepEqual(again.done, []);
});

test("[DL1c] a message for the room that cannot be read is refused and counted, and points beside it are not touched", async (t) => {
  const to = edge.channelUrl(newChannel());
  const { bridge, lines } = await bridged(t, { to });
  const program = new Program(t, bridge);
  await waitFor(
    "a refusal",
    async () => {
      await program.say({ nothing: 1 });
      return bridge.ledger.refused.get("control-message");
    },
    { everyMs: 100 },
  );
  assert.match(lines.join("\n"), /it has none of controls, ack, refuse, values, note, announce, emit and answer/);
  await program.publisher.send(JSON.stringify({ note: 5, plotcast: 1 }));
  await waitFor("the points", () => bridge.ledger.decoded === 2);
  await program.say({ controls: CONTROLS });
  await waitFor("the warning", () => lines.some((line) => line.includes("give --control tcp://127.0.0.1:5001")));
});
