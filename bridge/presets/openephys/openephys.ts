import { DecodeError, type Message, type MessageReader } from "../../decode/message.ts";
import { SampleClock } from "../../decode/samples/sample-clock.ts";
import { columnsOf, numbersOf } from "../../decode/samples/sample-columns.ts";
import { parseSampleFormat } from "../../decode/samples/sample-format.ts";
import { throwIfTooMany } from "../../decode/samples/sample-reader.ts";
import { checkSize } from "../payload.ts";
import type { Preset } from "../preset.ts";
import { type OpenEphysBody, type OpenEphysHeader, readOpenEphysHeader, wrongOpenEphys } from "./openephys-header.ts";
import { Heartbeat } from "./openephys-heartbeat.ts";

const TTL = 3;
/** Past these bounds the clock or the name that was there first goes. */
const MAX_STREAMS = 64;
const MAX_CHANNELS = 8192;
const TRAILING_SEPARATORS = /[/:. ]+$/;
/** An event that is counted further from when it was sent is not of the samples that came. */
const MAX_EVENT_OFF_SECONDS = 10;
const MAX_STREAM_LENGTH = 256;
const MAX_NAME_LENGTH = 256;
const FLOAT32 = parseSampleFormat("f32");

/**
 * Open Ephys' ZMQ Interface: an envelope, a header in JSON, and float32 samples of one channel, or an event or a spike.
 * The topic is the stream, so that the messages are numbered one by one (`message_num` counts all of them). Series are
 * `stream.channel`, for TTL `stream.ttl.<line>` (0 or 1), for spikes `stream.electrode.peak` (the value furthest from 0)
 * and `.sorted_id`. Times are the publisher's: sample numbers, by its clock.
 * Source: open-ephys-plugins/zmq-interface, Source/ZmqInterface.cpp and Resources/python_client/plot_process_zmq.py.
 */
export const openephys: Preset = {
  name: "openephys",
  summary:
    "Open Ephys ZMQ Interface: each channel's samples, TTL lines and spikes, as stream.channel; sends its heartbeat",
  // Of a subscription to DATA or EVENT alone the numbers would tell of losses that are none.
  isNumbered: true,
  create: () => new OpenEphysReader(),
  accompany: (connect) => new Heartbeat(connect),
};

class OpenEphysReader implements MessageReader {
  readonly #clocks = new Map<string, { rate: number; clock: SampleClock }>();
  /** A channel's list of names, the same one each time: so names of series are put together once. */
  readonly #names = new Map<string, readonly string[]>();

  read(frames: readonly Buffer[], arrivedAt: number): Message[] {
    const [envelope, head, payload] = frames;
    if (envelope === undefined || head === undefined || frames.length > 3) {
      throw wrongOpenEphys(`it has ${frames.length} frames, not an envelope, a header and data`);
    }
    if (!isEnvelope(envelope)) throw wrongOpenEphys("it begins neither with DATA nor with EVENT");
    checkSize(frames);
    const header = readOpenEphysHeader(head);
    const topic = header.stream.slice(0, MAX_STREAM_LENGTH).replace(TRAILING_SEPARATORS, "");
    const message = this.#messageOf(header, header.body, topic, payload ?? Buffer.alloc(0), arrivedAt);
    return [header.number === undefined ? message : { ...message, number: header.number }];
  }

  #messageOf(header: OpenEphysHeader, body: OpenEphysBody, topic: string, payload: Buffer, arrivedAt: number): Message {
    switch (body.type) {
      case "data":
        return this.#dataOf(header, body, topic, payload, arrivedAt);
      case "event": {
        const [line, state] = payload;
        const isTtl = body.event === TTL && line !== undefined && state !== undefined;
        return this.#valueOf(
          header,
          topic,
          arrivedAt,
          isTtl ? { ttl: { [line]: state === 0 ? 0 : 1 } } : { event: body.event },
        );
      }
      case "spike": {
        const peak = peakOf(payload, body.channels * body.samples);
        const spike = body.sortedId === undefined ? { peak } : { peak, sorted_id: body.sortedId };
        // fromEntries sets own fields only, whatever they are called.
        return this.#valueOf(header, topic, arrivedAt, Object.fromEntries([[body.electrode, spike]]));
      }
    }
  }

  #dataOf(
    { stream, sentAt, position }: OpenEphysHeader,
    { channel, samples, rate }: OpenEphysBody & { type: "data" },
    topic: string,
    payload: Buffer,
    arrivedAt: number,
  ): Message {
    if (payload.length !== 4 * samples) throw notSamples(payload.length, samples);
    throwIfTooMany(samples, 1);
    if (position === undefined) throw wrongOpenEphys('"sample_num" is no count');
    const sent = sentAt ?? arrivedAt;
    const at = samples === 0 ? { x0: sent, dx: 0 } : this.#clockOf(stream, rate).place(samples, sent, position);
    const names = this.#namesOf(channel);
    const columns = FLOAT32 === undefined ? [] : columnsOf(payload, FLOAT32);
    return { topic, content: { kind: "samples", samples: { ...at, arrival: sentAt === undefined, names, columns } } };
  }

  /** At its sample, as the samples are placed; else when it was sent; else when it arrived. */
  #valueOf({ stream, position, sentAt }: OpenEphysHeader, topic: string, arrivedAt: number, value: unknown): Message {
    const sampled = position === undefined ? undefined : this.#clocks.get(stream)?.clock.timeOf(position);
    const isNear = sampled !== undefined && Math.abs(sampled - (sentAt ?? arrivedAt)) < MAX_EVENT_OFF_SECONDS;
    const time = isNear ? sampled : sentAt;
    const content = { kind: "value", value } as const;
    return time === undefined ? { topic, content } : { topic, time, content };
  }

  #clockOf(stream: string, rate: number): SampleClock {
    let known = this.#clocks.get(stream);
    if (known === undefined || known.rate !== rate) {
      known = { rate, clock: new SampleClock(rate) };
      this.#clocks.delete(stream);
      this.#clocks.set(stream, known);
      if (this.#clocks.size > MAX_STREAMS) deleteFirst(this.#clocks);
    }
    return known.clock;
  }

  #namesOf(channel: string): readonly string[] {
    let names = this.#names.get(channel);
    if (names === undefined) {
      names = [channel];
      // No series has so long a name: it is refused further on.
      if (channel.length > MAX_NAME_LENGTH) return names;
      this.#names.set(channel, names);
      if (this.#names.size > MAX_CHANNELS) deleteFirst(this.#names);
    }
    return names;
  }
}

/** "DATA" or "EVENT", and the 0 that ends it in C. */
function isEnvelope(frame: Buffer): boolean {
  if (frame.length > 6) return false;
  const text = frame.toString("latin1");
  return text === "DATA\0" || text === "EVENT\0";
}

function peakOf(payload: Buffer, expected: number): number {
  if (payload.length !== 4 * expected) throw notSamples(payload.length, expected);
  let peak = 0;
  for (const value of numbersOf(payload, "f32", false)) {
    if (Number.isFinite(value) && Math.abs(value) > Math.abs(peak)) peak = value;
  }
  return peak;
}

function notSamples(bytes: number, samples: number): DecodeError {
  return new DecodeError(
    "not-samples",
    `The header tells of ${samples} samples of 4 bytes, but ${bytes} bytes of data came.`,
  );
}

function deleteFirst(map: Map<string, unknown>): void {
  const [first] = map.keys();
  if (first !== undefined) map.delete(first);
}
