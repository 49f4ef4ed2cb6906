import { valueOfMsgpack } from "../../decode/formats/packed.ts";
import { DecodeError, type Message, type MessageReader } from "../../decode/message.ts";
import { isPlainObject } from "../fields.ts";
import { checkSize, isPickle, mayBeJson, mayBeMsgpackMap, valueOfJsonBytes } from "../payload.ts";
import type { Preset } from "../preset.ts";
import { BlueskyRuns } from "./bluesky-runs.ts";
import { BlueskyStreams } from "./bluesky-streams.ts";

/**
 * Documents of a bluesky RunEngine: one frame, `prefix + b" " + name + b" " + document`, where the prefix may be empty.
 * Source: bluesky/bluesky, src/bluesky/callbacks/zmq.py (Publisher); the documents: bluesky/event-model,
 * src/event_model/schemas and docs/explanations/data-model.rst.
 */
export const bluesky: Preset = {
  name: "bluesky",
  summary:
    "bluesky's 0MQ Publisher (JSON or msgpack): each reading by its stream, with its unit; runs started and ended.",
  create: () => new BlueskyReader(),
};

/** DocumentNames of event-model, src/event_model/__init__.py. */
const NAMES = new Set([
  "start",
  "stop",
  "descriptor",
  "event",
  "event_page",
  "bulk_events",
  "datum",
  "datum_page",
  "bulk_datum",
  "resource",
  "stream_resource",
  "stream_datum",
]);
const SPACE = 0x20;
const MAX_PREFIX_BYTES = 256;

class BlueskyReader implements MessageReader {
  readonly #streams = new BlueskyStreams();
  readonly #runs = new BlueskyRuns();

  read(frames: readonly Buffer[]): Message[] {
    checkSize(frames);
    const { prefix, name, payload } = envelopeOf(frames);
    switch (name) {
      case "start":
      case "stop":
      case "descriptor":
      case "event":
      case "event_page":
      case "bulk_events":
        return this.#messages(prefix, name, documentOf(payload));
      default:
        // What points to files.
        return [];
    }
  }

  #messages(prefix: string, name: string, document: Record<string, unknown>): Message[] {
    switch (name) {
      case "start":
        return [this.#runs.start(prefix, document)];
      case "stop":
        return [this.#runs.stop(prefix, document)];
      case "descriptor":
        this.#streams.describe(document);
        return [];
      case "event":
        return this.#streams.event(prefix, document);
      case "event_page":
        return this.#streams.page(prefix, document);
      default:
        return this.#streams.bulk(prefix, document);
    }
  }
}

function envelopeOf(frames: readonly Buffer[]): { prefix: string; name: string; payload: Buffer } {
  const [frame] = frames;
  const prefixEnd = frame?.indexOf(SPACE) ?? -1;
  const nameEnd = frame?.indexOf(SPACE, prefixEnd + 1) ?? -1;
  if (frame !== undefined && frames.length === 1 && prefixEnd >= 0 && prefixEnd <= MAX_PREFIX_BYTES && nameEnd > 0) {
    const name = frame.toString("latin1", prefixEnd + 1, Math.min(nameEnd, prefixEnd + 32));
    if (NAMES.has(name))
      return { prefix: frame.toString("utf8", 0, prefixEnd), name, payload: frame.subarray(nameEnd + 1) };
  }
  throw new DecodeError(
    "envelope-wrong",
    "bluesky: a message is one frame, a prefix, a space, the name of a document (start, event …), a space and the document: this is not.",
  );
}

function documentOf(payload: Buffer): Record<string, unknown> {
  if (isPickle(payload)) {
    throw new DecodeError(
      "unsupported",
      "bluesky: the documents are Python's pickle, which only Python can read. Give the publisher another serializer: " +
        'Publisher("host:5567", serializer=lambda doc: json.dumps(doc, cls=event_model.NumpyEncoder).encode()), or msgpack.packb.',
    );
  }
  const document = mayBeJson(payload)
    ? valueOfJsonBytes(payload)
    : mayBeMsgpackMap(payload)
      ? valueOfMsgpack(payload)
      : undefined;
  if (isPlainObject(document)) return document;
  throw new DecodeError("format-unknown", "bluesky: the document is neither a JSON object nor a msgpack map.");
}
