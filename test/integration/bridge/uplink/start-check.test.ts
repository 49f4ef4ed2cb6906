import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createTcpServer, type Server } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { createLog } from "../../../../bridge/observability/log.ts";
import { TroubleWarnings } from "../../../../bridge/observability/warnings.ts";
import { StartCheck } from "../../../../bridge/uplink/start-check.ts";
import type { Outcome } from "../../../../client/publish/deliver/answer.ts";
import { type BridgeProcess, directoryOf, startBridgeProcess } from "../../../support/bridge-process.ts";
import { EXPIRED, OF_LOCALHOST } from "../../../support/certificates.ts";
import { startEdge } from "../../../support/edge.ts";
import { startFakeWorker } from "../../../support/fake-worker.ts";
import { newChannel, storedPoints } from "../../../support/publish.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     `node bridge/cli/main.ts` ─HTTP→ the real Worker, or something else; no publisher

async function bridgeTo(t: TestContext, to: URL, env: Record<string, string> = {}): Promise<BridgeProcess> {
  const args = ["--to", to.href, "--bind", "tcp://127.0.0.1:*", "--spool", "none", "--log", "text"];
  return startBridgeProcess(t, await directoryOf(t), args, { PUBLISH_TOKEN: "a-token-of-somebody", ...env });
}

async function said(bridge: BridgeProcess, sentence: RegExp): Promise<void> {
  await waitFor(`${sentence} in the log`, () => sentence.test(bridge.stderr())).catch((error: unknown) => {
    throw new Error(`It said: ${bridge.stderr()}`, { cause: error });
  });
}

async function portOf(t: TestContext, server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

describe("a bridge that cannot deliver says so at its start", () => {
  it("[BR38b] [BR38c] a wrong token, and a Worker without any", async (t) => {
    for (const [publishToken, sentence] of [
      [
        "the-token-of-the-worker",
        /Nothing can be delivered to .*401 token-wrong .*give the bridge a token that this Worker takes as PUBLISH_TOKEN/,
      ],
      [null, /Nothing can be delivered to .*503 publishing-not-configured .*wrangler secret put PUBLISH_TOKEN/],
    ] as const) {
      const edge = await startEdge({ publishToken });
      t.after(() => edge.close());
      const bridge = await bridgeTo(t, edge.channelUrl(newChannel()));
      await said(bridge, sentence);
      assert.match(bridge.stderr(), /What comes is kept; asking again\./);
      assert.ok(!bridge.stderr().includes("a-token-of-somebody"));
    }
  });

  it("[BR38b] the right token: nothing is said, and no channel is made for the question", async (t) => {
    const edge = await startEdge({ publishToken: "a-token-of-somebody" });
    t.after(() => edge.close());
    const channel = newChannel();
    const bridge = await bridgeTo(t, edge.channelUrl(channel));
    const publisher = await connectPublisher(await bridge.address());
    t.after(() => publisher.close());
    await publisher.send("[1, 2]");
    await waitFor("the point stored", async () => (await storedPoints(edge, channel)).length === 1);
    assert.doesNotMatch(bridge.stderr(), /delivered to .*:|can be delivered/);
  });

  it("[BR38] a page of somebody, a closed port, a name of nobody, TLS where there is none", async (t) => {
    const pages = await portOf(
      t,
      createHttpServer((_, response) => response.end("<h1>Hotel</h1>")),
    );
    for (const [to, sentence] of [
      [
        `http://127.0.0.1:${pages}/c/main`,
        /what answered is not Plotcast: 200 .*"Hotel" \(check the URL given with --to/,
      ],
      ["http://127.0.0.1:1/c/main", /no answer: nothing listens there\. Start the Worker, .*\(ECONNREFUSED\)/],
      [
        "http://nobody.invalid/c/main",
        /no answer: (no machine of this name|the host's name cannot).*\((ENOTFOUND|EAI_AGAIN)\)/,
      ],
      [
        `https://127.0.0.1:${pages}/c/main`,
        /no answer: that port does not speak TLS.*\(ERR_SSL_WRONG_VERSION_NUMBER\)/,
      ],
    ] as const) {
      const bridge = await bridgeTo(t, new URL(to));
      await said(bridge, sentence);
      assert.match(bridge.stderr(), /Nothing can be delivered to/);
      bridge.child.kill("SIGTERM");
      assert.equal(await withDeadline("the exit", bridge.exit), 0);
    }
  });

  it("[BR38] a certificate of nobody, one for another name, one that has expired", async (t) => {
    const directory = await directoryOf(t);
    for (const [certificate, host, isTrusted, sentence] of [
      [OF_LOCALHOST, "localhost", false, /NODE_EXTRA_CA_CERTS=.*\(DEPTH_ZERO_SELF_SIGNED_CERT\)/],
      [OF_LOCALHOST, "127.0.0.1", true, /its certificate is for another name.*\(ERR_TLS_CERT_ALTNAME_INVALID\)/],
      [EXPIRED, "localhost", true, /its certificate has expired.*\(CERT_HAS_EXPIRED\)/],
    ] as const) {
      const port = await portOf(
        t,
        createHttpsServer(certificate, (_, response) => response.end()),
      );
      const file = join(directory, "ca.pem");
      await writeFile(file, certificate.cert);
      const to = new URL(`https://${host}:${port}/c/main`);
      await said(await bridgeTo(t, to, isTrusted ? { NODE_EXTRA_CA_CERTS: file } : {}), sentence);
    }
  });

  it("[BR38e] what comes meanwhile is kept, and it is said when it can be delivered", async (t) => {
    const port = await portOf(
      t,
      createTcpServer().on("connection", (socket) => socket.destroy()),
    );
    const bridge = await bridgeTo(t, new URL(`http://127.0.0.1:${port}/c/main`));
    await said(bridge, /Nothing can be delivered to .*the connection was cut/);
    const publisher = await connectPublisher(await bridge.address());
    t.after(() => publisher.close());
    await publisher.send("[1, 2]");
    await said(bridge, /received 1 message|1 point kept/);
    bridge.child.kill("SIGTERM");
    await said(bridge, /Delivering what is left/);
    bridge.child.kill("SIGTERM");
    assert.equal(await withDeadline("the exit", bridge.exit), 3);
  });
});

describe("the question at the start", () => {
  const REFUSED: Outcome = {
    kind: "refused",
    status: 401,
    code: "token-wrong",
    detail: "No.",
    retryAfterMs: undefined,
  };
  const TAKEN: Outcome = { kind: "taken", answer: undefined };

  function asking(answers: Outcome[]) {
    const lines: string[] = [];
    const log = createLog("text", "info", (line) => lines.push(line));
    const sent: [number, string][] = [];
    const trouble = new TroubleWarnings(log);
    const check = new StartCheck({
      to: new URL("http://x/c/main"),
      log,
      trouble,
      post: async (body, _, { kind }) => {
        sent.push([body.length, kind]);
        return answers.shift() ?? TAKEN;
      },
    });
    return { check, lines, sent, trouble };
  }

  it("[BR38a] [BR38d] has no body, and is asked again after 30 s and not before, until it is right, and then never", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { check, lines, sent, trouble } = asking([REFUSED, REFUSED, TAKEN]);
    await check.ask();
    assert.deepEqual(sent, [[0, "nothing"]]);
    t.mock.timers.tick(29_999);
    assert.equal(sent.length, 1);
    for (const count of [2, 3]) {
      t.mock.timers.tick(count === 2 ? 1 : 30_000);
      assert.equal(sent.length, count);
      await Promise.resolve();
    }
    await new Promise((resolve) => setImmediate(resolve));
    t.mock.timers.tick(600_000);
    assert.equal(sent.length, 3);
    assert.equal(lines.length, 2, "the same trouble is said once");
    assert.match(lines[1] ?? "", /http:\/\/x\/c\/main can be delivered to now\./);
    assert.equal(trouble.forget(), false);
  });

  it("[BR38d] ends when frames go out, whose answer says the same", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { check, lines, sent } = asking([REFUSED]);
    const asked = check.ask();
    check.end();
    await asked;
    t.mock.timers.tick(600_000);
    assert.deepEqual([sent.length, lines], [1, []]);
  });
});

it("[BR38e] frames do not wait longer than a second for the answer to the question", async (t) => {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  worker.untilChecked = new Promise(() => undefined);
  const bridge = await bridgeTo(t, worker.url);
  await waitFor("the question", () => worker.checks === 1);
  const publisher = await connectPublisher(await bridge.address());
  t.after(() => publisher.close());
  await publisher.send("[1, 2]");
  await worker.waitForPoints(1);
});
