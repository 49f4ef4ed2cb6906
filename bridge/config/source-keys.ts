import { DEFAULT_BIND } from "./defaults.ts";
import { fieldFault } from "./fields.ts";
import { type Keys, many, one, table, tables } from "./key.ts";
import { parseFieldName, parseMessageBytes } from "./options.ts";
import { patternFault } from "./pattern.ts";
import { choice, number, parsed, size, some, text, time } from "./scalars.ts";
import { CURVE_KEYS, PLAIN_KEYS } from "./security-keys.ts";
import { templateFault } from "./template.ts";

const path = text(patternFault);
const plainPath = text((value) => (value.includes("*") ? "one field has the time: leave * out" : patternFault(value)));
const rate = number({ example: "100", least: 0, greatest: 1e6, isOpen: true });
const name = text(
  (value) => (/^[A-Za-z0-9._-]{1,64}$/.test(value) ? undefined : "a name is letters, digits and . _ -, 64 at most"),
  { pattern: "^[A-Za-z0-9._-]{1,64}$" },
);

export const FIELD_KEYS: Keys = [
  one("field", path, "path of the field, such as temp.motor; * is one part, ** the rest"),
  one("as", some, "name in place of the path"),
  one("unit", some, "shown with its values"),
  one("scale", number({ example: "0.1" }), "values are multiplied by it", { otherwise: "1" }),
  one("offset", number({ example: "-40" }), "then this is added", { otherwise: "0" }),
  one("kind", choice("kind", ["line", "step", "event"]), "line: numbers; step: text and booleans too; event: marks", {
    otherwise: "line",
  }),
  one("max_rate", rate, "points a second", { otherwise: "the source's" }),
];

export const SOURCE_KEYS: Keys = [
  one("name", name, "in log and metrics", { flag: "--name <name>", otherwise: "main" }),
  one("socket", choice("socket", ["sub", "xsub", "pull"]), "sub, xsub (both for PUB) or pull (for PUSH)", {
    flag: "--socket <type>",
    otherwise: "sub",
  }),
  many("bind", text(), "where publishers connect to; tcp://*:5000 is open to the network, IPv4 and IPv6", {
    flag: "--bind <address>",
    otherwise: DEFAULT_BIND,
  }),
  many("connect", text(), "a publisher that binds; mixes with bind", {
    flag: "--connect <address>",
    otherwise: "none",
  }),
  many("topics", text(), "subscribe to what begins so", { flag: "--topic <prefix>", otherwise: "everything" }),
  one("format", some, "what payloads are: json, msgpack, f32@48k …", { flag: "--format <format>", otherwise: "auto" }),
  one("preset", some, "a known kind of publisher, by its name", { flag: "--preset <name>", otherwise: "none" }),
  many("frames", some, "what each frame of a message is, in order: topic, payload, time …", {
    flag: "--frames <names>",
    otherwise: "found out",
  }),
  one("topic_delimiter", some, "ends the topic within the one frame", {
    flag: "--topic-delimiter <text>",
    otherwise: "a space, before JSON",
  }),
  one(
    "skip_bytes",
    number({ example: "8", least: 0, greatest: 2 ** 20, isInteger: true }),
    "left out of each payload, at its beginning",
    {
      flag: "--skip-bytes <count>",
      otherwise: "0",
    },
  ),
  one(
    "inflate",
    choice("inflate", ["auto", "none", "raw"]),
    "auto: zlib, gzip and zstd by how they begin; raw: deflate without a header; none",
    {
      flag: "--inflate <how>",
      otherwise: "auto",
    },
  ),
  one(
    "sequence_field",
    parsed(parseFieldName, { minLength: 1 }),
    "JSON field with the publisher's own number, which is not plotted",
    {
      flag: "--sequence-field <name>",
    },
  ),
  one("expect_every", time(), "a message is due so often", { flag: "--expect-every <time>", otherwise: "learnt" }),
  one(
    "channel",
    text((value) => templateFault(value, "channel")),
    "another channel of the same Worker; may have {topic}, {1} …",
    {
      flag: "--channel <name>",
      otherwise: "the bridge's",
    },
  ),
  one(
    "series",
    text((value) => templateFault(value, "series")),
    "names of series, of {topic}, {1} … and {field}",
    {
      flag: "--series <template>",
      otherwise: "topic and field",
    },
  ),
  one("time", plainPath, "path of the field with the time", {
    flag: "--time <field>",
    otherwise: "t, time, ts, timestamp or x",
  }),
  one("time_unit", choice("time unit", ["s", "ms", "us", "ns"]), "of times: s, ms, us or ns", {
    flag: "--time-unit <unit>",
    otherwise: "by their magnitude",
  }),
  many("fields", text(fieldFault), "take only these fields: path, or path=name", {
    flag: "--field <path[=name]>",
    otherwise: "every number",
  }),
  tables("field", FIELD_KEYS, "takes a field, and says more of it than `fields` can"),
  one("max_rate", rate, "points a second of each series; of more, the least and the greatest stay", {
    flag: "--max-rate <points>",
    otherwise: "all",
  }),
  one(
    "high_water_mark",
    number({ example: "100000", least: 1, greatest: 2 ** 31 - 1, isInteger: true }),
    "messages that wait here for each publisher",
    {
      flag: "--high-water-mark <count>",
      otherwise: "100000",
    },
  ),
  one("max_message", size(parseMessageBytes), "a publisher is cut off whose message is larger, all parts together", {
    flag: "--max-message <size>",
    otherwise: "256MiB",
  }),
  one(
    "heartbeat",
    time(true),
    "ZeroMQ's own check of connections; not needed, and not without danger: docs/CONFIG.md",
    {
      flag: "--heartbeat <time>",
      otherwise: "none",
    },
  ),
  table("curve", CURVE_KEYS, "encryption, and who may connect"),
  table("plain", PLAIN_KEYS, "user and password, which can be read on the way"),
];
