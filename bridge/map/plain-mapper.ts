import type { Row } from "../../protocol/frame/frame-builder.ts";
import type { LeftOutPart } from "../../protocol/json/part-fault.ts";
import type { ListMemory } from "../../protocol/json/point-reader.ts";
import { rowsOf, seriesOfY } from "../../protocol/json/points.ts";
import { isXY } from "../../protocol/json/shapes.ts";
import type { Message } from "../decode/message.ts";
import { rowsOfSamples } from "../decode/samples/sample-rows.ts";
import { MAX_MESSAGE_POINTS, tooManyPoints } from "../decode/size.ts";
import { type Topic, Topics } from "../decode/topic.ts";
import type { OnLeftOut } from "../observability/left-out.ts";
import type { NameHint } from "../observability/name-hints.ts";
import type { OnTimeHint } from "../observability/time-hints.ts";
import { IdWatch } from "./id-watch.ts";
import { refuseKnownShape } from "./known-shapes.ts";
import { explained, leftOutOf } from "./left-out-parts.ts";
import type { Mapped, Mapper } from "./mapped.ts";
import { MappingMapper } from "./mapping-mapper.ts";
import { TopicTimes } from "./topic-times.ts";
import { checkTime } from "./when.ts";

interface PlainTopic {
  /** The series of what has no name; undefined if the topic cannot name one. */
  ySeries: readonly [string] | undefined;
  times: TopicTimes;
  lists: ListMemory;
  names: Map<string, string | null>;
  ids: IdWatch;
}

/** SPEC.md, "Points as JSON", and nothing else. */
export class PlainMapper implements Mapper {
  readonly #topics = new Topics<PlainTopic>((name) => ({
    ySeries: seriesOfY(name),
    times: new TopicTimes(),
    lists: {},
    names: new Map(),
    ids: new IdWatch(),
  }));
  /** For values whose time only the envelope tells. */
  readonly #timed: MappingMapper;
  readonly #onLeftOut: OnLeftOut;
  readonly #onTimeHint: OnTimeHint;
  readonly #onNameHint: (hint: NameHint) => void;

  constructor(onLeftOut: OnLeftOut, onTimeHint: OnTimeHint, onNameHint: (hint: NameHint) => void) {
    this.#onNameHint = onNameHint;
    this.#timed = new MappingMapper({}, onLeftOut, onTimeHint);
    this.#onLeftOut = onLeftOut;
    this.#onTimeHint = onTimeHint;
  }

  channelOf(): undefined {
    return undefined;
  }

  map(message: Message, arrivedAt: number): Mapped[] {
    checkTime(message);
    const { content, time } = message;
    if (content.kind === "records") return this.#timed.map(message, arrivedAt);
    if (content.kind === "value") {
      const { value } = content;
      const single = isPlainNumber(value) || isXY(value) ? value : undefined;
      if (single === undefined) refuseKnownShape(value);
      const topic = this.#topics.of(message.topic);
      const { ids } = topic.memory;
      if (single === undefined && ids.isLooking) {
        const found = ids.look(value);
        if (found !== undefined) this.#onNameHint({ topic: topic.name, ...found });
      }
      if (time !== undefined) return this.#timed.map(message, arrivedAt);
      const { ySeries } = topic.memory;
      const rows =
        single !== undefined && ySeries !== undefined
          ? [singleRow(single, ySeries, topic.memory.times, arrivedAt)]
          : plainRows(value, topic, arrivedAt, this.#onLeftOut);
      const { times } = topic.memory;
      if (times.isOdd) times.tellOdd(topic.name, arrivedAt, rows, this.#onTimeHint);
      return [{ channel: undefined, rows }];
    }
    return [{ channel: undefined, rows: rowsOfSamples(content.samples, this.#topics.of(message.topic).name) }];
  }

  tick(): Mapped[] {
    return [];
  }
}

/** Whether it is a value with nothing to be said about it. */
function isPlainNumber(value: unknown): value is number {
  return typeof value === "number" && value >= -Number.MAX_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}

/** What most publishers send, `{"x": …, "y": …}` or a number, as {@link plainRows} makes rows of it. */
function singleRow(
  value: number | { x: number; y: number },
  ySeries: readonly [string],
  times: TopicTimes,
  arrivedAt: number,
): Row {
  if (typeof value === "number") return { x: arrivedAt, arrival: true, names: ySeries, values: [value] };
  return { x: times.secondsOf(value.x, "x", arrivedAt), arrival: false, names: ySeries, values: [value.y] };
}

/** @throws PointError, DecodeError message-too-large */
function plainRows(
  value: unknown,
  { name, memory: { ySeries, times, lists, names } }: Topic<PlainTopic>,
  arrivedAt: number,
  onLeftOut: OnLeftOut,
): Row[] {
  // Each item is a point at least, or refuses the message.
  if (Array.isArray(value) && value.length > MAX_MESSAGE_POINTS) throw tooManyPoints();
  const leftOut = (part: LeftOutPart): void => onLeftOut(leftOutOf(part, name));
  try {
    return rowsOf(value, { topic: name, ySeries, times, lists, names, arrivedAt, found: checkMessagePoints, leftOut });
  } catch (error) {
    throw explained(error);
  }
}

function checkMessagePoints(points: number): void {
  if (points > MAX_MESSAGE_POINTS) throw tooManyPoints();
}
