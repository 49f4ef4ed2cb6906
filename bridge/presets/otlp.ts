import { OtlpError, type OtlpPoint, otlpPoints } from "../../protocol/otlp.ts";
import { DecodeError, type Message } from "../decode/message.ts";
import { topicAndPayload, valueOfJsonBytes } from "./payload.ts";
import type { Preset } from "./preset.ts";

/** OpenTelemetry metrics in OTLP's JSON, as `protocol/otlp.ts` reads them. */
export const otlp: Preset = {
  name: "otlp",
  summary: "OpenTelemetry metrics (OTLP in JSON): a series for each metric and set of attributes, with its unit",
  create: () => ({ read }),
};

function read(frames: readonly Buffer[]): Message[] {
  const { topic, payload } = topicAndPayload(frames, wrong);
  const records = pointsIn(valueOfJsonBytes(payload)).filter(({ fields }) => Object.keys(fields).length > 0);
  return records.length === 0 ? [] : [{ topic, content: { kind: "records", records } }];
}

function pointsIn(value: unknown): OtlpPoint[] {
  try {
    return otlpPoints(value);
  } catch (error) {
    throw error instanceof OtlpError ? wrong(error.message) : error;
  }
}

function wrong(what: string): DecodeError {
  return new DecodeError("envelope-wrong", `--preset otlp expects [topic,] metrics of OTLP in JSON; ${what}.`);
}
