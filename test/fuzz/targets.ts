/** A source for each format and preset, as it is and with a mapping that uses all there is. */

import type { DecodeConfig, MapConfig } from "../../bridge/config/config.ts";
import { presets } from "../../bridge/presets/index.ts";
import { NO_MAP } from "../support/mapping.ts";
import { FORMATS } from "./corpus-formats.ts";
import type { TargetConfig } from "./target.ts";

const ALL_FORMATS = [...new Set(FORMATS.map(({ of }) => of))];

const RICH: MapConfig = {
  channel: "fuzz/{1}",
  series: "{2}.{field}",
  fields: [
    { field: "state", kind: "step", as: "how it is" },
    { field: "message", kind: "event" },
    { field: "flag", kind: "step", maxRate: 2 },
    { field: "*.motor", unit: "°C", scale: 1e300, offset: -1 },
    { field: "data.**", maxRate: 5 },
    { field: "y", maxRate: 1 },
    { field: "**", scale: 0.5, offset: 3 },
  ],
  timeUnit: "ms",
  maxRate: 100,
};
/** Of which most messages have nothing. */
const CHOOSY: MapConfig = {
  time: "header.stamp",
  series: "{topic}",
  fields: [{ field: "temp.*", as: "t" }, { field: "*state*", kind: "event", as: "s" }, { field: "per_minute" }],
};

const PLAIN: DecodeConfig = { format: "auto", skipBytes: 0, inflate: "auto" };

function configOf(name: string, own: readonly string[], decode: Partial<DecodeConfig>, map = NO_MAP): TargetConfig {
  // What is inflated without a header is not found again in what was sent.
  const keepsValues = map !== RICH && decode.preset === undefined && decode.inflate !== "raw";
  const showsEach = map !== RICH && decode.preset === undefined;
  return { name, own, map, decode: { ...PLAIN, ...decode }, keepsValues, showsEach };
}

const DECODES: readonly [name: string, own: readonly string[], decode: Partial<DecodeConfig>][] = [
  ["auto", ALL_FORMATS, {}],
  ["json", ["json"], { format: "json" }],
  ["ndjson", ["ndjson", "json"], { format: "ndjson" }],
  ["msgpack", ["msgpack"], { format: "msgpack" }],
  ["cbor", ["cbor"], { format: "cbor" }],
  ["csv", ["csv", "numbers"], { format: "csv" }],
  ["numbers", ["numbers"], { format: "numbers" }],
  ["f32", ["samples"], { format: "f32" }],
  ["f32:iq@48k", ["samples"], { format: "f32:iq@48k" }],
  ["f64be(a,b)@1000", ["samples"], { format: "f64be(a,b)@1000" }],
  ["i16bex2@1k", ["samples"], { format: "i16bex2@1k" }],
  ["u64", ["samples"], { format: "u64" }],
  ["raw deflate", ["deflate"], { inflate: "raw" }],
  ["not inflated, skipping", ["json", "msgpack"], { inflate: "none", skipBytes: 3 }],
  ["delimited", ["delimited", "json"], { topicDelimiter: "|" }],
  ["topic,payload,time", ["frames", "json"], { frames: ["topic", "payload", "time"] }],
  ["topic,skip,payload,time,counter", ["frames"], { frames: ["topic", "skip", "payload", "time", "counter"] }],
  ["payload,payload", ["json", "samples"], { frames: ["payload", "payload"] }],
  ...presets.map(({ name }): (typeof DECODES)[number] => [`preset ${name}`, [name], { preset: name }]),
  ["preset gnuradio pmt", ["gnuradio"], { preset: "gnuradio", format: "pmt" }],
  ["preset gnuradio f32:iq@2M", ["gnuradio"], { preset: "gnuradio", format: "f32:iq@2M" }],
  ["preset plotjuggler cbor", ["plotjuggler", "cbor"], { preset: "plotjuggler", format: "cbor" }],
];

export const TARGETS: readonly TargetConfig[] = [
  ...DECODES.flatMap(([name, own, decode]) => [
    configOf(name, own, decode),
    configOf(`${name}, mapped`, own, decode, RICH),
  ]),
  configOf("auto, choosy", ALL_FORMATS, {}, CHOOSY),
  configOf("preset eddn, choosy", ["eddn"], { preset: "eddn" }, CHOOSY),
  { ...configOf("auto, numbered", ALL_FORMATS, {}), sequenceField: "seq" },
];

export function targetNamed(name: string): TargetConfig {
  const found = TARGETS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no target "${name}".`);
  return found;
}
