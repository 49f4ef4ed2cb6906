import { PointError } from "../../protocol/json/point-error.ts";
import { timeOf } from "../../protocol/json/time.ts";
import { valueOfCbor, valueOfMsgpack } from "../decode/formats/packed.ts";
import { type Content, DecodeError, type Message, type MessageReader } from "../decode/message.ts";
import { textIfUtf8 } from "../decode/text.ts";
import { isPlainObject } from "./fields.ts";
import { checkSize, mayBeJson, valueOfJsonBytes } from "./payload.ts";
import type { Preset, PresetOptions } from "./preset.ts";

/**
 * What PlotJuggler's ZMQ subscriber takes: a payload; or a topic and a payload; or these and the time, in unix seconds as
 * text. Further frames are left out there, too. Source: facontidavide/PlotJuggler,
 * plotjuggler_plugins/DataStreamZMQ/datastream_zmq.cpp (receiveLoop) and utilities/start_test_publisher.py.
 */
export const plotjuggler: Preset = {
  name: "plotjuggler",
  summary:
    "PlotJuggler's ZMQ publishers: [topic,] payload [, time] in JSON, msgpack or CBOR; a series for each number.",
  create: (options) => readerOf(parserOf(options)),
};

type Parser = (payload: Buffer) => unknown;

/** std::stod's decimal numbers. */
const SECONDS = /^\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*$/;
const MAX_TIME_BYTES = 64;
const OWN_TIME_FIELDS = ["t", "time", "ts", "timestamp"] as const;

function readerOf(parse: Parser): MessageReader {
  return {
    read(frames, arrivedAt): Message[] {
      checkSize(frames);
      const [first, second, third] = frames;
      if (first === undefined) throw new DecodeError("envelope-wrong", "plotjuggler: the message has no frame.");
      const topic = second === undefined ? "" : textIfUtf8(first);
      if (topic === undefined) {
        throw new DecodeError("envelope-wrong", "plotjuggler: the first of several frames is the topic, in UTF-8.");
      }
      const value = parse(second ?? first);
      const time =
        third === undefined || third.length === 0 ? coordinateTime(value, arrivedAt) : secondsOf(third, arrivedAt);
      const content: Content = { kind: "value", value };
      return [time === undefined ? { topic, content } : { topic, time, content }];
    },
  };
}

function secondsOf(frame: Buffer, arrivedAt: number): number {
  const text = frame.length > MAX_TIME_BYTES ? "" : frame.toString("latin1");
  const seconds = SECONDS.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(seconds)) return timeOf(seconds, arrivedAt);
  throw new DecodeError(
    "envelope-wrong",
    "plotjuggler: the third frame is the time in unix seconds as text, such as 1763648912.5: this is not.",
  );
}

/** PlotJuggler's fields for a time may be timestamp, time and ts: an x beside none of them is where a robot stands. */
function coordinateTime(value: unknown, arrivedAt: number): number | undefined {
  if (!isPlainObject(value) || !Object.hasOwn(value, "x")) return undefined;
  return OWN_TIME_FIELDS.some((field) => Object.hasOwn(value, field)) ? undefined : arrivedAt;
}

/** PlotJuggler asks its user for the format; here --format may say it, or the payload does. */
function parserOf({ format }: PresetOptions): Parser {
  switch (format) {
    case "json":
      return valueOfJsonBytes;
    case "msgpack":
      return valueOfMsgpack;
    case "cbor":
      return valueOfCbor;
    default:
      return valueOfAny;
  }
}

/**
 * JSON's objects and arrays begin with bytes that are numbers in msgpack and CBOR. Which of these two it is only the whole
 * shows: a CBOR map begins as text in msgpack, which then does not end where the payload does.
 */
function valueOfAny(payload: Buffer): unknown {
  if (mayBeJson(payload)) return valueOfJsonBytes(payload);
  const parsers = (payload[0] ?? 0) < 0x80 ? [valueOfJsonBytes] : [valueOfMsgpack, valueOfCbor];
  for (const parse of parsers) {
    try {
      const value = parse(payload);
      if (isStructure(value)) return value;
    } catch (error) {
      if (!(error instanceof DecodeError || error instanceof PointError)) throw error;
    }
  }
  throw new DecodeError(
    "format-unknown",
    "plotjuggler: the payload is not JSON, msgpack or CBOR. Formats that need a schema (Protobuf, ROS, IDL), and BSON, are not read.",
  );
}

function isStructure(value: unknown): boolean {
  return typeof value === "number" || (typeof value === "object" && value !== null);
}
