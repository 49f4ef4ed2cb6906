/** `plotcast get` as its user runs it, with the real Worker. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, type TestContext, test } from "node:test";
import { isObject } from "../../../../protocol/json/json.ts";
import { runCommand } from "../../../support/command.ts";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN } from "../../../support/named-tokens.ts";
import { newChannel, post, publishJson, read } from "../../../support/publish.ts";

const edge = await startEdge({ vars: { WATCH: "lab/**=token", ADMIN_TOKEN: ADMIN } });
after(() => edge.close());

async function filled(): Promise<{ channel: string; url: string }> {
  const channel = newChannel();
  assert.equal((await post(edge, channel, '{"x":2,"cell.1":1.5,"cell.2":-0,"other":3}')).status, 200);
  await publishJson(edge, channel, [
    { x: 1, "cell.1": 7 },
    { x: 3, "=cell": 8 },
    { x: 2, "cell.1": 9 },
  ]);
  return { channel, url: edge.channelUrl(channel).href };
}

test("[GE1] CSV is that of the channel itself, and so are lines of JSON", async (t) => {
  const { channel, url } = await filled();
  const csv = await runCommand(t, ["get", url]);
  assert.deepEqual(csv, { code: 0, stdout: await (await read(edge, channel, "text/csv")).text(), stderr: "" });
  const json = await runCommand(t, ["get", url, "--json"]);
  const own = await (await read(edge, channel, "application/x-ndjson")).text();
  assert.deepEqual(json, { code: 0, stdout: own, stderr: "" });
});

test("[GE1] --wide is a column for each series and a row for each x, and leaves out no point", async (t) => {
  const { url } = await filled();
  const { code, stdout } = await runCommand(t, ["get", url, "--wide"]);
  assert.equal(code, 0);
  assert.equal(stdout, ["x,cell.1,cell.2,other,'=cell", "1,7,,,", "2,1.5,-0,3,", "2,9,,,", "3,,,,8", ""].join("\r\n"));
});

test("[GE2] --from, --to and --series choose; nothing there is said", async (t) => {
  const { url } = await filled();
  const some = await runCommand(t, ["get", url, "--from", "1", "--to", "2", "--series", "cell.*", "--series", "=cell"]);
  assert.equal(some.stdout, "x,series,y\r\n2,cell.1,1.5\r\n2,cell.2,-0\r\n1,cell.1,7\r\n2,cell.1,9\r\n");
  const other = await runCommand(t, ["get", url, "--series", "other"]);
  assert.equal(other.stdout, "x,series,y\r\n2,other,3\r\n");
  const channel = newChannel();
  const now = Date.now() / 1000;
  await publishJson(edge, channel, [
    [now - 7200, 1],
    [now - 60, 2],
  ]);
  const last = await runCommand(t, ["get", edge.channelUrl(channel).href, "--from", "-1h", "--to", "now", "--json"]);
  assert.deepEqual(JSON.parse(last.stdout), { x: now - 60, y: 2 });
  const none = await runCommand(t, ["get", url, "--from", "-1h"]);
  assert.deepEqual([none.code, none.stdout], [0, "x,series,y\r\n"]);
  assert.match(none.stderr, /^[A-Z][^\n]* range[^\n]*\n$/, "the Worker says why");
  const misspelt = await runCommand(t, ["get", url, "--series", "othr"]);
  assert.match(misspelt.stderr, /never had a series called othr; did you mean other\?\n$/);
});

test("[GE3] a private channel needs WATCH_TOKEN; a refusal is a sentence and exit code 1", async (t) => {
  assert.equal((await post(edge, "lab/get", '{"x":1,"y":2}')).status, 200);
  const url = edge.channelUrl("lab/get").href;
  const stranger = await runCommand(t, ["get", url]);
  assert.equal(stranger.code, 1);
  assert.match(stranger.stderr, /refused: Nothing is here for you: .*\n$/);
  const known = await runCommand(t, ["get", url], { WATCH_TOKEN: ADMIN });
  assert.deepEqual([known.code, known.stdout], [0, "x,series,y\r\n1,y,2\r\n"]);
  assert.ok(!known.stderr.includes(ADMIN));
});

test("[GE3] wrong usage is exit code 2", async (t) => {
  for (const args of [
    [],
    ["http://localhost/main"],
    ["http://localhost/c/a", "--from", "x"],
    ["http://localhost/c/a", "--wide", "--json"],
  ]) {
    const { code, stdout } = await runCommand(t, ["get", ...args]);
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
  }
});

/** A server that begins an answer of points with this, and then ends it, or breaks the line. */
async function answering(t: TestContext, text: string, end: "whole" | "broken", type = "application/x-ndjson") {
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": type, ...(type.includes("json") && { "Plotcast-Epoch": "1" }) });
    response.write(text, () => (end === "whole" ? response.end() : response.destroy()));
  });
  t.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  assert.ok(isObject(address));
  return `http://127.0.0.1:${String(address.port)}/c/main`;
}

test("[GE4] a read that is cut is told with its reason, and is exit code 1, whatever was written", async (t) => {
  const cut = '{"code":"read-cut","reason":"emptied","detail":"The channel was emptied."}\n';
  for (const end of ["whole", "broken"] as const) {
    const url = await answering(t, `{"x":1,"y":2}\n${cut}`, end);
    const { code, stderr } = await runCommand(t, ["get", url]);
    assert.equal(code, 1);
    assert.equal(stderr, "The read was cut: not all was written. The channel was emptied.\n");
    // Half of a table is none.
    assert.equal((await runCommand(t, ["get", url, "--wide"])).stdout, "");
  }
});

test("[GE4] so is a line that is lost, and what is no Plotcast", async (t) => {
  const broken = await runCommand(t, ["get", await answering(t, '{"x":1,"y":2}\n', "broken")]);
  assert.deepEqual([broken.code, broken.stdout], [1, "x,series,y\r\n1,y,2\r\n"]);
  assert.match(broken.stderr, /^The line was lost: not all was written\. /);
  const half = await runCommand(t, ["get", await answering(t, '{"x":1,"y":2}\n{"x":', "whole")]);
  assert.deepEqual([half.code, half.stderr], [1, "The line was lost: not all was written.\n"]);
  const page = await runCommand(t, ["get", await answering(t, "<p>Hello</p>", "whole", "text/html")]);
  assert.equal(page.code, 1);
  assert.match(page.stderr, /is no channel of Plotcast: it answered 200 text\/html, "Hello"\. Check the URL\.\n$/);
  const nobody = await runCommand(t, ["get", "http://127.0.0.1:1/c/main"]);
  assert.equal(nobody.code, 1);
  assert.match(nobody.stderr, /cannot be read: .*ECONNREFUSED/);
});
