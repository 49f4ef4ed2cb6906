import assert from "node:assert/strict";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { Publisher, Reply } from "zeromq";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { probe } from "../../../../bridge/tools/inspect/probe.ts";
import { bindPublisher } from "../../../support/publisher.ts";
import { inspectCode, Written } from "../../../support/tool.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     publisher ─ZeroMQ→ inspect → a stream, terminal or not

function inspecting(stdout: Written, connect: string, more: object = {}) {
  const stop = new AbortController();
  const stderr = new Written();
  const sources = [sourceOf({ connect: [connect], topics: ["lab"] })];
  const ended = inspectCode({ sources, stdout, stderr, env: {}, signal: stop.signal, ...more });
  return { ended, stop, stderr };
}

describe("inspect with sockets", () => {
  it("[IN1c] [IN5] prints one report at the end where there is no terminal, and as JSON if asked", async () => {
    for (const isJson of [false, true]) {
      const publisher = await bindPublisher();
      const stdout = new Written();
      const { ended, stop } = inspecting(stdout, publisher.address, { isJson, forMs: 60_000 });
      await publisher.subscribed();
      for (let i = 0; i < 50; i++) await publisher.send("lab", `{"y": ${i}}`);
      await publisher.send("other", "1");
      stop.abort();
      assert.equal(await withDeadline("the end", ended), 0);
      assert.ok(!stdout.text.includes("\u001b"));
      if (!isJson) {
        assert.match(stdout.text, /main · SUB · format auto · topics "lab" · 50 messages in/);
        assert.match(stdout.text, / {2}connect tcp:\/\/127\.0\.0\.1:\d+: 1 publisher connected/);
        assert.match(stdout.text, / {2}lab +50 .* json +lab \| \{"y": 49\}/);
        assert.match(stdout.text, / {2}lab +50 .* 49 +time of arrival/);
        assert.match(stdout.text, /not asked for: 1 message, of "other" \(1\)/);
      } else {
        const report: unknown = JSON.parse(stdout.text);
        assert.ok(
          typeof report === "object" && report !== null && "sources" in report && Array.isArray(report.sources),
        );
        const { messages, unwanted, series } = report.sources[0];
        assert.equal(messages, 50);
        assert.deepEqual(unwanted, [{ topic: "other", messages: 1 }]);
        assert.equal(series[0].last, 49);
        assert.equal(series[0].xKind, "arrival");
      }
      publisher.close();
    }
  });

  it("[IN1c] shows a live table on a terminal, and prints the last state when it ends", async () => {
    const publisher = await bindPublisher();
    const stdout = new Written({ columns: 100, rows: 30 });
    const { ended, stop } = inspecting(stdout, publisher.address);
    await publisher.subscribed();
    await publisher.send("lab", '{"y": 7}');
    await stdout.waitFor(/nothing is sent[\s\S]*1 message in/);
    stop.abort();
    assert.equal(await withDeadline("the end", ended), 0);
    const [live = "", after = ""] = stdout.text.split("\u001b[?1049l");
    assert.match(live, /nothing is sent; Ctrl-C ends/);
    assert.match(after, /^main · SUB/);
    assert.match(after, / {2}lab +1 /);
    publisher.close();
  });

  it("[IN4] says why nobody is connected: nothing listens there, or no publisher", async () => {
    const reply = new Reply({ linger: 0 });
    await reply.bind("tcp://127.0.0.1:*");
    const stdout = new Written({ columns: 200, rows: 30 });
    const { ended, stop } = inspecting(stdout, reply.lastEndpoint ?? "");
    await stdout.waitFor(/is a REP socket; this side needs PUB or XPUB/);
    stop.abort();
    await withDeadline("the end", ended);
    const address = reply.lastEndpoint ?? "";
    reply.close();
    const refused = new Written({ columns: 200, rows: 30 });
    await waitFor("the port being free", async () => (await probe(portOf(address))).kind === "refused");
    const second = inspecting(refused, address);
    await refused.waitFor(/Nothing listens at tcp:/);
    second.stop.abort();
    await withDeadline("the end", second.ended);
  });

  it("[IN4] tells ZeroMQ from others, and which socket it is", async () => {
    const publisher = new Publisher({ linger: 0 });
    await publisher.bind("tcp://127.0.0.1:*");
    assert.deepEqual(await probe(portOf(publisher.lastEndpoint ?? "")), { kind: "zeromq", socketType: "PUB" });
    publisher.close();
    const secured = new Publisher({ linger: 0, plainServer: true });
    await secured.bind("tcp://127.0.0.1:*");
    const found = await probe(portOf(secured.lastEndpoint ?? ""), 300);
    assert.deepEqual(found, { kind: "zeromq", socketType: undefined });
    secured.close();
    const other = createServer((socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n")).listen(0, "127.0.0.1");
    await waitFor("the server", () => other.listening);
    const address = other.address();
    assert.ok(typeof address === "object" && address !== null);
    assert.deepEqual(await probe({ host: "127.0.0.1", port: address.port }), { kind: "not-zeromq" });
    other.close();
  });

  it("[IN5] an address that cannot be used is a sentence and exit code 4, a wrong format 2", async () => {
    const stdout = new Written();
    const wrong = inspecting(stdout, "tcp://127.0.0.1");
    assert.equal(await withDeadline("the end", wrong.ended), 4);
    assert.match(wrong.stderr.text, /^Cannot connect to tcp:\/\/127\.0\.0\.1: .*\n$/);
    const sources = [{ ...sourceOf(), decode: { ...sourceOf().decode, format: "nix" } }];
    const bad = inspecting(stdout, "tcp://127.0.0.1:9", { sources });
    assert.equal(await withDeadline("the end", bad.ended), 2);
    assert.equal(stdout.text, "");
  });
});

function portOf(address: string): { host: string; port: number } {
  return { host: "127.0.0.1", port: Number(address.split(":").at(-1)) };
}
