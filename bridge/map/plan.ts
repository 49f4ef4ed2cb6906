import type { SeriesKind } from "../../protocol/frame/labels.ts";
import type { ListMemory } from "../../protocol/json/point-reader.ts";
import { isSeriesName, seriesOfField } from "../../protocol/names.ts";
import type { FieldConfig, MapConfig } from "../config/config.ts";
import { matcherOf } from "../config/syntax/pattern.ts";
import { type Template, templateOf } from "../config/syntax/template.ts";
import { Topics } from "../decode/topic.ts";
import { MAX_PATH_LENGTH, MAX_PATHS } from "./bounds.ts";
import { channelBy, seriesBy, topicParts } from "./fill-template.ts";
import { type MappedChannel, MappedChannels, type MappedSeries } from "./mapped-series.ts";
import { TopicTimes } from "./topic-times.ts";

/** What becomes of the value at one path of a topic's messages. */
export interface Slot {
  /** Of the field. */
  path: string;
  /** Undefined: the channel has too many series already. */
  series: MappedSeries | undefined;
  kind: SeriesKind;
  scale: number;
  offset: number;
  isScaled: boolean;
  /** Whether a number in quotes is taken as a number. */
  readsQuoted: boolean;
}

/** What becomes of the messages of one topic. */
export interface TopicPlan {
  channel: MappedChannel;
  times: TopicTimes;
  lists: ListMemory;
  /** The slot of a field; undefined if it is not chosen, null if its name can name no series. */
  slotOf(path: string): Slot | undefined | null;
  /** Whether a field takes words, or numbers in quotes; undefined if it is not chosen. */
  takesWords(path: string): boolean | undefined;
}

interface FieldRule {
  matches: (path: string) => boolean;
  config: FieldConfig;
}

interface Naming {
  topic: string;
  parts: readonly string[];
  names: readonly string[];
}

const ALL: FieldConfig = { field: "**" };
/** No topic has it: control characters are refused. */
const BETWEEN_NAMES = "\u0000";
/** Separators at the end of a topic are no part of its name; at that of a value they are. */
const AT_END = ";";

/** Finds out, once for each topic and path, what the mapping makes of it. */
export class Plans {
  readonly channels = new MappedChannels();
  readonly #map: MapConfig;
  readonly #rules: readonly FieldRule[] | undefined;
  readonly #channel: Template | undefined;
  readonly #series: Template | undefined;
  /** Whether several fields may be one series. */
  readonly mayDouble: boolean;
  /** Paths of the fields whose values name series. */
  readonly namedBy: readonly string[];
  readonly #topics: Topics<TopicPlan>;
  #paths = 0;

  constructor(map: MapConfig) {
    this.#map = map;
    this.#rules = map.fields?.map((config) => ({ matches: matcherOf(config.field), config }));
    this.#channel = map.channel === undefined ? undefined : templateOf(map.channel);
    this.#series = map.series === undefined ? undefined : templateOf(map.series);
    const isRenamed = map.fields?.some(({ as, unit }) => as !== undefined || unit !== undefined) ?? false;
    this.mayDouble = isRenamed || (this.#series?.every(({ kind }) => kind !== "field") ?? false);
    this.namedBy = (this.#series ?? []).flatMap((piece) => (piece.kind === "value" ? [piece.path] : []));
    this.#topics = new Topics((key) => this.#planOf(key.split(BETWEEN_NAMES)));
  }

  /**
   * @param names what a record says in the fields that name series
   * @throws DecodeError if its channel is none, or one too many
   */
  of(topic: string, names: readonly string[] = []): TopicPlan {
    if (this.#paths >= MAX_PATHS) {
      this.#topics.forget();
      this.#paths = 0;
    }
    const key = names.length === 0 ? topic : [topic, ...names, AT_END].join(BETWEEN_NAMES);
    return this.#topics.of(key).memory;
  }

  #planOf([topic = "", ...rest]: readonly string[]): TopicPlan {
    const names = rest.slice(0, -1);
    const parts = topicParts(topic);
    const channel = this.channels.of(this.#channel === undefined ? undefined : channelBy(this.#channel, topic, parts));
    const slots = new Map<string, Slot | null | undefined>();
    const words = new Map<string, boolean | undefined>();
    const slotOf = (path: string): Slot | undefined | null => {
      const known = slots.get(path);
      if (known !== undefined || slots.has(path)) return known;
      const slot = this.#namesSeries(path) ? undefined : this.#slotOf(path, { topic, parts, names }, channel);
      this.#remember(slots, path, slot);
      return slot;
    };
    const takesWords = (path: string): boolean | undefined => {
      const known = words.get(path);
      if (known !== undefined || words.has(path)) return known;
      const rule = this.#namesSeries(path) ? undefined : this.#ruleOf(path);
      const takes = rule && ((rule.kind ?? "line") !== "line" || this.#numbersOf(rule) === "quoted");
      this.#remember(words, path, takes);
      return takes;
    };
    const times = new TopicTimes({ unit: this.#map.timeUnit, epoch: this.#map.timeEpoch });
    return { channel, times, lists: {}, slotOf, takesWords };
  }

  #namesSeries(path: string): boolean {
    return this.namedBy.length > 0 && this.namedBy.includes(path);
  }

  /** A message may have more paths than may be remembered. */
  #remember<T>(paths: Map<string, T>, path: string, of: T): void {
    if (path.length > MAX_PATH_LENGTH || this.#paths >= 2 * MAX_PATHS) return;
    paths.set(path, of);
    this.#paths++;
  }

  #ruleOf(path: string): FieldConfig | undefined {
    return this.#rules === undefined ? ALL : this.#rules.find(({ matches }) => matches(path))?.config;
  }

  #numbersOf(rule: FieldConfig): FieldConfig["numbers"] {
    return rule.numbers ?? this.#map.numbers;
  }

  #slotOf(path: string, { topic, parts, names }: Naming, channel: MappedChannel): Slot | undefined | null {
    const config = this.#ruleOf(path);
    if (config === undefined) return undefined;
    const { kind = "line", scale = 1, offset = 0, unit } = config;
    const field = config.as ?? path;
    const named =
      this.#series === undefined
        ? seriesOfField(field, topic)
        : seriesBy(this.#series, { topic, parts, field, values: names });
    const name = unit === undefined ? named : `${named} [${unit}]`;
    if (!isSeriesName(name)) return null;
    const series = this.channels.seriesOf(channel, { name, kind, maxRate: config.maxRate ?? this.#map.maxRate });
    const readsQuoted = this.#numbersOf(config) === "quoted";
    const isScaled = scale !== 1 || offset !== 0;
    return { path, series, kind: series?.kind ?? kind, scale, offset, isScaled, readsQuoted };
  }
}
