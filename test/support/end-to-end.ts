/** A real publisher → ZeroMQ → the whole bridge → HTTP → a fake Worker. */

import type { DecodeConfig } from "../../bridge/config/config.ts";
import { sourceOf } from "../../bridge/config/defaults.ts";
import { createLog } from "../../bridge/observability/log.ts";
import { startBridge } from "../../bridge/pipeline/bridge.ts";
import { presetNamed } from "../../bridge/presets/index.ts";
import { startFakeWorker } from "./fake-worker.ts";
import { NO_MAP } from "./mapping.ts";
import { connectPublisher } from "./publisher.ts";
import { waitFor } from "./wait.ts";

export type Frames = readonly (string | Buffer)[];

export interface Arrived {
  /** Values of each series, in order. */
  series: Record<string, number[]>;
  /** The x of all points. */
  xs: number[];
  gaps: string[];
  /** Messages refused, by reason. */
  refused: Record<string, number>;
  log: string[];
  /** Unix seconds before and after. */
  sentBetween: [number, number];
}

/** Sends messages to a bridge, and waits for so many points to arrive. */
export async function delivered(
  decode: Partial<DecodeConfig>,
  sent: readonly Frames[],
  count: number,
): Promise<Arrived> {
  const topics = decode.preset === undefined ? [] : (presetNamed(decode.preset)?.topics ?? []);
  const log: string[] = [];
  const worker = await startFakeWorker();
  const bridge = await startBridge({
    to: worker.url,
    token: "t",
    log: createLog("text", "info", (line) => log.push(line)),
    sources: [
      sourceOf({
        bind: ["tcp://127.0.0.1:*"],
        topics: [...topics],
        decode: { format: "auto", skipBytes: 0, inflate: "auto", ...decode },
        map: NO_MAP,
      }),
    ],
  });
  try {
    const from = Date.now() / 1000;
    const publisher = await connectPublisher(bridge.addresses[0] ?? "", topics.length === 0 ? [""] : [...topics]);
    try {
      for (const frames of sent) await publisher.send(...frames.map((frame) => Buffer.from(frame)));
      await waitFor("every message", () => bridge.ledger.received >= sent.length);
      await worker.waitForPoints(count);
    } finally {
      publisher.close();
    }
    const points = worker.points();
    const series: Record<string, number[]> = {};
    for (const { series: name, y } of points) {
      series[name] ??= [];
      series[name].push(y);
    }
    return {
      series,
      xs: points.map(({ x }) => x),
      gaps: worker.gaps().map(({ reason }) => reason),
      refused: Object.fromEntries(bridge.ledger.refused),
      log,
      sentBetween: [from - 1, Date.now() / 1000 + 1],
    };
  } finally {
    await bridge.close({ drainMs: 0 });
    await worker.close();
  }
}
