import * as z from "zod/mini";
import { parseMoment } from "../syntax/moment.ts";
import { patternFault } from "../syntax/pattern.ts";
import { parseMessageBytes } from "../syntax/quantities.ts";
import { templateFault } from "../syntax/template.ts";
import { FIELD_TABLE, fieldFault, numbers, rate } from "./field.ts";
import { key } from "./keys.ts";
import {
  choice,
  nonEmptyText,
  number,
  oneCharacter,
  parsed,
  size,
  text,
  texts,
  time,
  timeOrNone,
  yesOrNo,
} from "./kinds.ts";
import { CURVE_TABLE, PLAIN_TABLE } from "./security.ts";
import { tableOfSeveral, tables } from "./tables.ts";

/** Where publishers connect to unless an address is given: this machine's alone. */
export const DEFAULT_BIND = "tcp://127.0.0.1:5000";
/** Of a source that needs no other. */
export const DEFAULT_SOURCE_NAME = "main";

const name = text().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/, "a name is letters, digits and . _ -, 64 at most."));
const plainPath = text((value) => (value.includes("*") ? "one field has the time: leave * out" : patternFault(value)));

/** `[[source]]` */
export const SOURCE_TABLE = tableOfSeveral("source", {
  name: key(z.optional(name), {
    summary: "in log and metrics",
    flag: "--name <name>",
    otherwise: DEFAULT_SOURCE_NAME,
  }),
  socket: key(z.prefault(choice("socket", ["sub", "xsub", "pull"]), "sub"), {
    summary: "sub, xsub (both for PUB) or pull (for PUSH)",
    flag: "--socket <type>",
  }),
  bind: key(z.optional(texts()), {
    summary: "where publishers connect to; tcp://*:5000 is open to the network, IPv4 and IPv6",
    flag: "--bind <address>",
    flagTakes: "repeat",
    otherwise: DEFAULT_BIND,
  }),
  connect: key(z.optional(texts()), {
    summary: "a publisher that binds; mixes with bind",
    flag: "--connect <address>",
    flagTakes: "repeat",
    otherwise: "none",
  }),
  topics: key(z.optional(texts()), {
    summary: "subscribe to what begins so",
    flag: "--topic <prefix>",
    flagTakes: "repeat",
    otherwise: "everything",
  }),
  format: key(z.prefault(nonEmptyText, "auto"), {
    summary: "what payloads are: json, msgpack, f32@48k …",
    flag: "--format <format>",
  }),
  preset: key(z.optional(nonEmptyText), {
    summary: "a known kind of publisher, by its name",
    flag: "--preset <name>",
    otherwise: "none",
  }),
  frames: key(z.optional(texts(undefined, oneCharacter)), {
    summary: "what each frame of a message is, in order: topic, payload, time …",
    flag: "--frames <names>",
    flagTakes: "list",
    otherwise: "found out",
  }),
  topic_delimiter: key(z.optional(nonEmptyText), {
    summary: "ends the topic within the one frame",
    flag: "--topic-delimiter <text>",
    otherwise: "a space, before JSON",
  }),
  skip_bytes: key(z.prefault(number({ example: "8", least: 0, greatest: 2 ** 20, isInteger: true }), 0), {
    summary: "left out of each payload, at its beginning",
    flag: "--skip-bytes <count>",
  }),
  inflate: key(z.prefault(choice("inflate", ["auto", "none", "raw"]), "auto"), {
    summary: "auto: zlib, gzip and zstd by how they begin; raw: deflate without a header; none",
    flag: "--inflate <how>",
  }),
  decimal_comma: key(z.optional(yesOrNo()), {
    summary: "in lines of numbers, a comma is the decimal mark",
    flag: "--decimal-comma",
    opposite: "in lines of numbers, a comma stands between columns",
    otherwise: "found out; what cannot be told is refused",
  }),
  sequence_field: key(z.optional(text().check(z.minLength(1, "give the name of a JSON field, such as seq."))), {
    summary: "JSON field with the publisher's own number, which is not plotted",
    flag: "--sequence-field <name>",
  }),
  expect_every: key(z.optional(time()), {
    summary: "a message is due so often",
    flag: "--expect-every <time>",
    otherwise: "learnt",
  }),
  channel: key(z.optional(text((value) => templateFault(value, "channel"))), {
    summary: "another channel of the same Worker; may have {topic}, {1} …",
    flag: "--channel <name>",
    otherwise: "the bridge's",
  }),
  series: key(z.optional(text((value) => templateFault(value, "series"))), {
    summary: "names of series, of {topic}, {1} …, {field} and {path of a field that names them}",
    flag: "--series <template>",
    otherwise: "topic and field",
  }),
  records: key(z.optional(plainPath), {
    summary: "path of a list whose items are read each by itself, as {device} in series needs it",
    flag: "--records <path>",
    otherwise: "the message",
  }),
  time: key(z.optional(plainPath), {
    summary: "path of the field with the time",
    flag: "--time <field>",
    otherwise: "t, time, ts, timestamp or x",
  }),
  time_unit: key(z.optional(choice("time unit", ["s", "ms", "us", "ns", "100ns", "d"])), {
    summary: "of times that are numbers: s, ms, us, ns, 100ns or d (days)",
    flag: "--time-unit <unit>",
    otherwise: "found out",
  }),
  time_epoch: key(z.optional(parsed(parseMoment, { examples: ["1904-01-01"] })), {
    summary: "the moment that such times count from",
    flag: "--time-epoch <date>",
    otherwise: "1970-01-01",
  }),
  numbers: key(z.optional(numbers), {
    summary: 'quoted: text that is a number is one, too, as in {"temp": "21.5"}',
    flag: "--numbers <how>",
    otherwise: "plain",
  }),
  fields: key(z.optional(texts(fieldFault)), {
    summary: "take only these fields: path, or path=name",
    flag: "--field <path[=name]>",
    flagTakes: "repeat",
    otherwise: "every number",
  }),
  field: key(z.optional(tables("source.field", FIELD_TABLE)), {
    summary: "takes a field, and says more of it than `fields` can",
  }),
  max_rate: key(z.optional(rate), {
    summary: "points a second of each series; of more, the least and the greatest stay",
    flag: "--max-rate <points>",
    otherwise: "all",
  }),
  high_water_mark: key(
    z.prefault(number({ example: "100000", least: 1, greatest: 2 ** 31 - 1, isInteger: true }), 100_000),
    { summary: "messages that wait here for each publisher", flag: "--high-water-mark <count>" },
  ),
  max_message: key(z.prefault(size(parseMessageBytes), "256MiB"), {
    summary: "a publisher is cut off whose message is larger, all parts together",
    flag: "--max-message <size>",
  }),
  heartbeat: key(z.prefault(timeOrNone(), "none"), {
    summary: "ZeroMQ's own check of connections; not needed, and not without danger: docs/CONFIG.md",
    flag: "--heartbeat <time>",
  }),
  curve: key(z.optional(CURVE_TABLE), { summary: "encryption, and who may connect" }),
  plain: key(z.optional(PLAIN_TABLE), { summary: "user and password, which can be read on the way" }),
});

/** What stands under `[[source]]`, with the defaults for what does not. */
export type SourceValues = z.output<typeof SOURCE_TABLE>;
