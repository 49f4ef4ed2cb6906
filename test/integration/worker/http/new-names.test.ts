/** Nobody makes objects, and at home files, without bound by asking for ever new names. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NewNames } from "../../../../worker/http/access/new-names.ts";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import { publishJson } from "../../../support/publish.ts";
import { openViewer, UpgradeRefused } from "../../../support/sockets.ts";

/** Whether a name may be asked for, now or after a wait. */
const mayAsk = (names: NewNames, name: string, address: string, nowMs: number): boolean =>
  names.waitMs(name, address, nowMs) !== undefined;

test("[CH15d] new names are asked for one in 40 ms; who would wait for more than ten seconds is refused", () => {
  const names = new NewNames(0);
  for (let i = 0; i <= 250; i++) assert.equal(names.waitMs(`a${i}`, "192.0.2.1", 1000), 40 * i);
  assert.equal(names.waitMs("b", "192.0.2.1", 1000), undefined);
  assert.equal(names.waitMs("a7", "192.0.2.1", 1000), 0, "asked for before");
  assert.equal(names.waitMs("b", "192.0.2.1", 1040), 10_000);
  assert.equal(names.waitMs("c", "192.0.2.1", 100_000), 0);
});

test("[CH15a] [CH15e] an address may ask for 1,000 new names, and then for one in ten seconds; known ones cost nothing", () => {
  const names = new NewNames(0, 0);
  for (let i = 0; i < 1000; i++) assert.ok(mayAsk(names, `a${i}`, "192.0.2.1", 0));
  assert.equal(mayAsk(names, "b", "192.0.2.1", 0), false);
  assert.ok(mayAsk(names, "a0", "192.0.2.1", 0), "asked for before");
  names.know("published");
  assert.ok(mayAsk(names, "published", "192.0.2.1", 0));
  assert.ok(mayAsk(names, "b", "192.0.2.2", 0), "another address");
  assert.equal(mayAsk(names, "c", "192.0.2.1", 9000), false);
  assert.ok(mayAsk(names, "c", "192.0.2.1", 19_000));
  assert.equal(mayAsk(names, "d", "192.0.2.1", 19_000), false);
});

test("[CH15b] all addresses may ask for 10,000 new names, and then for one in ten seconds", () => {
  const names = new NewNames(0, 0);
  for (let i = 0; i < 10_000; i++) assert.ok(mayAsk(names, `a${i}`, `192.0.2.${i % 250}`, 0));
  assert.equal(mayAsk(names, "b", "198.51.100.1", 0), false);
  assert.equal(mayAsk(names, "b", "198.51.100.1", 9000), false);
  assert.ok(mayAsk(names, "b", "198.51.100.1", 19_000));
  assert.equal(mayAsk(names, "c", "198.51.100.1", 19_000), false);
});

test("[CH15c] [CH15e] reads and viewers of new names are refused then, not those of known ones, nor publishes", async () => {
  await using edge = await startEdge();
  const ask = (name: string) => fetch(edge.channelUrl(name), { headers: { Accept: "text/csv" } });
  await publishJson(edge, "published", 1);
  let served = 0;
  let refused: Response | undefined;
  while (refused === undefined && served < 1200) {
    const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => ask(`new/${served + i}`)));
    refused = answers.find(({ status }) => status === 429);
    served += answers.filter(({ status }) => status === 200).length;
    await Promise.all(answers.filter((answer) => answer !== refused).map((answer) => answer.text()));
  }
  // Some more became free while they were asked for.
  assert.ok(refused && served >= 1000 && served < 1100, `${served} were served`);
  assert.equal(refused.headers.get("Retry-After"), "10");
  await assertProblem(refused, 429, "too-many-requests");
  // One or the other may have become free meanwhile.
  const viewers = Array.from({ length: 20 }, (_, i) => openViewer(edge.channelUrl(`watched/${i}`)));
  const outcomes = await Promise.allSettled(viewers);
  const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  assert.ok(errors.length > 10 && errors.every((error) => error instanceof UpgradeRefused && error.status === 429));
  for (const outcome of outcomes) if (outcome.status === "fulfilled") await outcome.value.close();
  for (const name of ["published", "new/7"]) assert.equal((await ask(name)).status, 200);
  await publishJson(edge, "one-more", 1);
  assert.equal((await ask("one-more")).status, 200);
});
