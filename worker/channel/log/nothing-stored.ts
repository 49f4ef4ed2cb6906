import type { Source } from "../../hub/frame-log.ts";

/**
 * A channel to which nothing was published: numbering 0, without a row. Anybody can ask for any name, so asking must not
 * make anything.
 */
export const NOTHING_STORED: Source = {
  position: { epoch: 0, seq: 0 },
  series: [],
  keptAfter: 0,
  takenAtMs: null,
  toldInTrimmed: () => 0,
  takenEveryMs: () => null,
  after: () => ({ frames: new Uint8Array(), seq: 0 }),
  tailStart: () => 0,
};
