import { secondsOfText } from "../../protocol/json/date-text.ts";
import { type LeftOutPart, LeftOutParts, type PartFault } from "../../protocol/json/part-fault.ts";
import { PointError } from "../../protocol/json/point-error.ts";
import type { DataRecord } from "../decode/message.ts";
import { MAX_MESSAGE_POINTS, tooManyPoints } from "../decode/size.ts";
import { type MappedReading, type MessageTimes, type ReadOptions, readingsOf } from "./reading.ts";

/** Each costs an exception: with more, the message is refused. */
const MAX_BAD_RECORDS = 10_000;

/** Reads records of one message, of which one that has nothing to plot costs no other. */
export class EachRecord {
  readonly #readings: MappedReading[] = [];
  readonly #faults = new LeftOutParts();
  #fault: PointError | undefined;
  #points = 0;
  #bad = 0;

  /** @throws DecodeError message-too-large, PointError of the first that has nothing to plot, if there are too many */
  take(place: string, read: () => readonly MappedReading[]): void {
    try {
      for (const reading of read()) {
        this.#points += reading.slots.length;
        if (this.#points > MAX_MESSAGE_POINTS) throw tooManyPoints();
        this.#readings.push(reading);
      }
    } catch (error) {
      if (!(error instanceof PointError)) throw error;
      this.#fault ??= error;
      if (++this.#bad > MAX_BAD_RECORDS) throw this.#fault;
      const part = error.part ?? { reason: "record-unreadable" as const, path: place, sample: error.message };
      this.#faults.add(part.reason, part.path, part.sample);
    }
  }

  leaveOut(reason: PartFault, place: string, sample: unknown, count = 1): void {
    this.#faults.add(reason, place, sample, count);
  }

  /** @throws PointError if there is nothing to plot in any */
  end(leftOut: (part: LeftOutPart) => void): MappedReading[] {
    if (this.#readings.length === 0) {
      if (this.#fault !== undefined) throw this.#fault;
      const [part] = this.#faults.parts;
      if (part !== undefined) throw nothingIn(part);
    }
    for (const part of this.#faults.parts) leftOut(part);
    return this.#readings;
  }
}

function nothingIn(part: LeftOutPart): PointError {
  const code = part.reason === "name-invalid" ? "series-name-invalid" : "no-number";
  const error = new PointError(code, "No record of this has values and what names its series.");
  error.part = part;
  return error;
}

/**
 * What the mapping takes of a message's lines, each at its own time, else at that of the message.
 * @throws PointError if there is nothing to plot in any, DecodeError message-too-large
 */
export function recordReadings(
  records: readonly DataRecord[],
  options: ReadOptions,
  times: MessageTimes,
): MappedReading[] {
  const each = new EachRecord();
  for (const [i, { time, fields }] of records.entries()) {
    each.take(`line ${i + 1}`, () => {
      const sentAt = time === undefined ? times.sentAt : (timeOf(time, options, times.arrivedAt) ?? times.sentAt);
      return readingsOf(fields, options, { ...times, sentAt });
    });
  }
  return each.end(options.leftOut);
}

function timeOf(time: number | string, { times, leftOut }: ReadOptions, arrivedAt: number): number | undefined {
  try {
    // A look without an exception: a message may have a hundred thousand times that are none.
    if (typeof time === "number" || secondsOfText(time) !== undefined) return times.secondsOf(time, "time", arrivedAt);
  } catch (error) {
    if (!(error instanceof PointError)) throw error;
  }
  leftOut({ reason: "time-unreadable", path: "time", sample: time, count: 1, others: [] });
  return undefined;
}
