/** What every kind of series must do, whoever draws it: add a renderer to the registry, and it runs these. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { pointTools } from "../../../../page/data/path.ts";
import type { Segment } from "../../../../page/data/segment.ts";
import { RingBuffer } from "../../../../page/data/store/ring-buffer.ts";
import { newSeries } from "../../../../page/data/store/series.ts";
import { ValueNames } from "../../../../page/data/store/value-names.ts";
import { heldPoint, nearestPoint } from "../../../../page/lazy/pointing/value-at.ts";
import { LAZY_RENDERERS } from "../../../../page/render/renderers/lazy-registry.ts";
import type { DrawingContext, PaintTarget, Path } from "../../../../page/render/renderers/paint-target.ts";
import type { PanelSeries } from "../../../../page/render/renderers/panel-renderer.ts";
import { PointBuffer } from "../../../../page/render/renderers/point-buffer.ts";
import { withPoints } from "../../../../page/render/renderers/points.ts";
import { rendererOf, type SeriesKind } from "../../../../page/render/renderers/registry.ts";
import type { ViewModel } from "../../../../page/viewport/viewport.ts";
import { STYLES } from "../../../../protocol/frame/labels.ts";

// As a page has them once something points at it.
Object.assign(pointTools, { heldPoint, nearestPoint });

const KINDS: readonly SeriesKind[] = ["line", ...STYLES.filter((style) => style !== undefined)];

const X = { min: 0, max: 100 };
const BOX = { left: 60, top: 8, width: 200, height: 90 };
const RATIO = 2;

/** What a path was made of, in the pixels it was made in. */
class RecordedPath implements Path {
  readonly points: [x: number, y: number][] = [];
  moveTo(x: number, y: number): void {
    this.points.push([x, y]);
  }
  lineTo(x: number, y: number): void {
    this.points.push([x, y]);
  }
  arc(x: number, y: number): void {
    this.points.push([x, y]);
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.points.push([x + width / 2, y + height / 2]);
  }
}

/** A context that keeps what is painted on it, as CSS pixels. */
class RecordedContext implements DrawingContext {
  fillStyle: string | object = "";
  strokeStyle: string | object = "";
  lineWidth = 1;
  lineJoin = "miter";
  globalAlpha = 1;
  textAlign = "left";
  textBaseline = "middle";
  dashes: number[] = [];
  scale = RATIO;
  readonly painted: { colour: string | object; points: [x: number, y: number][] }[] = [];
  readonly texts: string[] = [];

  setLineDash(dashes: number[]): void {
    this.dashes = dashes;
  }
  setTransform(a: number): void {
    this.scale = a;
  }
  stroke(path: RecordedPath): void {
    this.#paint(this.strokeStyle, path);
  }
  fill(path: RecordedPath): void {
    this.#paint(this.fillStyle, path);
  }
  fillText(text: string): void {
    this.texts.push(text);
  }
  measureText(text: string): { width: number } {
    return { width: 6 * text.length };
  }
  #paint(colour: string | object, { points }: RecordedPath): void {
    const toCss = this.scale / RATIO;
    if (points.length > 0) this.painted.push({ colour, points: points.map(([x, y]) => [x * toCss, y * toCss]) });
  }
}

/** A series of a kind with these points; what has names is called by its numbers. */
function seriesOf(kind: SeriesKind, segments: readonly Segment[]): PanelSeries {
  const valueNames = kind === "line" ? undefined : new ValueNames();
  if (valueNames !== undefined && kind !== "line") {
    const texts = new Map([0, 1, 2, 3].map((value) => [value, `text ${value}`]));
    valueNames.translate({ style: kind, texts }, Float64Array.from(texts.keys()));
  }
  const series = { ...newSeries(kind, new RingBuffer(1)), valueNames, kind: valueNames?.kind ?? ("" as const) };
  const place = { slot: 0, onRight: false, isHidden: false, isHighlighted: false, minY: 0, maxY: 3 };
  return { ...place, series, renderer: rendererOf(series, LAZY_RENDERERS), segments, buffer: new PointBuffer() };
}

function viewModelOf(bucketWidth = 0): ViewModel {
  return { x: X, time: false, dataEndX: X.max, bucketWidth, gaps: [], requiredRange: undefined, segments: () => [] };
}

function targetOf(context: RecordedContext): PaintTarget {
  const xOf = (x: number): number => BOX.left + ((x - X.min) / (X.max - X.min)) * BOX.width;
  return {
    context,
    ratio: RATIO,
    box: BOX,
    colour: "the series' colour",
    textColour: "the texts' colour",
    dashes: [],
    hasTexts: true,
    newPath: () => new RecordedPath(),
    columnOf: xOf,
    xPx: (x) => xOf(x) * RATIO,
    yPx: (y) => (BOX.top + BOX.height - (y / 3) * BOX.height) * RATIO,
  };
}

function paint(one: PanelSeries, bucketWidth = 0): RecordedContext {
  const context = new RecordedContext();
  one.renderer.prepare(one.segments, viewModelOf(bucketWidth), one.buffer);
  one.renderer.paint(one, targetOf(context));
  return context;
}

const segment = (points: readonly (readonly [x: number, y: number])[]): Segment => ({
  x: Float64Array.from(points, ([x]) => x),
  y: Float64Array.from(points, ([, y]) => y),
});

const points = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 1000 }).map((tenth) => tenth / 10),
      fc.oneof({ arbitrary: fc.constantFrom(0, 1, 2, 3), weight: 6 }, fc.constant(Number.NaN)),
    ),
    { maxLength: 300, size: "max" },
  )
  .map((all) => all.sort(([a], [b]) => a - b));

for (const kind of KINDS) {
  describe(`[PG23] a renderer of the kind "${kind}"`, () => {
    test("paints nothing where there is nothing, and reads nothing there", () => {
      for (const segments of [[], [segment([])], [segment([[5, Number.NaN]])]]) {
        const one = seriesOf(kind, segments);
        assert.deepEqual(paint(one).painted, []);
        assert.equal(one.renderer.hitTest(segments, 5, 100), undefined);
        assert.ok(Number.isNaN(one.renderer.valueAt(segments, 5, 100)));
      }
    });

    test("paints a single point, in the series' colour, where it is", () => {
      const { painted } = paint(seriesOf(kind, [segment([[100, 2]])]));
      assert.ok(painted.length > 0);
      for (const { colour } of painted) assert.equal(colour, "the series' colour");
      assert.ok(painted.some((path) => path.points.some(([x]) => Math.abs(x - (BOX.left + BOX.width)) < 1e-9)));
    });

    test("paints something at the pixel column of every value in view, and at no x without one", () => {
      fc.assert(
        fc.property(points, fc.constantFrom(0, 0.5), (all, bucketWidth) => {
          const at = (x: number): number => BOX.left + (x / 100) * BOX.width;
          const columns = paint(seriesOf(kind, [segment(all)]), bucketWidth).painted.flatMap((path) => path.points);
          const values = all.filter(([, y]) => !Number.isNaN(y)).map(([x]) => at(x));
          // The dot of one of few points covers its column, and stands inside of the plot.
          const reach = (all.length <= 3 ? 4.5 : 1) + 1e-9;
          for (const x of values) {
            assert.ok(
              columns.some(([px]) => Math.abs(px - x) <= reach),
              `nothing at ${x}`,
            );
          }
          const [first, last] = [Math.min(...values), BOX.left + BOX.width];
          for (const [px] of columns) assert.ok(px >= first - reach && px <= last + 8, `something at ${px}`);
        }),
      );
    });

    test("leaves the context as it found it", () => {
      const { dashes, globalAlpha, scale } = paint(
        seriesOf(kind, [
          segment([
            [1, 0],
            [50, 3],
            [99, 1],
          ]),
        ]),
      );
      assert.deepEqual({ dashes, globalAlpha, scale }, { dashes: [], globalAlpha: 1, scale: RATIO });
    });

    test("prepares the same from the same points, whatever its buffer held, and changes none of them", () => {
      fc.assert(
        fc.property(points, points, (first, second) => {
          const segments = [segment(second)];
          const copies = segments.map(({ x, y }) => ({ x: x.slice(), y: y.slice() }));
          const used = seriesOf(kind, [segment(first)]);
          paint(used, 1);
          used.segments = segments;
          const [again, anew] = [paint(used, 1), paint(seriesOf(kind, segments), 1)];
          assert.deepEqual(again.painted, anew.painted);
          assert.deepEqual(segments, copies);
        }),
      );
    });

    test("finds a point of the series or none, that at x itself first, and reads its y", () => {
      fc.assert(
        fc.property(points, fc.nat(1000), fc.constantFrom(0, 1, 20), (all, tenth, reach) => {
          const segments = [segment(all.slice(0, all.length >> 1)), segment(all.slice(all.length >> 1))];
          const { renderer } = seriesOf(kind, segments);
          const x = tenth / 10;
          const hit = renderer.hitTest(segments, x, reach);
          assert.ok(Object.is(renderer.valueAt(segments, x, reach), hit?.y ?? Number.NaN));
          if (hit !== undefined)
            assert.ok(
              all.some(([px, y]) => px === hit.x && y === hit.y),
              "a point that is none",
            );
          const here = all.filter(([px]) => px === x);
          if (here.length > 0 && here.every(([, y]) => !Number.isNaN(y))) assert.equal(hit?.x, x);
        }),
      );
    });

    test("finds nothing that is further away than its reach where the series has not begun", () => {
      const segments = [
        segment([
          [50, 1],
          [51, 2],
        ]),
      ];
      const { renderer } = seriesOf(kind, segments);
      assert.equal(renderer.hitTest(segments, 47, 2), undefined);
      assert.equal(renderer.hitTest([], 47, 2), undefined);
    });
  });
}

test("[PG23] every kind that a frame can name has a renderer of its own", () => {
  assert.equal(new Set(KINDS.map((kind) => seriesOf(kind, []).renderer)).size, KINDS.length);
});

for (const kind of ["line", "step"] as const) {
  test(`[PG90d] points of the kind "${kind}" are marked where they are, and what is held to the edge is none`, () => {
    const all: [number, number][] = [
      [10, 1],
      [30, 2],
      [60, 0],
    ];
    const only = seriesOf(kind, [segment(all)]);
    only.renderer = withPoints(only.renderer, "only");
    const { painted, scale } = paint(only);
    assert.equal(scale, RATIO);
    const [marks, ...line] = painted;
    assert.equal(line.length, 0);
    assert.deepEqual(
      marks?.points.map(([x]) => Math.round(x)),
      all.map(([x]) => BOX.left + (x / 100) * BOX.width),
    );

    const too = seriesOf(kind, [segment(all)]);
    too.renderer = withPoints(too.renderer, "too");
    const lineAlone = paint(seriesOf(kind, [segment(all)])).painted;
    assert.deepEqual(paint(too).painted, [...lineAlone, marks]);
    assert.equal(too.renderer.valueAt(too.segments, 10, 0), 1, "read as without marks");
  });
}
