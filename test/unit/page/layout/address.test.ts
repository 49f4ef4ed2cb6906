import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_DERIVED, MAX_EXPRESSION } from "../../../../page/data/derivation.ts";
import { type AddressState, formatAddress, MAX_TEXT, parseAddress } from "../../../../page/layout/address.ts";
import { MAX_NAMES, type PanelState, type YAxisPlan } from "../../../../page/layout/arrangement.ts";
import { AUTO, isRange, MAX_THRESHOLDS } from "../../../../page/layout/panels.ts";
import { hasControl } from "../../../../protocol/characters.ts";

const WINDOWS = ["100 pts", "10 s", "1 h", "90 s", "2.5 h", "All"] as const;
const parse = (text: string) => parseAddress(text);
const EMPTY = { panels: [], hidden: [] };

const FULL: AddressState = {
  window: "30 s",
  range: { min: 1_700_000_000.5, max: 1_700_000_030.5 },
  paused: true,
  panels: [
    {
      names: ["temp.motor [°C]", "rpm"],
      right: new Set(["rpm"]),
      left: { mode: { kind: "fixed", min: -1, max: 5 }, log: false, thresholds: [80, -95.5] },
      rightAxis: { mode: { kind: "locked", min: 1e-7, max: 1e21 }, log: true, thresholds: [1e21] },
    },
    { names: ["a,b;c:d>e&f=g#h%"], right: new Set(), left: { ...AUTO, log: true }, rightAxis: AUTO },
  ],
  hidden: ["rpm", "f(x)"],
  derived: [
    { name: "a:b [g]", expression: '"a" * (b + 1)' },
    { name: "c", expression: "d(b)" },
  ],
};
const FULL_TEXT =
  "#window=30s&from=1700000000.5&to=1700000030.5&paused=1&panel=temp.motor%20%5B%C2%B0C%5D,:rpm;y=-1..5;at=80,-95.5;" +
  "rlock=1e-7..1e+21;rlog;rat=1e+21&panel=a%2Cb%3Bc%3Ad%3Ee%26f%3Dg%23h%25;log&hide=rpm,f%28x%29" +
  "&calc=a%3Ab%20%5Bg%5D:%22a%22%20%2A%20%28b%20%2B%201%29&calc=c:d%28b%29";

test("[PG13] what is seen is written into the fragment, and read from it", () => {
  assert.equal(formatAddress(FULL), FULL_TEXT);
  assert.deepEqual(parse(FULL_TEXT), FULL);
  assert.deepEqual(parse(FULL_TEXT.slice(1)), FULL);
  assert.equal(formatAddress(EMPTY), "");
  assert.deepEqual(parse(""), EMPTY);
  assert.deepEqual(parse("#window=All"), { ...EMPTY, window: "All" });
});

test("[PG13] a browser leaves the fragment as it is", () => {
  assert.equal(new URL(FULL_TEXT, "https://plotcast.example/c/main").hash, FULL_TEXT);
});

test("[PG13] times have six decimals at most, other numbers are exact", () => {
  const range = (min: number, max: number): string => formatAddress({ ...EMPTY, range: { min, max } });
  assert.equal(range(1_700_000_000.123_456_7, 1_700_000_001), "#from=1700000000.123457&to=1700000001");
  assert.equal(range(0.1 + 0.2, 1e-9 + 1), "#from=0.30000000000000004&to=1.000000001");
});

test("[PG13] nonsense is ignored part by part", () => {
  const panel = (text: string): PanelState | undefined => parse(`panel=${text}`).panels[0];
  for (const text of [
    ...[
      "#window=7",
      "#window=0s",
      "#window=9999d",
      "#window=5ms",
      "window",
      "from=1",
      "from=2&to=1",
      "from=1&to=",
      "from=1&to=x",
      "from=-Infinity&to=1",
    ],
    ...["paused=0", "panel", "panel=", "panel=,,;y=0..1", "panel=%", "panel=%ED%A0%80", "hide=,%E0,", "x=1&&=&#"],
    ...["panel=\ud800", `hide=${"a".repeat(257)}`],
  ]) {
    assert.deepEqual(parse(text), EMPTY, text);
  }
  assert.deepEqual(panel("a,%,b,a;y=5..1;y=0..2;nonsense;log=1"), {
    names: ["a", "b"],
    right: new Set(),
    left: { mode: { kind: "fixed", min: 0, max: 2 }, log: false },
    rightAxis: AUTO,
  });
  assert.deepEqual(panel("a;ry=1...5;y=1..")?.left, AUTO);
  assert.deepEqual(panel("a;y=x;ry=x")?.left, { mode: { kind: "equal" }, log: false });
  assert.deepEqual(panel("a;y=x;ry=x")?.rightAxis, AUTO);
  assert.equal(parse("window=10s&window=30s").window, "10 s");
  assert.deepEqual(parse("calc=a&calc=:b&calc=c:&calc=%:b&calc=a:%&calc").derived, undefined);
  assert.deepEqual(parse("calc=a:b:c&calc=a:d").derived, [{ name: "a", expression: "b" }]);
});

test("[PG21] lines are read as far as they are numbers, each once, and no more than a panel may have", () => {
  const lines = (options: string) => {
    const [panel] = parse(`panel=a;${options}`).panels;
    return [panel?.left.thresholds, panel?.rightAxis.thresholds];
  };
  assert.deepEqual(lines("at=5,x,,1e999,5,-2.5;rat="), [[5, -2.5], undefined]);
  assert.deepEqual(lines("at;at=,;rat=NaN"), [undefined, undefined]);
  const many = Array.from({ length: 12 }, (_, i) => i);
  assert.deepEqual(lines(`at=${many};rat=${many}`), [many, [0, 1, 2, 3]]);
  assert.deepEqual(lines(`rat=${many};at=${many},${many.map((i) => i + 50)}`)[1], undefined);
});

test("[PG22a] so many derived series are read, and no expression that is longer than any", () => {
  const many = Array.from({ length: 20 }, (_, i) => `calc=n${i}:a`).join("&");
  assert.equal(parse(many).derived?.length, MAX_DERIVED);
  assert.equal(parse(`calc=a:${"b".repeat(MAX_EXPRESSION + 1)}`).derived, undefined);
});

test("[PG13] of a name that stands twice the first counts", () => {
  const { panels, hidden } = parse("panel=a,:b&panel=b,c,:a&panel=a&hide=a,b,a");
  assert.deepEqual(
    panels.map(({ names, right }) => [names, [...right]]),
    [
      [["a", "b"], ["b"]],
      [["c"], []],
    ],
  );
  assert.deepEqual(hidden, ["a", "b"]);
});

test("[PG13] what is too much is left out, never cut in two", () => {
  const many = Array.from({ length: 300 }, (_, i) => `n${i}`);
  const { panels, hidden } = parse(`${many.map((name) => `panel=${name}`).join("&")}&hide=${many}`);
  assert.deepEqual([panels.length, hidden.length], [MAX_NAMES, MAX_NAMES]);
  const long = `panel=a&hide=${"x".repeat(MAX_TEXT - 15)},yyyy`;
  assert.deepEqual(parse(long), parse("panel=a"));
  assert.deepEqual(parse(`hide=a,${"x".repeat(MAX_TEXT)}`), EMPTY);
});

const name = fc
  .string({ unit: "binary", minLength: 1, maxLength: 20, size: "max" })
  .filter((text) => !hasControl(text));
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const range = fc.tuple(finite, finite).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));
const usable = range.filter(({ min, max }) => isRange(min, max));
const axis: fc.Arbitrary<YAxisPlan> = fc.record(
  {
    mode: fc.oneof(
      fc.constant({ kind: "auto" } as const),
      usable.map((of) => ({ kind: "locked", ...of }) as const),
      usable.map((of) => ({ kind: "fixed", ...of }) as const),
    ),
    log: fc.boolean(),
    thresholds: fc.uniqueArray(finite, { minLength: 1, maxLength: MAX_THRESHOLDS / 2, size: "max" }),
  },
  { requiredKeys: ["mode", "log"], noNullPrototype: true },
);
const panels: fc.Arbitrary<PanelState[]> = fc
  .uniqueArray(
    fc.record({ name, title: fc.option(name), right: fc.boolean(), panel: fc.nat(5), left: axis, rightAxis: axis }),
    {
      selector: (one) => one.name,
    },
  )
  .map((all) =>
    [0, 1, 2, 3, 4, 5].flatMap((index) => {
      const own = all.filter(({ panel }) => panel === index);
      const [first] = own;
      if (first === undefined) return [];
      const right = new Set(own.filter((one) => one.right).map((one) => one.name));
      const { title, left, rightAxis } = first;
      return [{ names: own.map((one) => one.name), right, left, rightAxis, ...(title === null ? {} : { title }) }];
    }),
  );

test("[PG13] whatever is written is read as it was", () => {
  const address: fc.Arbitrary<AddressState> = fc.record(
    {
      window: fc.constantFrom(...WINDOWS),
      range: usable.filter(({ min, max }) => max < 1e8 && Number.isFinite(max - min)),
      paused: fc.constant(true),
      utc: fc.constant(true),
      panels,
      hidden: fc.uniqueArray(name),
      styles: fc
        .uniqueArray(fc.tuple(name, fc.constantFrom("label=a", "colour=3;width=2")), {
          selector: ([one]) => one,
          minLength: 1,
        })
        .map((pairs) => new Map(pairs)),
      derived: fc.uniqueArray(fc.record({ name, expression: name }, { noNullPrototype: true }), {
        selector: (one) => one.name,
        minLength: 1,
        maxLength: MAX_DERIVED,
        size: "max",
      }),
    },
    { requiredKeys: ["panels", "hidden"], noNullPrototype: true },
  );
  fc.assert(
    fc.property(address, (state) => {
      const text = formatAddress(state);
      assert.deepEqual(parse(text), state);
      assert.equal(new URL(text, "https://plotcast.example/").hash, text);
    }),
  );
});

test("[PG13] whatever is read, it never throws, keeps its bounds, and can be written again", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string(),
    fc.constantFrom(
      ...[
        "panel=",
        "hide=",
        "calc=",
        "title=",
        "style=",
        "at=",
        "from=1",
        "to=2",
        "window=",
        "&",
        "&",
        ",",
        ";",
        ":",
        "y=",
        "0..1",
        "rlog",
        "%",
      ],
    ),
    fc.constantFrom("\ud800", "%F0", "%3A", "-", "e9", "NaN", "..", "Infinity"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60, size: "max" }), (pieces) => {
      const state = parse(pieces.join(""));
      const names = state.panels.flatMap((panel) => panel.names);
      assert.ok(names.length <= MAX_NAMES && new Set(names).size === names.length);
      assert.ok(state.hidden.length <= MAX_NAMES);
      for (const one of [...names, ...state.hidden]) assert.ok(one.length > 0 && one.length <= 256);
      for (const { left, rightAxis } of state.panels) {
        for (const { mode } of [left, rightAxis]) assert.ok(!("min" in mode) || isRange(mode.min, mode.max));
        const lines = [left, rightAxis].flatMap(({ thresholds }) => thresholds ?? []);
        assert.ok(lines.length <= MAX_THRESHOLDS && lines.every(Number.isFinite));
      }
      const { window, ...rest } = parse(formatAddress(state));
      assert.deepEqual(rest.panels, state.panels);
      assert.deepEqual([window, rest.hidden, rest.derived], [state.window, state.hidden, state.derived]);
    }),
  );
});
