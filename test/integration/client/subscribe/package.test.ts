/** The package as its users get it: packed, installed into an empty folder, and used by each Node that is here. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { buildClient } from "../../../../scripts/build-client.ts";
import { ROOT } from "../../../../scripts/local/worker-bundle.ts";
import { startEdge } from "../../../support/edge.ts";
import { newChannel, publishJson, storedPoints } from "../../../support/publish.ts";

const execute = promisify(execFile);
const directory = await mkdtemp(join(tmpdir(), "plotcast-client-"));
after(() => rm(directory, { recursive: true, force: true }));
const gzipBytes = await buildClient(join(directory, "built"));
const edge = await startEdge();
after(() => edge.close());
await execute("npm", ["pack", "--silent", "--pack-destination", directory], { cwd: join(directory, "built") });
await writeFile(join(directory, "package.json"), '{"type":"module"}');
await execute("npm", ["install", "--offline", "--silent", "./plotcast-client-0.1.0.tgz"], { cwd: directory });

/** Prints what it gets of a channel, until it has a point of 4: a line each. */
const PROGRAM = `
import { points, pointsOf, subscribe } from "plotcast-client";
const url = process.argv[2];
for await (const event of subscribe(url)) {
  if (event.kind === "state") console.log(event.state, event.transport);
  if (event.kind === "frame") for (const { series, y } of pointsOf(event.frame)) console.log(series, y);
  if (event.kind === "state" && event.state === "live") {
    const headers = { Authorization: "Bearer test-token", "Content-Type": "application/json" };
    await fetch(url, { method: "POST", headers, body: '{"y":4}' });
  }
  if (event.kind === "frame" && event.frame.blocks[0].columns[0].y[0] === 4) break;
}
for await (const point of points(url, { series: "z" })) {
  console.log(JSON.stringify(point));
  break;
}
`;

/** The Nodes of this machine, by their major version. */
const nodes = new Map<string, string>();
for (const path of [process.execPath, ...(process.env.PATH ?? "").split(":").map((each) => join(each, "node"))]) {
  const version = await execute(path, ["--version"]).catch(() => undefined);
  const major = /^v(\d+)\./.exec(version?.stdout ?? "")?.[1];
  if (major !== undefined && !nodes.has(major)) nodes.set(major, path);
}

for (const [major, transport] of [
  ["20", "events"],
  ["24", "websocket"],
] as const) {
  const node = nodes.get(major);
  const skip = node === undefined ? `There is no Node ${major} here.` : false;
  test(`[CL1a] [CL1f] [CL6b] Node ${major} takes ${transport}`, { skip }, async () => {
    const channel = newChannel();
    await publishJson(edge, channel, [{ y: 1 }, { y: 2, z: 3 }]);
    const program = join(directory, "program.js");
    await writeFile(program, PROGRAM);
    const { stdout } = await execute(node ?? "", [program, edge.channelUrl(channel).href]);
    const lines = stdout.trim().split("\n");
    const x = /"x":([\d.]+)/.exec(lines.at(-1) ?? "")?.[1];
    assert.deepEqual(lines, [
      `connecting ${transport}`,
      "y 1",
      "y 2",
      "z 3",
      `live ${transport}`,
      "y 4",
      `{"series":"z","x":${x},"y":3}`,
    ]);
  });
}

/** Publishes to a channel, and prints how it ends. */
const PUBLISHER_PROGRAM = `
import { openPublisher } from "plotcast-client/publish";
const publisher = await openPublisher(process.argv[2], { token: "test-token" });
publisher.publish({ temp: 21.5 }, 1000);
await publisher.flush();
console.log(publisher.isLasting, JSON.stringify(await publisher.close()));
`;

for (const major of ["20", "24"]) {
  const node = nodes.get(major);
  const skip = node === undefined ? `There is no Node ${major} here.` : false;
  test(`[CL7a] [CL8e] Node ${major} publishes, from memory`, { skip }, async () => {
    const channel = newChannel();
    const program = join(directory, "publisher.js");
    await writeFile(program, PUBLISHER_PROGRAM);
    const { stdout } = await execute(node ?? "", [program, edge.channelUrl(channel).href]);
    assert.equal(stdout, 'false {"points":0,"bytes":0}\n');
    assert.deepEqual(await storedPoints(edge, channel), [{ series: "temp", x: 1000, y: 21.5 }]);
  });
}

/** Talks in a room, and prints what it knows. */
const ROOM_PROGRAM = `
import { openRoom } from "plotcast-client/room";
const url = process.argv[2];
const room = await openRoom(url, { token: "test-token", name: "Ada" });
const note = await room.note("from a program", 1000);
const failed = await room.set("setpoint", 1).catch((error) => error);
console.log(room.name, room.count, room.notes[0].text, failed.code, note.x);
room.close();
`;

for (const major of ["20", "24"]) {
  const node = nodes.get(major);
  const skip = node === undefined ? `There is no Node ${major} here.` : false;
  test(`[CL10a] Node ${major} talks in a room if it has a WebSocket, and is told so if not`, { skip }, async () => {
    const program = join(directory, "room.js");
    await writeFile(program, ROOM_PROGRAM);
    const running = execute(node ?? "", [program, edge.channelUrl(newChannel()).href]);
    if (major === "20") await assert.rejects(running, /has no WebSocket, which a room needs/);
    else assert.equal((await running).stdout, "Ada 1 from a program unknown-control 1000\n");
  });
}

const CONNECT_PROGRAM = `
import { points } from "plotcast-client";
import { connect } from "plotcast-client/connect";
const connection = connect(process.argv[2]);
const seen = [];
for (const url of process.argv.slice(2)) {
  for await (const { y } of points(url, { connection })) {
    seen.push(y);
    break;
  }
}
console.log(...seen);
`;

for (const major of ["20", "24"]) {
  const node = nodes.get(major);
  const skip = node === undefined ? `There is no Node ${major} here.` : false;
  test(`[CL12a] Node ${major} watches two channels by one connection, or by events where it has no WebSocket`, {
    skip,
  }, async () => {
    const program = join(directory, "connect.js");
    await writeFile(program, CONNECT_PROGRAM);
    const channels = [newChannel(), newChannel()];
    for (const [i, channel] of channels.entries()) await publishJson(edge, channel, { y: i + 1 });
    const urls = channels.map((channel) => edge.channelUrl(channel).href);
    assert.equal((await execute(node ?? "", [program, ...urls])).stdout, "1 2\n");
  });
}

test("[CL6a] [CL6c] [CL10a] [CL12a] each is one module without dependencies, and weighs no more than it may", async () => {
  const { index, publish, room, connect } = gzipBytes;
  assert.ok(index <= 12_288 && publish <= 17_408 && room <= 11_264 && connect <= 4_096, JSON.stringify(gzipBytes));
  for (const name of ["index.js", "publish.js", "room.js", "connect.js"]) {
    const module = await readFile(join(directory, "built", name), "utf8");
    assert.doesNotMatch(module, /\bimport\b|\brequire\(/);
  }
  const own: Record<string, unknown> = JSON.parse(await readFile(join(directory, "built/package.json"), "utf8"));
  assert.deepEqual([own.dependencies, own.type], [undefined, "module"]);
  const { version }: { version: string } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  assert.equal(own.version, version);
});

test("[EL1b] [EL1c] it has the elements, of 40 KB at most, which a server may import", async () => {
  assert.ok(gzipBytes.element <= 40_960, `${gzipBytes.element} bytes`);
  const module = await readFile(join(directory, "built/element.js"), "utf8");
  assert.doesNotMatch(module, /\bimport\b *[({"'*]|\brequire\(/);
  for (const node of nodes.values()) {
    const program = 'import "plotcast-client/element"; console.log(typeof customElements, "done")';
    const { stdout } = await execute(node, ["--input-type=module", "--eval", program], { cwd: directory });
    assert.equal(stdout.trim(), "undefined done");
  }
});

test("[EL1c] the elements have types", async () => {
  const check = async (use: string): Promise<string> => {
    const program = `import "plotcast-client/element";
      import type { ElementState, PlotCastElement } from "plotcast-client/element";
      const plot = document.createElement("plot-cast");
      const all: NodeListOf<PlotCastElement> = document.querySelectorAll("plot-cast");
      const state: ElementState = all[0]?.state ?? plot.state;
      plot.token = async () => state;
      plot.series = ["a", "b"];
      document.createElement("plot-cast-value").digits = "2";
      ${use}`;
    await writeFile(join(directory, "elements.ts"), program);
    const options = "--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2024 --lib es2024,dom";
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const { stdout } = await execute(process.execPath, [tsc, ...options.split(" "), "--types", "", "elements.ts"], {
      cwd: directory,
    }).catch((error: { stdout: string }) => error);
    return stdout;
  };
  assert.equal(await check(""), "");
  assert.match(await check("plot.token = 5;"), /elements\.ts.*TS2322/);
});

test("[CL6a] its types are those of a strict program, and tell events and states apart", async () => {
  const program = (use: string): string => `
    import { points, subscribe, type SubscriptionEvent } from "plotcast-client";
    import { openPublisher, type PublisherState } from "plotcast-client/publish";
    import { openRoom, type Room, RoomError } from "plotcast-client/room";
    export async function talk(url: string): Promise<void> {
      const room: Room = await openRoom(url, { token: async () => "t", name: "Ada" });
      room.on("hi", (data: unknown, from, reply) => reply(from.kind === "viewer" ? data : null));
      room.when("controls", ({ changed }) => console.log(changed.map(({ revision }) => revision.toFixed())));
      const { effective } = await room.set("setpoint", 200, { baseRevision: 1 });
      const { answers } = await room.emit("hi", { effective }, { ack: true, to: "publishers" });
      const problem = room.state.state === "refused" ? room.state.problem.detail : "";
      await room.note(problem, answers.length).catch((error: unknown) => error instanceof RoomError && error.code.trim());
    }
    export async function publish(url: string): Promise<number> {
      const onState = (state: PublisherState): void => console.log(state.state === "waiting" ? state.reason : "");
      const publisher = await openPublisher(url, { token: async () => "t", onState });
      publisher.publish({ temp: 21.5, hum: null }, new Date());
      await publisher.flush({ signal: AbortSignal.timeout(1000) });
      return (await publisher.close()).points;
    }
    export async function use(url: string): Promise<void> {
      for await (const { series, x, y, text } of points(url, { series: ["a"], signal: new AbortController().signal })) {
        console.log(series.length, x.toFixed(), y.toFixed(), text?.length);
      }
      for await (const event of subscribe(url, { token: async () => "t", transports: ["poll"] })) ${use};
    }
    export const detailOf = (event: SubscriptionEvent): string =>
      event.kind === "state" && event.state === "refused" ? event.problem.detail : "";`;
  const check = async (use: string): Promise<string> => {
    await writeFile(join(directory, "program.ts"), program(use));
    const options = "--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2024 --lib es2024,dom";
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const { stdout } = await execute(process.execPath, [tsc, ...options.split(" "), "--types", "", "program.ts"], {
      cwd: directory,
    }).catch((error: { stdout: string }) => error);
    return stdout;
  };
  assert.equal(await check('if (event.kind === "frame") console.log(event.frame.header.seq, event.cursor)'), "");
  assert.match(await check("console.log(event.frame)"), /program\.ts.*TS2339/);
});
