import { DEFAULT_TO } from "./defaults.ts";
import { type Keys, one, tables } from "./key.ts";
import { parseChannelUrl, parseMetricsAddress, parseSpoolFile } from "./options.ts";
import { choice, parsed, type Scalar, size } from "./scalars.ts";
import { SOURCE_KEYS } from "./source-keys.ts";

const metrics: Scalar = {
  ...parsed(parseMetricsAddress),
  fromNumber(port) {
    parseMetricsAddress(String(port));
    return String(port);
  },
  schema: { type: ["string", "integer"], examples: [9464, "0.0.0.0:9464"] },
};

/** Of the whole bridge. */
export const BRIDGE_KEYS: Keys = [
  one("to", parsed(parseChannelUrl, { format: "uri" }), "the channel", { flag: "--to <url>", otherwise: DEFAULT_TO }),
  one("buffer", size(), "kept in memory at most while the Worker is away", {
    flag: "--buffer <size>",
    otherwise: "64MiB",
  }),
  one("spool", parsed(parseSpoolFile, { minLength: 1 }), "where it is kept on disk, too; none: nowhere", {
    flag: "--spool <file>",
    otherwise: ".plotcast/spool-….db",
  }),
  one("spool_max", size(), "kept on disk at most; beyond, the oldest goes", {
    flag: "--spool-max <size>",
    otherwise: "1GiB",
  }),
  one("metrics", metrics, "serve /metrics for Prometheus", { flag: "--metrics <[host:]port>", otherwise: "off" }),
  one("log", choice("log format", ["text", "json"]), "to stderr", {
    flag: "--log <format>",
    otherwise: "text on a terminal, else json",
  }),
];

export const FILE_KEYS: Keys = [
  ...BRIDGE_KEYS,
  tables("source", SOURCE_KEYS, "where messages come from, and what becomes of them; repeats"),
];
