/** Keys and secrets of JWTs where `npm start` runs the Worker. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:https";
import { test } from "node:test";
import { OF_LOCALHOST } from "../../support/certificates.ts";
import { claimsAt, ES256, HS256, publicJwk, SECRET, signed } from "../../support/jwt.ts";
import { startKeyServer } from "../../support/key-server.ts";
import { startLocal } from "../../support/local.ts";
import { assertProblem } from "../../support/problem.ts";
import { newChannel, post } from "../../support/publish.ts";
import { family, live, run } from "../../support/started.ts";
import { waitFor } from "../../support/wait.ts";

const RIGHTS = { plotcast: { "**": ["publish"] } };

test("[ST7c] the Worker fetches keys from JWT_JWKS_URL, on this machine too", async (t) => {
  const keys = await startKeyServer({ keys: [publicJwk(ES256)] });
  t.after(() => keys.close());
  const local = await startLocal("test-token", { JWT_JWKS_URL: keys.url });
  t.after(() => local.close());
  const headers = { Authorization: `Bearer ${signed(claimsAt(Date.now(), RIGHTS), ES256)}` };
  const response = await post(local, newChannel(), '{"y":1}', headers);
  assert.equal(response.status, 200, await response.text());
  assert.equal(keys.requests, 1);
});

test("[ST7c] [AC7e] by https keys are taken only from a server whose certificate is trusted", async (t) => {
  let asked = 0;
  const server = createServer(OF_LOCALHOST, (_, response) => {
    asked++;
    response.end(JSON.stringify({ keys: [publicJwk(ES256)] }));
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const vars = { JWT_JWKS_URL: `https://localhost:${address.port}/keys` };
  const headers = { Authorization: `Bearer ${signed(claimsAt(Date.now(), RIGHTS), ES256)}` };

  const local = await startLocal("test-token", vars);
  t.after(() => local.close());
  await assertProblem(await post(local, newChannel(), '{"y":1}', headers), 503, "keys-unavailable");
  for (const line of ["invalid peer certificate", "JWT_JWKS_URL: the keys at https:"])
    await waitFor(`"${line}" in the log`, () => local.logs.some((each) => each.includes(line)));
  assert.equal(asked, 0);
});

test("[ST8] [ST12c] npm run dev takes JWT_SECRETS from the environment, shows it nowhere, and says what is wrong with the rest", async (t) => {
  const started = await run(t, "dev", {
    env: { JWT_SECRETS: SECRET },
    args: ["--var", "JWT_JWKS_URL=http://id.example/keys"],
  });
  await live(started);
  const headers = { Authorization: `Bearer ${signed(claimsAt(Date.now(), RIGHTS), HS256)}` };
  const response = await fetch(started.url, { method: "POST", headers, body: '{"y":1}' });
  assert.equal(response.status, 200, await response.text());
  await waitFor("what is wrong", () => /JWT_JWKS_URL does not begin with https:\/\//.test(started.output()));
  assert.ok(!started.output().includes(SECRET));
  for (const { command } of await family(started.child.pid)) assert.ok(!command.join(" ").includes(SECRET));
});
