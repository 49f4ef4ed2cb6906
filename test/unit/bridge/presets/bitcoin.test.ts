/**
 * The frames are those of bitcoin/bitcoin src/zmq/zmqpublishnotifier.cpp (SendZmqMessage: topic, body, WriteLE32 of the
 * topic's counter; SendSequenceMsg; hashes reversed) and doc/zmq.md.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { bitcoin } from "../../../../bridge/presets/bitcoin.ts";
import { ARRIVED_AT } from "../../../support/preset.ts";
import { assertReadsAnything, readOne, readOverZeroMq, refusalOf, seriesOf } from "../../../support/preset-feed.ts";

/** Bitcoin's first block, of 3 January 2009: header, one transaction. */
const GENESIS = Buffer.from(
  "01000000" + // version
    "0000000000000000000000000000000000000000000000000000000000000000" + // previous block
    "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a" + // merkle root
    "29ab5f49ffff001d1dac2b7c" + // time, target, nonce
    "01" + // transactions
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054" +
    "696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420" +
    "666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61" +
    "deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000",
  "hex",
);
const COINBASE = GENESIS.subarray(81);
const GENESIS_TIME = 1_231_006_505;
/** As block explorers write it, and as it is published. */
const GENESIS_HASH = Buffer.from("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f", "hex");
const COUNTER_7 = Buffer.from("07000000", "hex");
const COUNTER_MAX = Buffer.from("ffffffff", "hex");

const MESSAGES = {
  hashblock: ["hashblock", GENESIS_HASH, COUNTER_7],
  hashtx: ["hashtx", GENESIS_HASH, COUNTER_MAX],
  rawblock: ["rawblock", GENESIS, COUNTER_7],
  rawtx: ["rawtx", COINBASE, COUNTER_7],
  added: ["sequence", Buffer.concat([GENESIS_HASH, Buffer.from("4101e1f50500000000", "hex")]), COUNTER_7],
  removed: ["sequence", Buffer.concat([GENESIS_HASH, Buffer.from("5202e1f50500000000", "hex")]), COUNTER_7],
  connected: ["sequence", Buffer.concat([GENESIS_HASH, Buffer.from("C")]), COUNTER_7],
  disconnected: ["sequence", Buffer.concat([GENESIS_HASH, Buffer.from("D")]), COUNTER_7],
} satisfies Record<string, (string | Buffer)[]>;

function read(name: keyof typeof MESSAGES, arrivedAt = 0): Record<string, unknown> {
  const messages = readOne(bitcoin.create({}), MESSAGES[name], arrivedAt);
  return { ...seriesOf(messages), number: messages[0]?.number, topic: messages[0]?.topic };
}

/** With another body. */
function refused(topic: string, body: Buffer): string {
  const { code, message } = refusalOf(bitcoin, [topic, body, COUNTER_7]);
  assert.equal(code, "envelope-wrong");
  assert.match(message, /--preset bitcoin expects Bitcoin Core's three frames/);
  return message;
}

it("[PS10] the bytes of this test are those of the first block", () => {
  const sha256 = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();
  assert.deepEqual(sha256(sha256(GENESIS.subarray(0, 80))).reverse(), GENESIS_HASH);
});

describe("[PS10] a message of Bitcoin Core", () => {
  it("has the publisher's number, from which losses are told, and which is all that a hash has", () => {
    assert.equal(bitcoin.isNumbered, true);
    assert.deepEqual(read("hashblock"), { "hashblock.count": 7, number: 7, topic: "hashblock" });
    assert.deepEqual(read("hashtx"), { "hashtx.count": 4_294_967_295, number: 4_294_967_295, topic: "hashtx" });
  });

  it("has the size of a transaction", () => {
    assert.deepEqual(read("rawtx"), { "rawtx.count": 7, "rawtx.bytes": 204, number: 7, topic: "rawtx" });
  });

  it("has the size of a block, its transactions, and how old it is", () => {
    assert.deepEqual(read("rawblock", GENESIS_TIME + 12.5), {
      "rawblock.count": 7,
      "rawblock.bytes": 285,
      "rawblock.transactions": 1,
      "rawblock.age": 12.5,
      number: 7,
      topic: "rawblock",
    });
  });

  it("has the number of transactions in one, three, five or nine bytes", () => {
    const transactionsOf = (hex: string): unknown =>
      seriesOf(
        readOne(bitcoin.create({}), [
          "rawblock",
          Buffer.concat([GENESIS.subarray(0, 80), Buffer.from(hex, "hex")]),
          COUNTER_7,
        ]),
      )["rawblock.transactions"];
    assert.equal(transactionsOf("fc"), 252);
    assert.equal(transactionsOf("fdfd00"), 253);
    assert.equal(transactionsOf("fe00000100"), 65_536);
    assert.equal(transactionsOf("ff0000000001000000"), 4_294_967_296);
    for (const cut of ["", "fd00", "fe000001", "ff00000000010000"]) {
      refused("rawblock", Buffer.concat([GENESIS.subarray(0, 80), Buffer.from(cut, "hex")]));
    }
  });

  it("has the mempool's number, where a transaction comes or goes", () => {
    assert.deepEqual(read("added"), {
      "sequence.count": 7,
      "sequence.mempool": 100_000_001,
      number: 7,
      topic: "sequence",
    });
    assert.equal(read("removed")["sequence.mempool"], 100_000_002);
    assert.deepEqual(read("connected"), { "sequence.count": 7, number: 7, topic: "sequence" });
  });

  it("of a topic that only a fork has is counted", () => {
    const reader = bitcoin.create({});
    const messages = readOne(reader, ["rawtxlock", COINBASE, COUNTER_7]);
    assert.deepEqual(seriesOf(messages), { "rawtxlock.count": 7 });
    assert.deepEqual(seriesOf(reader.tick?.(1000) ?? []), { "rawtxlock.per_minute": 1 });
  });
});

it("[PS10] transactions are counted by the second and blocks by the minute, and go to zero", () => {
  const reader = bitcoin.create({});
  reader.tick?.(1000);
  for (const frames of Object.values(MESSAGES)) readOne(reader, frames);
  readOne(reader, MESSAGES.hashtx);
  assert.deepEqual(seriesOf(reader.tick?.(1002) ?? []), {
    "hashtx.per_second": 1,
    "rawtx.per_second": 0.5,
    "sequence.added.per_second": 0.5,
    "sequence.removed.per_second": 0.5,
    "hashblock.per_minute": 1,
    "rawblock.per_minute": 1,
    "sequence.connected.per_minute": 1,
    "sequence.disconnected.per_minute": 1,
  });
  const later = seriesOf(reader.tick?.(1100) ?? []);
  assert.equal(Object.keys(later).length, 8);
  assert.ok(Object.values(later).every((rate) => rate === 0));
});

describe("[PS10] what is not of Bitcoin Core is refused", () => {
  it("by its frames", () => {
    for (const frames of [
      [],
      ["hashtx"],
      ["hashtx", GENESIS_HASH],
      ["hashtx", GENESIS_HASH, COUNTER_7, COUNTER_7],
      ["hashtx", GENESIS_HASH, "1"],
      ["", GENESIS_HASH, COUNTER_7],
      ["Hash Tx", GENESIS_HASH, COUNTER_7],
      ["x".repeat(33), GENESIS_HASH, COUNTER_7],
    ]) {
      assert.equal(refusalOf(bitcoin, frames).code, "envelope-wrong");
    }
  });

  it("by its body, with what is wrong", () => {
    assert.match(refused("hashtx", GENESIS), /the hash has 285 bytes instead of 32/);
    assert.match(refused("hashblock", Buffer.alloc(31)), /31 bytes/);
    assert.match(refused("rawtx", Buffer.alloc(9)), /9 bytes/);
    assert.match(refused("rawblock", GENESIS.subarray(0, 80)), /80 bytes/);
    for (const tail of ["", "41", "4101e1f505000000", "4301e1f50500000000", "58", "4301"]) {
      refused("sequence", Buffer.concat([GENESIS_HASH, Buffer.from(tail, "hex")]));
    }
  });

  it("and nothing else is thrown, whatever comes", () => {
    assertReadsAnything(bitcoin, Object.values(MESSAGES));
  });
});

it("[PS10] comes over ZeroMQ", async () => {
  assert.deepEqual(await readOverZeroMq(bitcoin, [MESSAGES.hashtx, MESSAGES.added]), [
    `hashtx.count ${ARRIVED_AT} 4294967295`,
    `sequence.count ${ARRIVED_AT} 7`,
    `sequence.mempool ${ARRIVED_AT} 100000001`,
  ]);
});
