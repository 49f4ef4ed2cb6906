import { DecodeError, type Message } from "../decode/message.ts";
import { textIfUtf8 } from "../decode/text.ts";
import { isPlainObject } from "./fields.ts";
import { checkSize, isPickle, valueOfJsonBytes } from "./payload.ts";
import type { Preset } from "./preset.ts";

/**
 * LECO's data protocol as pymeasure/pyleco speaks it: pyleco/core/data_message.py and pyleco/utils/data_publisher.py.
 * Frames: the sender's full name or a topic, a header of the conversation's id (16 bytes) and the message's type (1),
 * the data as JSON, and what else the sender adds, which is left aside. pymeasure/leco-protocol itself does not say yet
 * what a data message is (its issues 60 and 62).
 *
 * The id has the time at which the conversation began (UUIDv7), which several messages may share: it is not taken.
 */
export const leco: Preset = {
  name: "leco",
  summary:
    "LECO data protocol (PyLECO, pymeasure): every variable of each sender, N1.sender.variable; JSON, not pickle",
  create: () => ({ read }),
};

const HEADER_BYTES = 17;
/** pyleco/utils/extended_message_handler.py: above 200 the topic is a variable's name and the data its value. */
const MAX_TYPE = 200;
const LEGACY_PICKLE = 234;
const LEGACY_JSON = 235;

function read(frames: readonly Buffer[]): Message[] {
  const [name, header, data] = frames;
  if (name === undefined || header === undefined) throw wrong(`this has ${frames.length} frames`);
  if (header.length !== HEADER_BYTES) throw wrong(`the second frame has ${header.length} bytes`);
  const type = header[HEADER_BYTES - 1] ?? 0;
  if (type === LEGACY_PICKLE || (data !== undefined && isPickle(data))) {
    throw new DecodeError(
      "unsupported",
      "This LECO message has pickled data, which only Python can read, and which could run code there: send JSON, " +
        "with send_data() of PyLECO's DataPublisher instead of send_legacy().",
    );
  }
  if (type > MAX_TYPE && type !== LEGACY_JSON) {
    throw new DecodeError("unsupported", `LECO messages of type ${type} are not known: send JSON, type 0 or 1.`);
  }
  const topic = textIfUtf8(name);
  if (topic === undefined) {
    throw new DecodeError("topic-not-text", "The first frame of a LECO message is text; this is not UTF-8.");
  }
  // A message without a payload says that there is something, but nothing of it.
  if (data === undefined) return [];
  checkSize(frames);
  return [{ topic, content: { kind: "value", value: withoutUnits(valueOfJsonBytes(data)) } }];
}

/** `[5.2, "V"]`, which is how data_publisher.py says a quantity is sent, becomes 5.2: by itself or as a variable. */
function withoutUnits(value: unknown): unknown {
  if (isQuantity(value)) return value[0];
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value);
  if (!entries.some(([, each]) => isQuantity(each))) return value;
  return Object.fromEntries(entries.map(([name, each]) => [name, isQuantity(each) ? each[0] : each]));
}

function isQuantity(value: unknown): value is [number, string] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "number" && typeof value[1] === "string";
}

function wrong(what: string): DecodeError {
  return new DecodeError(
    "envelope-wrong",
    `--preset leco expects the frames of LECO's data protocol, a topic, a header of ${HEADER_BYTES} bytes and JSON; ${what}.`,
  );
}
