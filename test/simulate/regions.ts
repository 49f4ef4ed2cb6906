/** Where viewers are, and how long a message takes from one region to another. */
import { REGIONS, type Region } from "../../worker/relay/relay-name.ts";

/** Of all viewers, how many are in each region. They add up to 1. */
export const SHARES: Readonly<Record<Region, number>> = {
  wnam: 0.12,
  enam: 0.2,
  sam: 0.1,
  weur: 0.22,
  eeur: 0.1,
  apac: 0.18,
  oc: 0.02,
  afr: 0.03,
  me: 0.03,
};

/**
 * There and back in ms, in the order of {@link REGIONS}: rounded from what clouds publish of their own lines
 * (https://www.cloudping.co). Inside of a region 10.
 */
const ROUND_TRIPS_MS = [
  [10, 65, 170, 140, 165, 150, 145, 270, 220],
  [65, 10, 115, 80, 110, 200, 200, 220, 170],
  [170, 115, 10, 190, 215, 320, 310, 340, 290],
  [140, 80, 190, 10, 35, 180, 260, 160, 100],
  [165, 110, 215, 35, 10, 200, 290, 190, 110],
  [150, 200, 320, 180, 200, 10, 100, 250, 110],
  [145, 200, 310, 260, 290, 100, 10, 380, 220],
  [270, 220, 340, 160, 190, 250, 380, 10, 170],
  [220, 170, 290, 100, 110, 110, 220, 170, 10],
];

/** From a viewer to the Worker, which is near it everywhere. */
export const TO_WORKER_MS = 10;

/** One way. */
export function latencyMs(from: Region, to: Region): number {
  return (ROUND_TRIPS_MS[REGIONS.indexOf(from)]?.[REGIONS.indexOf(to)] ?? 0) / 2;
}
