import { LeftOutParts } from "../../protocol/json/part-fault.ts";
import { PointError } from "../../protocol/json/point-error.ts";
import type { DataRecord } from "../decode/message.ts";
import { MAX_MESSAGE_POINTS, tooManyPoints } from "../decode/size.ts";
import { type MappedReading, type MessageTimes, type ReadOptions, readingsOf } from "./reading.ts";

/**
 * What the mapping takes of a message's lines, each at its own time, else at that of the message. A line that has nothing to
 * plot costs no other.
 * @throws PointError if none has, DecodeError message-too-large
 */
export function recordReadings(
  records: readonly DataRecord[],
  options: ReadOptions,
  times: MessageTimes,
): MappedReading[] {
  const readings: MappedReading[] = [];
  const faults = new LeftOutParts();
  let fault: PointError | undefined;
  let points = 0;
  for (const [i, { time, fields }] of records.entries()) {
    try {
      const sentAt = time === undefined ? times.sentAt : (timeOf(time, options, times.arrivedAt) ?? times.sentAt);
      for (const reading of readingsOf(fields, options, { ...times, sentAt })) {
        points += reading.slots.length;
        if (points > MAX_MESSAGE_POINTS) throw tooManyPoints();
        readings.push(reading);
      }
    } catch (error) {
      if (!(error instanceof PointError)) throw error;
      fault ??= error;
      const { reason, path, sample } = error.part ?? {
        reason: "record-unreadable",
        path: `line ${i + 1}`,
        sample: error.message,
      };
      faults.add(reason, path, sample);
    }
  }
  if (readings.length === 0 && fault !== undefined) throw fault;
  for (const part of faults.parts) options.leftOut(part);
  return readings;
}

function timeOf(time: number | string, { times, leftOut }: ReadOptions, arrivedAt: number): number | undefined {
  try {
    return times.secondsOf(time, "time", arrivedAt);
  } catch (error) {
    if (!(error instanceof PointError)) throw error;
    leftOut({ reason: "time-unreadable", path: "time", sample: time, count: 1, others: [] });
    return undefined;
  }
}
