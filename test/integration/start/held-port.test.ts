/** Nobody else gets the Worker's port while `npm start` runs: the bridge would send them the token. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { holdPort, PortError } from "../../../scripts/local/held-port.ts";
import { freePort } from "../../support/ports.ts";
import { live, run, workerdOf } from "../../support/started.ts";
import { waitFor, withDeadline } from "../../support/wait.ts";

const onPosix = { skip: process.platform === "win32" };

/** Tries to take a port, as another user would. */
async function canTake(port: number, host: string): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, host), "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

test("[ST16] a port that is held can be had by nobody else, and one that is taken cannot be held", async (t) => {
  const port = await freePort();
  const { fds, listening } = await holdPort(port);
  assert.equal(await canTake(port, "127.0.0.1"), false);
  if (listening === "both") assert.equal(await canTake(port, "::1"), false);
  if (process.platform !== "win32") assert.equal(fds.length, listening === "both" ? 2 : 1);
  await assert.rejects(holdPort(port), PortError);
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  await assert.rejects(holdPort(address.port), /EADDRINUSE/);
});

test(
  "[ST16] while the Worker is started again the port stays taken, and who asks meanwhile is answered",
  onPosix,
  async (t) => {
    const started = await run(t, "dev");
    await live(started);
    const first = await workerdOf(started);
    process.kill(first.pid, "SIGKILL");
    const asked = fetch(started.url, { headers: { Accept: "application/json" } });
    const taken: string[] = [];
    await waitFor(
      "another workerd",
      async () => {
        for (const host of ["127.0.0.1", "0.0.0.0", "::1"]) if (await canTake(started.port, host)) taken.push(host);
        return (await workerdOf(started)).pid !== first.pid;
      },
      { deadlineMs: 30_000 },
    );
    assert.deepEqual(taken, []);
    assert.equal((await withDeadline("the answer to who asked meanwhile", asked, 30_000)).status, 200);
  },
);
