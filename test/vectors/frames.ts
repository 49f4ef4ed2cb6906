/** The frames that `frames.json` has: what every implementation reads, with the same meaning. */
import { type BlockSpec, type ColumnSpec, type FrameSpec, listOf, type Values } from "./layout.ts";

export interface NamedFrame extends FrameSpec {
  name: string;
  rule: string;
}

const NaN_ = Number.NaN;

export function column(encoding: number, values: Values, name?: string | Buffer): ColumnSpec {
  return name === undefined ? { encoding, values } : { encoding, values, name };
}

export function table(x: ColumnSpec, ...series: ColumnSpec[]): Extract<BlockSpec, { kind: "table" }> {
  return { kind: "table", x, series };
}

export function gap(more: Partial<Extract<BlockSpec, { kind: "gap" }>> = {}): Extract<BlockSpec, { kind: "gap" }> {
  return { kind: "gap", reason: "bridge-full", points: 5, fromX: 1, toX: 2, series: "", ...more };
}

export function labels(
  more: Partial<Extract<BlockSpec, { kind: "labels" }>> = {},
): Extract<BlockSpec, { kind: "labels" }> {
  return { kind: "labels", series: "s", style: 1, labels: [], ...more };
}

/** One point: what a frame has at least. */
export function point(y = 1): Extract<BlockSpec, { kind: "table" }> {
  return table(column(0, [0.5]), column(0, [y], "y"));
}

function texts(count: number): [number, string][] {
  return Array.from({ length: count }, (_, i) => [i, i === 0 ? "" : `t${i}`]);
}

function columns(count: number): ColumnSpec[] {
  return Array.from({ length: count }, (_, i) => column(3, [i % 256], `s${i}`));
}

/** A table of float64 that makes a frame of so many bytes: its name takes what rows of 16 bytes do not. */
export function largest(bytes: number): Extract<BlockSpec, { kind: "table" }> {
  const rows = 8184;
  const nameBytes = bytes - 64 - 48 - 16 * rows;
  return table(
    column(0, new Array<number>(rows).fill(1)),
    column(0, new Array<number>(rows).fill(2), "n".repeat(nameBytes)),
  );
}

/** A table of 1 + `series` columns of start and step. */
export function regular(rows: number, series = 1): Extract<BlockSpec, { kind: "table" }> {
  const y = Array.from({ length: series }, (_, i) => column(8, { start: i, step: 0.5, rows }, `y${i}`));
  return table(column(8, { start: 100, step: 1, rows }), ...y);
}

const MAX = Number.MAX_SAFE_INTEGER;

const ENCODED: [string, number, number[]][] = [
  [
    "float64: the largest, the smallest, the nearest to 0, minus 0",
    0,
    [Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324, -0, 0.1],
  ],
  ["float32: the largest, the nearest to 0, minus 0", 1, [3.4028234663852886e38, 1.401298464324817e-45, -0, 0.5]],
  ["int8", 2, [-128, -1, 0, 127]],
  ["uint8", 3, [0, 128, 255]],
  ["int16", 4, [-32768, -129, 0, 32767]],
  ["uint16", 5, [0, 256, 65535]],
  ["int32", 6, [-2147483648, -32769, 0, 2147483647]],
  ["uint32", 7, [0, 65536, 4294967295]],
];

export const FRAMES: NamedFrame[] = [
  { name: "one point", rule: "FR1", blocks: [point()] },
  ...ENCODED.map(([name, encoding, values]) => ({
    name,
    rule: "FR2",
    blocks: [
      table(
        column(
          0,
          values.map((_, i) => i + 0.25),
        ),
        column(encoding, values, "y"),
      ),
    ],
  })),
  ...ENCODED.filter(([, encoding]) => encoding > 0).map(([name, encoding, values]) => ({
    name: `x as ${name}`,
    rule: "FR2",
    blocks: [
      table(
        column(encoding, values),
        column(
          0,
          values.map((_, i) => i),
          "y",
        ),
      ),
    ],
  })),
  {
    name: "start and step, whose values are start + i × step, rounded twice",
    rule: "FR2",
    blocks: [table(column(8, { start: 0.1, step: 0.1, rows: 12 }), column(8, { start: 5, step: -0.3, rows: 12 }, "y"))],
  },
  {
    name: "start and step, the step 0",
    rule: "FR2",
    blocks: [table(column(8, { start: 7, step: 0, rows: 3 }), column(8, { start: -1, step: 0, rows: 3 }, "y"))],
  },
  {
    name: "points stand table by table, row by row, in the order of the descriptors; NaN is none",
    rule: "FR6",
    blocks: [
      table(column(0, [3, 1, 2]), column(0, [1, NaN_, 3], "b"), column(1, [NaN_, 0.5, NaN_], "a")),
      table(column(3, [0]), column(3, [9], "b")),
    ],
  },
  {
    name: "a row in which each series is NaN breaks its line",
    rule: "FR1",
    blocks: [table(column(0, [1, 2, 3]), column(0, [1, NaN_, 2], "a"), column(1, [4, NaN_, 5], "b"))],
  },
  { name: "x is the time of arrival", rule: "FR1", blocks: [{ ...point(), arrival: true }] },
  {
    name: "anonymous, with number 0",
    rule: "FR1",
    publisher: "0000000000000000",
    publisherSeq: 0n,
    blocks: [point()],
  },
  {
    name: "the largest numbers of a header, and the bytes of an id in their order",
    rule: "FR1",
    publisher: "0123456789abcdef",
    publisherSeq: BigInt(MAX),
    seq: BigInt(MAX),
    epoch: BigInt(MAX),
    blocks: [point()],
  },
  {
    name: "as a viewer gets it, numbered",
    rule: "FR5",
    seq: 5_000_000_000n,
    epoch: 1_700_000_000_000n,
    blocks: [point()],
  },
  {
    name: "data that begins behind a name of 8 bytes",
    rule: "FR1",
    blocks: [table(column(3, [1]), column(3, [2], "8 bytes!"))],
  },
  {
    name: "names of 1 and of 256 bytes, of 2, 3 and 4 bytes a character",
    rule: "FR1",
    blocks: [
      table(
        column(3, [1]),
        ...["a", "n".repeat(256), "é", "€", "😀", " ", "\u{1f468}\u200d\u{1f469}", "a\u200cb"].map((name) =>
          column(3, [2], name),
        ),
      ),
    ],
  },
  { name: "256 series in a table", rule: "FR1", blocks: [table(column(3, [1]), ...columns(256))] },
  { name: "16,384 values, those of x counted", rule: "FR4", blocks: [regular(8192)] },
  { name: "131,072 bytes", rule: "FR4", blocks: [largest(131_072)] },
  { name: "a gap before the table", rule: "FR1", blocks: [gap({ series: "y" }), point()] },
  {
    name: "a gap behind a table, of an unknown number between unknown x, of all series",
    rule: "FR1",
    blocks: [point(), gap({ points: NaN_, fromX: NaN_, toX: NaN_ })],
  },
  {
    name: "gaps of 0 and of 2^53 - 1 points",
    rule: "FR1",
    blocks: [gap({ points: 0 }), gap({ points: MAX }), point()],
  },
  {
    name: "a gap's reason of 1 and of 64 bytes",
    rule: "FR1",
    blocks: [gap({ reason: "0" }), gap({ reason: "z-9a".repeat(16) }), point()],
  },
  { name: "a gap's series of 256 bytes", rule: "FR1", blocks: [gap({ series: "n".repeat(256) }), point()] },
  {
    name: "a step whose values have names, those without one too",
    rule: "FR7",
    blocks: [
      labels({
        labels: [
          [0, "off"],
          [2.5, "läuft"],
        ],
      }),
      table(column(0, [1, 2, 3]), column(0, [0, 2.5, 7], "s")),
    ],
  },
  {
    name: "events, and labels behind their table",
    rule: "FR7",
    blocks: [table(column(0, [1, 2]), column(3, [1, 1], "s")), labels({ style: 2, labels: [[1, "start\u200d"]] })],
  },
  { name: "a style without names", rule: "FR7", blocks: [labels(), table(column(3, [1]), column(3, [1], "s"))] },
  {
    name: "0 and minus 0 are one value: a label of 0 is that of both",
    rule: "FR7",
    blocks: [labels({ labels: [[0, "zero"]] }), table(column(3, [1, 2]), column(0, [0, -0], "s"))],
  },
  {
    name: "a label of minus 0 is that of 0, too",
    rule: "FR7",
    blocks: [labels({ labels: [[-0, "zero"]] }), table(column(3, [1, 2]), column(0, [0, -0], "s"))],
  },
  {
    name: "256 labels; a text of 0 bytes",
    rule: "FR7",
    blocks: [labels({ labels: texts(256) }), table(column(3, [1, 2]), column(3, [0, 255], "s"))],
  },
  {
    name: "a label of 256 bytes",
    rule: "FR7",
    blocks: [labels({ labels: [[1, "t".repeat(256)]] }), table(column(3, [1]), column(3, [1], "s"))],
  },
  {
    name: "labels of two series, and of one that has no point",
    rule: "FR7",
    blocks: [
      labels({ labels: [[1, "one"]] }),
      labels({ series: "e", style: 2, labels: [[1, "eins"]] }),
      labels({ series: "none", labels: [[1, "un"]] }),
      table(column(3, [1]), column(3, [1], "s"), column(3, [1], "e"), column(3, [1], "y")),
    ],
  },
];

export interface Meaning {
  header: Record<string, string | number>;
  blocks: unknown[];
  points?: unknown[];
}

/** What a frame says, as the files have it. Points of large frames are left out: their columns say the same. */
export function meaningOf({
  publisher = "00000000000000aa",
  publisherSeq = 1n,
  seq = 0n,
  epoch = 0n,
  blocks,
}: FrameSpec): Meaning {
  const tables = blocks.filter((block) => block.kind === "table");
  const points: unknown[] = [];
  for (const { x, series } of tables) {
    for (const [row, at] of listOf(x.values).entries()) {
      for (const { name = "", values } of series) {
        const y = listOf(values)[row] ?? NaN_;
        if (Number.isNaN(y)) continue;
        const text = textOf(blocks, String(name), y);
        points.push(text === undefined ? [name, at, y] : [name, at, y, text]);
      }
    }
  }
  const x = tables.flatMap((each) => listOf(each.x.values));
  const header = {
    publisher,
    publisherSeq: Number(publisherSeq),
    seq: Number(seq),
    epoch: Number(epoch),
    points: points.length,
    minX: x.reduce((a, b) => Math.min(a, b)),
    maxX: x.reduce((a, b) => Math.max(a, b)),
  };
  const meaning = { header, blocks: blocks.map(blockMeaning) };
  return points.length > 600 ? meaning : { ...meaning, points };
}

function textOf(blocks: BlockSpec[], series: string, y: number): string | undefined {
  for (const block of blocks) {
    if (block.kind !== "labels" || block.series !== series) continue;
    const label = block.labels.find(([value]) => value === y);
    if (label !== undefined) return String(label[1]);
  }
  return undefined;
}

function blockMeaning(block: BlockSpec): unknown {
  switch (block.kind) {
    case "table": {
      const { arrival = false, x, series } = block;
      const of = ({ encoding, values }: ColumnSpec): object => ({ encoding, values: shortened(values) });
      return { kind: "table", arrival, x: of(x), series: series.map((each) => ({ name: each.name, ...of(each) })) };
    }
    case "gap": {
      const { kind, reason, points, fromX, toX, series } = block;
      return { kind, reason, points, fromX, toX, series };
    }
    case "labels":
      return {
        kind: "labels",
        series: block.series,
        style: block.style === 1 ? "step" : "event",
        labels: block.labels,
      };
  }
}

/** Many equal values as start, step and rows. */
function shortened(values: Values): Values {
  if ("rows" in values || values.length < 1000) return values;
  return { start: values[0] ?? 0, step: 0, rows: values.length };
}
