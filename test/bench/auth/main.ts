/**
 * `npm run bench:auth`: what it costs to verify a token, in the real Worker as `npm start` runs it, once its keys are known.
 *
 * Clocks stand still in workerd while it computes, so it is measured from outside. Two requests that differ in nothing but the channel take
 * turns: both have the token and a query that is refused, but one asks a public channel, where no token is looked at, and one a private
 * channel, where it is verified before the query is read. Neither reaches a channel. What one takes longer than the other is the verification.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { Client } from "undici";
import { claimsAt, EDDSA, ES256, HS256, publicJwk, rs256, SECRET, type Signer, signed } from "../../support/jwt.ts";
import { startKeyServer } from "../../support/key-server.ts";
import { startLocal } from "../../support/local.ts";
import { makeToken } from "../../support/named-tokens.ts";

const { values: options } = parseArgs({
  options: {
    /** Pairs of requests of each kind in a round. */
    pairs: { type: "string", default: "1000" },
    rounds: { type: "string", default: "5" },
  },
});
const pairs = Number(options.pairs);
const rounds = Number(options.rounds);
const WARM_UP = 300;
/** What a verification may take. */
const BOUND_MS = 0.3;

const RS256 = rs256();
const ADMIN = "the-admin-token-of-the-benchmark";
const keys = await startKeyServer({ keys: [ES256, EDDSA, RS256].map(publicJwk) });
const worker = await startLocal("the-publish-token-of-the-benchmark", {
  WATCH: "private/**=token",
  ADMIN_TOKEN: ADMIN,
  JWT_SECRETS: SECRET,
  JWT_JWKS_URL: keys.url,
});
const client = new Client(worker.url.origin);
const named = await makeToken(worker, "bench", { "private/**": ["watch", "history"] }, { admin: ADMIN });

function jwt(signer: Signer): string {
  return signed(claimsAt(Date.now() + 86_400_000, { plotcast: { "private/**": ["watch", "history"] } }), signer);
}

/** PUBLISH_TOKEN is compared in the same way as ADMIN_TOKEN, both at once. */
const KINDS = {
  "no token, both public": undefined,
  "PUBLISH_TOKEN, ADMIN_TOKEN": ADMIN,
  "a named token": named.token,
  HS256: jwt(HS256),
  ES256: jwt(ES256),
  EdDSA: jwt(EDDSA),
  RS256: jwt(RS256),
};

/** How long a request takes that is refused for its query. */
async function timeOf(path: string, token: string | undefined): Promise<number> {
  const headers = { accept: "application/json", ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const beganAt = performance.now();
  const { statusCode, body } = await client.request({ method: "GET", path, headers });
  const text = await body.text();
  const ms = performance.now() - beganAt;
  if (statusCode !== 400 || !text.includes("query-invalid")) throw new Error(`${path}: ${statusCode} ${text}`);
  return ms;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** The median of each of two requests that take turns. */
async function measure(token: string | undefined, count: number): Promise<{ openMs: number; verifiedMs: number }> {
  const [open, verified]: [number[], number[]] = [[], []];
  const paths =
    token === undefined ? ["/c/open/x?after=x", "/c/other/x?after=x"] : ["/c/open/x?after=x", "/c/private/x?after=x"];
  const [openPath = "", verifiedPath = ""] = paths;
  for (let i = 0; i < count; i++) {
    // Which is first makes no difference then.
    if (i % 2 === 0) open.push(await timeOf(openPath, token));
    verified.push(await timeOf(verifiedPath, token));
    if (i % 2 === 1) open.push(await timeOf(openPath, token));
  }
  return { openMs: median(open), verifiedMs: median(verified) };
}

try {
  const found = new Map<string, { openMs: number; verifiedMs: number }[]>();
  for (const token of Object.values(KINDS)) await measure(token, WARM_UP);
  for (let round = 0; round < rounds; round++) {
    for (const [kind, token] of Object.entries(KINDS))
      found.set(kind, [...(found.get(kind) ?? []), await measure(token, pairs)]);
  }
  console.log(`${rounds} rounds of ${pairs} pairs of requests of each kind; load ${loadavg()[0]?.toFixed(1)}\n`);
  console.log("| token | a request without it, p50 | with it, p50 | verification, median of rounds | least and most |");
  console.log("| --- | --- | --- | --- | --- |");
  const costs: number[] = [];
  for (const [kind, all] of found) {
    const differences = all.map(({ openMs, verifiedMs }) => verifiedMs - openMs).sort((a, b) => a - b);
    const cost = median(differences);
    costs.push(cost);
    const [least = 0, most = 0] = [differences[0], differences.at(-1)];
    const cells = [median(all.map(({ openMs }) => openMs)), median(all.map(({ verifiedMs }) => verifiedMs)), cost];
    console.log(
      `| ${kind} | ${cells.map((ms) => `${ms.toFixed(3)} ms`).join(" | ")} | ${least.toFixed(3)} to ${most.toFixed(3)} ms |`,
    );
  }
  const worst = Math.max(...costs);
  console.log(`\n${worst < BOUND_MS ? "Each is" : "Not each is"} under ${BOUND_MS} ms.`);
  if (keys.requests !== 1) console.log(`(Keys were fetched ${keys.requests} times.)`);
} finally {
  await client.close();
  await worker.close();
  await keys.close();
}
