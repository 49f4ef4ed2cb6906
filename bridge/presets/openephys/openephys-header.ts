import { isObject } from "../../../protocol/json/json.ts";
import { DecodeError } from "../../decode/message.ts";
import { numberFrom } from "../../decode/number.ts";

/** The second frame of a message, as ZmqInterface.cpp writes it. */
export interface OpenEphysHeader {
  /** Counts messages of every type, from 1 at each start of acquisition. */
  number: number | undefined;
  /** When it was sent, in unix seconds; undefined before version 0.3.2 of the plugin. */
  sentAt: number | undefined;
  stream: string;
  /** Of the first sample, or of the event. */
  position: number | undefined;
  body: OpenEphysBody;
}

export type OpenEphysBody =
  | { type: "data"; channel: string; samples: number; rate: number }
  /** Type 3 is TTL. */
  | { type: "event"; event: number }
  | { type: "spike"; electrode: string; channels: number; samples: number; sortedId: number | undefined };

/** Samples a second; with others, times of samples would not be numbers any more. */
const MIN_RATE = 1e-6;
const MAX_RATE = 1e9;
/** The year 5138, as in PT6. */
const MAX_TIME_MS = 1e14;
/** Longer is no name of a series. */
const MAX_STREAM_LENGTH = 1024;

/**
 * @param frame JSON text
 * @throws DecodeError not-json, envelope-wrong, unsupported
 */
export function readOpenEphysHeader(frame: Buffer): OpenEphysHeader {
  const header = parse(frame);
  if (!isObject(header)) throw wrongOpenEphys("its header is no JSON object");
  const { type } = header;
  if (type !== "data" && type !== "event" && type !== "spike") {
    if (typeof type !== "string") throw wrongOpenEphys('its header has no "type"');
    throw new DecodeError(
      "unsupported",
      `Messages of the type "${type.slice(0, 40)}" are not read: data, event and spike are.`,
    );
  }
  const field = type === "spike" ? "spike" : "content";
  const content = header[field];
  if (!isObject(content)) throw wrongOpenEphys(`its header has no "${field}"`);
  const sentAt = header.timestamp;
  return {
    // Called message_no before version 0.3.
    number: numberFrom(header.message_num ?? header.message_no),
    sentAt: typeof sentAt === "number" && sentAt > 0 && sentAt < MAX_TIME_MS ? sentAt / 1000 : undefined,
    stream: (textOf(content.stream) ?? "").slice(0, MAX_STREAM_LENGTH),
    position: numberFrom(content.sample_num),
    body: bodyOf(type, content),
  };
}

function bodyOf(type: OpenEphysBody["type"], content: Record<string, unknown>): OpenEphysBody {
  switch (type) {
    case "data": {
      const rate = content.sample_rate;
      if (typeof rate !== "number" || !(rate >= MIN_RATE && rate <= MAX_RATE))
        throw wrongOpenEphys('"sample_rate" is no rate');
      // Plugins before July 2025 send no names.
      const channel = textOf(content.channel_name) ?? String(countOf(content, "channel_num"));
      return { type, channel, samples: countOf(content, "num_samples"), rate };
    }
    case "event":
      return { type, event: countOf(content, "type") };
    case "spike":
      return {
        type,
        electrode: textOf(content.electrode) ?? "spike",
        channels: countOf(content, "num_channels"),
        samples: countOf(content, "num_samples"),
        sortedId: numberFrom(content.sorted_id),
      };
  }
}

/** Why this is no message of the plugin. */
export function wrongOpenEphys(why: string): DecodeError {
  return new DecodeError(
    "envelope-wrong",
    `This is no message of Open Ephys' ZMQ Interface: ${why}. Is another program publishing here?`,
  );
}

function parse(frame: Buffer): unknown {
  try {
    return JSON.parse(frame.toString());
  } catch {
    throw new DecodeError("not-json", "The header of this Open Ephys message is not JSON.");
  }
}

function countOf(content: Record<string, unknown>, field: string): number {
  const count = numberFrom(content[field]);
  if (count === undefined) throw wrongOpenEphys(`"${field}" is no count`);
  return count;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
