import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatAddress, parseAddress } from "../../../../page/layout/address.ts";
import { Arrangement, type PanelPlan, type PanelState } from "../../../../page/layout/arrangement.ts";
import { chosen, Remembered, type TextStorage } from "../../../../page/layout/arrangement-storage.ts";
import type { Scaled } from "../../../../page/layout/grouping.ts";
import { AUTO } from "../../../../page/layout/panels.ts";

const series = (...names: string[]): Scaled[] => names.map((name) => ({ name, magnitude: 1 }));
const ALL = series("a.x", "a.y", "b.x", "b.y", "c.x");
const DERIVED = [{ name: "sum", expression: "a.x + a.y" }];
const FIXED = { mode: { kind: "fixed", min: 0, max: 5 }, log: false } as const;

/** The panels as text: `a b | c`, those on the right axis with a `>`. */
function text(panels: readonly PanelState[]): string {
  return panels
    .map(({ names, right }) => names.map((name) => (right.has(name) ? ">" : "") + name).join(" "))
    .join(" | ");
}

class Look extends Arrangement {
  all: readonly Scaled[];

  constructor(all: readonly Scaled[] = ALL) {
    super();
    this.all = all;
    this.panels(all);
  }

  get text(): string {
    return text(this.panels(this.all));
  }

  with(name: string): PanelPlan {
    const panel = this.panels(this.all).find(({ names }) => names.includes(name));
    assert.ok(panel, name);
    return panel;
  }

  id(name: string): string {
    return this.with(name).id;
  }
}

test("[PG12] panels are the same objects while nothing changes", () => {
  const look = new Look();
  const panels = look.panels(ALL);
  assert.equal(text(panels), "a.x a.y | b.x b.y | c.x");
  assert.equal(look.panels(structuredClone(ALL)), panels);
  assert.equal(look.panels(ALL.map(({ name }) => ({ name, magnitude: 2 }))), panels);
  look.toggle("a.x");
  assert.equal(look.panels(ALL), panels);
  const more = look.panels([...ALL, ...series("c.y", "d.x")]);
  assert.equal(text(more), "a.x a.y | b.x b.y | c.x c.y | d.x");
  assert.deepEqual([more[0] === panels[0], more[1] === panels[1]], [true, true]);
  assert.equal(more[2]?.id, panels[2]?.id);
  assert.equal(new Set(more.map(({ id }) => id)).size, 4);
});

test("[PG12] a panel that is divided keeps its id for the part with its first series", () => {
  const look = new Look();
  const id = look.id("a.x");
  const [first, second] = look.panels(ALL.map((one) => (one.name === "a.y" ? { ...one, magnitude: 1e3 } : one)));
  assert.deepEqual([first?.names, first?.id], [["a.x"], id]);
  assert.notEqual(second?.id, id);
});

test("[PG12] a series is moved into a panel and to an axis; an empty panel goes away", () => {
  const look = new Look();
  const before = look.panels(ALL);
  look.move("c.x", { kind: "into", id: look.id("a.x") }, "right");
  assert.equal(look.text, "a.x a.y >c.x | b.x b.y");
  assert.equal(look.panels(ALL)[1], before[1]);
  assert.equal(look.id("a.x"), before[0]?.id);
  look.move("c.x", { kind: "into", id: look.id("a.x") }, "left");
  assert.equal(look.text, "a.x a.y c.x | b.x b.y");
  look.move("a.x", { kind: "end" }, "left");
  assert.equal(look.text, "a.y c.x | b.x b.y | a.x");
  look.move("b.y", { kind: "before", id: look.id("a.y") }, "right");
  assert.equal(look.text, ">b.y | a.y c.x | b.x | a.x");
  look.move("c.x", { kind: "after", id: look.id("a.y") }, "left");
  assert.equal(look.text, ">b.y | a.y | c.x | b.x | a.x");
});

test("[PG12] what changes nothing, or is unknown, leaves the panels automatic", () => {
  const look = new Look();
  const { version } = look;
  look.move("a.x", { kind: "into", id: look.id("a.x") }, "left");
  look.move("a.x", { kind: "into", id: "none" }, "left");
  look.move("a.x", { kind: "before", id: "none" }, "left");
  look.move("none", { kind: "end" }, "left");
  look.movePanel("none", 1);
  look.movePanel(look.id("a.x"), -1);
  look.setY(look.id("a.x"), "left", AUTO);
  for (const [min, max] of [
    [5, 5],
    [5, 0],
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
    [-1e308, 1e308],
  ] as const) {
    look.setY(look.id("a.x"), "left", { mode: { kind: "fixed", min, max }, log: false });
  }
  assert.deepEqual([look.isAutomatic, look.version, look.state.panels.length], [true, version, 0]);
});

test("[PG12] once something is moved, magnitudes change nothing, and only what is new is placed", () => {
  const look = new Look();
  look.move("c.x", { kind: "into", id: look.id("b.x") }, "left");
  assert.equal(look.isAutomatic, false);
  const panels = look.panels(ALL);
  assert.equal(look.panels(ALL.map(({ name }, i) => ({ name, magnitude: 10 ** (3 * i) }))), panels);
  const { version, state } = look;
  look.all = [...ALL, ...series("b.z", "c.y", "d.x", "d.y", "one")];
  assert.equal(look.text, "a.x a.y | b.x b.y c.x b.z c.y | d.x d.y | one");
  assert.deepEqual([look.version, look.state], [version, state], "what came by itself is not remembered");
  look.movePanel(look.id("one"), -1);
  assert.equal(text(look.state.panels), "a.x a.y | b.x b.y c.x b.z c.y | one | d.x d.y");
  look.reset();
  assert.deepEqual([look.isAutomatic, look.text], [true, "a.x a.y | b.x b.y b.z | c.x c.y | d.x d.y | one"]);
});

test("[PG12] panels move among those that are shown", () => {
  const look = new Look();
  const panel = (...names: string[]): PanelState => ({ names, right: new Set(), left: AUTO, rightAxis: AUTO });
  look.restore({ panels: [panel("c.x"), panel("gone"), panel("b.x", "b.y"), panel("a.x", "a.y")], hidden: [] });
  const c = look.id("c.x");
  look.movePanel(c, 1);
  assert.equal(look.text, "b.x b.y | c.x | a.x a.y");
  look.movePanel(c, 9);
  assert.equal(look.text, "b.x b.y | a.x a.y | c.x");
  look.movePanel(c, -2);
  assert.equal(look.text, "c.x | b.x b.y | a.x a.y");
  assert.equal(look.id("c.x"), c);
});

test("[PG12] the range of an axis is set, and freezes the panels", () => {
  const look = new Look();
  const before = look.panels(ALL);
  look.setY(look.id("b.x"), "right", FIXED);
  assert.equal(look.isAutomatic, false);
  assert.deepEqual([look.with("b.x").rightAxis, look.with("b.x").left], [FIXED, AUTO]);
  assert.equal(look.panels(ALL)[0], before[0]);
  look.setY(look.id("b.x"), "left", { ...AUTO, log: true });
  assert.deepEqual(look.with("b.x").left, { mode: { kind: "auto" }, log: true });
});

test("[PG12] series are hidden alone or all but one, and stay in their panels", () => {
  const look = new Look();
  const hidden = (): string[] => ALL.map(({ name }) => name).filter((name) => look.isHidden(name));
  look.toggle("c.x");
  look.only("a.y");
  assert.deepEqual(hidden(), ["a.x", "c.x"]);
  look.only("a.x");
  assert.deepEqual(hidden(), ["a.y", "c.x"]);
  look.only("a.x");
  assert.deepEqual(hidden(), ["c.x"]);
  look.toggle("c.x");
  look.toggle("b.x");
  assert.deepEqual(look.state.hidden, ["b.x"]);
  look.showAll();
  assert.deepEqual(hidden(), []);
  assert.equal(look.isAutomatic, true);
});

test("[PG12] names that the channel does not have are kept, and shown when they come", () => {
  const look = new Look([]);
  const panels = [
    { names: ["gone.x"], right: new Set(["gone.x"]), left: FIXED, rightAxis: AUTO },
    { names: ["a.x", "later"], right: new Set(["later"]), left: AUTO, rightAxis: AUTO },
  ];
  look.restore({ panels, hidden: ["later"] });
  assert.equal(look.text, "");
  look.all = ALL;
  assert.equal(look.text, "a.x a.y | b.x b.y | c.x");
  assert.deepEqual(look.state, { panels, hidden: ["later"] });
  look.all = [...ALL, ...series("later", "gone.x", "gone.y")];
  assert.equal(look.text, ">gone.x gone.y | a.x >later a.y | b.x b.y | c.x");
  assert.deepEqual(look.with("gone.x").left, FIXED);
});

test("[PG12] series of long ago do not push those of today out of what is remembered", () => {
  const look = new Look([]);
  const names = Array.from({ length: 256 }, (_, i) => `old${i}`);
  look.restore({ panels: [{ names, right: new Set(), left: AUTO, rightAxis: AUTO }], hidden: [] });
  look.all = series("a.x", "b.x", "old7");
  look.move("b.x", { kind: "into", id: look.id("a.x") }, "left");
  assert.equal(text(look.state.panels), "old7 | a.x b.x");
});

test("[PG12] [PG13] whatever a person does, each series is in one panel, and a link shows the same", () => {
  const name = fc.constantFrom("a.x", "a.y", "b.x", "c [V]", "d [V]", "e");
  const all = fc.uniqueArray(fc.record({ name, magnitude: fc.constantFrom(0, 0.01, 1, 50, 1e4) }), {
    selector: (one) => one.name,
  });
  const axis = fc.constantFrom("left", "right");
  const act = fc.oneof(
    all.map((series) => (look: Look): void => {
      look.all = series;
    }),
    fc.tuple(name, fc.constantFrom("into", "before", "after", "end"), fc.nat(5), axis).map(([one, kind, at, side]) => {
      return (look: Look): void => {
        const id = look.panels(look.all)[at]?.id ?? "none";
        look.move(one, kind === "end" ? { kind } : { kind, id }, side);
      };
    }),
    fc.tuple(fc.nat(5), fc.integer({ min: -3, max: 3 }), axis).map(([at, delta, side]) => (look: Look): void => {
      const id = look.panels(look.all)[at]?.id ?? "none";
      if (delta === 0) look.setY(id, side, FIXED);
      else look.movePanel(id, delta);
    }),
    name.map((one) => (look: Look) => look.toggle(one)),
    name.map((one) => (look: Look) => look.only(one)),
    fc.constant((look: Look) => look.reset()),
  );
  fc.assert(
    fc.property(fc.array(act), (acts) => {
      const look = new Look();
      for (const one of acts) {
        const { version, state } = look;
        one(look);
        const panels = look.panels(look.all);
        assert.equal(look.panels(look.all), panels);
        const names = panels.flatMap((panel) => panel.names);
        assert.deepEqual([...names].sort(), look.all.map((series) => series.name).sort());
        assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
        assert.ok(panels.every((panel) => panel.names.length > 0 && [...panel.right].every((n) => names.includes(n))));
        if (look.version === version) assert.deepEqual(look.state, state);
        const other = new Look(look.all);
        other.restore(parseAddress(formatAddress(look.state), []));
        assert.deepEqual(other.state.hidden, look.state.hidden);
        assert.equal(text(other.state.panels), text(look.state.panels));
      }
    }),
  );
});

/** A storage in memory. */
class Memory implements TextStorage {
  texts = new Map<string, string>();
  getItem = (key: string): string | null => this.texts.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.texts.set(key, value);
  removeItem = (key: string): void => void this.texts.delete(key);
}

test("[PG13] an arrangement is remembered for its channel, and forgotten when nothing is left of it", () => {
  const memory = new Memory();
  const remembered = new Remembered(() => memory, "lab/one");
  const look = new Look();
  look.move("c.x", { kind: "into", id: look.id("a.x") }, "right");
  look.toggle("b.x");
  remembered.save(look.state);
  assert.deepEqual([...memory.texts], [["plotcast:lab/one", "panel=a.x,a.y,:c.x&panel=b.x,b.y&hide=b.x"]]);
  const other = new Look();
  other.restore(remembered.load());
  assert.equal(other.text, look.text);
  assert.equal(other.isHidden("b.x"), true);
  look.reset();
  look.showAll();
  remembered.save(look.state);
  assert.equal(memory.texts.size, 0);
});

test("[PG13] a storage that refuses is as good as none", () => {
  const refuse = (): never => {
    throw new Error("QuotaExceededError");
  };
  const refusing = { getItem: refuse, setItem: refuse, removeItem: refuse };
  for (const remembered of [new Remembered(refuse, "main"), new Remembered(() => refusing, "main")]) {
    remembered.save({ panels: [], hidden: ["a"] });
    remembered.save({ panels: [], hidden: [] });
    assert.deepEqual(remembered.load(), { panels: [], hidden: [] });
  }
});

test("[PG13] the URL wins as a whole over what is remembered, if it says anything of panels", () => {
  const look = new Look();
  look.setY(look.id("a.x"), "left", FIXED);
  const remembered = look.state;
  assert.deepEqual(chosen({ panels: [], hidden: [] }, remembered), remembered);
  assert.deepEqual(chosen({ panels: [], hidden: ["a"] }, remembered), { panels: [], hidden: ["a"] });
  assert.deepEqual(chosen({ panels: [], hidden: [], derived: DERIVED }, remembered).panels, []);
});

test("[PG22] what is derived is remembered, and stays when panels are arranged automatically", () => {
  const memory = new Memory();
  const remembered = new Remembered(() => memory, "main");
  const look = new Look();
  const { version } = look;
  look.derived = DERIVED;
  assert.equal(look.derived, DERIVED);
  assert.notEqual(look.version, version);
  assert.equal(look.isAutomatic, true);
  look.setY(look.id("a.x"), "left", FIXED);
  look.reset();
  assert.deepEqual(look.state, { panels: [], hidden: [], derived: DERIVED });
  remembered.save(look.state);
  assert.deepEqual(chosen({ panels: [], hidden: [] }, remembered.load()), look.state);
  look.derived = [];
  remembered.save(look.state);
  assert.equal(memory.texts.size, 0);
});

test("[PG21] the lines of an axis are set, kept with its range, and taken away", () => {
  const look = new Look();
  look.setY(look.id("b.x"), "left", { ...FIXED, thresholds: [80, 95.5] });
  assert.deepEqual(look.with("b.x").left, { ...FIXED, thresholds: [80, 95.5] });
  look.move("c.x", { kind: "into", id: look.id("b.x") }, "left");
  assert.deepEqual(look.with("c.x").left.thresholds, [80, 95.5]);
  look.setY(look.id("b.x"), "left", FIXED);
  assert.deepEqual(look.with("b.x").left, FIXED);
});
