/** `plotcast token mint` as a process, and its token at a real Worker. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startEdge } from "../../../support/edge.ts";
import { OTHER_SECRET, SECRET } from "../../../support/jwt.ts";
import { newChannel, post } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";

const MAIN = fileURLToPath(new URL("../../../../bridge/cli/main.ts", import.meta.url));

interface Ended {
  code: unknown;
  stdout: string;
  stderr: string;
}

async function mint(args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, "token", "mint", ...args], {
    env: { ...process.env, JWT_SECRETS: "", JWT_SECRETS_FILE: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [[code], stdout, stderr] = await Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

test("[AC7f] the token that it prints, alone, publishes and watches at a Worker with the same secrets", async () => {
  const secrets = `k1:${SECRET} k2:${OTHER_SECRET}`;
  await using edge = await startEdge({ publishToken: null, vars: { WATCH: "token", JWT_SECRETS: secrets } });
  const channel = newChannel();
  const args = ["--watch", "test/**", "--publish", channel, "--for", "15m", "--sub", "alice", "--kid", "k2"];
  const { code, stdout, stderr } = await mint(args, { JWT_SECRETS: secrets });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const headers = { Authorization: `Bearer ${stdout.trim()}` };
  assert.equal((await post(edge, channel, '{"y":1}', headers)).status, 200);
  assert.equal((await post(edge, newChannel(), '{"y":1}', headers)).status, 403);
  await (await openViewer(edge.channelUrl(channel), { headers })).close();
  assert.equal((await fetch(edge.channelUrl("main"), { headers })).status, 404);
});

for (const [what, args, secrets, said] of [
  ["no time", ["--watch", "a"], SECRET, /required option '--for <time>'/],
  ["a time that is none", ["--watch", "a", "--for", "1w"], SECRET, /such as 30s, 15m, 24h or 7d/],
  ["no rights", ["--for", "1h"], SECRET, /Say what the token is for/],
  ["no secret", ["--watch", "a", "--for", "1h"], "", /JWT_SECRETS is not set/],
  ["a secret that is too short", ["--watch", "a", "--for", "1h"], "k1:guess-me", /has a secret of 8 characters/],
  ["a secret as a flag", ["--watch", "a", "--for", "1h", `--secret=${SECRET}`], SECRET, /unknown option '--secret'/],
  ["a secret as an argument", ["--watch", "a", "--for", "1h", SECRET], SECRET, /too many arguments/],
] as const) {
  test(`[AC7f] [BR10c] ${what} is wrong usage: exit code 2, nothing on stdout, and no secret on stderr`, async () => {
    const { code, stdout, stderr } = await mint(args, { JWT_SECRETS: secrets });
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, said);
    assert.ok(!stderr.includes(SECRET) && !stderr.includes("guess-me"), stderr);
  });
}
