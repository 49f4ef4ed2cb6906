import { DecodeError, type Message, type MessageReader } from "../decode/message.ts";
import { isPlainObject } from "./fields.ts";
import { checkSize, valueOfJsonBytes } from "./payload.ts";
import type { Preset } from "./preset.ts";
import { Rates } from "./rates.ts";

/**
 * MISP's ZeroMQ plugin: MISP/MISP app/files/scripts/mispzmq/mispzmq.py, _pub_message: one frame, the topic, a space,
 * JSON. When nothing comes for 10 seconds it says in `misp_json_self` that it is alive.
 */
export const misp: Preset = {
  name: "misp",
  summary: "MISP's ZeroMQ plugin: misp_json_attribute.per_minute and the like for each topic, misp_json_self.uptime",
  topics: ["misp_json"],
  create: () => new MispReader(),
};

const TOPIC = /^misp_json(?:_[a-z_]{1,40})?$/;
const MAX_TOPIC_BYTES = 64;
const SPACE = 0x20;
const ALIVE = "misp_json_self";

class MispReader implements MessageReader {
  readonly #rates = new Rates({ per: "minute" });

  read(frames: readonly Buffer[]): Message[] {
    const [frame] = frames;
    if (frame === undefined || frames.length !== 1) throw wrong(`this has ${frames.length} frames`);
    const space = frame.subarray(0, MAX_TOPIC_BYTES + 1).indexOf(SPACE);
    const topic = space < 0 ? "" : frame.toString("latin1", 0, space);
    if (!TOPIC.test(topic)) throw wrong("this is none of its topics");
    if (topic !== ALIVE) {
      this.#rates.count(topic);
      return [];
    }
    checkSize(frames);
    const uptime = uptimeIn(valueOfJsonBytes(frame.subarray(space + 1)));
    if (uptime === undefined) throw wrong(`${ALIVE} has no uptime`);
    return [{ topic, content: { kind: "value", value: { uptime } } }];
  }

  tick(now: number): Message[] {
    return this.#rates.tick(now);
  }
}

/** `{"status":"I'm doing science and I'm still alive.","uptime":…}`: seconds since its settings were read. */
function uptimeIn(value: unknown): number | undefined {
  return isPlainObject(value) && typeof value.uptime === "number" ? value.uptime : undefined;
}

function wrong(what: string): DecodeError {
  return new DecodeError(
    "envelope-wrong",
    `--preset misp expects one frame of MISP, misp_json_event and the like, a space and JSON; ${what}.`,
  );
}
