import type { FrameLog } from "../../hub/frame-log.ts";

const POSITION = { epoch: 0, seq: 0 };

/**
 * A channel to which nothing was published: numbering 0, without a row. Anybody can ask for any name, so asking must not
 * make anything.
 */
export const NOTHING_STORED: FrameLog = {
  position: POSITION,
  series: [],
  scales: [],
  arrangement: "",
  takenAtMs: null,
  takenEveryMs: null,
  tailStart: async () => POSITION,
  framesAfter: async () => ({ frames: new Uint8Array(), after: 0, seq: 0, lostInTrimmed: 0 }),
  framesBefore: async () => ({ frames: new Uint8Array(), after: 0 }),
  takings: async () => [],
  takenSince: async () => 0,
};
