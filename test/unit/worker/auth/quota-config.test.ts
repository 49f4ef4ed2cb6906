/** What the words of QUOTA_TOKEN and QUOTA_ADDRESS mean, and what is said of those that mean nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseQuotas } from "../../../../worker/auth/quota-config.ts";
import { accessFaults } from "../../../../worker/http/access/access.ts";

test("[AC13a] [AC13b] each word is a quota; blanks and commas stand between them", () => {
  const { token, address, faults } = parseQuotas({
    QUOTA_TOKEN: " points=200000/s, bytes=4MB/s\nseries=4096 channels=1000 viewers=1000,reads=20/s announcements=30/s ",
    QUOTA_ADDRESS: "viewers=5 reads=7/s announcements=8/s",
  });
  assert.deepEqual(faults, []);
  assert.deepEqual(token, {
    points: 200_000,
    bytes: 4_000_000,
    series: 4096,
    channels: 1000,
    viewers: 1000,
    reads: 20,
    announcements: 30,
  });
  assert.deepEqual(address, { viewers: 5, reads: 7, announcements: 8 });
});

for (const [text, bytes] of [
  ["1/s", 1],
  ["1B/s", 1],
  ["1kB/s", 1000],
  ["1KiB/s", 1024],
  ["3MiB/s", 3_145_728],
  ["2GB/s", 2_000_000_000],
  ["1GiB/s", 1_073_741_824],
] as const) {
  test(`[AC13b] bytes=${text} is ${bytes}`, () => {
    assert.deepEqual(parseQuotas({ QUOTA_TOKEN: `bytes=${text}` }), {
      token: { announcements: 100, bytes },
      address: { viewers: 2000, reads: 100, announcements: 10 },
      faults: [],
    });
  });
}

const TOKEN_DEFAULTS = { announcements: 100 };

test("[AC13c] a token has no bound that is not named, but of announcements; and an address has three", () => {
  const address = { viewers: 2000, reads: 100, announcements: 10 };
  assert.deepEqual(parseQuotas({}), { token: TOKEN_DEFAULTS, address, faults: [] });
  assert.deepEqual(parseQuotas({ QUOTA_TOKEN: "", QUOTA_ADDRESS: "" }).token, TOKEN_DEFAULTS);
  assert.deepEqual(parseQuotas({ QUOTA_ADDRESS: "reads=none" }).address, { viewers: 2000, announcements: 10 });
  assert.deepEqual(parseQuotas({ QUOTA_TOKEN: "points=none reads=1/s" }).token, { ...TOKEN_DEFAULTS, reads: 1 });
  assert.deepEqual(parseQuotas({ QUOTA_TOKEN: "announcements=none" }).token, {});
});

for (const word of [
  "points=5",
  "points=5/m",
  "points=-5/s",
  "points=0/s",
  "points=5k/s",
  "points=1e3/s",
  "points=/s",
  "points",
  "points=NONE",
  "points=5/s/s",
  "points=5=5/s",
  "points=1234567890123/s",
]) {
  test(`[AC13c] "${word}" is told, and points are then bounded`, () => {
    const { token, faults } = parseQuotas({ QUOTA_TOKEN: `${word} reads=3/s` });
    assert.deepEqual(token, { ...TOKEN_DEFAULTS, points: 200_000, reads: 3 });
    assert.equal(faults.length, 1, faults.join("\n"));
    assert.ok(faults[0]?.startsWith(`QUOTA_TOKEN: "${word}" cannot be read. Write a number above 0, such as points=`));
    assert.match(faults[0] ?? "", /Until then points=200000\/s counts where nothing else is said\.$/);
  });
}

for (const [word, said] of [
  ["series=4097", /4096 at most/],
  ["viewers=32001", /32000 at most/],
  ["series=5/s", /such as series=4096/],
  ["bytes=5TB/s", /such as bytes=4000000\/s/],
  ["bytes=5mb/s", /cannot be read/],
] as const) {
  test(`[AC13c] "${word}" is told`, () => assert.match(parseQuotas({ QUOTA_TOKEN: word }).faults.join("\n"), said));
}

test("[AC13c] with a word that names no quota, every quota that is not set is bounded", () => {
  const { token, faults } = parseQuotas({ QUOTA_TOKEN: "pionts=5/s reads=none" });
  const { points, bytes, series, channels, viewers } = { ...token };
  assert.deepEqual([points, bytes, series, channels, viewers], [200_000, 4_000_000, 4096, 1000, 1000]);
  assert.deepEqual([token.reads, token.announcements], [undefined, 100]);
  assert.match(faults.join("\n"), /^QUOTA_TOKEN: "pionts=5\/s" is no quota\. There are points, bytes, /);
});

test("[AC13c] what an address does not have is no quota of its, and its others stay", () => {
  const { address, faults } = parseQuotas({ QUOTA_ADDRESS: "points=5/s viewers=x reads=9/s" });
  assert.deepEqual(address, { viewers: 2000, reads: 9, announcements: 10 });
  assert.deepEqual(
    faults.map((fault) => fault.slice(0, 40)),
    ['QUOTA_ADDRESS: "points=5/s" is no quota.', 'QUOTA_ADDRESS: "viewers=x" cannot be rea'],
  );
});

test("[AC13c] of two words for one quota the first counts", () => {
  const { token, faults } = parseQuotas({ QUOTA_TOKEN: "reads=1/s reads=2/s" });
  assert.deepEqual(token, { ...TOKEN_DEFAULTS, reads: 1 });
  assert.match(faults.join("\n"), /"reads=2\/s" comes after another "reads"/);
});

test("[AC13c] a name that objects have by themselves is no quota, and a long word is cut", () => {
  for (const word of ["toString=5", "__proto__=5", "constructor=5"]) {
    assert.match(parseQuotas({ QUOTA_TOKEN: word }).faults.join("\n"), /is no quota/);
  }
  assert.ok((parseQuotas({ QUOTA_TOKEN: "x".repeat(10_000) }).faults[0]?.length ?? 0) < 300);
});

test("[AC13c] [AC14e] whoever starts the Worker is told", () => {
  const faults = accessFaults({ QUOTA_TOKEN: "x", QUOTA_ADDRESS: "y", AUDIT: "yes" });
  assert.deepEqual(
    faults.map((fault) => fault.split(/[: ]/)[0]),
    ["QUOTA_TOKEN", "QUOTA_ADDRESS", "AUDIT"],
  );
  assert.deepEqual(accessFaults({ QUOTA_TOKEN: "points=1/s", QUOTA_ADDRESS: "", AUDIT: "off" }), []);
});
