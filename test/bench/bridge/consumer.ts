/**
 * Receives flat out for some seconds, and either counts or does all that a bridge does up to the frame. Reports over
 * IPC. Arguments: case, `count` or `bridge`, seconds.
 */

import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { SequenceTracker } from "../../../bridge/batch/sequence/sequence.ts";
import { sourceOf } from "../../../bridge/config/defaults.ts";
import { createMapper } from "../../../bridge/map/mapper.ts";
import { SourceLedger } from "../../../bridge/observability/ledger.ts";
import { createLog } from "../../../bridge/observability/log.ts";
import { UndecodableWarnings } from "../../../bridge/observability/warnings.ts";
import { createClock } from "../../../bridge/pipeline/clock.ts";
import { SourcePipeline } from "../../../bridge/pipeline/source-pipeline.ts";
import { createReader } from "../../../bridge/presets/reader.ts";
import { Receiver } from "../../../bridge/sources/zeromq/receiver.ts";
import { Collector } from "../../../client/publish/collect/collector.ts";
import { MAX_BODY_BYTES } from "../../../protocol/limits.ts";
import { NO_MAP } from "../../support/mapping.ts";
import { caseNamed } from "./cases.ts";

/** While publisher and compiler warm up. */
const WARM_UP_MS = 1500;

export interface Consumed {
  messagesPerSecond: number;
  pointsPerSecond: number;
  /** Of the one thread that JavaScript has, a message. */
  busyMicros: number;
  longestBlockMs: number;
  refused: number;
}

const [name = "", mode = "", seconds = "3"] = process.argv.slice(2);
const { format } = caseNamed(name);
let messages = 0;
let points = 0;
let refused = () => 0;
let onMessage: (frames: Buffer[]) => void = () => {
  messages++;
};
if (mode === "bridge") {
  const log = createLog("text", "silent");
  const collector = new Collector({ publisher: "00000000000000aa", maxBytes: 64 * 2 ** 20, lost: () => undefined });
  const tracker = new SequenceTracker();
  const ledger = new SourceLedger();
  const unixSeconds = createClock();
  refused = () => ledger.refusedMessages;
  const pipeline = new SourcePipeline({
    config: { name: "main" },
    ledger,
    reader: createReader({ format, skipBytes: 0, inflate: "auto" }),
    mapper: createMapper(NO_MAP),
    isNumbered: false,
    uplinkOf: () => ({
      add: (rows) => collector.add(rows),
      addGap: (gap) => collector.addGap(gap),
      adopt: (numbers) => tracker.adopt(numbers),
      leaveOut: () => undefined,
    }),
    existingUplinkOf: () => undefined,
    log,
    warnings: new UndecodableWarnings(log),
    unixSeconds,
  });
  onMessage = (frames) => {
    messages++;
    pipeline.take({ frames, arrivedAt: unixSeconds() });
  };
  // What the deliverer does, at once and without a Worker: frames are taken as POSTs would take them.
  const deliver = (): void => {
    const batch = collector.take(MAX_BODY_BYTES);
    if (batch === undefined) return;
    points += batch.points;
    collector.delivered(batch);
    if (collector.waitingBytes > 0) setImmediate(deliver);
  };
  setInterval(deliver, 5);
  setInterval(() => pipeline.tick(), 100);
}
const { socket } = sourceOf({ bind: ["tcp://127.0.0.1:*"] });
const receiver = await Receiver.open({ socket, onMessage: (frames) => onMessage(frames) });
process.send?.({ address: receiver.addresses[0] });
await setTimeout(WARM_UP_MS);

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const before = { messages, points, use: performance.eventLoopUtilization(), atMs: performance.now() };
await setTimeout(1000 * Number(seconds));
const use = performance.eventLoopUtilization(before.use);
const elapsedSeconds = (performance.now() - before.atMs) / 1000;
const count = messages - before.messages;
process.send?.({
  messagesPerSecond: count / elapsedSeconds,
  pointsPerSecond: (points - before.points) / elapsedSeconds,
  busyMicros: (use.active * 1000) / count,
  longestBlockMs: delay.max / 1e6,
  refused: refused(),
} satisfies Consumed);
