import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Connections } from "../../bridge/receive/guard/connections.ts";
import { GUARD_LIMITS } from "../../bridge/receive/guard/limits.ts";
import { type Occupant, whomToEnd } from "../../bridge/receive/guard/room.ts";

const NOW_MS = 1_000_000;

interface Named extends Occupant {
  name: string;
}

/** @param seconds since it began, and since its last message, if it has sent any */
function one(name: string, network: string, began: number, heard?: number, isHeldUp = false): Named {
  const heardAtMs = heard === undefined ? undefined : NOW_MS - heard * 1000;
  return { name, network, sinceMs: NOW_MS - began * 1000, heardAtMs, isHeldUp };
}

const many = (count: number, network: string, began: number, heard?: number): Named[] =>
  Array.from({ length: count }, (_, i) => one(`${network} ${i}`, network, began + i, heard && heard + i));

const ended = (all: readonly Named[], newcomer = "new"): string | undefined => whomToEnd(all, newcomer, NOW_MS)?.name;

describe("whom to end so that another finds room", () => {
  it("[BR33] is who has never sent a message, before those who have", () => {
    assert.equal(ended([one("seldom", "a", 9000, 3600), one("mute", "b", 60), one("young", "c", 1)]), "mute");
    assert.equal(ended([one("seldom", "a", 9000, 3600), one("young", "c", 9.9)]), "seldom", "it may be about to send");
    assert.equal(ended([one("seldom", "a", 9000, 3600), one("mute", "c", 10)]), "mute");
    assert.equal(ended([one("young", "c", 1), one("younger", "d", 0.5)]), "young", "where there is nobody else");
  });

  it("[BR33] is who is idle longest", () => {
    assert.equal(ended([one("a", "a", 50), one("b", "b", 60), one("c", "c", 40)]), "b");
    assert.equal(ended([one("a", "a", 90, 20), one("b", "b", 80, 30), one("c", "c", 70, 25)]), "b");
  });

  it("[BR33] is nobody who delivers: who has sent a message within 10 s, or may have", () => {
    assert.equal(ended([one("a", "a", 90, 9.9)]), undefined);
    assert.equal(ended([one("a", "a", 90, 10)]), "a");
    assert.equal(ended([one("a", "a", 90, 500, true)]), undefined, "ZeroMQ does not take what it sends");
    assert.equal(ended([one("a", "a", 90, 1), one("b", "b", 90, 1)]), undefined);
  });

  it("[BR33] is of a network that has many: a stranger's thousand, and not somebody's only one", () => {
    assert.equal(ended([one("only", "a", 9000), ...many(1000, "stranger", 20)]), "stranger 999");
    assert.equal(ended([one("only", "a", 9000, 3600), ...many(1000, "stranger", 20, 15)]), "stranger 999");
    assert.equal(ended([...many(50, "half", 900), ...many(100, "all", 20)]), "half 49", "half as many are many");
    assert.equal(ended([...many(49, "few", 900), ...many(100, "all", 20)]), "all 99");
  });

  it("[BR33] is not of the newcomer's network, if others are idle: who comes back does not push out its like", () => {
    assert.equal(ended([...many(300, "lab", 9000), one("stranger", "b", 60)], "lab"), "stranger");
    assert.equal(ended(many(3, "lab", 60), "lab"), "lab 2");
  });

  it("[BR33] is of those who deliver only one whose network has more than twice as many as the newcomer's", () => {
    const busy = [...many(3, "greedy", 90, 1), one("a", "a", 90, 1)];
    assert.equal(ended(busy), "greedy 2");
    assert.equal(ended(busy, "a"), undefined, "3 are not more than twice 2");
    assert.equal(ended(many(2, "two", 90, 1)), undefined);
    assert.equal(ended(many(3, "own", 90, 1), "own"), undefined);
  });
});

describe("connections", () => {
  /** Those of a table with the default bounds. */
  function table(): { connections: Connections; come: (network: string, atMs?: number) => string; gone: string[] } {
    const connections = new Connections(GUARD_LIMITS);
    const gone: string[] = [];
    let count = 0;
    const come = (network: string, atMs = NOW_MS): string => {
      const { kind } = connections.makeRoom(network, atMs);
      if (kind === "none") return kind;
      const name = `${network} ${count++}`;
      const splice = { end: () => gone.push(name), hold: () => undefined };
      const [from, address] = [network, "tcp://a:1"];
      const connection = { splice, from, network, address, sinceMs: count, heardAtMs: undefined, isHeldUp: false };
      const added = { ...connection, unfinishedBytes: 0, end: () => undefined };
      connections.add(added);
      connections.speaksZmtp(added);
      return kind;
    };
    return { connections, come, gone };
  }

  it("[BR33] of one address are 1,024, and one more ends the one of these that is idle longest", () => {
    const { connections, come, gone } = table();
    come("other");
    for (let i = 0; i < 1024; i++) assert.equal(come("a"), "free");
    assert.equal(come("a"), "made");
    assert.deepEqual([gone, [...connections].length], [["a 1"], 1025]);
  });

  it("[BR33] are 2,048 in all, and one more ends one", () => {
    const { connections, come, gone } = table();
    for (let i = 0; i < 2048; i++) assert.equal(come(`${i}`), "free");
    assert.equal(come("new"), "made");
    assert.deepEqual([gone, [...connections].length], [["0 0"], 2048]);
  });

  it("[BR33] make room 100 times at once, and 100 times in each second after that", () => {
    const { come } = table();
    for (let i = 0; i < 2048; i++) come(`${i}`, 0);
    const made = (atMs: number): number =>
      Array.from({ length: 150 }, () => come("new", atMs)).filter((kind) => kind === "made").length;
    assert.deepEqual([made(0), made(5), made(10), made(510), made(10_000)], [100, 0, 1, 50, 100]);
  });

  it("[BR33] that were ended and are not closed yet are 256: with more, newcomers are turned away", () => {
    const { come, gone } = table();
    for (let i = 0; i < 2048; i++) come(`${i}`);
    for (let i = 0; i < 256; i++) assert.equal(come("new", NOW_MS + i * 10), "made");
    assert.equal(come("new", NOW_MS + 60_000), "none");
    assert.equal(gone.length, 256);
  });
});
