import type { Naming } from "../data/naming.ts";
import type { Part } from "../data/part.ts";
import type { LegendItem } from "../ui/legend-item.ts";
import type { Line } from "./decimate.ts";

/** A series of a panel as it was drawn last. */
export interface Shown extends LegendItem {
  parts: readonly Part[];
}

/** A line, where and how it is drawn. */
export interface DrawnLine {
  line: Line;
  naming: Naming | undefined;
  /** The how-manieth of its panel: gives its colour and, past the last colour, its dashes. */
  slot: number;
  onRight: boolean;
  /** The one that is pointed at. */
  meant: boolean;
}
