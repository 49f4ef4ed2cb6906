/** `npm start` and `npm run dev`, as their user runs them. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { Reply } from "zeromq";
import { connectPublisher } from "../../support/publisher.ts";
import { family, interrupt, isWorkerd, live, noneAlive, run, stored, workerdOf } from "../../support/started.ts";
import { waitFor, withDeadline } from "../../support/wait.ts";

test("[ST1a] [ST3a] npm start shows a sine with nothing configured, and Ctrl-C leaves no process behind", async (t) => {
  const started = await run(t, "start");
  await live(started);
  const points = await waitFor("ten points of the demo", async () => {
    const points = await stored(started.url);
    return points.length >= 10 ? points : undefined;
  });
  for (const { x, y } of points) assert.equal(y, Math.sin(x));
  const processes = await family(started.child.pid);
  assert.ok(
    processes.some(({ command }) => isWorkerd(command)),
    "without workerd this would miss what stays behind",
  );
  interrupt(started.child);
  await withDeadline("the end after Ctrl-C", started.exit);
  await noneAlive(processes);
});

test("[ST1b] npm run dev shows what a publisher of one's own sends, and nothing else", async (t) => {
  const started = await run(t, "dev");
  await live(started);
  const publisher = await connectPublisher(started.zmq);
  t.after(() => publisher.close());
  await publisher.send('{"x":1700000000,"y":2.5}');
  const points = await waitFor("the point stored", async () => {
    const points = await stored(started.url);
    return points.length > 0 ? points : undefined;
  });
  assert.deepEqual(points, [{ x: 1700000000, y: 2.5 }]);
});

test("[ST1b] [ST19] [DL2f] npm run dev asks a REP program of --call, and says that it is told", async (t) => {
  const reply = new Reply({ linger: 0 });
  t.after(() => reply.close());
  await reply.bind("tcp://127.0.0.1:*");
  const endpoint = reply.lastEndpoint ?? "";
  const started = await run(t, "dev", { args: ["--call", endpoint] });
  const [request] = await withDeadline("a question", reply.receive());
  assert.equal(String(request), '{"plotcast":"controls"}');
  await live(started);
  await waitFor("where programs are told", () => started.output().includes(`they are told by     ${endpoint}`));
});

test("[ST3a] Ctrl-C while it starts ends it, too", async (t) => {
  const started = await run(t, "start");
  await waitFor("the start of the Worker", () => started.output().includes("Starting the Worker") || undefined);
  await workerdOf(started);
  const processes = await family(started.child.pid);
  interrupt(started.child);
  await withDeadline("the end after Ctrl-C", started.exit);
  await noneAlive(processes);
});

test("[ST4a] workerd is killed: the Worker is started again, and no point is lost", async (t) => {
  const started = await run(t, "dev");
  await live(started);
  const publisher = await connectPublisher(started.zmq);
  t.after(() => publisher.close());
  await publisher.send('{"x":1,"y":1}');
  await waitFor("the first point stored", async () => (await stored(started.url)).length === 1 || undefined);
  process.kill((await workerdOf(started)).pid, "SIGKILL");
  await publisher.send('{"x":2,"y":2}');
  const points = await waitFor(
    "both points stored",
    async () => {
      const points = await stored(started.url);
      return points.length >= 2 ? points : undefined;
    },
    { deadlineMs: 60_000 },
  );
  assert.deepEqual(points, [
    { x: 1, y: 1 },
    { x: 2, y: 2 },
  ]);
});

for (const taken of ["port", "zmqPort"] as const) {
  test(`[ST2] a ${taken} in use is one line that names it and the option that changes it`, async (t) => {
    const server = createServer().listen(0, "127.0.0.1");
    t.after(() => server.close());
    await once(server, "listening");
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    const started = await run(t, "start", { [taken]: address.port });
    assert.equal(await withDeadline("the end", started.exit, 60_000), 4);
    await withDeadline("all that it printed", started.printed);
    const lines = started
      .output()
      .split("\n")
      .filter((line) => line.trim() !== "" && !line.startsWith(">"));
    assert.equal(lines.length, 1, started.output());
    assert.match(lines[0] ?? "", new RegExp(`${address.port}.*${taken === "port" ? "--port" : "--bind"}`));
  });
}
