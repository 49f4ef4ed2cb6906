import type { SeriesKind } from "../../protocol/frame/labels.ts";
import { PointError } from "../../protocol/json/point-error.ts";
import { DecodeError } from "../decode/message.ts";
import { MAX_CHANNELS, MAX_SERIES, MAX_TEXTS } from "./bounds.ts";
import { TextTable } from "./texts.ts";
import { Changes, MinMax } from "./thin.ts";

/** What is remembered of a series: its kind, and how it is thinned. */
export interface MappedSeries {
  readonly name: string;
  readonly kind: SeriesKind;
  /** Undefined: every point is taken. */
  readonly thin: MinMax | undefined;
  readonly changes: Changes | undefined;
  readonly texts: TextTable;
}

/** One channel of a source: undefined is the bridge's own. */
export interface MappedChannel {
  readonly name: string | undefined;
  readonly series: Map<string, MappedSeries>;
}

export interface SeriesOptions {
  name: string;
  kind: SeriesKind;
  /** Points a second. */
  maxRate: number | undefined;
}

/** The channels and series that the messages of one source have named so far. None is ever forgotten. */
export class MappedChannels {
  readonly #channels = new Map<string | undefined, MappedChannel>();
  readonly #textBudget = { left: MAX_TEXTS };

  /** @throws DecodeError too-many-channels */
  of(name: string | undefined): MappedChannel {
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      if (this.#channels.size >= MAX_CHANNELS) {
        throw new DecodeError(
          "too-many-channels",
          `Messages name more than ${MAX_CHANNELS} channels. Take a part of the topic that has fewer values.`,
        );
      }
      channel = { name, series: new Map() };
      this.#channels.set(name, channel);
    }
    return channel;
  }

  /** A series of a channel; undefined if the channel has too many already. What it was first, it stays. */
  seriesOf(channel: MappedChannel, { name, kind, maxRate }: SeriesOptions): MappedSeries | undefined {
    const known = channel.series.get(name);
    if (known !== undefined) return known;
    if (channel.series.size >= MAX_SERIES) return undefined;
    const width = maxRate === undefined ? undefined : widthOf(maxRate);
    const series: MappedSeries = {
      name,
      kind,
      thin: width !== undefined && kind === "line" ? new MinMax(width) : undefined,
      changes: width !== undefined && kind === "step" ? new Changes(width) : undefined,
      texts: new TextTable(this.#textBudget),
    };
    channel.series.set(name, series);
    return series;
  }
}

/** Two points are left of each stretch. */
export function widthOf(maxRate: number): number {
  return 2 / maxRate;
}

export function notFinite(): PointError {
  return new PointError("not-finite", "With its scale and offset, a number is too large for a float64.");
}

export function nameInvalid(): PointError {
  return new PointError("series-name-invalid", "A series' name is 1 to 256 bytes of text without control characters.");
}
