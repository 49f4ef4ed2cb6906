import { inflate, wrappingOf } from "../decode/inflate.ts";
import { DecodeError, type Message, type MessageReader } from "../decode/message.ts";
import { isPlainObject } from "./fields.ts";
import { valueOfJsonBytes } from "./payload.ts";
import type { Preset } from "./preset.ts";
import { Rates } from "./rates.ts";

/**
 * The Elite Dangerous Data Network, `tcp://eddn.edcd.io:9500`: EDCD/EDDN docs/Developers.md, "Receiving messages", and
 * src/eddn/Relay.py: one frame, zlib, JSON of `$schemaRef`, `header` and `message`. The thousands of fields of star
 * systems and markets are no series: what comes of it is how much of each schema there is.
 */
export const eddn: Preset = {
  name: "eddn",
  summary:
    "Elite Dangerous Data Network: messages a minute of each schema, commodity/3.per_minute, and of all, eddn.per_minute",
  create: () => new EddnReader(),
};

const ALL = "eddn";
/** `https://eddn.edcd.io/schemas/commodity/3`, with `/test` behind it where somebody tries something out. */
const SCHEMA = /^https?:\/\/[^/]{1,100}\/schemas\/([\w-]{1,64}\/[\d.]{1,8}(?:\/test)?)$/;

class EddnReader implements MessageReader {
  readonly #rates = new Rates({ per: "minute" });

  constructor() {
    this.#rates.count(ALL, 0);
  }

  read(frames: readonly Buffer[]): Message[] {
    const [frame] = frames;
    if (frame === undefined || frames.length !== 1) throw wrong(`this has ${frames.length} frames`);
    if (wrappingOf(frame) !== "zlib") throw wrong("this is not zlib");
    const schema = SCHEMA.exec(schemaRefOf(valueOfJsonBytes(inflate(frame, "zlib"))))?.[1];
    if (schema === undefined) throw wrong("this has no $schemaRef, …/schemas/<name>/<version>");
    this.#rates.count(ALL);
    this.#rates.count(schema);
    return [];
  }

  tick(now: number): Message[] {
    return this.#rates.tick(now);
  }
}

function schemaRefOf(value: unknown): string {
  return isPlainObject(value) && typeof value.$schemaRef === "string" ? value.$schemaRef : "";
}

function wrong(what: string): DecodeError {
  return new DecodeError("envelope-wrong", `--preset eddn expects one frame of EDDN, JSON within zlib; ${what}.`);
}
