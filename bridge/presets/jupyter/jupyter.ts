import { valueOfMsgpack } from "../../decode/formats/packed.ts";
import { DecodeError, type Message, type MessageReader } from "../../decode/message.ts";
import { isPlainObject } from "../fields.ts";
import { checkSize, isPickle, mayBeJson, mayBeMsgpackMap, valueOfJsonBytes } from "../payload.ts";
import type { Preset } from "../preset.ts";
import { Rates } from "../rates.ts";
import { JupyterKernel } from "./jupyter-kernel.ts";

/**
 * What a Jupyter kernel tells everybody on its IOPub socket: `[topic …, "<IDS|MSG>", signature, header, parent header,
 * metadata, content, buffers …]`. Its welcome has no topic. The signature is not checked: that takes the key of the
 * kernel's connection file. Source: jupyter/jupyter_client, docs/messaging.rst ("The Wire Protocol") and
 * jupyter_client/session.py.
 */
export const jupyter: Preset = {
  name: "jupyter",
  summary: "a Jupyter kernel's IOPub: whether it is busy, its execution count, and messages per second by their type.",
  create: () => new JupyterReader(),
};

const TOPIC = "kernel";
const DELIMITER = Buffer.from("<IDS|MSG>");
/** The delimiter is sought so far: IOPub's messages have one topic, or none. */
const MAX_IDENTITIES = 16;

class JupyterReader implements MessageReader {
  readonly #kernel = new JupyterKernel();
  readonly #rates = new Rates({ per: "second" });

  read(frames: readonly Buffer[]): Message[] {
    const { header, content } = partsOf(frames);
    const about = objectOf(header);
    const type = about.msg_type;
    if (typeof type !== "string" || type === "") {
      throw new DecodeError(
        "envelope-wrong",
        "jupyter: the header has no msg_type, which every message of a kernel has.",
      );
    }
    this.#rates.count(`${TOPIC}.${type}`);
    // The content of others may be large, such as a picture, and has no number for us.
    if (type !== "status" && type !== "execute_input") return [];
    const said = this.#kernel.hear(about, objectOf(content));
    return said === undefined ? [] : [{ topic: TOPIC, ...said }];
  }

  tick(now: number): Message[] {
    return this.#rates.tick(now);
  }
}

function partsOf(frames: readonly Buffer[]): { header: Buffer; content: Buffer } {
  const end = Math.min(frames.length, MAX_IDENTITIES + 1);
  for (let i = 0; i < end; i++) {
    if (!frames[i]?.equals(DELIMITER)) continue;
    const header = frames[i + 2];
    const content = frames[i + 5];
    if (header !== undefined && content !== undefined) return { header, content };
  }
  throw new DecodeError(
    "envelope-wrong",
    "jupyter: a kernel's message has a frame <IDS|MSG> and five more after it: this has not. Connect to iopub_port of the connection file.",
  );
}

/** Session.packer is json unless its user says msgpack or pickle. */
function objectOf(part: Buffer): Record<string, unknown> {
  checkSize([part]);
  if (isPickle(part)) {
    throw new DecodeError(
      "unsupported",
      "jupyter: the messages are Python's pickle, which only Python can read. Start the kernel with --Session.packer=json.",
    );
  }
  if (part.length === 1 && part[0] === 0x80) return {};
  const value = mayBeJson(part) ? valueOfJsonBytes(part) : mayBeMsgpackMap(part) ? valueOfMsgpack(part) : undefined;
  if (isPlainObject(value)) return value;
  throw new DecodeError("envelope-wrong", "jupyter: a part of the message is neither a JSON object nor a msgpack map.");
}
