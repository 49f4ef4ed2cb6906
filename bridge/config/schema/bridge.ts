import * as z from "zod/mini";
import { parseChannelUrl, parseMetricsAddress } from "../syntax/web-address.ts";
import { key } from "./keys.ts";
import { choice, oneCharacter, parsed, parsedNumber, size, text, texts } from "./kinds.ts";
import { SOURCE_TABLE } from "./source.ts";
import { table, tables } from "./tables.ts";

const spoolFile = text((value) => (value.trim() === "" ? "give a file, or none" : undefined)).check(oneCharacter);

/** What delivers frames. */
export const UPLINKS = ["post", "ws"] as const;

const BRIDGE_KEYS = {
  to: key(z.prefault(parsed(parseChannelUrl, { format: "uri" }), "http://localhost:8787/c/main"), {
    summary: "the channel",
    flag: "--to <url>",
  }),
  uplink: key(z.prefault(choice("uplink", UPLINKS), "post"), {
    summary: "post: a request for each body; ws: a WebSocket a channel, which costs less on Cloudflare",
    flag: "--uplink <transport>",
  }),
  buffer: key(z.prefault(size(), "64MiB"), {
    summary: "kept in memory at most while the Worker is away",
    flag: "--buffer <size>",
  }),
  spool: key(z.optional(spoolFile), {
    summary: "where it is kept on disk, too; none: nowhere",
    flag: "--spool <file>",
    otherwise: ".plotcast/spool-….db",
  }),
  spool_max: key(z.prefault(size(), "1GiB"), {
    summary: "kept on disk at most; beyond, the oldest goes",
    flag: "--spool-max <size>",
  }),
  metrics: key(z.optional(parsedNumber(parseMetricsAddress, { examples: [9464, "0.0.0.0:9464"] })), {
    summary: "serve /metrics for Prometheus",
    flag: "--metrics <[host:]port>",
    otherwise: "off",
  }),
  control: key(z.optional(texts()), {
    summary: "where programs subscribe to what is set and called; router+tcp://… for DEALERs",
    flag: "--control <address>",
    flagTakes: "repeat",
  }),
  call: key(z.optional(texts()), {
    summary: "a REP program that is told what is set and called",
    flag: "--call <address>",
    flagTakes: "repeat",
  }),
  log: key(z.optional(choice("log format", ["text", "json"])), {
    summary: "to stderr",
    flag: "--log <format>",
    otherwise: "text on a terminal, else json",
  }),
};

/** What flags say of the whole bridge. */
export const BRIDGE_TABLE = table("", BRIDGE_KEYS);

/** plotcast.toml as a whole. */
export const FILE_TABLE = table("", {
  ...BRIDGE_KEYS,
  source: key(tables("source", SOURCE_TABLE, "there is no source: write [[source]] and the keys of one below."), {
    summary: "where messages come from, and what becomes of them; repeats",
  }),
});

/** What is said of the whole bridge, with the defaults for what is not. */
export type BridgeValues = z.output<typeof BRIDGE_TABLE>;
