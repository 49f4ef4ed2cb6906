import { packedValues } from "../formats/structure.ts";
import { DecodeError } from "../message.ts";
import { magicOf } from "./magic.ts";
import { areRtp, isCan, isMavlink, isModbus, isOsc, isUbx } from "./packets.ts";
import {
  isBson,
  isCapnProto,
  isCdr,
  isDer,
  isFlatBuffer,
  isPickle,
  isPmt,
  isTextPickle,
  isThrift,
  protobufFields,
} from "./serialised.ts";
import { encodingOf } from "./text-like.ts";

const SEND = "Send JSON, msgpack, CBOR or CSV";
const PICKLE =
  "a Python pickle, which is not read: reading one may run any program. Send JSON (send_json) or msgpack; an array with a header " +
  "before it (docs/PUBLISHERS.md, Arrays)";
/** Fewer bytes in all fit a structure by chance. */
const MIN_STREAM_BYTES = 16;

const MAX_GLUED_BYTES = 1 << 14;

/** What messages look like that each have such a structure, which a few bytes may have by chance. */
const STRUCTURES: readonly { is: (bytes: Buffer) => boolean; what: string }[] = [
  { is: isPickle, what: PICKLE },
  { is: isMavlink, what: `MAVLink, which is not read. ${SEND}, as pymavlink's to_dict() makes it` },
  { is: isCan, what: `CAN frames (struct can_frame). ${SEND} of the signals in them` },
  { is: isFlatBuffer, what: `FlatBuffers, which cannot be read without their schema. ${SEND}` },
  { is: isCapnProto, what: `Cap'n Proto, which cannot be read without its schema. ${SEND}` },
  { is: isPmt, what: "GNU Radio's PMT. Read it with --preset gnuradio" },
  {
    is: isCdr,
    what: `CDR, as ROS 2 and DDS send it, which cannot be read without its type. ${SEND}, or use rosbridge`,
  },
  { is: isDer, what: `ASN.1 (DER), which is not read. ${SEND}` },
  {
    is: (bytes) => protobufFields(bytes) > 0,
    what: `Protocol Buffers, which cannot be read without their schema. ${SEND}, such as MessageToDict makes`,
  },
  { is: isModbus, what: `Modbus, which is not read. ${SEND}` },
];

const MIN_PREFIXED_BYTES = 8;
const OWN_LENGTH = "its own length";

/** What tells how many bytes follow. */
const PREFIXES: readonly { is: (bytes: Buffer) => boolean; what: string; bytes: number }[] = [
  {
    is: (bytes) =>
      (bytes[0] ?? 9) <= 1 && bytes.length > MIN_PREFIXED_BYTES && bytes.readUInt32BE(1) === bytes.length - 5,
    what: "the five bytes of gRPC",
    bytes: 5,
  },
  ...[4, 2].flatMap((width) => [
    {
      is: (bytes: Buffer) => bytes.length > MIN_PREFIXED_BYTES && bytes.readUIntLE(0, width) === bytes.length - width,
      what: OWN_LENGTH,
      bytes: width,
    },
    {
      is: (bytes: Buffer) => bytes.length > MIN_PREFIXED_BYTES && bytes.readUIntBE(0, width) === bytes.length - width,
      what: OWN_LENGTH,
      bytes: width,
    },
  ]),
];

/** Why bytes that are well known are not read; undefined if they are not. */
export function foreignFault(bytes: Buffer): DecodeError | undefined {
  const magic = magicOf(bytes);
  if (magic !== undefined) return unsupported(`This is ${magic}.`);
  if (bytes[0] === 0x80 && isPickle(bytes)) return unsupported(`This is ${PICKLE}.`);
  if (isBson(bytes) && bytes.length > 12) return unsupported(`This is BSON, which is not read. ${SEND}.`);
  if (isUbx(bytes)) return unsupported(`This is UBX of a u-blox receiver, which is not read. ${SEND}, or NMEA 0183.`);
  if (isThrift(bytes)) return unsupported(`This is Thrift, which is not read. ${SEND}.`);
  if (bytes.length >= 8 && isOsc(bytes))
    return unsupported(`This is OSC (Open Sound Control), which is not read. ${SEND}.`);
  return undefined;
}

/** The same of text: protocol 0 of pickle is lines of letters, and ends with a point, as no JSON does. */
export function textPickleFault(bytes: Buffer): DecodeError | undefined {
  return bytes.at(-1) === 0x2e && isTextPickle(bytes) ? unsupported(`This is ${PICKLE}.`) : undefined;
}

/** Why messages that go together are not read: what all of them look like, though one by itself may by chance. */
export function foreignStreamFault(messages: readonly Buffer[]): DecodeError | undefined {
  const encoding = encodingOf(messages);
  if (encoding !== undefined) {
    return unknown(
      `This looks like ${encoding}. Send text as UTF-8, without anything before it; --skip-bytes leaves a header out.`,
    );
  }
  const bytes = messages.reduce((sum, { length }) => sum + length, 0);
  if (bytes < MIN_STREAM_BYTES) return undefined;
  const found = STRUCTURES.find(({ is }) => messages.every(is));
  if (found !== undefined) return unknown(`This looks like ${found.what}.`);
  if (areRtp(messages))
    return unknown(`This looks like RTP, whose payload is not read. ${SEND}; or samples alone, with --format.`);
  const prefix = PREFIXES.find(({ is }) => messages.every(is));
  if (prefix !== undefined) {
    return unknown(
      `Each message begins with ${prefix.what}. Send what follows alone, or leave that out with --skip-bytes ${prefix.bytes}.`,
    );
  }
  if (messages.every(areGlued)) {
    return unknown(
      "This looks like several msgpack values one after the other. Send them as one array, or each as a message.",
    );
  }
  return undefined;
}

/** Whether msgpack values follow each other up to the last byte, most of them of more than a byte: small integers are any bytes. */
function areGlued(bytes: Buffer): boolean {
  if (bytes.length > MAX_GLUED_BYTES) return false;
  const { starts, end } = packedValues("msgpack", bytes, true);
  const long = starts.filter((start, i) => (starts[i + 1] ?? end) - start > 1);
  return end === bytes.length && starts.length > 1 && long.length > starts.length / 2;
}

function unsupported(sentence: string): DecodeError {
  return new DecodeError("unsupported", sentence);
}

function unknown(sentence: string): DecodeError {
  return new DecodeError("format-unknown", sentence);
}
