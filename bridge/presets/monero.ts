import { DecodeError, type Message, type MessageReader } from "../decode/message.ts";
import { isPlainObject } from "./fields.ts";
import { checkSize, valueOfJsonBytes } from "./payload.ts";
import type { Preset } from "./preset.ts";
import { Rates } from "./rates.ts";

/**
 * monerod's `--zmq-pub`: monero-project/monero docs/ZMQ.md, src/rpc/zmq_pub.cpp, and for what is full
 * src/serialization/json_object.cpp. One frame: the topic `format-context-event`, a colon, JSON.
 */
export const monero: Preset = {
  name: "monero",
  summary: "monerod (--zmq-pub): height, blocks, transactions with their bytes, weight and fee, difficulty, rates",
  // Without json-full-chain_main and json-full-txpool_add, which say the same at a hundred times the size.
  topics: ["json-minimal-chain_main", "json-minimal-txpool_add", "json-full-miner_data"],
  create: () => new MoneroReader(),
};

type Values = Record<string, number>;

const MAX_TOPIC_BYTES = 64;
const COLON = 0x3a;

class MoneroReader implements MessageReader {
  readonly #rates = new Rates({ per: "minute" });

  read(frames: readonly Buffer[]): Message[] {
    const [frame] = frames;
    if (frame === undefined || frames.length !== 1) throw wrong(`this has ${frames.length} frames`);
    const colon = frame.subarray(0, MAX_TOPIC_BYTES + 1).indexOf(COLON);
    if (colon < 0) throw wrong("this has no topic");
    const topic = frame.toString("latin1", 0, colon);
    const read = READERS.get(topic);
    if (read === undefined) throw wrong("this is none of its topics");
    checkSize(frames);
    const values = read(valueOfJsonBytes(frame.subarray(colon + 1)));
    if (values === undefined) throw wrong(`this is not what ${topic} has`);
    for (const field of ["blocks", "transactions"]) {
      const count = Object.hasOwn(values, field) ? values[field] : undefined;
      if (count !== undefined && !topic.endsWith("miner_data")) this.#rates.count(`${topic}.${field}`, count);
    }
    return [{ topic, content: { kind: "value", value: values } }];
  }

  tick(now: number): Message[] {
    return this.#rates.tick(now);
  }
}

/** Each gives undefined for what is not of its topic. */
const READERS: ReadonlyMap<string, (value: unknown) => Values | undefined> = new Map([
  ["json-minimal-chain_main", minimalChain],
  ["json-full-chain_main", fullChain],
  ["json-minimal-txpool_add", minimalPool],
  ["json-full-txpool_add", fullPool],
  ["json-full-miner_data", minerData],
]);

/** `{"first_height":…,"first_prev_id":"…","ids":["…"]}`: `height` is that of the last of the blocks. */
function minimalChain(value: unknown): Values | undefined {
  const first = numberIn(value, "first_height");
  const ids = fieldOf(value, "ids");
  if (first === undefined || !Array.isArray(ids) || ids.length === 0) return undefined;
  return { height: first + ids.length - 1, blocks: ids.length };
}

/** Blocks; a transaction here is one of `tx_hashes`, without the miner's own. */
function fullChain(value: unknown): Values | undefined {
  if (!Array.isArray(value)) return undefined;
  let transactions = 0;
  for (const block of value) {
    const hashes = fieldOf(block, "tx_hashes");
    if (!Array.isArray(hashes)) return undefined;
    transactions += hashes.length;
  }
  return { blocks: value.length, transactions };
}

/** `[{"id":"…","blob_size":…,"weight":…,"fee":…}]`, summed; monerod before 0.18 has no weight and no fee. */
function minimalPool(value: unknown): Values | undefined {
  if (!Array.isArray(value) || value.some((each) => typeof fieldOf(each, "id") !== "string")) return undefined;
  return { transactions: value.length, ...sums(value, { bytes: "blob_size", weight: "weight", fee: "fee" }) };
}

/** Whole transactions; the fee is in `ringct`. */
function fullPool(value: unknown): Values | undefined {
  if (!Array.isArray(value) || value.some((each) => fieldOf(each, "inputs") === undefined)) return undefined;
  return {
    transactions: value.length,
    ...sums(
      value.map((each) => fieldOf(each, "ringct")),
      { fee: "fee" },
    ),
  };
}

/** What the next block is built on. `difficulty` is hexadecimal; `transactions` are those that wait. */
function minerData(value: unknown): Values | undefined {
  const height = numberIn(value, "height");
  if (height === undefined) return undefined;
  const values: Values = { height };
  const difficulty = fieldOf(value, "difficulty");
  if (typeof difficulty === "string" && /^0x[0-9a-f]{1,32}$/.test(difficulty)) values.difficulty = Number(difficulty);
  for (const field of ["median_weight", "already_generated_coins"]) {
    const number = numberIn(value, field);
    if (number !== undefined) values[field] = number;
  }
  const backlog = fieldOf(value, "tx_backlog");
  if (Array.isArray(backlog)) values.transactions = backlog.length;
  return values;
}

/** The sums of those fields that any of the objects has. @param fields by the name of the sum */
function sums(objects: readonly unknown[], fields: Readonly<Record<string, string>>): Values {
  const found: Values = {};
  for (const [name, field] of Object.entries(fields)) {
    for (const object of objects) {
      const number = numberIn(object, field);
      if (number !== undefined) found[name] = (found[name] ?? 0) + number;
    }
  }
  return found;
}

function fieldOf(value: unknown, field: string): unknown {
  return isPlainObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
}

function numberIn(value: unknown, field: string): number | undefined {
  const number = fieldOf(value, field);
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function wrong(what: string): DecodeError {
  return new DecodeError(
    "envelope-wrong",
    `--preset monero expects one frame of monerod, json-minimal-chain_main:{…} or the like; ${what}.`,
  );
}
