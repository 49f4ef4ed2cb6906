import type { Range } from "../data/part.ts";
import { niceStep, numberLabels, ticks, timeLabels, timeStep, timeTicks } from "./ticks.ts";
import type { Tick } from "./y-axis.ts";

const TIME_EVERY_PX = 84;
const NUMBER_EVERY_PX = 72;

/** The ticks of the x axis, for a width in CSS pixels. */
export function xTicks({ min, max }: Range, time: boolean, widthPx: number): Tick[] {
  const rough = ((max - min) * (time ? TIME_EVERY_PX : NUMBER_EVERY_PX)) / Math.max(1, widthPx);
  const step = time ? timeStep(rough) : niceStep(rough);
  const values = time ? timeTicks(min, max, step) : ticks(min, max, step);
  const labels = time ? timeLabels(values, step) : numberLabels(values, step);
  return values.map((at, i) => ({ at, label: labels[i] ?? "" }));
}
