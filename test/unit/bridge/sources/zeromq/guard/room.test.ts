import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { GuardedConnection } from "../../../../../../bridge/sources/zeromq/guard/connection.ts";
import { Connections } from "../../../../../../bridge/sources/zeromq/guard/connections.ts";
import { GUARD_LIMITS } from "../../../../../../bridge/sources/zeromq/guard/guard-limits.ts";
import { openFilesLimit, ProcessRoom } from "../../../../../../bridge/sources/zeromq/guard/process-room.ts";
import { type Occupant, whomToEnd } from "../../../../../../bridge/sources/zeromq/guard/room.ts";

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
  it("[BR33f] is who has never sent a message, before those who have", () => {
    assert.equal(ended([one("seldom", "a", 9000, 3600), one("mute", "b", 60), one("young", "c", 1)]), "mute");
    assert.equal(ended([one("seldom", "a", 9000, 3600), one("young", "c", 9.9)]), "seldom", "it may be about to send");
    assert.equal(ended([one("seldom", "a", 9000, 3600), one("mute", "c", 10)]), "mute");
    assert.equal(ended([one("young", "c", 1), one("younger", "d", 0.5)]), "young", "where there is nobody else");
  });

  it("[BR33f] is who is idle longest", () => {
    assert.equal(ended([one("a", "a", 50), one("b", "b", 60), one("c", "c", 40)]), "b");
    assert.equal(ended([one("a", "a", 90, 20), one("b", "b", 80, 30), one("c", "c", 70, 25)]), "b");
  });

  it("[BR33c] is nobody who delivers: who has sent a message within 10 s, or may have", () => {
    assert.equal(ended([one("a", "a", 90, 9.9)]), undefined);
    assert.equal(ended([one("a", "a", 90, 10)]), "a");
    assert.equal(ended([one("a", "a", 90, 500, true)]), undefined, "ZeroMQ does not take what it sends");
    assert.equal(ended([one("a", "a", 90, 1), one("b", "b", 90, 1)]), undefined);
  });

  it("[BR33d] is of a network that has many: a stranger's thousand, and not somebody's only one", () => {
    assert.equal(ended([one("only", "a", 9000), ...many(1000, "stranger", 20)]), "stranger 999");
    assert.equal(ended([one("only", "a", 9000, 3600), ...many(1000, "stranger", 20, 15)]), "stranger 999");
    assert.equal(ended([...many(50, "half", 900), ...many(100, "all", 20)]), "half 49", "half as many are many");
    assert.equal(ended([...many(49, "few", 900), ...many(100, "all", 20)]), "all 99");
  });

  it("[BR33e] is not of the newcomer's network, if others are idle: who comes back does not push out its like", () => {
    assert.equal(ended([...many(300, "lab", 9000), one("stranger", "b", 60)], "lab"), "stranger");
    assert.equal(ended(many(3, "lab", 60), "lab"), "lab 2");
  });

  it("[BR33g] is of those who deliver only one whose network has more than twice as many as the newcomer's", () => {
    const busy = [...many(3, "greedy", 90, 1), one("a", "a", 90, 1)];
    assert.equal(ended(busy), "greedy 2");
    assert.equal(ended(busy, "a"), undefined, "3 are not more than twice 2");
    assert.equal(ended(many(2, "two", 90, 1)), undefined);
    assert.equal(ended(many(3, "own", 90, 1), "own"), undefined);
  });
});

describe("connections", () => {
  /** Those of a table with the default bounds. */
  function table(room = new ProcessRoom(Number.POSITIVE_INFINITY)): {
    connections: Connections;
    come: (network: string, atMs?: number) => string;
    gone: string[];
    close: (network: string) => void;
  } {
    const connections = new Connections(GUARD_LIMITS, room);
    const gone: string[] = [];
    const came: GuardedConnection[] = [];
    let count = 0;
    const come = (network: string, atMs = NOW_MS): string => {
      const { kind } = connections.makeRoom(network, atMs);
      if (kind === "none") return kind;
      const name = `${network} ${count++}`;
      const splice = { end: () => gone.push(name), hold: () => undefined };
      const [from, address] = [network, "tcp://a:1"];
      const connection = { splice, from, network, address, sinceMs: count, heardAtMs: undefined, isHeldUp: false };
      const added = { ...connection, unfinishedBytes: 0, end: () => undefined };
      came.push(added);
      connections.add(added);
      connections.speaksZmtp(added);
      return kind;
    };
    const close = (network: string): void => {
      const [index] = came.flatMap((each, i) => (each.network === network ? [i] : []));
      for (const each of came.splice(index ?? came.length, 1)) connections.closed(each);
    };
    return { connections, come, gone, close };
  }

  it("[BR33a] of one address are 1,024, and one more ends the one of these that is idle longest", () => {
    const { connections, come, gone } = table();
    come("other");
    for (let i = 0; i < 1024; i++) assert.equal(come("a"), "free");
    assert.equal(come("a"), "made");
    assert.deepEqual([gone, [...connections].length], [["a 1"], 1025]);
  });

  it("[BR33a] are 2,048 in all, and one more ends one", () => {
    const { connections, come, gone } = table();
    for (let i = 0; i < 2048; i++) assert.equal(come(`${i}`), "free");
    assert.equal(come("new"), "made");
    assert.deepEqual([gone, [...connections].length], [["0 0"], 2048]);
  });

  it("[BR33h] make room 100 times at once, and 100 times in each second after that", () => {
    const { come } = table();
    for (let i = 0; i < 2048; i++) come(`${i}`, 0);
    const made = (atMs: number): number =>
      Array.from({ length: 150 }, () => come("new", atMs)).filter((kind) => kind === "made").length;
    assert.deepEqual([made(0), made(5), made(10), made(510), made(10_000)], [100, 0, 1, 50, 100]);
  });

  it("[BR33i] that were ended and are not closed yet are 256: with more, newcomers are turned away", () => {
    const { come, gone } = table();
    for (let i = 0; i < 2048; i++) come(`${i}`);
    for (let i = 0; i < 256; i++) assert.equal(come("new", NOW_MS + i * 10), "made");
    assert.equal(come("new", NOW_MS + 60_000), "none");
    assert.equal(gone.length, 256);
  });

  it("[BR33b] of a process that may have 1,024 files open are 192, 96 of one address", () => {
    const { come } = table(new ProcessRoom(1024));
    for (let i = 0; i < 96; i++) assert.equal(come("a"), "free");
    assert.equal(come("a"), "made");
    for (let i = 0; i < 96; i++) assert.equal(come(`${i}`), "free");
    assert.equal(come("new"), "made");
  });

  it("[BR33b] [BR33j] of all sources are as many as the process has files for, and room is made among all", () => {
    const room = new ProcessRoom(1024);
    const [flooded, quiet] = [table(room), table(room)];
    for (let i = 0; i < 192; i++) assert.equal(flooded.come(`${i}`), "free");
    assert.equal(quiet.come("publisher"), "made");
    assert.deepEqual([flooded.gone, quiet.gone], [["0 0"], []]);
    assert.deepEqual([[...flooded.connections].length, [...quiet.connections].length], [191, 1]);
    flooded.close("0");
    flooded.close("1");
    assert.equal(quiet.come("next"), "free");
  });

  it("[BR33i] a third more may be ended and not closed yet, and with more newcomers are turned away", () => {
    const { come, close } = table(new ProcessRoom(1024));
    for (let i = 0; i < 192; i++) come(`${i}`);
    for (let i = 0; i < 64; i++) assert.equal(come(`new ${i}`), "made");
    assert.equal(come("one more"), "none");
    close("0");
    assert.equal(come("one more"), "made");
  });

  it("[BR33b] leave the files that are needed elsewhere, and half of few", () => {
    const most = (files: number, reserved = 0): [number, number] => {
      const room = new ProcessRoom(files);
      room.reserve(reserved);
      return [room.most, room.mostOfAddress];
    };
    assert.deepEqual(most(1024), [192, 96]);
    assert.deepEqual(most(1024, 64), [176, 88]);
    assert.deepEqual(most(256), [32, 16]);
    assert.deepEqual(most(64, 64), [1, 1]);
    assert.deepEqual(most(Number.POSITIVE_INFINITY), [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });
});

describe("how many files a process may have open", () => {
  it("[BR33] is its soft limit, which Node has raised", () => {
    const of = (soft: unknown): number => openFilesLimit({ userLimits: { open_files: { soft, hard: "unlimited" } } });
    assert.equal(of(4096), 4096);
    assert.equal(of("unlimited"), Number.POSITIVE_INFINITY);
    assert.equal(of(undefined), 1024);
    assert.ok(openFilesLimit() > 0);
  });
});
