/** Any rows with labels, there and back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeFrame, pointsOf, type Style } from "../../../../protocol/frame/frame.ts";
import { FrameBuilder, framesOf, type Row } from "../../../../protocol/frame/frame-builder.ts";
import { FrameError, splitFrames } from "../../../../protocol/frame/header.ts";
import { MAX_FRAME_BYTES } from "../../../../protocol/limits.ts";
import { isSeriesName } from "../../../../protocol/names.ts";

const PUBLISHER = "0123456789abcdef";

const text = fc.oneof(
  fc.constantFrom("true", "false", "IDLE", "ü€😀", "", "__proto__", "a\nb"),
  fc.string({ unit: "grapheme", maxLength: 300 }),
);
const mark = fc.record({
  series: fc.oneof(fc.constantFrom("a", "b", "temp.motor", "__proto__"), fc.string().filter(isSeriesName)),
  style: fc.constantFrom<Style>("step", "event"),
  value: fc.oneof(fc.integer({ min: -2, max: 300 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  text: fc.option(text, { nil: undefined }),
});
const row: fc.Arbitrary<Row> = fc
  .record({
    x: fc.integer({ min: 0, max: 1000 }),
    arrival: fc.boolean(),
    marks: fc.uniqueArray(mark, { minLength: 1, maxLength: 5, selector: ({ series }) => series }),
    plain: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined }),
  })
  .map(({ x, arrival, marks, plain }) => ({
    x,
    arrival,
    names: [...marks.map(({ series }) => series), ...(plain === undefined ? [] : ["plain value"])],
    values: [...marks.map(({ value }) => value), ...(plain === undefined ? [] : [plain])],
    marks: marks.map(({ text: called, ...rest }) => (called === undefined ? rest : { ...rest, text: called })),
  }));

/** As the frame has it. */
const clean = (called: string | undefined): string | undefined =>
  called?.replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, " ");

test("[FR7b] [FR2a] any rows come back with style and text, in order within each series, and in no more bytes than were announced", () => {
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 40 }),
      fc.constantFrom(2048, 4096, MAX_FRAME_BYTES),
      (all, max) => {
        const frames: Uint8Array[] = [];
        let builder = new FrameBuilder(max);
        const close = (): void => {
          const frame = builder.encode(PUBLISHER, frames.length + 1);
          assert.ok(frame.length <= builder.bytes && builder.bytes <= max, `${frame.length} of ${builder.bytes}`);
          frames.push(frame);
          builder = new FrameBuilder(max);
        };
        const taken = all.filter((each) => {
          if (builder.add(each)) return true;
          if (builder.points > 0) close();
          return builder.add(each);
        });
        if (builder.points > 0) close();
        const expected = new Map<string, unknown[]>();
        for (const { x, names, values, marks } of taken) {
          for (const [i, series] of names.entries()) {
            const own = marks?.find((one) => one.series === series);
            const points = expected.get(series) ?? [];
            const called = clean(own?.text);
            const isCut = Buffer.byteLength(called ?? "") > 256;
            points.push([x, values[i], own?.style, isCut ? "cut" : called]);
            expected.set(series, points);
          }
        }
        const got = new Map<string, unknown[]>();
        for (const frame of frames.map(decodeFrame)) {
          for (const { series, x, y, text: called } of pointsOf(frame)) {
            const points = got.get(series) ?? [];
            const isCut = called?.endsWith("…") === true && Buffer.byteLength(called) > 250;
            points.push([x, y, frame.labels.get(series)?.style, isCut ? "cut" : called]);
            got.set(series, points);
          }
        }
        // A value of which a later row of the frame says the name has that name, too.
        for (const [series, points] of expected) {
          for (const [i, point] of points.entries()) {
            const [x, y, style, called] = Array.isArray(point) ? point : [];
            const found = got.get(series)?.[i];
            assert.ok(Array.isArray(found));
            assert.deepEqual(found.slice(0, 3), [x, y, style]);
            if (called !== undefined) assert.equal(found[3], called);
          }
        }
        assert.equal([...got.values()].flat().length, [...expected.values()].flat().length);
      },
    ),
    { numRuns: 600 },
  );
});

test("[FR4c] labels with any bytes changed decode or are refused, and nothing else", () => {
  const edit = fc.record({
    at: fc.nat(600),
    by: fc.oneof(fc.nat(255), fc.constantFrom(0xffff_ffff, 0xffff, 0x8000_0000, 0x100)),
  });
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 4 }),
      fc.array(edit, { minLength: 1, maxLength: 5 }),
      (all, edits) => {
        const bytes = Buffer.concat(framesOf(all, PUBLISHER, 1).slice(0, 1));
        for (const { at, by } of edits) {
          if (by < 256) bytes[64 + (at % (bytes.length - 64))] = by;
          else bytes.writeUInt32LE(by, 64 + 4 * (at % ((bytes.length - 64) / 4)));
        }
        try {
          for (const frame of splitFrames(bytes).map(decodeFrame)) for (const _ of pointsOf(frame));
        } catch (error) {
          assert.ok(error instanceof FrameError, String(error));
        }
      },
    ),
    { numRuns: 4000 },
  );
});
