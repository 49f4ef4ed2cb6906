/**
 * The frames are those of monero-project/monero src/rpc/zmq_pub.cpp (write_header, minimal_chain, minimal_txpool,
 * miner_data) and, for what is full, src/serialization/json_object.cpp; topics and their order are in docs/ZMQ.md.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { monero } from "../../../../bridge/presets/monero.ts";
import { ARRIVED_AT } from "../../../support/preset.ts";
import { assertReadsAnything, readOne, readOverZeroMq, refusalOf, seriesOf } from "../../../support/preset-feed.ts";

const ID = "713499fd605d99d01db6d2cc47af04dee7984006ac440c23add6e16cb1800992";

const MESSAGES = {
  minimalChain: `json-minimal-chain_main:{"first_height":3000000,"first_prev_id":"${ID}","ids":["${ID}","${ID}"]}`,
  minimalPool:
    `json-minimal-txpool_add:[{"id":"${ID}","blob_size":2589,"weight":2590,"fee":49000000},` +
    `{"id":"${ID}","blob_size":1768,"weight":1768,"fee":30720000}]`,
  /** monerod 0.17 */
  olderPool: `json-minimal-txpool_add:[{"id":"${ID}","blob_size":2589}]`,
  fullChain:
    `json-full-chain_main:[{"major_version":16,"minor_version":16,"timestamp":1693526400,"prev_id":"${ID}","nonce":1,` +
    `"miner_tx":{"version":2,"unlock_time":60,"inputs":[{"gen":{"height":1}}],"outputs":[],"extra":"","signatures":[],` +
    `"ringct":{"type":0,"encrypted":[],"commitments":[],"fee":0}},"tx_hashes":["${ID}","${ID}","${ID}"]}]`,
  fullPool:
    `json-full-txpool_add:[{"version":2,"unlock_time":0,"inputs":[{"to_key":{"amount":0,"key_offsets":[1,2],` +
    `"key_image":"${ID}"}}],"outputs":[],"extra":"","signatures":[],"ringct":{"type":6,"encrypted":[],"commitments":[],` +
    `"fee":49000000}}]`,
  minerData:
    `json-full-miner_data:{"major_version":16,"height":3000001,"prev_id":"${ID}","seed_hash":"${ID}",` +
    `"difficulty":"0x48af8dcd2b","median_weight":300000,"already_generated_coins":18446744073709551615,` +
    `"tx_backlog":[{"id":"${ID}","weight":1768,"fee":30720000}]}`,
};

function read(name: keyof typeof MESSAGES): Record<string, number | undefined> {
  return seriesOf(readOne(monero.create({}), [MESSAGES[name]]));
}

describe("[PS11] a message of monerod", () => {
  it("has the height of the last of its blocks", () => {
    assert.deepEqual(read("minimalChain"), {
      "json-minimal-chain_main.height": 3_000_001,
      "json-minimal-chain_main.blocks": 2,
    });
  });

  it("has the sums of its transactions", () => {
    assert.deepEqual(read("minimalPool"), {
      "json-minimal-txpool_add.transactions": 2,
      "json-minimal-txpool_add.bytes": 4357,
      "json-minimal-txpool_add.weight": 4358,
      "json-minimal-txpool_add.fee": 79_720_000,
    });
  });

  it("of an older monerod has no weight and no fee", () => {
    assert.deepEqual(read("olderPool"), {
      "json-minimal-txpool_add.transactions": 1,
      "json-minimal-txpool_add.bytes": 2589,
    });
  });

  it("may be full: then counts and the fee are taken of it", () => {
    assert.deepEqual(read("fullChain"), { "json-full-chain_main.blocks": 1, "json-full-chain_main.transactions": 3 });
    assert.deepEqual(read("fullPool"), {
      "json-full-txpool_add.transactions": 1,
      "json-full-txpool_add.fee": 49_000_000,
    });
  });

  it("has what the next block is built on", () => {
    assert.deepEqual(read("minerData"), {
      "json-full-miner_data.height": 3_000_001,
      "json-full-miner_data.difficulty": 0x48af8dcd2b,
      "json-full-miner_data.median_weight": 300_000,
      "json-full-miner_data.already_generated_coins": 2 ** 64,
      "json-full-miner_data.transactions": 1,
    });
  });

  it("of no transactions is zero of them", () => {
    const messages = readOne(monero.create({}), ["json-minimal-txpool_add:[]"]);
    assert.deepEqual(seriesOf(messages), { "json-minimal-txpool_add.transactions": 0 });
  });
});

it("[PS11] blocks and transactions are counted by the minute, not messages, and go to zero", () => {
  const reader = monero.create({});
  for (const message of Object.values(MESSAGES)) readOne(reader, [message]);
  assert.deepEqual(seriesOf(reader.tick?.(1000) ?? []), {
    "json-minimal-chain_main.blocks.per_minute": 2,
    "json-minimal-txpool_add.transactions.per_minute": 3,
    "json-full-chain_main.blocks.per_minute": 1,
    "json-full-chain_main.transactions.per_minute": 3,
    "json-full-txpool_add.transactions.per_minute": 1,
  });
  const later = Object.values(seriesOf(reader.tick?.(1061) ?? []));
  assert.deepEqual(later, Array(5).fill(0));
});

describe("[PS11] what is not of monerod is refused", () => {
  it("with what was expected", () => {
    for (const frames of [
      [],
      ["json-minimal-chain_main", "{}"],
      ["hello"],
      ['{"x": 1}'],
      ["json-minimal-chain_alt:{}"],
      [":{}"],
      [`${"x".repeat(65)}:{}`],
      ["json-minimal-chain_main:[]"],
      ['json-minimal-chain_main:{"first_height":1,"ids":[]}'],
      ['json-minimal-chain_main:{"first_height":"1","ids":["a"]}'],
      ['json-minimal-txpool_add:[{"fee":1}]'],
      ["json-minimal-txpool_add:{}"],
      ["json-full-chain_main:[{}]"],
      ["json-full-txpool_add:[1]"],
      ["json-full-miner_data:{}"],
    ]) {
      const { code, message } = refusalOf(monero, frames);
      assert.equal(code, "envelope-wrong");
      assert.match(message, /--preset monero expects one frame of monerod/);
    }
    assert.equal(refusalOf(monero, ["json-minimal-chain_main:{"]).code, "not-json");
    assert.equal(refusalOf(monero, [Buffer.from("json-full-miner_data:\xff", "latin1")]).code, "not-json");
    const large = `json-minimal-txpool_add:[${" ".repeat(16 * 1024 * 1024)}]`;
    assert.equal(refusalOf(monero, [large]).code, "message-too-large");
  });

  it("and nothing else is thrown, whatever comes", () => {
    assertReadsAnything(
      monero,
      Object.values(MESSAGES).map((message) => [message]),
    );
  });
});

it("[PS11] comes over ZeroMQ, of the topics that are small", async () => {
  assert.deepEqual(await readOverZeroMq(monero, [[MESSAGES.minimalChain]]), [
    `json-minimal-chain_main.height ${ARRIVED_AT} 3000001`,
    `json-minimal-chain_main.blocks ${ARRIVED_AT} 2`,
  ]);
  assert.ok(!monero.topics?.some((topic) => MESSAGES.fullChain.startsWith(topic)));
});
