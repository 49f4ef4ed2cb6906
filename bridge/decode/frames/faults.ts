import type { NumberType } from "../layout.ts";
import { readTime } from "../layout.ts";
import { DecodeError } from "../message.ts";
import { isMarkedText, likeness, shown } from "./describe.ts";
import type { FrameLook } from "./look.ts";
import { layoutAdvice, typed } from "./roles.ts";
import type { StampFault } from "./stamp-frame.ts";

/** The sentences for frames of which nobody has said what they are, and which cannot be told. */

type Frames = readonly Buffer[];
type Looks = readonly FrameLook[];

const MAX_OFFERED = 3;

export function cannotTell(looks: Looks, topic: number | undefined, payloads: readonly number[]): DecodeError {
  const offers = payloads
    .slice(0, MAX_OFFERED)
    .map((i) => `${layoutAdvice(looks, topic, i)} if frame ${i + 1} is the payload`);
  const isData = payloads.every((i) => looks[i]?.kind === "data");
  const both = isData ? "; called payload all, each is read" : "";
  return new DecodeError(
    "too-many-frames",
    `Of the ${looks.length} frames of this message, several may be the payload. Say what each is: ${offers.join(", ")}${both}.`,
  );
}

/** @param at which frame */
export function notAStamp(
  frames: Frames,
  looks: Looks,
  { topic, payload }: { topic: number | undefined; payload: number },
  at: number,
  fault: StampFault,
): DecodeError {
  const frame = frames[at] ?? Buffer.alloc(0);
  const name = `Frame ${at + 1} (${shown(frame)})`;
  const advice = (word: string): string => layoutAdvice(looks, topic, payload, new Map([[at, word]]));
  switch (fault.kind) {
    case "neither": {
      const isBefore = looks[at]?.kind === "word" && topic !== undefined && topic < at && at < payload;
      const isNumber = looks[at]?.kind === "number";
      const other = isBefore
        ? `; if it is the topic, say ${layoutAdvice(looks, at, payload)}`
        : isNumber
          ? `; if it is a time all the same, say ${advice("time")}`
          : "";
      return new DecodeError(
        "too-many-frames",
        `${name} is neither topic nor payload, nor a time with its date, nor a counter. To leave it out, say ${advice("skip")}${other}.`,
      );
    }
    case "past":
      return new DecodeError(
        "envelope-wrong",
        `${name} may be a time, ${dateOf(fault.type, frame)}, which is more than a day from now. If it is, say ` +
          `${advice(typed("time", fault.type))}; if not, ${advice("skip")}.`,
      );
    case "still":
      return new DecodeError(
        "envelope-wrong",
        `${name} is no time, and it does not count the messages. To leave it out, say ${advice("skip")}.`,
      );
    case "was-time":
      return new DecodeError(
        "envelope-wrong",
        `Frame ${at + 1} was a time (${fault.types.join(", ")}) in messages of this topic before; here it is ${shown(frame)}, which ` +
          `is none. To leave it out, say ${advice("skip")}; give publishers of another kind a topic of their own.`,
      );
  }
}

export function twoTimes(
  looks: Looks,
  { topic, payload }: { topic: number | undefined; payload: number },
): DecodeError {
  return new DecodeError(
    "envelope-wrong",
    `Two frames of this message are times. Say which is meant, such as ${layoutAdvice(looks, topic, payload)}.`,
  );
}

export function tooMany(frames: number): DecodeError {
  return new DecodeError(
    "too-many-frames",
    `A message is a payload, or a topic and a payload; this has ${frames} frames. Say what each is, such as ` +
      "--frames topic,skip,payload,time, or use the --preset of the publisher.",
  );
}

export function subscriptionFault(frame: Buffer): DecodeError {
  return new DecodeError(
    "unsupported",
    `This is ${likeness(frame)}, as a SUB socket's subscription is. A proxy sends on what its XPUB socket receives: connect this bridge ` +
      "where the subscribers are, and publishers to the other side.",
  );
}

/** Two frames, of which the first is no topic. */
export function noTopic(frames: Frames, looks: Looks): DecodeError {
  const [first = Buffer.alloc(0)] = frames;
  const [look] = looks;
  switch (look?.kind) {
    case "count":
      if (look.type !== "text" && !isMarkedText(first)) {
        return fault(
          `is binary (${shown(first)}), perhaps a counter`,
          `say ${layoutAdvice(looks, undefined, 1)}, or --frames skip,payload`,
        );
      }
      if (look.type !== "text") break;
      return fault(
        `is a number (${shown(first)}), and the second a time`,
        "say --frames payload,time if it is the value, --frames topic,payload if it is the topic",
      );
    case "time":
    case "date":
      return fault("is a time, and so is the second", "say --frames time,payload, or --frames payload,time");
    case "number":
      return fault(
        `is a number (${shown(first)})`,
        "say --frames payload,skip if it is the value, --frames skip,payload if the second is, --frames topic,payload if it is the topic",
      );
    case "data":
      return fault(
        isText(first) ? "is JSON" : `is data (${shown(first)})`,
        "say --frames payload,payload if both are to be read, --frames skip,payload if the first is a header. (A header of an " +
          'array has "dtype" and "shape".)',
      );
  }
  return fault(
    `looks like ${likeness(first)}`,
    "send topics as text in UTF-8; to do without it, say --frames skip,payload",
    "topic-not-text",
  );
}

function fault(
  what: string,
  advice: string,
  code: "topic-not-text" | "envelope-wrong" = "envelope-wrong",
): DecodeError {
  return new DecodeError(
    code,
    `The first of two frames is the topic; this one ${what}. So ${advice}${advice.endsWith(")") ? "" : "."}`,
  );
}

function isText(frame: Buffer): boolean {
  return frame[0] === 0x7b || frame[0] === 0x5b;
}

function dateOf(type: NumberType, frame: Buffer): string {
  return new Date((readTime(type, frame) ?? 0) * 1000).toISOString().slice(0, 19).replace("T", " ");
}
