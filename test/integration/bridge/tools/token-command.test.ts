/** `plotcast token` as its user runs it, with the real Worker. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer, listTokens } from "../../../support/named-tokens.ts";
import { freePort } from "../../../support/ports.ts";
import { post } from "../../../support/publish.ts";
import { withDeadline } from "../../../support/wait.ts";

const MAIN = fileURLToPath(new URL("../../../../bridge/cli/main.ts", import.meta.url));
const edge = await startEdge({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "lab/**=token" } });
after(() => edge.close());

interface Ended {
  code: unknown;
  stdout: string;
  stderr: string;
}

async function token(args: readonly string[], env: Record<string, string> = { ADMIN_TOKEN: ADMIN }): Promise<Ended> {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [MAIN, "token", ...args], { env: { PATH, TZ: "Asia/Tokyo", ...env } });
  const ended: Ended = { code: undefined, stdout: "", stderr: "" };
  child.stdout.on("data", (data) => {
    ended.stdout += String(data);
  });
  child.stderr.on("data", (data) => {
    ended.stderr += String(data);
  });
  [ended.code] = await withDeadline("the end of plotcast token", once(child, "close"));
  for (const secret of Object.values(env)) assert.ok(!(ended.stdout + ended.stderr).includes(secret));
  return ended;
}

const to = ["--to", edge.channelUrl("main").href];

test("[AC6h] a token is made and printed alone, used, listed and revoked", async () => {
  const beforeMs = Date.now();
  const made = await token(["add", "lab-rig", "--publish", "lab/**", "--watch", "lab/a", "--for", "30d", ...to]);
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /^pct_[\w-]{43}\n$/);
  assert.match(
    made.stderr,
    /^Made lab-rig: watch and history in lab\/a, publish in lab\/\*\*; it expires \d{4}-\d\d-\d\d \d\d:\d\d UTC\. Its token is shown this once\.\n$/,
  );
  const secret = made.stdout.trim();
  assert.equal((await post(edge, "lab/a", '{"x":1,"y":2}', bearer(secret))).status, 200);
  const [stored] = await listTokens(edge);
  const inMs = (stored?.expiresAtMs ?? 0) - beforeMs;
  assert.ok(inMs >= 30 * 86_400_000 && inMs < 30 * 86_400_000 + 60_000, String(inMs));

  const listed = await token(["list", ...to]);
  assert.equal(listed.code, 0, listed.stderr);
  assert.match(listed.stdout, /NAME +MADE +BY +EXPIRES +PUBLISHED OR WATCHED LIVE IN +RIGHTS\n/);
  assert.match(
    listed.stdout,
    /lab-rig +\S+ \S+ UTC +admin-token +\S+ \S+ UTC +lab\/a +watch and history in lab\/a, publish in lab\/\*\*\n/,
  );
  const json = await token(["list", "--json", ...to]);
  assert.deepEqual(JSON.parse(json.stdout), await listTokens(edge));
  assert.ok(!`${listed.stdout}${json.stdout}`.includes(secret));

  const revoked = await token(["revoke", "lab-rig", ...to]);
  assert.equal(revoked.code, 0);
  assert.equal(revoked.stdout, "");
  assert.match(revoked.stderr, /^Revoked lab-rig: /);
  assert.equal((await post(edge, "lab/a", "1", bearer(secret))).status, 401);
  const empty = await token(["list", ...to]);
  assert.deepEqual([empty.code, empty.stdout], [0, ""]);
  assert.match(empty.stderr, /There are no named tokens/);
});

test("[AC6h] what the Worker refuses is a sentence and exit code 1", async () => {
  assert.equal((await token(["add", "twice", "--publish", "a", ...to])).code, 0);
  const again = await token(["add", "twice", "--publish", "a", ...to]);
  assert.deepEqual([again.code, again.stdout], [1, ""]);
  assert.match(again.stderr, /refused: There is a token of the name "twice"\. /);
  const unknown = await token(["revoke", "nobody", ...to]);
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /refused: There is no token of this name/);
  const wrong = await token(["list", ...to], { ADMIN_TOKEN: "a-token-that-is-wrong" });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /refused: This token is wrong: this Worker does not know it/);
  const publisher = await token(["list", ...to], { PUBLISH_TOKEN: "test-token" });
  assert.equal(publisher.code, 1);
  assert.match(publisher.stderr, /no right "admin"/);
});

test("[AC6i] the administrator's token comes from the environment or a file; a named token with admin does, too", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "plotcast-admin-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "token");
  writeFileSync(file, `${ADMIN}\n`, { mode: 0o600 });
  const byFile = await token(["add", "deputy", "--admin", "lab/**", ...to], { ADMIN_TOKEN_FILE: file });
  assert.equal(byFile.code, 0, byFile.stderr);
  const deputy = { ADMIN_TOKEN: byFile.stdout.trim() };
  assert.equal((await token(["add", "inside", "--publish", "lab/b", ...to], deputy)).code, 0);
  const revoked = await token(["revoke", "deputy", ...to]);
  assert.match(revoked.stderr, /^Revoked deputy: .*\nWhat it made counts on until that is revoked, too: inside\n$/);
  const again = await token(["add", "deputy", "--admin", "lab/**", "--admin", "rig", ...to]);
  deputy.ADMIN_TOKEN = again.stdout.trim();
  assert.match(again.stderr, /Made deputy: admin, watch and history in lab\/\*\* and rig; /);
  const outside = await token(["add", "outside", "--publish", "other", ...to], deputy);
  assert.equal(outside.code, 1);
  assert.match(outside.stderr, /these rights go beyond/);
  for (const args of [["list"], ["add", "x", "--publish", "a"], ["revoke", "x"]]) {
    const none = await token([...args, ...to], {});
    assert.deepEqual([none.code, none.stdout], [2, ""]);
    assert.match(none.stderr, /^ADMIN_TOKEN is not set\./);
  }
});

test("[AC6h] [BR10c] wrong usage is exit code 2, and asks nobody", async () => {
  for (const args of [
    [],
    ["add", "x"],
    ["add", "x", "--publish", "a//b"],
    ["add", "x", "--publish", "a", "--token", "y"],
    ["revoke", `pct_${"a".repeat(43)}`],
  ]) {
    const { code, stdout, stderr } = await token(args);
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.ok(!stderr.includes("aaaa"), stderr);
  }
});

test("[AC6h] a Worker that is not there, and a server that is none, are sentences and exit code 1", async (t) => {
  const away = await token(["list", "--to", `http://127.0.0.1:${await freePort()}`]);
  assert.equal(away.code, 1);
  assert.match(away.stderr, /cannot be asked: nothing listens there\..*\(ECONNREFUSED\)\.\n$/);
  let [status, args]: [number, readonly string[]] = [200, []];
  const server = createServer((_, response) => {
    response.writeHead(status, { "Content-Type": "text/html" });
    response.end(status === 204 ? undefined : "<h1>Welcome</h1>");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const foreign = ["--to", `http://127.0.0.1:${address.port}`];
  for ([status, args] of [
    [200, ["list"]],
    [201, ["add", "x", "--publish", "a"]],
    [204, ["revoke", "x"]],
    [404, ["list"]],
  ] as const) {
    const { code, stdout, stderr } = await token([...args, ...foreign]);
    assert.deepEqual([code, stdout], [1, ""], `${status} ${args.join(" ")}`);
    assert.match(stderr, /is no Plotcast that has named tokens: it answered \d{3} text\/html/);
  }
});
