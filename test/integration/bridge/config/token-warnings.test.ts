import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isThisMachine, tokenWarnings } from "../../../../bridge/config/secrets/token.ts";
import { directoryOf, startBridgeProcess } from "../../../support/bridge-process.ts";
import { waitFor } from "../../../support/wait.ts";

const LONG = "0123456789abcdef";

describe("a doubtful token", () => {
  it("[BR11d] goes over plain http to another machine", () => {
    for (const host of [
      "board.example",
      "192.168.1.5",
      "10.0.0.1:8787",
      "[2001:db8::1]",
      "localhost.example",
      "1.127.0.0",
      "[::ffff:10.0.0.1]",
    ]) {
      const [warning, ...others] = tokenWarnings(new URL(`http://${host}/c/main`), LONG);
      assert.match(warning ?? "", /over plain http: .* Give --to an https:\/\/ URL\.$/, host);
      assert.deepEqual(others, []);
      assert.deepEqual(tokenWarnings(new URL(`https://${host}/c/main`), LONG), []);
    }
  });

  it("[BR11] not to this one", () => {
    const hosts = [
      "localhost",
      "LOCALHOST",
      "localhost.",
      "a.localhost",
      "127.0.0.1",
      "127.9.9.9",
      "0x7f.1",
      "[::1]",
      "0.0.0.0",
      "[::]",
    ];
    for (const host of [...hosts, "[::ffff:127.0.0.1]"]) {
      assert.deepEqual(tokenWarnings(new URL(`http://${host}:8787/c/main`), LONG), [], host);
      assert.ok(isThisMachine(new URL(`http://${host}/`).hostname), host);
    }
  });

  it("[BR11e] has 15 characters, not 16", () => {
    const to = new URL("https://board.example/c/main");
    assert.match(
      tokenWarnings(to, LONG.slice(1)).join(""),
      /^PUBLISH_TOKEN has 15 characters, .*openssl rand -hex 32$/,
    );
    assert.deepEqual(tokenWarnings(to, LONG), []);
    assert.ok(!tokenWarnings(to, "secret").join("").includes("secret"));
  });
});

it("[BR11] the command says both, once, at the start, and goes on", async (t) => {
  const args = ["--to", "http://255.255.255.255/c/main", "--bind", "tcp://127.0.0.1:*", "--spool", "none"];
  const bridge = startBridgeProcess(t, await directoryOf(t), args, "shortone");
  await waitFor("the start", () => bridge.stderr().includes("Listening on"));
  assert.equal(bridge.stderr().split("over plain http").length, 2);
  assert.equal(bridge.stderr().split("has 8 characters").length, 2);
  assert.ok(!bridge.stderr().includes("shortone"));
});
