/** Variables of the Worker that `[vars]` may hold, and nobody can read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { readWorkerConfig } from "../../../../scripts/local/worker-bundle.ts";
import { parseWatch } from "../../../../worker/auth/watch-policy.ts";
import { variableProblem } from "../../../../worker/http/access/variables.ts";
import { type EdgeOptions, startEdge } from "../../../support/edge.ts";
import { bearer } from "../../../support/named-tokens.ts";
import { assertProblem } from "../../../support/problem.ts";
import { newChannel, post, publishJson, read } from "../../../support/publish.ts";
import { openViewer, UpgradeRefused } from "../../../support/sockets.ts";

const NUMBERS = ["STORE_SECONDS", "STORE_BYTES", "FORGET_AFTER_DAYS", "RELAY_AFTER", "RELAY_VIEWERS", "STREAM_CPU_MS"];
/** `wrangler.toml` has all but the secrets. */
const { vars } = await readWorkerConfig();
const NAMES = [...Object.keys(vars), "PUBLISH_TOKEN", "ADMIN_TOKEN", "JWT_SECRETS"];

for (const name of NAMES) {
  test(`[AC15] ${name} that is no text is refused by its name, with what it must be and without its value`, () => {
    const isNumber = NUMBERS.includes(name);
    const values = [{ sesame: "token" }, ["sesame"], true, null, ...(isNumber ? [] : [12345678])];
    for (const value of values) {
      const problem = variableProblem({ [name]: value }) ?? assert.fail(JSON.stringify(value));
      assert.equal(problem.code, "variable-invalid");
      assert.match(
        problem.message,
        new RegExp(`^The variable ${name} of this Worker is .*, and must be (text|a number)`),
      );
      assert.doesNotMatch(problem.message, /sesame|12345678/);
    }
    for (const value of ["", "x", undefined, ...(isNumber ? [900] : [])])
      assert.equal(variableProblem({ [name]: value }), undefined);
  });
}

const WRONG: { name: string; value: NonNullable<EdgeOptions["vars"]>[string]; kind: string }[] = [
  { name: "WATCH", value: { lab: "token" }, kind: "a table" },
  { name: "WATCH", value: true, kind: "a boolean" },
  { name: "ADMIN_TOKEN", value: 12345678, kind: "a number" },
  { name: "EMBED_ORIGINS", value: ["https://a.example"], kind: "a list" },
  { name: "STORE_SECONDS", value: { of: 5 }, kind: "a table" },
];

for (const { name, value, kind } of WRONG) {
  test(`[AC15] [BAD2] with ${name} as ${kind} every request is told so, by whatever it asks`, async () => {
    await using edge = await startEdge({ vars: { [name]: value } });
    const channel = newChannel();
    const url = edge.channelUrl(channel);
    const asked: Record<string, Promise<Response>> = {
      publish: post(edge, channel, "1"),
      large: post(edge, channel, "1".repeat(100_000)),
      admin: fetch(url, { method: "DELETE", headers: bearer("12345678") }),
      read: read(edge, channel, "text/csv"),
      events: fetch(url, { headers: { Accept: "text/event-stream" } }),
      probe: fetch(url, { headers: { Accept: "application/problem+json" } }),
      tokens: fetch(new URL("/tokens", url), { headers: bearer("12345678") }),
      door: fetch(new URL("/", url), { redirect: "manual" }),
    };
    for (const response of Object.values(asked)) {
      const { detail } = await assertProblem(await response, 503, "variable-invalid");
      assert.match(detail, new RegExp(`^The variable ${name} of this Worker is ${kind}, and must be `));
    }
    const viewer = await openViewer(url, { subprotocol: SUBPROTOCOL }).catch((error: unknown) => error);
    assert.ok(viewer instanceof UpgradeRefused && viewer.status === 503 && viewer.body.includes(name));
    const page = await fetch(url, { headers: { Accept: "text/html" } });
    assert.equal(page.status, 503);
    assert.match(await page.text(), new RegExp(`<p>The variable ${name} of this Worker is ${kind}, `));
  });
}

test("[AC15] numbers may be numbers", async () => {
  await using edge = await startEdge({ vars: { STORE_SECONDS: 60, STREAM_CPU_MS: 5 } });
  await publishJson(edge, newChannel(), 1);
});

test("[AC15] an object takes no WATCH that cannot be read for one that opens a channel", () => {
  for (const value of [{ lab: "token" }, ["lab"], 5, false, null])
    assert.equal(parseWatch(value).otherwise, "token", JSON.stringify(value));
});
