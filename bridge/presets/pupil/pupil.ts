import { valueOfMsgpack } from "../../decode/formats/packed.ts";
import { DecodeError, type Message, type MessageReader } from "../../decode/message.ts";
import { textIfUtf8 } from "../../decode/text.ts";
import { isPlainObject, numbersOf } from "../fields.ts";
import { checkSize, mayBeMsgpackMap } from "../payload.ts";
import type { Preset } from "../preset.ts";
import { PupilClock } from "./pupil-clock.ts";

/**
 * The IPC Backbone of Pupil Capture and Pupil Service: `[topic, msgpack map, raw data …]`. Source: pupil-labs/pupil,
 * pupil_src/shared_modules/zmq_tools.py (Msg_Streamer); the data: pupil-labs/pupil-docs, core/developer/index.md and
 * core/developer/network-api/index.md.
 */
export const pupil: Preset = {
  name: "pupil",
  summary:
    "Pupil Capture's IPC Backbone (its SUB_PORT): every number of pupil, gaze, fixation, blink, surface and head pose data.",
  // Not what else is on the backbone: pictures (frame.), log messages and notifications.
  topics: ["pupil.", "gaze", "fixation", "blink", "surface", "head_pose", "annotation"],
  create: () => new PupilReader(),
};

/** Without numbers of a measurement: pictures, Python's log records, and what coordinates Pupil's own processes. */
const LEFT_ASIDE = /^(?:frame\.|logging\.|(?:remote_|delayed_)?notify\.)/;
/** Sent as soon as an eye's picture is read, with the time of the picture: gazer_headset.py, detector_base_plugin.py. */
const PROMPT = /^(?:pupil|gaze)(?:\.|$)/;
const MAX_TOPIC_BYTES = 256;
/** No measurements; `id` is the eye, which the topic of pupil data names. base_data, which came before, is no number. */
const LEFT_OUT = new Set(["topic", "timestamp", "record"]);
const LEFT_OUT_OF_PUPIL = new Set([...LEFT_OUT, "id"]);
/** Lists of data of their own in a surface's: surface_tracker.py (_create_surface_events). */
const ON_SURFACES = ["gaze_on_surfaces", "fixations_on_surfaces"] as const;

class PupilReader implements MessageReader {
  readonly #clock = new PupilClock();

  read(frames: readonly Buffer[], arrivedAt: number): Message[] {
    const [topicFrame, payload] = frames;
    const topic = topicFrame === undefined || topicFrame.length > MAX_TOPIC_BYTES ? undefined : textIfUtf8(topicFrame);
    if (topic === undefined || topic === "" || payload === undefined) throw wrong();
    if (LEFT_ASIDE.test(topic)) return [];
    checkSize([payload]);
    if (!mayBeMsgpackMap(payload)) throw wrong();
    const datum = valueOfMsgpack(payload);
    if (!isPlainObject(datum)) throw wrong();
    const messages: Message[] = [];
    this.#take(messages, topic, datum, arrivedAt);
    for (const field of ON_SURFACES) {
      const list = datum[field];
      if (!Array.isArray(list)) continue;
      for (const each of list) {
        // Several surfaces may have the same gaze on them.
        if (isPlainObject(each)) this.#take(messages, `${topic}.${textIn(each.topic)}`, each, arrivedAt);
      }
    }
    return messages;
  }

  #take(messages: Message[], topic: string, datum: Record<string, unknown>, arrivedAt: number): void {
    const { timestamp } = datum;
    const time =
      typeof timestamp === "number" && Number.isFinite(timestamp)
        ? { time: this.#clock.unixSeconds(timestamp, arrivedAt, PROMPT.test(topic)) }
        : {};
    const value = numbersOf(datum, topic.startsWith("pupil.") ? LEFT_OUT_OF_PUPIL : LEFT_OUT);
    if (value !== undefined) messages.push({ topic, ...time, content: { kind: "value", value } });
  }
}

function textIn(topic: unknown): string {
  return typeof topic === "string" && topic.length <= MAX_TOPIC_BYTES ? topic : "data";
}

function wrong(): DecodeError {
  return new DecodeError(
    "envelope-wrong",
    "pupil: a message is a topic and a msgpack map: this is not. Connect to the SUB_PORT that Pupil Remote (port 50020) names.",
  );
}
