/** Bodies that take longer than their token counts. */
import assert from "node:assert/strict";
import { type ClientRequest, request } from "node:http";
import { after, test } from "node:test";
import { ARRANGEMENT_TYPE, PRESENCE_TYPE, SESSION_TYPE, SHARE_TYPE } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer, listTokens, makeToken, revokeToken } from "../../../support/named-tokens.ts";
import { post, storedPoints } from "../../../support/publish.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const edge = await startEdge({ vars: { ADMIN_TOKEN: ADMIN } });
after(() => edge.close());

const OWNER = { "lab/**": ["watch", "history", "publish", "admin"] };
/** What a body takes at least that is looked at for this. */
const SLOW_MS = 1_000;

/** Begins a body. @returns how it is ended, and its answer then: status and code */
function begin(path: string, type: string, token: string): (rest: string) => Promise<[number | undefined, unknown]> {
  const { hostname, port } = edge.url;
  let sent: ClientRequest | undefined;
  const answer = new Promise<[number | undefined, unknown]>((resolve, reject) => {
    const headers = { ...bearer(token), "Content-Type": type };
    sent = request({ method: "POST", path, hostname, port, headers, agent: false }, (incoming) => {
      incoming
        .setEncoding("utf8")
        .toArray()
        .then((parts) => resolve([incoming.statusCode, /"code":"([^"]+)"/.exec(parts.join(""))?.[1]]), reject);
    });
    sent.on("error", reject).flushHeaders();
  });
  return async (rest) => {
    sent?.end(rest);
    return await withDeadline(`an answer from ${path}`, answer);
  };
}

async function beginAll(channel: string, token: string, taken: string): Promise<() => Promise<Map<string, unknown>>> {
  const path = `/c/${channel}`;
  const all: [string, ReturnType<typeof begin>, string][] = [
    [
      "token",
      begin("/tokens", "application/json", token),
      `{"name":"by-${channel.slice(4)}","rights":{"lab":["watch"]}}`,
    ],
    ["share", begin(path, SHARE_TYPE, token), '{"forMs":60000}'],
    ["take back", begin(path, SHARE_TYPE, token), JSON.stringify({ revoke: taken })],
    ["session", begin(path, SESSION_TYPE, token), '{"keep":true}'],
    ["arrangement", begin(path, ARRANGEMENT_TYPE, token), "panel=y"],
    ["announcement", begin(path, PRESENCE_TYPE, token), '{"publisher":"00000000000000aa","here":true}'],
    ["publish", begin(path, "application/json", token), '{"y":111}'],
  ];
  const used = async (): Promise<boolean> =>
    (await listTokens(edge)).some(({ channels }) => channels.includes(channel));
  // The use is noted once the token was looked at, before the body is.
  await waitFor("the bodies are waited for", used);
  return async () => {
    // From now on: that the token was looked at for one of them says nothing of when it was for the others.
    const nowMs = Date.now();
    await waitFor("the bodies are slow", () => Date.now() > nowMs + SLOW_MS + 200);
    const answers = new Map<string, unknown>();
    for (const [what, end, rest] of all) answers.set(what, await end(rest));
    return answers;
  };
}

async function makeLink(channel: string): Promise<string> {
  const answer = await post(edge, channel, '{"forMs":600000}', { ...bearer(ADMIN), "Content-Type": SHARE_TYPE });
  return /"name":"(share-[0-9a-f]{8})"/.exec(await answer.text())?.[1] ?? assert.fail("no link");
}

for (const [what, code] of [
  ["is revoked", "token-wrong"],
  ["expires", "token-expired"],
] as const) {
  test(`[AC4f] [BAD1a] a token that ${what} while the body comes does nothing any more`, async () => {
    const channel = `lab/${code}`;
    const link = await makeLink(channel);
    const expiresAtMs = what === "expires" ? Date.now() + 8_000 : null;
    const { name, token } = await makeToken(edge, code, OWNER, { expiresAtMs });
    const end = await beginAll(channel, token, link);
    if (expiresAtMs === null) assert.equal((await revokeToken(edge, name)).status, 204);
    else await waitFor("the token expires", () => Date.now() > expiresAtMs);
    const answers = await end();
    assert.deepEqual(
      Object.fromEntries(answers),
      Object.fromEntries([...answers.keys()].map((each) => [each, [401, code]])),
    );
    assert.deepEqual(await storedPoints(edge, channel), []);
    const names = (await listTokens(edge)).map((each) => each.name);
    assert.deepEqual(names, [link]);
    await revokeToken(edge, link);
  });
}

test("[AC4f] a token that goes on counting does what it was asked for, however slowly", async () => {
  const link = await makeLink("lab/good");
  const { token } = await makeToken(edge, "good", OWNER);
  const answers = await (await beginAll("lab/good", token, link))();
  assert.deepEqual(Object.fromEntries(answers), {
    token: [201, undefined],
    share: [201, undefined],
    "take back": [204, undefined],
    session: [200, undefined],
    arrangement: [204, undefined],
    announcement: [204, undefined],
    publish: [200, undefined],
  });
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
