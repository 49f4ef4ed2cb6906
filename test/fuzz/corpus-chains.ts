import { hex, type Sample, sample } from "./sample.ts";

/** Bitcoin's first block: test/unit/bridge/presets/bitcoin.test.ts. */
const GENESIS = hex(
  `01000000 0000000000000000000000000000000000000000000000000000000000000000
  3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a 29ab5f49ffff001d1dac2b7c 01
  01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054
  696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420
  666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61
  deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000`,
);
const HASH = hex("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f");
const COUNTER = hex("07000000");
const sequence = (rest: string | Buffer): Sample =>
  sample("bitcoin", "sequence", Buffer.concat([HASH, Buffer.from(rest)]), COUNTER);

/** test/unit/bridge/presets/monero.test.ts */
const ID = "713499fd605d99d01db6d2cc47af04dee7984006ac440c23add6e16cb1800992";

export const CHAINS: readonly Sample[] = [
  sample("bitcoin", "hashblock", HASH, COUNTER),
  sample("bitcoin", "hashtx", HASH, hex("ffffffff")),
  sample("bitcoin", "rawblock", GENESIS, COUNTER),
  sample("bitcoin", "rawtx", GENESIS.subarray(81), COUNTER),
  sequence(hex("4101e1f50500000000")),
  sequence(hex("5202e1f50500000000")),
  sequence("C"),
  sequence("D"),
  sample("monero", `json-minimal-chain_main:{"first_height":3000000,"first_prev_id":"${ID}","ids":["${ID}","${ID}"]}`),
  sample("monero", `json-minimal-txpool_add:[{"id":"${ID}","blob_size":2589,"weight":2590,"fee":49000000}]`),
  sample(
    "monero",
    `json-full-chain_main:[{"major_version":16,"timestamp":1693526400,"prev_id":"${ID}","miner_tx":{"version":2,` +
      `"inputs":[{"gen":{"height":1}}],"ringct":{"type":0,"fee":0}},"tx_hashes":["${ID}","${ID}","${ID}"]}]`,
  ),
  sample(
    "monero",
    `json-full-txpool_add:[{"version":2,"inputs":[{"to_key":{"amount":0,"key_offsets":[1,2],"key_image":"${ID}"}}],` +
      `"ringct":{"type":6,"fee":49000000}}]`,
  ),
  sample(
    "monero",
    `json-full-miner_data:{"major_version":16,"height":3000001,"prev_id":"${ID}","seed_hash":"${ID}",` +
      `"difficulty":"0x48af8dcd2b","median_weight":300000,"already_generated_coins":18446744073709551615,` +
      `"tx_backlog":[{"id":"${ID}","weight":1768,"fee":30720000}]}`,
  ),
];
