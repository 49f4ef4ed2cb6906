import { namedTime } from "../../protocol/json/time.ts";
import { valueOfCbor } from "../decode/formats/packed.ts";
import { DecodeError, type Message } from "../decode/message.ts";
import { isPlainObject } from "./fields.ts";
import { mayBeJson, topicAndPayload, valueOfJsonBytes } from "./payload.ts";
import type { Preset } from "./preset.ts";

/**
 * What rosbridge sends, forwarded over ZeroMQ: RobotWebTools/rosbridge_suite, ROSBRIDGE_PROTOCOL.md: `{"op": "publish", "topic":
 * …, "msg": …}` in JSON, or in CBOR. A message's time is the stamp of its header.
 */
export const rosbridge: Preset = {
  name: "rosbridge",
  summary: "rosbridge's publish messages in JSON or CBOR: every number of each ROS topic, by its header's stamp",
  create: () => ({ read }),
};

/** Operations that carry no message of a topic. */
const WITHOUT_MESSAGE: ReadonlySet<unknown> = new Set([
  "advertise",
  "unadvertise",
  "subscribe",
  "unsubscribe",
  "status",
  "set_level",
  "auth",
  "advertise_service",
  "unadvertise_service",
  "call_service",
  "service_response",
]);

function read(frames: readonly Buffer[]): Message[] {
  const { payload } = topicAndPayload(frames, wrong);
  const value = mayBeJson(payload) ? valueOfJsonBytes(payload) : valueOfCbor(payload);
  return (Array.isArray(value) ? value : [value]).flatMap(messagesOf);
}

function messagesOf(packed: unknown): Message[] {
  if (!isPlainObject(packed)) throw wrong("this is no object with an op");
  const { op, topic, msg } = packed;
  if (WITHOUT_MESSAGE.has(op)) return [];
  if (op === "png" || op === "fragment" || op === "cbor-raw") {
    throw new DecodeError(
      "unsupported",
      `rosbridge's messages of the kind ${op} are not read: subscribe with "compression": "none" or "cbor".`,
    );
  }
  if (op !== "publish" || typeof topic !== "string" || msg === undefined) {
    throw wrong('this is none, with "op": "publish", topic and msg');
  }
  // A standard message of one value has it in `data`, and no header: std_msgs/Float64.
  if (!isPlainObject(msg)) throw wrong("the msg of this is no object");
  const keys = Object.keys(msg);
  if (keys.length === 1 && keys[0] === "data") return [{ topic, content: { kind: "value", value: msg.data } }];
  // The x of a position is no time, nor is its y the topic's own series: both are fields of msg.
  const value = namedTime(msg)?.path === "x" ? { msg } : msg;
  return [{ topic, content: { kind: "value", value } }];
}

function wrong(what: string): DecodeError {
  return new DecodeError(
    "envelope-wrong",
    `--preset rosbridge expects messages of rosbridge in JSON or CBOR; ${what}.`,
  );
}
