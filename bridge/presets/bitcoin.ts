import { DecodeError, type Message, type MessageReader } from "../decode/message.ts";
import type { Preset } from "./preset.ts";
import { Rates } from "./rates.ts";

/**
 * Bitcoin Core's notifications (`-zmqpubhashtx=…` and the like): bitcoin/bitcoin doc/zmq.md and
 * src/zmq/zmqpublishnotifier.cpp, SendZmqMessage: topic, body, and a counter of 4 bytes for each topic. Its forks have
 * further topics in the same frames: these are counted.
 */
export const bitcoin: Preset = {
  name: "bitcoin",
  summary:
    "Bitcoin Core (-zmqpub…): hashtx.per_second, rawtx.bytes, rawblock.transactions, sequence.mempool; losses by its counters",
  isNumbered: true,
  create: () => new BitcoinReader(),
};

const TOPIC = /^[a-z0-9_]{1,32}$/;
const MAX_TOPIC_BYTES = 32;
const HASH_BYTES = 32;
const COUNTER_BYTES = 4;
/** Version, 1 input and 1 output at the least, lock time: no transaction is shorter. */
const MIN_TRANSACTION_BYTES = 10;
/** Of a block: version 4, previous block 32, merkle root 32, time 4, target 4, nonce 4; then come the transactions. */
const HEADER_BYTES = 80;
const TIME_OFFSET = 68;

/** Blocks are too few for a rate by the second to tell anything. */
const OFTEN: ReadonlySet<string> = new Set(["hashtx", "rawtx", "sequence.added", "sequence.removed"]);
const SEQUENCE_LABELS: ReadonlyMap<number, string> = new Map([
  [0x41, "sequence.added"],
  [0x52, "sequence.removed"],
  [0x43, "sequence.connected"],
  [0x44, "sequence.disconnected"],
]);

class BitcoinReader implements MessageReader {
  readonly #perSecond = new Rates({ per: "second" });
  readonly #perMinute = new Rates({ per: "minute" });

  read(frames: readonly Buffer[], arrivedAt: number): Message[] {
    const [name, body, counter] = frames;
    if (name === undefined || body === undefined || counter === undefined || frames.length !== 3) {
      throw wrong(`this has ${frames.length} frames`);
    }
    if (counter.length !== COUNTER_BYTES) throw wrong(`the third frame has ${counter.length} bytes`);
    const topic = name.length <= MAX_TOPIC_BYTES ? name.toString("latin1") : "";
    if (!TOPIC.test(topic)) throw wrong("the first frame is not such a topic");
    // The counter is the one number that each message has; hashes are none.
    const number = counter.readUInt32LE();
    const value: Record<string, number> = { count: number };
    switch (topic) {
      case "hashblock":
      case "hashtx":
        if (body.length !== HASH_BYTES) throw wrong(`the hash has ${body.length} bytes instead of ${HASH_BYTES}`);
        break;
      case "rawtx":
        if (body.length < MIN_TRANSACTION_BYTES) throw wrong(`a transaction cannot have ${body.length} bytes`);
        value.bytes = body.length;
        break;
      case "rawblock":
        Object.assign(value, blockValues(body, arrivedAt));
        break;
      case "sequence":
        Object.assign(value, this.#sequenceValues(body));
        break;
    }
    if (topic !== "sequence") this.#count(topic);
    return [{ topic, number, content: { kind: "value", value } }];
  }

  tick(now: number): Message[] {
    return [...this.#perSecond.tick(now), ...this.#perMinute.tick(now)];
  }

  /** `<32-byte hash>C`, `<hash>D`, `<hash>R<8-byte LE uint>`, `<hash>A<8-byte LE uint>`: doc/zmq.md. */
  #sequenceValues(body: Buffer): { mempool?: number } {
    const label = SEQUENCE_LABELS.get(body[HASH_BYTES] ?? 0);
    const isOfMempool = label !== undefined && OFTEN.has(label);
    if (label === undefined || body.length !== HASH_BYTES + (isOfMempool ? 9 : 1)) {
      throw wrong("the body of sequence is not a hash, one of the letters A, R, C and D, and with A and R a number");
    }
    this.#count(label);
    return isOfMempool ? { mempool: Number(body.readBigUInt64LE(HASH_BYTES + 1)) } : {};
  }

  #count(key: string): void {
    (OFTEN.has(key) ? this.#perSecond : this.#perMinute).count(key);
  }
}

/** `age`: by how many seconds the time in the block's header, which its miner set, is before its arrival. */
function blockValues(body: Buffer, arrivedAt: number): { bytes: number; transactions: number; age: number } {
  const transactions = body.length > HEADER_BYTES ? compactSize(body, HEADER_BYTES) : undefined;
  if (transactions === undefined) throw wrong(`a block cannot have ${body.length} bytes`);
  return { bytes: body.length, transactions, age: arrivedAt - body.readUInt32LE(TIME_OFFSET) };
}

/** bitcoin/bitcoin src/serialize.h, ReadCompactSize. @returns undefined if it is cut off */
function compactSize(bytes: Buffer, offset: number): number | undefined {
  const first = bytes[offset];
  const left = bytes.length - offset - 1;
  if (first === undefined || first < 0xfd) return first;
  if (first === 0xfd) return left < 2 ? undefined : bytes.readUInt16LE(offset + 1);
  if (first === 0xfe) return left < 4 ? undefined : bytes.readUInt32LE(offset + 1);
  return left < 8 ? undefined : Number(bytes.readBigUInt64LE(offset + 1));
}

function wrong(what: string): DecodeError {
  return new DecodeError(
    "envelope-wrong",
    `--preset bitcoin expects Bitcoin Core's three frames, a topic such as hashtx, a body and a counter of 4 bytes; ${what}.`,
  );
}
