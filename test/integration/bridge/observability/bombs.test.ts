import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deflateSync, zstdCompressSync } from "node:zlib";
import type { MapConfig } from "../../../../bridge/config/config.ts";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { DecodeError } from "../../../../bridge/decode/message.ts";
import { createMapper } from "../../../../bridge/map/mapper.ts";
import { SourceLedger } from "../../../../bridge/observability/ledger.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { UndecodableWarnings } from "../../../../bridge/observability/warnings.ts";
import { startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { SourcePipeline } from "../../../../bridge/pipeline/source-pipeline.ts";
import { createReader } from "../../../../bridge/presets/reader.ts";
import { PointError } from "../../../../protocol/json/point-error.ts";
import { startEdge } from "../../../support/edge.ts";
import { arrived } from "../../../support/pipeline.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { waitFor } from "../../../support/wait.ts";

/** A few hundred bytes may inflate to 16 MiB, and mean 16.7 million values: none of them becomes an object. */

const MIB = 1 << 20;
const ARRIVED_AT = 1_763_648_912.5;
const PLAIN: MapConfig = {};

/** How many points a message makes, or why it makes none. */
function made(format: string, payload: Buffer, map = PLAIN, time?: number): number | string {
  const frames = time === undefined ? [payload] : [Buffer.from("t"), payload, Buffer.from(String(time))];
  const reader = createReader({ format, skipBytes: 0, inflate: "auto" });
  const mapper = createMapper(map);
  try {
    let points = 0;
    for (const message of [...reader.read(frames, ARRIVED_AT), ...(reader.end?.() ?? [])]) {
      for (const { rows, lost } of mapper.map(message, ARRIVED_AT)) {
        points += lost?.points ?? 0;
        for (const { values } of rows) points += values.filter((value) => !Number.isNaN(value)).length;
      }
    }
    return points;
  } catch (error) {
    if (error instanceof DecodeError || error instanceof PointError) return error.code;
    throw error;
  }
}

function numbers(count: number): string {
  return `[${new Array(count).fill(1).join()}]`;
}

/** An array of fixints: of msgpack, of CBOR. */
function packed(format: string, count: number): Buffer {
  const bytes = Buffer.alloc(5 + count, 1);
  bytes[0] = format === "msgpack" ? 0xdd : 0x9a;
  bytes.writeUInt32BE(count, 1);
  return bytes;
}

function objects(count: number): string {
  return `[${new Array(count).fill('{"y":1}').join()}]`;
}

function fields(count: number): string {
  return `{${Array.from({ length: count }, (_, i) => `"${i}":1`).join()}}`;
}

/** Two columns with so many values together; of an odd number one is missing. */
function columns(count: number): string {
  const times = Math.ceil(count / 2);
  const second = new Array(times).fill(1).fill("null", 0, count % 2);
  return `{"x":${numbers(times)},"a":${numbers(times)},"b":[${second.join()}]}`;
}

describe("[FM10a] [FM10c] a message makes 131,072 points at most", () => {
  const shapes: [string, string, (count: number) => Buffer | string][] = [
    ["JSON numbers", "json", numbers],
    ["JSON objects", "json", objects],
    ["JSON pairs", "json", (count) => `[${new Array(count).fill("[1,2]").join()}]`],
    ["JSON objects with a time", "json", (count) => `[${new Array(count).fill('{"x":1,"y":2}').join()}]`],
    ["a JSON object of many fields", "json", fields],
    ["nested fields", "json", (count) => `{"a":{"b":${numbers(count)}}}`],
    ["two columns", "json", columns],
    ["lines of JSON", "ndjson", (count) => new Array(count).fill('{"y":1}').join("\n")],
    ["a list on one line of JSON, and a number", "ndjson", (count) => `${numbers(count - 1)}\n1`],
    ["msgpack", "msgpack", (count) => packed("msgpack", count)],
    ["CBOR", "cbor", (count) => packed("cbor", count)],
    // Tag 72 of RFC 8746: an array of signed bytes.
    ["a typed array of CBOR", "cbor", (count) => typedArray(count)],
    ["lines of text", "csv", (count) => lines(count)],
  ];
  for (const [called, format, of] of shapes) {
    for (const [mapping, map] of [
      ["no mapping", PLAIN],
      ["a mapping", { series: "{field}" }],
    ] as const) {
      it(`${called}, with ${mapping}${mapping === "a mapping" ? ", compressed" : ""}`, () => {
        for (const [count, expected] of [
          [131_072, 131_072],
          [131_073, "message-too-large"],
        ] as const) {
          const raw = Buffer.from(of(count));
          assert.equal(made(format, mapping === "a mapping" ? deflateSync(raw) : raw, map), expected, `${count}`);
        }
      });
    }
  }

  it("with the time of a third frame, too", () => {
    assert.equal(made("json", Buffer.from(numbers(131_072)), PLAIN, ARRIVED_AT), 131_072);
    assert.equal(made("json", Buffer.from(numbers(131_073)), PLAIN, ARRIVED_AT), "message-too-large");
  });
});

function typedArray(count: number): Buffer {
  const bytes = Buffer.alloc(7 + count, 1);
  bytes.set([0xd8, 72, 0x5a]);
  bytes.writeUInt32BE(count, 3);
  return bytes;
}

/** So many numbers, 64 on each line but the last. */
function lines(count: number): string {
  const row = (values: number): string => Array.from({ length: 64 }, (_, i) => (i < values ? "1" : "")).join();
  const whole = new Array(Math.floor(count / 64)).fill(row(64));
  return [...whole, ...(count % 64 === 0 ? [] : [row(count % 64)])].join("\n");
}

describe("[FM10b] [FM10c] a message holds 1,048,576 values at most, whatever of them is plotted", () => {
  const choosing: MapConfig = { fields: [{ field: "y" }] };
  const ofOne: [string, string, (count: number) => Buffer | string][] = [
    // Its object, y, and the array count.
    ["JSON", "json", (count) => `{"y":1,"a":${numbers(count - 2)}}`],
    ["objects in JSON", "json", (count) => `{"y":1,"a":[${new Array((count - 2) / 2).fill("{}").join()}]}`],
    [
      "text in JSON, whatever it has in it",
      "json",
      (count) => `{"y":1,"a":[${new Array(count - 2).fill('",[\\",{"').join()}]}`,
    ],
    // The map, two keys, y, and the array count.
    ["msgpack", "msgpack", (count) => withList(count, Buffer.from("82a17901a161dd", "hex"))],
    ["CBOR", "cbor", (count) => withList(count, Buffer.from("a261790161619a", "hex"))],
  ];
  for (const [called, format, of] of ofOne) {
    it(called, () => {
      assert.equal(made(format, Buffer.from(of(1_048_576)), choosing), 1);
      assert.equal(made(format, Buffer.from(of(1_048_578)), choosing), "message-too-large");
    });
  }

  it("a typed array of CBOR", () => {
    const map = (count: number): Buffer => Buffer.concat([Buffer.from("a26179016161", "hex"), typedArray(count)]);
    assert.equal(made("cbor", map(1_048_576), choosing), 1);
    assert.equal(made("cbor", map(1_048_577), choosing), "message-too-large");
  });

  it("lines of text: 256 of 4,096 columns, and no more", () => {
    const line = new Array(4096).fill("").join();
    assert.equal(made("csv", Buffer.from(`1${line}\n`.repeat(256))), 256);
    assert.equal(made("csv", Buffer.from(`1${line}\n`.repeat(257))), "message-too-large");
  });

  it("no line of text has more than 4,096 columns, the first or another", () => {
    for (const separator of [",", ";", "\t", " "]) {
      const lines = (...columns: number[]): Buffer =>
        Buffer.from(columns.map((count) => new Array(count).fill("1").join(separator)).join("\n"));
      assert.equal(made("csv", lines(4096, 4096)), 8192, JSON.stringify(separator));
      assert.equal(made("csv", lines(4096, 4097)), "not-csv", JSON.stringify(separator));
      assert.equal(made("csv", lines(4097, 4096)), "not-csv", JSON.stringify(separator));
    }
  });
});

function withList(count: number, head: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(count - 5);
  return Buffer.concat([head, length, Buffer.alloc(count - 5, 1)]);
}

describe("[FM10] 16 MiB in few bytes", () => {
  const size = 16 * MIB - 64;
  const repeated = (piece: string): Buffer => Buffer.alloc(size, piece);
  const raws: [string, string, Buffer][] = [
    ["numbers of JSON", "json", Buffer.concat([Buffer.from("[1"), repeated(",1"), Buffer.from("]")])],
    ["empty arrays", "json", Buffer.concat([Buffer.from("[[]"), repeated(",[]"), Buffer.from("]")])],
    ["opening brackets", "json", repeated("[")],
    ["lines of JSON", "ndjson", repeated("[1,2]\n")],
    ["lines of a number", "numbers", repeated("1\n")],
    ["empty lines", "csv", Buffer.concat([Buffer.from("1,2"), repeated("\n")])],
    ["one line of numbers", "csv", repeated("1,")],
    ["one line of numbers and blanks", "numbers", repeated("1 ")],
    ["quotes", "csv", Buffer.concat([Buffer.from("1,"), repeated('"a')])],
    ["msgpack", "msgpack", packed("msgpack", size - 5)],
    ["CBOR", "cbor", packed("cbor", size - 5)],
    ["a typed array", "cbor", typedArray(size - 7)],
  ];
  for (const [called, format, raw] of raws) {
    it(`${called} are refused`, () => {
      assert.equal(typeof made(format, deflateSync(raw)), "string", format);
      assert.equal(typeof made("auto", zstdCompressSync(raw)), "string", "auto");
    });
  }

  it("payloads of one message have 16 MiB together", () => {
    const reader = createReader({ format: "csv", frames: ["payload", "payload"], skipBytes: 0, inflate: "auto" });
    const payload = (bytes: number): Buffer => deflateSync(Buffer.from(`1${" ".repeat(bytes - 1)}`));
    assert.equal(reader.read([payload(8 * MIB), payload(8 * MIB)], ARRIVED_AT).length, 2);
    assert.throws(() => reader.read([payload(8 * MIB), payload(8 * MIB + 1)], ARRIVED_AT), {
      code: "inflate-too-large",
    });
  });
});

it("[FM10f] a list of data in a preset's message is 131,072 data at most", () => {
  const log = createLog("text", "info", () => undefined);
  const ledger = new SourceLedger();
  let points = 0;
  const pipeline = new SourcePipeline({
    config: { name: "main", sequenceField: undefined },
    ledger,
    reader: createReader({ format: "auto", preset: "pupil", skipBytes: 0, inflate: "auto" }),
    mapper: createMapper(PLAIN),
    isNumbered: false,
    uplinkOf: () => ({
      add: ({ length }) => {
        points += length;
        return length;
      },
      addGap: () => undefined,
      adopt: () => undefined,
      leaveOut: () => undefined,
    }),
    existingUplinkOf: () => undefined,
    log,
    warnings: new UndecodableWarnings(log),
    unixSeconds: () => ARRIVED_AT,
  });
  // {"gaze_on_surfaces": [{"a": 1}, …]}
  const surfaces = (count: number): Buffer => {
    const head = Buffer.from("81b067617a655f6f6e5f7375726661636573dd00000000", "hex");
    head.writeUInt32BE(count, head.length - 4);
    return Buffer.concat([head, Buffer.alloc(4 * count, "81a16101", "hex")]);
  };
  pipeline.take(arrived([Buffer.from("surfaces.a"), surfaces(131_072)], ARRIVED_AT));
  assert.equal(points, 131_072);
  pipeline.take(arrived([Buffer.from("surfaces.a"), surfaces(131_073)], ARRIVED_AT));
  assert.equal(points, 131_072);
  assert.deepEqual([...ledger.refused], [["message-too-large", 1]]);
});

it("[FM10] messages of 16 KB that mean 16 million points stop neither the bridge nor another publisher", async () => {
  const edge = await startEdge();
  const to = edge.channelUrl("bombs");
  const warned: string[] = [];
  const bridge = await startBridge({
    to,
    token: edge.token ?? "",
    log: createLog("text", "info", (line) => warned.push(line)),
    sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })],
  });
  const [address = ""] = bridge.addresses;
  const bad = await connectPublisher(address);
  const good = await connectPublisher(address);
  try {
    const size = 16 * MIB - 64;
    const json = Buffer.concat([Buffer.from("[1"), Buffer.alloc(size, ",1"), Buffer.from("]")]);
    const bombs = [packed("msgpack", size), packed("cbor", size), json].map((raw) => deflateSync(raw));
    for (const bomb of bombs) {
      await bad.send(bomb);
      await bad.send("t", bomb, String(Date.now() / 1000));
    }
    await waitFor("all of them received", () => bridge.ledger.received === 6);
    await good.send('{"x":1,"y":1}');
    await waitFor("the good point delivered", () => bridge.ledger.delivered === 1);
    assert.equal(bridge.ledger.refused.get("message-too-large"), 6);
    assert.match(warned.join("\n"), /A message holds 1048576 values at most.*Send several\./);
  } finally {
    bad.close();
    good.close();
    await bridge.close({ drainMs: 0 });
    await edge.close();
  }
});
