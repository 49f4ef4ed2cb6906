import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatAddress, parseAddress } from "../../../../page/layout/address.ts";
import {
  Arrangement,
  type Axis,
  type PanelState,
  type ShownPanel,
  type YAxisPlan,
} from "../../../../page/layout/arrangement.ts";
import {
  ArrangementStorage,
  effectiveArrangement,
  type TextStorage,
} from "../../../../page/layout/arrangement-storage.ts";
import type { Scaled } from "../../../../page/layout/grouping.ts";
import { AUTO } from "../../../../page/layout/panels.ts";
import { setAppearance } from "../../../../page/lazy/appearance.ts";
import { movePanel, setTitle, setY } from "../../../../page/lazy/dialogs/arrange.ts";
import { moveSeries, type Target } from "../../../../page/lazy/move-series.ts";
import { showOnly } from "../../../../page/lazy/show-only.ts";

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

class TestArrangement extends Arrangement {
  all: readonly Scaled[];

  constructor(all: readonly Scaled[] = ALL) {
    super();
    this.all = all;
    this.arrange(all);
  }

  get text(): string {
    return text(this.arrange(this.all));
  }

  with(name: string): ShownPanel {
    const panel = this.arrange(this.all).find(({ names }) => names.includes(name));
    assert.ok(panel, name);
    return panel;
  }

  id(name: string): string {
    return this.with(name).id;
  }

  move(name: string, target: Target, axis: Axis): void {
    moveSeries(this, name, target, axis);
  }

  movePanel(id: string, delta: number): void {
    movePanel(this, id, delta);
  }

  setY(id: string, axis: Axis, plan: YAxisPlan): void {
    setY(this, id, axis, plan);
  }
}

test("[PG12] panels are the same objects while nothing changes", () => {
  const arrangement = new TestArrangement();
  const panels = arrangement.arrange(ALL);
  assert.equal(text(panels), "a.x a.y | b.x b.y | c.x");
  assert.equal(arrangement.arrange(structuredClone(ALL)), panels);
  assert.equal(arrangement.arrange(ALL.map(({ name }) => ({ name, magnitude: 2 }))), panels);
  arrangement.toggle("a.x");
  assert.equal(arrangement.arrange(ALL), panels);
  const more = arrangement.arrange([...ALL, ...series("c.y", "d.x")]);
  assert.equal(text(more), "a.x a.y | b.x b.y | c.x c.y | d.x");
  assert.deepEqual([more[0] === panels[0], more[1] === panels[1]], [true, true]);
  assert.equal(more[2]?.id, panels[2]?.id);
  assert.equal(new Set(more.map(({ id }) => id)).size, 4);
});

test("[PG12] a panel that is divided keeps its id for the part with its first series", () => {
  const all = series("a.p", "a.q", "b.x");
  const arrangement = new TestArrangement(all);
  const id = arrangement.id("a.p");
  const [first, second] = arrangement.arrange(
    all.map((one) => (one.name === "a.q" ? { ...one, magnitude: 1e3 } : one)),
  );
  assert.deepEqual([first?.names, first?.id], [["a.p"], id]);
  assert.notEqual(second?.id, id);
});

test("[PG12] a series is moved into a panel and to an axis; an empty panel goes away", () => {
  const arrangement = new TestArrangement();
  const before = arrangement.arrange(ALL);
  arrangement.move("c.x", { kind: "into", id: arrangement.id("a.x") }, "right");
  assert.equal(arrangement.text, "a.x a.y >c.x | b.x b.y");
  assert.equal(arrangement.arrange(ALL)[1], before[1]);
  assert.equal(arrangement.id("a.x"), before[0]?.id);
  arrangement.move("c.x", { kind: "into", id: arrangement.id("a.x") }, "left");
  assert.equal(arrangement.text, "a.x a.y c.x | b.x b.y");
  arrangement.move("a.x", { kind: "end" }, "left");
  assert.equal(arrangement.text, "a.y c.x | b.x b.y | a.x");
  arrangement.move("b.y", { kind: "before", id: arrangement.id("a.y") }, "right");
  assert.equal(arrangement.text, ">b.y | a.y c.x | b.x | a.x");
  arrangement.move("c.x", { kind: "after", id: arrangement.id("a.y") }, "left");
  assert.equal(arrangement.text, ">b.y | a.y | c.x | b.x | a.x");
});

test("[PG62b] a series keeps its colour in another panel, unless another has it there", () => {
  const all = series("a.x", "a.y", "b.p", "c.q", "d.r", "e.s");
  const arrangement = new TestArrangement(all);
  const colour = (name: string): number => {
    const { names, slots } = arrangement.with(name);
    return slots[names.indexOf(name)] ?? Number.NaN;
  };
  for (const name of ["b.p", "c.q", "d.r", "e.s"]) {
    const own = colour(name);
    const taken = arrangement.with("a.x").names.map(colour);
    arrangement.move(name, { kind: "into", id: arrangement.id("a.x") }, "left");
    assert.equal(colour(name) === own, !taken.includes(own), name);
  }
  const together = arrangement.with("a.x").names.map(colour);
  assert.equal(new Set(together).size, 6);
});

test("[PG12] what changes nothing, or is unknown, leaves the panels automatic", () => {
  const arrangement = new TestArrangement();
  const { version } = arrangement;
  arrangement.move("a.x", { kind: "into", id: arrangement.id("a.x") }, "left");
  arrangement.move("a.x", { kind: "into", id: "none" }, "left");
  arrangement.move("a.x", { kind: "before", id: "none" }, "left");
  arrangement.move("none", { kind: "end" }, "left");
  arrangement.movePanel("none", 1);
  arrangement.movePanel(arrangement.id("a.x"), -1);
  arrangement.setY(arrangement.id("a.x"), "left", AUTO);
  for (const [min, max] of [
    [5, 5],
    [5, 0],
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
  ] as const) {
    arrangement.setY(arrangement.id("a.x"), "left", { mode: { kind: "fixed", min, max }, log: false });
  }
  assert.deepEqual([arrangement.isAutomatic, arrangement.version, arrangement.state.panels.length], [true, version, 0]);
});

test("[PG12] once something is moved, magnitudes change nothing, and only what is new is placed", () => {
  const arrangement = new TestArrangement();
  arrangement.move("c.x", { kind: "into", id: arrangement.id("b.x") }, "left");
  assert.equal(arrangement.isAutomatic, false);
  const panels = arrangement.arrange(ALL);
  assert.equal(arrangement.arrange(ALL.map(({ name }, i) => ({ name, magnitude: 10 ** (3 * i) }))), panels);
  const { version, state } = arrangement;
  arrangement.all = [...ALL, ...series("b.z", "c.y", "d.x", "d.y", "one")];
  assert.equal(arrangement.text, "a.x a.y | b.x b.y c.x b.z c.y | d.x d.y | one");
  assert.deepEqual([arrangement.version, arrangement.state], [version, state], "what came by itself is not remembered");
  arrangement.movePanel(arrangement.id("one"), -1);
  assert.equal(text(arrangement.state.panels), "a.x a.y | b.x b.y c.x b.z c.y | one | d.x d.y");
  arrangement.reset();
  assert.deepEqual(
    [arrangement.isAutomatic, arrangement.text],
    [true, "a.x a.y | b.x b.y b.z | c.x c.y | d.x d.y | one"],
  );
});

test("[PG12] panels move among those that are shown", () => {
  const arrangement = new TestArrangement();
  const panel = (...names: string[]): PanelState => ({ names, right: new Set(), left: AUTO, rightAxis: AUTO });
  arrangement.restore({ panels: [panel("c.x"), panel("gone"), panel("b.x", "b.y"), panel("a.x", "a.y")], hidden: [] });
  const c = arrangement.id("c.x");
  arrangement.movePanel(c, 1);
  assert.equal(arrangement.text, "b.x b.y | c.x | a.x a.y");
  arrangement.movePanel(c, 9);
  assert.equal(arrangement.text, "b.x b.y | a.x a.y | c.x");
  arrangement.movePanel(c, -2);
  assert.equal(arrangement.text, "c.x | b.x b.y | a.x a.y");
  assert.equal(arrangement.id("c.x"), c);
});

test("[PG12] the range of an axis is set, and freezes the panels", () => {
  const arrangement = new TestArrangement();
  const before = arrangement.arrange(ALL);
  arrangement.setY(arrangement.id("b.x"), "right", FIXED);
  assert.equal(arrangement.isAutomatic, false);
  assert.deepEqual([arrangement.with("b.x").rightAxis, arrangement.with("b.x").left], [FIXED, AUTO]);
  assert.equal(arrangement.arrange(ALL)[0], before[0]);
  arrangement.setY(arrangement.id("b.x"), "left", { ...AUTO, log: true });
  assert.deepEqual(arrangement.with("b.x").left, { mode: { kind: "auto" }, log: true });
});

test("[PG12] series are hidden alone or all but one, and stay in their panels", () => {
  const arrangement = new TestArrangement();
  const hidden = (): string[] => ALL.map(({ name }) => name).filter((name) => arrangement.isHidden(name));
  arrangement.toggle("c.x");
  showOnly(arrangement, "a.y");
  assert.deepEqual(hidden(), ["a.x", "c.x"]);
  showOnly(arrangement, "a.x");
  assert.deepEqual(hidden(), ["a.y", "c.x"]);
  showOnly(arrangement, "a.x");
  assert.deepEqual(hidden(), ["c.x"]);
  arrangement.toggle("c.x");
  arrangement.toggle("b.x");
  assert.deepEqual(arrangement.state.hidden, ["b.x"]);
  arrangement.hidden = [];
  assert.deepEqual(hidden(), []);
  assert.equal(arrangement.isAutomatic, true);
});

test("[PG12] names that the channel does not have are kept, and shown when they come", () => {
  const arrangement = new TestArrangement([]);
  const panels = [
    { names: ["gone.x"], right: new Set(["gone.x"]), left: FIXED, rightAxis: AUTO },
    { names: ["a.x", "later"], right: new Set(["later"]), left: AUTO, rightAxis: AUTO },
  ];
  arrangement.restore({ panels, hidden: ["later"] });
  assert.equal(arrangement.text, "");
  arrangement.all = ALL;
  assert.equal(arrangement.text, "a.x a.y | b.x b.y | c.x");
  assert.deepEqual(arrangement.state, { panels, hidden: ["later"] });
  arrangement.all = [...ALL, ...series("later", "gone.x", "gone.y")];
  assert.equal(arrangement.text, ">gone.x gone.y | a.x >later a.y | b.x b.y | c.x");
  assert.deepEqual(arrangement.with("gone.x").left, FIXED);
});

test("[PG12] series of long ago do not push those of today out of what is remembered", () => {
  const arrangement = new TestArrangement([]);
  const names = Array.from({ length: 256 }, (_, i) => `old${i}`);
  arrangement.restore({ panels: [{ names, right: new Set(), left: AUTO, rightAxis: AUTO }], hidden: [] });
  arrangement.all = series("a.x", "b.x", "old7");
  arrangement.move("b.x", { kind: "into", id: arrangement.id("a.x") }, "left");
  assert.equal(text(arrangement.state.panels), "old7 | a.x b.x");
});

test("[PG12] [PG13] whatever a person does, each series is in one panel, and a link shows the same", () => {
  const name = fc.constantFrom("a.x", "a.y", "b.x", "c [V]", "d [V]", "e");
  const all = fc.uniqueArray(fc.record({ name, magnitude: fc.constantFrom(0, 0.01, 1, 50, 1e4) }), {
    selector: (one) => one.name,
  });
  const axis = fc.constantFrom("left", "right");
  const act = fc.oneof(
    all.map((series) => (arrangement: TestArrangement): void => {
      arrangement.all = series;
    }),
    fc.tuple(name, fc.constantFrom("into", "before", "after", "end"), fc.nat(5), axis).map(([one, kind, at, side]) => {
      return (arrangement: TestArrangement): void => {
        const id = arrangement.arrange(arrangement.all)[at]?.id ?? "none";
        arrangement.move(one, kind === "end" ? { kind } : { kind, id }, side);
      };
    }),
    fc
      .tuple(fc.nat(5), fc.integer({ min: -3, max: 3 }), axis)
      .map(([at, delta, side]) => (arrangement: TestArrangement): void => {
        const id = arrangement.arrange(arrangement.all)[at]?.id ?? "none";
        if (delta === 0) arrangement.setY(id, side, FIXED);
        else arrangement.movePanel(id, delta);
      }),
    name.map((one) => (arrangement: TestArrangement) => arrangement.toggle(one)),
    name.map((one) => (arrangement: TestArrangement) => showOnly(arrangement, one)),
    fc.constant((arrangement: TestArrangement) => arrangement.reset()),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40, size: "max" }), (acts) => {
      const arrangement = new TestArrangement();
      for (const one of acts) {
        const { version, state } = arrangement;
        one(arrangement);
        const panels = arrangement.arrange(arrangement.all);
        assert.equal(arrangement.arrange(arrangement.all), panels);
        const names = panels.flatMap((panel) => panel.names);
        const left = arrangement.all.map((series) => series.name).filter((one) => !names.includes(one));
        assert.equal(new Set(names).size, names.length);
        assert.ok(
          left.every((one) => arrangement.isHidden(one)),
          "only panels of what is hidden are not shown",
        );
        assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
        assert.ok(panels.every((panel) => panel.names.length > 0 && [...panel.right].every((n) => names.includes(n))));
        if (arrangement.version === version) assert.deepEqual(arrangement.state, state);
        const other = new TestArrangement(arrangement.all);
        other.restore(parseAddress(formatAddress(arrangement.state)));
        assert.deepEqual(other.state.hidden, arrangement.state.hidden);
        assert.equal(text(other.state.panels), text(arrangement.state.panels));
      }
    }),
  );
});

test("[PG61a] what has nothing in view leaves its panel and takes it along, and comes back to the same place and colours", () => {
  const arrangement = new TestArrangement();
  const before = arrangement.arrange(ALL);
  const slots = before.map(({ slots }) => slots);
  const without = (...names: string[]) => ALL.map((one) => ({ ...one, isAbsent: names.includes(one.name) }));
  assert.equal(text(arrangement.arrange(without("b.x", "b.y", "a.x"))), "a.y | c.x");
  assert.deepEqual([arrangement.shown[0]?.id, arrangement.shown[0]?.slots], [before[0]?.id, slots[0]?.slice(1)]);
  assert.equal(arrangement.isAutomatic, true);
  const again = arrangement.arrange(without());
  assert.equal(text(again), "a.x a.y | b.x b.y | c.x");
  assert.deepEqual(
    again.map(({ id, slots }) => ({ id, slots })),
    before.map(({ id, slots }) => ({ id, slots })),
  );
  // A person's panels do the same.
  arrangement.all = ALL;
  arrangement.move("c.x", { kind: "before", id: arrangement.id("a.x") }, "left");
  assert.equal(text(arrangement.arrange(without("c.x", "b.x"))), "a.x a.y | b.y");
  assert.equal(text(arrangement.arrange(ALL)), "c.x | a.x a.y | b.x b.y");
});

test("[PG61b] a panel of which all is hidden goes, and comes back with any of it", () => {
  const arrangement = new TestArrangement();
  arrangement.toggle("c.x");
  assert.equal(arrangement.text, "a.x a.y | b.x b.y");
  arrangement.toggle("a.x");
  assert.equal(arrangement.text, "a.x a.y | b.x b.y", "its entry in the legend shows it again");
  arrangement.toggle("a.y");
  assert.equal(arrangement.text, "b.x b.y");
  arrangement.toggle("a.x");
  arrangement.toggle("c.x");
  assert.equal(arrangement.text, "a.x a.y | b.x b.y | c.x");
});

test("[PG61d] what is removed is in no panel, also later, is remembered and in the URL, and can be brought back", () => {
  const arrangement = new TestArrangement();
  arrangement.removed = ["a.x", "c.x"];
  assert.equal(arrangement.text, "a.y | b.x b.y");
  assert.deepEqual([arrangement.hidden, arrangement.removed], [[], ["a.x", "c.x"]]);
  assert.ok(arrangement.isHidden("c.x"), "nothing follows it");
  assert.equal(formatAddress(arrangement.state), "#remove=a.x,c.x");
  const other = new TestArrangement();
  other.restore(parseAddress(formatAddress(arrangement.state)));
  assert.equal(other.text, "a.y | b.x b.y");
  other.removed = ["c.x"];
  assert.equal(other.text, "a.x a.y | b.x b.y");
  other.removed = [];
  assert.deepEqual([other.text, formatAddress(other.state)], ["a.x a.y | b.x b.y | c.x", ""]);
});

test("[PG60e] what the owner stored is seen by everybody who has nothing of their own, and is nobody's own", () => {
  const shared = parseAddress("panel=b.x,c.x&panel=a.y,a.x&hide=b.y");
  const arrangement = new TestArrangement();
  const { version } = arrangement;
  arrangement.shared = shared;
  assert.equal(arrangement.text, "b.x c.x b.y | a.y a.x");
  assert.deepEqual([arrangement.hidden, formatAddress(arrangement.state)], [["b.y"], ""]);
  assert.deepEqual([arrangement.version, arrangement.isAutomatic], [version, true], "nothing to be remembered");
  arrangement.shared = { panels: [], hidden: [] };
  assert.equal(arrangement.text, "a.x a.y | b.x b.y | c.x");

  arrangement.shared = shared;
  arrangement.toggle("b.y");
  arrangement.shared = shared;
  assert.deepEqual(arrangement.hidden, [], "a person shows what the owner hides, whatever comes from the channel then");
  arrangement.move("a.x", { kind: "end" }, "left");
  assert.equal(arrangement.text, "b.x c.x b.y | a.y | a.x");
  const own = arrangement.state;
  arrangement.shared = parseAddress("panel=a.x,b.x,c.x");
  assert.equal(arrangement.text, "b.x c.x b.y | a.y | a.x", "a person's own stays");
  const later = new TestArrangement();
  later.restore(own);
  later.shared = shared;
  assert.equal(later.text, "b.x c.x b.y | a.y | a.x", "also when the page is opened again");
  arrangement.reset();
  assert.equal(arrangement.text, "a.x b.x c.x a.y b.y");
  assert.equal(arrangement.isAutomatic, true);
});

test("[PG90f] how a series looks is the owner's, and before that a person's own, series by series", () => {
  const arrangement = new TestArrangement();
  arrangement.shared = parseAddress("style=a.x:colour=1&style=a.y:width=3");
  const looks = (): string => JSON.stringify([...arrangement.styles]);
  assert.equal(looks(), '[["a.x","colour=1"],["a.y","width=3"]]');
  assert.equal(formatAddress(arrangement.state), "", "the owner's is nobody's own");
  const { styles, version } = arrangement;
  arrangement.arrange(series("a.x", "a.y", "new"));
  assert.equal(arrangement.styles, styles, "the same while nothing changes");

  setAppearance(arrangement, "a.x", { label: "Mine" });
  setAppearance(arrangement, "b.x", { points: "only" });
  assert.notEqual(arrangement.version, version);
  assert.equal(looks(), '[["a.x","label=Mine"],["a.y","width=3"],["b.x","points=only"]]');
  assert.equal(formatAddress(arrangement.state), "#style=a.x:label=Mine&style=b.x:points=only");
  const later = new TestArrangement();
  later.restore(parseAddress(formatAddress(arrangement.state)));
  later.shared = parseAddress("style=a.x:colour=1&style=a.y:width=3");
  assert.deepEqual(new Map(later.styles), new Map(arrangement.styles), "also when the page is opened again");

  arrangement.move("a.x", { kind: "end" }, "left");
  arrangement.reset();
  assert.ok(looks().includes("Mine"), "it stays where panels are arranged automatically");
  setAppearance(arrangement, "a.x", undefined);
  assert.equal(looks(), '[["a.x","colour=1"],["a.y","width=3"],["b.x","points=only"]]', "as everybody sees it");

  setAppearance(arrangement, "a.y", {});
  setAppearance(arrangement, "b.x", {});
  assert.equal(looks(), '[["a.x","colour=1"],["a.y",""]]', "as the page has it, though the owner wants it otherwise");
  assert.equal(formatAddress(arrangement.state), "#style=a.y:");
  later.restore(parseAddress("#style=a.y:"));
  assert.equal(later.styles.get("a.y"), "");
  setAppearance(arrangement, "a.y", { widthPx: 3 });
  assert.equal(formatAddress(arrangement.state), "", "what the owner wants is no wish of a person's own");
});

test("[PG90g] a panel's title is set, kept with it and in the URL, and taken away", () => {
  const arrangement = new TestArrangement();
  setTitle(arrangement, arrangement.id("b.x"), "Boiler; 2 & 3");
  assert.equal(arrangement.with("b.x").title, "Boiler; 2 & 3");
  const fragment = formatAddress(arrangement.state);
  assert.match(fragment, /panel=b\.x,b\.y;title=Boiler%3B%202%20%26%203(&|$)/);
  const later = new TestArrangement();
  later.restore(parseAddress(fragment));
  assert.equal(later.with("b.y").title, "Boiler; 2 & 3");
  arrangement.move("b.y", { kind: "into", id: arrangement.id("a.x") }, "left");
  assert.deepEqual([arrangement.with("b.x").title, arrangement.with("b.y").title], ["Boiler; 2 & 3", undefined]);
  setTitle(arrangement, arrangement.id("b.x"), "");
  assert.equal("title" in arrangement.with("b.x"), false);
});

test("[PG84a] a filter leaves series out, and is not remembered", () => {
  const arrangement = new TestArrangement();
  const { state, version } = arrangement;
  arrangement.filter = (name) => !name.endsWith("y");
  assert.equal(arrangement.text, "a.y | b.y");
  assert.equal(
    arrangement.arrange([...ALL, ...series("new.y", "new.z")]).length,
    3,
    "what comes later is filtered, too",
  );
  assert.deepEqual([arrangement.state, arrangement.version, arrangement.isHidden("a.x")], [state, version, false]);
  arrangement.filter = () => false;
  assert.equal(arrangement.text, "a.x a.y | b.x b.y | c.x");
});

test("[PG22i] a derived series that is called by a word has a panel of its own, one with a parent or a unit stands with those", () => {
  const arrangement = new TestArrangement(series("pressure", "load", "diff", "a.x", "a.sum", "p [W]", "total [W]"));
  arrangement.derived = ["diff", "a.sum", "total [W]"].map((name) => ({ name, expression: "load" }));
  assert.equal(arrangement.text, "pressure load | diff | a.x a.sum | p [W] total [W]");
});

/** A storage in memory. */
class Persistence implements TextStorage {
  texts = new Map<string, string>();
  getItem = (key: string): string | null => this.texts.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.texts.set(key, value);
  removeItem = (key: string): void => void this.texts.delete(key);
}

test("[PG13] an arrangement is remembered for its channel, and forgotten when nothing is left of it", () => {
  const memory = new Persistence();
  const remembered = new ArrangementStorage(() => memory, "lab/one");
  const arrangement = new TestArrangement();
  arrangement.move("c.x", { kind: "into", id: arrangement.id("a.x") }, "right");
  arrangement.toggle("b.x");
  remembered.save(arrangement.state);
  assert.deepEqual([...memory.texts], [["plotcast:lab/one", "panel=a.x,a.y,:c.x&panel=b.x,b.y&hide=b.x"]]);
  const other = new TestArrangement();
  other.restore(remembered.load());
  assert.equal(other.text, arrangement.text);
  assert.equal(other.isHidden("b.x"), true);
  arrangement.reset();
  arrangement.hidden = [];
  remembered.save(arrangement.state);
  assert.equal(memory.texts.size, 0);
});

test("[PG13] a storage that refuses is as good as none", () => {
  const refuse = (): never => {
    throw new Error("QuotaExceededError");
  };
  const refusing = { getItem: refuse, setItem: refuse, removeItem: refuse };
  for (const remembered of [new ArrangementStorage(refuse, "main"), new ArrangementStorage(() => refusing, "main")]) {
    remembered.save({ panels: [], hidden: ["a"] });
    remembered.save({ panels: [], hidden: [] });
    assert.deepEqual(remembered.load(), { panels: [], hidden: [] });
  }
});

test("[PG13] the URL wins as a whole over what is remembered, if it says anything of panels", () => {
  const arrangement = new TestArrangement();
  arrangement.setY(arrangement.id("a.x"), "left", FIXED);
  const remembered = arrangement.state;
  assert.deepEqual(effectiveArrangement({ panels: [], hidden: [] }, remembered), remembered);
  assert.deepEqual(effectiveArrangement({ panels: [], hidden: ["a"] }, remembered), { panels: [], hidden: ["a"] });
  assert.deepEqual(effectiveArrangement({ panels: [], hidden: [], derived: DERIVED }, remembered).panels, []);
});

test("[PG22] what is derived is remembered, and stays when panels are arranged automatically", () => {
  const memory = new Persistence();
  const remembered = new ArrangementStorage(() => memory, "main");
  const arrangement = new TestArrangement();
  const { version } = arrangement;
  arrangement.derived = DERIVED;
  assert.equal(arrangement.derived, DERIVED);
  assert.notEqual(arrangement.version, version);
  assert.equal(arrangement.isAutomatic, true);
  arrangement.setY(arrangement.id("a.x"), "left", FIXED);
  arrangement.reset();
  assert.deepEqual(arrangement.state, { panels: [], hidden: [], derived: DERIVED });
  remembered.save(arrangement.state);
  assert.deepEqual(effectiveArrangement({ panels: [], hidden: [] }, remembered.load()), arrangement.state);
  arrangement.derived = [];
  remembered.save(arrangement.state);
  assert.equal(memory.texts.size, 0);
});

test("[PG21] the lines of an axis are set, kept with its range, and taken away", () => {
  const arrangement = new TestArrangement();
  arrangement.setY(arrangement.id("b.x"), "left", { ...FIXED, thresholds: [80, 95.5] });
  assert.deepEqual(arrangement.with("b.x").left, { ...FIXED, thresholds: [80, 95.5] });
  arrangement.move("c.x", { kind: "into", id: arrangement.id("b.x") }, "left");
  assert.deepEqual(arrangement.with("c.x").left.thresholds, [80, 95.5]);
  arrangement.setY(arrangement.id("b.x"), "left", FIXED);
  assert.deepEqual(arrangement.with("b.x").left, FIXED);
});
