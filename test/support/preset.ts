/** What a preset makes of messages, as points that a test can read. */
import assert from "node:assert/strict";
import { Subscriber } from "zeromq";
import { DecodeError, type Message, type MessageReader } from "../../bridge/decode/message.ts";
import { PointError } from "../../protocol/json/point-error.ts";
import { rowsOf } from "../../protocol/json/points.ts";
import { connectPublisher } from "./publisher.ts";
import { withDeadline } from "./wait.ts";

export const ARRIVED_AT = 1_763_648_912.5;

export function framesOf(...frames: (string | Buffer)[]): Buffer[] {
  return frames.map((frame) => Buffer.from(frame));
}

export function hex(text: string): Buffer {
  return Buffer.from(text.replace(/\s+/g, ""), "hex");
}

/** Points as `series x y`, in order, as a bridge without a mapping makes them. */
export function pointsIn(messages: readonly Message[], arrivedAt = ARRIVED_AT): string[] {
  return messages.flatMap(({ topic, time, content }) => {
    assert.equal(content.kind, "value");
    if (content.kind !== "value") return [];
    const name = topic.replace(/[/:. ]+$/, "");
    const rows = rowsOf(content.value, { topic: name, arrivedAt: time ?? arrivedAt });
    return rows.flatMap(({ x, names, values }) => names.map((series, i) => `${series} ${x} ${values[i]}`));
  });
}

/** The points of one message, or the code of why there are none. */
export function read(reader: MessageReader, frames: readonly Buffer[], arrivedAt = ARRIVED_AT): string[] | string {
  try {
    return pointsIn(reader.read(frames, arrivedAt), arrivedAt);
  } catch (error) {
    if (error instanceof DecodeError || error instanceof PointError) return error.code;
    throw error;
  }
}

/** What reading throws. */
export function faultOf(read: () => unknown): DecodeError | PointError {
  try {
    read();
  } catch (error) {
    if (error instanceof DecodeError || error instanceof PointError) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: "it was read" });
}

/** Why a message is refused. */
export function refusal(reader: MessageReader, frames: readonly Buffer[]): DecodeError | PointError {
  return faultOf(() => reader.read(frames, ARRIVED_AT));
}

/** For properties: whatever the frames are, there are points, none, or a reason why not. */
export function readsOrRefuses(reader: MessageReader, frames: readonly Buffer[]): void {
  try {
    pointsIn(reader.read(frames, ARRIVED_AT));
    pointsIn(reader.tick?.(ARRIVED_AT) ?? []);
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof PointError)) throw error;
  }
}

/** Sends messages over a real PUB/SUB connection and reads what arrives. */
export async function throughZeroMq(
  reader: MessageReader,
  sent: readonly (readonly Buffer[])[],
  topics: readonly string[] = [""],
): Promise<string[]> {
  const socket = new Subscriber({ linger: 0 });
  try {
    socket.subscribe(...topics);
    await socket.bind("tcp://127.0.0.1:*");
    // A bound SUB that is not read subscribes to nobody.
    let arriving = socket.receive();
    const publisher = await connectPublisher(socket.lastEndpoint ?? "", [...topics]);
    try {
      const points: string[] = [];
      for (const frames of sent) {
        await publisher.send(...frames);
        points.push(...pointsIn(reader.read(await withDeadline("a message arriving", arriving), ARRIVED_AT)));
        arriving = socket.receive();
        arriving.catch(() => undefined);
      }
      return points;
    } finally {
      publisher.close();
    }
  } finally {
    socket.close();
  }
}
