/** The tables must not shrink: a row that is in the way is to be mended, or moved to where it belongs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWERS } from "./rows/answers.ts";
import { AUTH } from "./rows/auth.ts";
import { BODIES } from "./rows/bodies.ts";
import { CONFIGS } from "./rows/config.ts";
import { FRAMES } from "./rows/frames.ts";
import { HOSTS } from "./rows/hosts.ts";
import { ORIGINS } from "./rows/origins.ts";
import { PATHS } from "./rows/paths.ts";
import { JOINS, READS } from "./rows/queries.ts";
import { RECORDINGS } from "./rows/recordings.ts";
import { SMUGGLING } from "./rows/smuggling.ts";
import { HANDSHAKES, WIRE } from "./rows/websocket.ts";
import { CURVE, PLAIN, ZAP } from "./rows/zap.ts";
import { ZMTP } from "./rows/zmtp.ts";

const AREAS = {
  answers: [ANSWERS, 100],
  auth: [AUTH, 75],
  bodies: [BODIES, 115],
  config: [CONFIGS, 130],
  frames: [FRAMES, 125],
  hosts: [HOSTS, 75],
  origins: [ORIGINS, 75],
  paths: [PATHS, 85],
  reads: [READS, 45],
  joins: [JOINS, 20],
  recordings: [RECORDINGS, 50],
  smuggling: [SMUGGLING, 80],
  websocket: [[...HANDSHAKES, ...WIRE], 75],
  zmtp: [ZMTP, 75],
  plain: [PLAIN, 25],
  curve: [CURVE, 20],
  zap: [ZAP, 12],
} as const;

for (const [area, [rows, least]] of Object.entries(AREAS)) {
  test(`${area} has ${least} rows at least, each with a name of its own`, () => {
    assert.ok(rows.length >= least, `${rows.length}`);
    const names = rows.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name, i) => names.indexOf(name) !== i),
      [],
    );
  });
}

test("there are 1,000 hostile inputs at least", () => {
  const rows = Object.values(AREAS).reduce((sum, [of]) => sum + of.length, 0);
  assert.ok(rows >= 1000, `${rows}`);
});
