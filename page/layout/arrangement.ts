import type { Derivation } from "../data/derivation.ts";
import { colourOf, slotsOf } from "./colours.ts";
import { type Cluster, clustersOf, type KeyOf, keyOf, type Scaled } from "./grouping.ts";
import {
  type PanelPlan,
  type PanelState,
  panelOf,
  type SeriesStyles,
  type ShownPanel,
  settled,
  shownOf,
  withName,
  type YChoices,
} from "./panels.ts";

export type { Axis, PanelPlan, PanelState, ShownPanel, YAxisPlan, YChoices, YMode } from "./panels.ts";

/** What is worth remembering of an arrangement; no panels: they are made automatically. */
export interface ArrangementState {
  readonly panels: readonly PanelState[];
  readonly hidden: readonly string[];
  /** Never none. */
  readonly derived?: readonly Derivation[];
  /** Never none of both. */
  readonly y?: YChoices;
  /** Series that a person wants to see no more; never none. */
  readonly removed?: readonly string[];
  /** Never none. */
  readonly styles?: SeriesStyles;
}

/** Series that one arrangement remembers, and that one channel shows. */
export const MAX_NAMES = 256;

const NOTHING: ArrangementState = { panels: [], hidden: [] };
/** The same array, so that nothing is derived anew. */
const NO_DERIVED: readonly Derivation[] = [];

/**
 * Which series is in which panel: as the channel's owner wants it, else automatically, until a person moves something. From
 * then on it is this person's.
 */
export class Arrangement {
  /** The panel of this series stays, though it is hidden, from the next change on: it is under the hand, and another would come to be there. */
  staying: string | undefined;
  #seen: readonly Scaled[] = [];
  /** The same as text. */
  #key = "";
  /** Of a person or the owner, with the series that came later; names that the channel does not have may yet come. */
  #explicit: readonly PanelPlan[] | undefined;
  /** The same as it was when somebody last moved something: what only came later is not remembered. */
  #moved: readonly PanelState[] = NOTHING.panels;
  /** What the owner of the channel wants everybody to see. */
  #shared = NOTHING;
  /** What is hidden, derived or removed is a person's own, not the owner's. */
  #isOwn = false;
  /** All panels, those of which nothing is there, too. */
  #all: readonly PanelPlan[] = [];
  #shown: readonly ShownPanel[] = [];
  #hidden = new Set<string>();
  #removed = new Set<string>();
  #derived = NO_DERIVED;
  #y: YChoices | undefined;
  /** What is a person's own of the styles. */
  #ownStyles: SeriesStyles = new Map();
  #styles = this.#ownStyles;
  #leavesOut = (_name: string): boolean => false;
  /** The colours of the series, which go with them into any panel. */
  #colours = new Map<string, number>();
  #lastId = 0;
  #version = 0;
  readonly #keyOf: KeyOf;

  /** @param sharesOnePanel whether all series of a kind share a panel, whatever they are called */
  constructor(sharesOnePanel: (kind: string) => boolean = () => false) {
    // A derived one that is called by a word alone has nothing in common with others of a word.
    this.#keyOf = (series) => {
      const key = keyOf(series, sharesOnePanel);
      return key === "/" && this.#derived.some(({ name }) => name === series.name) ? series.name : key;
    };
  }

  /** Changes with whatever a person changes, and not with the data. */
  get version(): number {
    return this.#version;
  }

  /** The panels are no person's own. */
  get isAutomatic(): boolean {
    return this.#moved === this.#shared.panels;
  }

  /** What is a person's own of it. */
  get state(): ArrangementState {
    const panels = this.isAutomatic ? NOTHING.panels : this.#moved;
    const looks = {
      ...(this.#y && { y: this.#y }),
      ...(this.#ownStyles.size === 0 ? {} : { styles: this.#ownStyles }),
    };
    if (!this.#isOwn) return { panels, hidden: [], ...looks };
    const derived = this.#derived;
    const removed = this.removed.slice(-MAX_NAMES);
    return {
      panels,
      hidden: this.hidden.slice(-MAX_NAMES),
      ...(derived.length === 0 ? {} : { derived }),
      ...(removed.length === 0 ? {} : { removed }),
      ...looks,
    };
  }

  /** Undefined: all panels show y by themselves. */
  get y(): YChoices | undefined {
    return this.#y;
  }

  set y(y: YChoices | undefined) {
    this.#y = y;
    this.#version++;
  }

  /** The owner's, and before them a person's own: the same map until one of them changes. */
  get styles(): SeriesStyles {
    return this.#styles;
  }

  /** What everybody sees who has none of their own. */
  get sharedStyles(): SeriesStyles | undefined {
    return this.#shared.styles;
  }

  /** What is a person's own of it. */
  set ownStyles(own: SeriesStyles) {
    this.#takeStyles(own);
    this.#version++;
  }

  get ownStyles(): SeriesStyles {
    return this.#ownStyles;
  }

  /** Leaves series out for now, as a filter does: nothing of that is remembered. */
  set filter(leavesOut: (name: string) => boolean) {
    this.#leavesOut = leavesOut;
    this.#build();
  }

  /** The derived series: the same array until a person changes it. */
  get derived(): readonly Derivation[] {
    return this.#derived;
  }

  set derived(derived: readonly Derivation[]) {
    this.#derived = derived;
    this.#changed();
  }

  /** What the channel's owner wants everybody to see; what is a person's own goes first. */
  set shared(shared: ArrangementState) {
    const { state } = this;
    this.#shared = shared;
    this.#take(state, this.#isOwn);
  }

  /** All panels, those of which nothing is shown, too. */
  get plans(): readonly PanelPlan[] {
    return this.#all;
  }

  /** The panels that are shown. While nothing changes it is the same array, and a panel that has not changed the same object. */
  get shown(): readonly ShownPanel[] {
    return this.#shown;
  }

  get hidden(): readonly string[] {
    return [...this.#hidden];
  }

  set hidden(names: readonly string[]) {
    this.#hidden = new Set(names);
    this.#changed();
  }

  /** The series that a person wants to see no more, also what comes of them later. */
  get removed(): readonly string[] {
    return [...this.#removed];
  }

  set removed(names: readonly string[]) {
    this.#removed = new Set(names);
    this.#changed();
  }

  /**
   * Brings the panels up to date with the series.
   * @param series all of the channel, in its order
   * @returns what is shown
   */
  arrange(series: readonly Scaled[]): readonly ShownPanel[] {
    const key = JSON.stringify(series);
    if (key !== this.#key) {
      this.#key = key;
      this.#seen = series;
      this.#build();
    }
    return this.#shown;
  }

  /**
   * A person changes the panels.
   * @param change of all panels, those without a series that is here too, and of those that are shown; undefined: nothing
   */
  edit(change: (panels: readonly PanelPlan[], shown: readonly PanelPlan[]) => readonly PanelPlan[] | undefined): void {
    const next = change(this.#all, this.#shown);
    if (next !== undefined) this.#commit(next);
  }

  isHidden(name: string): boolean {
    return this.#hidden.has(name) || this.#removed.has(name);
  }

  /** Hides or shows a series. */
  toggle(name: string): void {
    if (!this.#hidden.delete(name)) this.#hidden.add(name);
    this.#changed();
  }

  /** Back to the panels that everybody sees; what is hidden, derived or removed stays so. */
  reset(): void {
    const { y: _, ...state } = this.state;
    this.#take({ ...state, panels: [] }, this.#isOwn);
    this.#version++;
  }

  /** Takes a remembered state in place of the present one. */
  restore(state: ArrangementState): void {
    const { hidden, derived, removed } = state;
    this.#take(state, hidden.length > 0 || derived !== undefined || removed !== undefined);
    this.#version++;
  }

  /** @param isOwn what it hides, derives and removes is a person's own, else the owner's counts */
  #take(state: ArrangementState, isOwn: boolean): void {
    this.#isOwn = isOwn;
    this.#y = state.y;
    this.#takeStyles(state.styles);
    const { hidden, derived = NO_DERIVED, removed } = isOwn ? state : this.#shared;
    this.#hidden = new Set(hidden);
    this.#removed = new Set(removed);
    this.#derived = derived;
    this.#moved = state.panels.length > 0 ? state.panels : this.#shared.panels;
    this.#explicit = this.#moved.length === 0 ? undefined : this.#identified(this.#moved);
    this.#build();
  }

  #takeStyles(own: SeriesStyles = new Map()): void {
    this.#ownStyles = own;
    this.#styles = new Map([...(this.#shared.styles ?? []), ...own]);
  }

  /** A person changed what is hidden, derived or removed. */
  #changed(): void {
    this.#isOwn = true;
    this.#version++;
    this.#build();
  }

  #commit(panels: readonly PanelPlan[]): void {
    const size = panels.reduce((sum, { names }) => sum + names.length, 0);
    const there = new Set(this.#there.map(({ name }) => name));
    // Series that no longer exist must not push current ones out of what is remembered.
    const kept =
      size <= MAX_NAMES
        ? panels
        : panels.map((panel) => ({ ...panel, names: panel.names.filter((name) => there.has(name)) }));
    this.#explicit = kept.filter(({ names }) => names.length > 0);
    this.#moved = this.#explicit;
    this.#version++;
    this.#build();
  }

  get #there(): Scaled[] {
    return this.#seen.filter(({ name, isAbsent }) => isAbsent !== true && !this.#removed.has(name));
  }

  #build(): void {
    const clusters = clustersOf(this.#seen, this.#keyOf);
    this.#colours = new Map(
      clusters.flatMap((names) => slotsOf(names, colourOf).map((slot, i) => [names[i] ?? "", slot])),
    );
    this.#explicit &&= this.#withNewcomers(this.#explicit, clusters);
    this.#all = settled(this.#all, this.#explicit ?? this.#identified(clusters.map(panelOf)));
    const there = new Set(this.#there.map(({ name }) => name));
    const next = shownOf(
      this.#all,
      (name) => there.has(name) && !this.#leavesOut(name),
      (name) => this.#hidden.has(name) && name !== this.staying,
      (name) => this.#colours.get(name) ?? colourOf(name),
    );
    this.#shown = settled(this.#shown, next);
  }

  /** Series that no panel has join those that they would automatically share one with, else they have a new one at the end. */
  #withNewcomers(panels: readonly PanelPlan[], clusters: readonly Cluster[]): readonly PanelPlan[] {
    const all = [...panels];
    const homes = new Map(panels.flatMap(({ names }, at) => names.map((name) => [name, at] as const)));
    for (const names of clusters) {
      let at = names.map((name) => homes.get(name)).find((home) => home !== undefined);
      for (const name of names) {
        if (homes.has(name)) continue;
        at ??= all.length;
        const home = all[at];
        all[at] = home === undefined ? this.#newPanel([name]) : withName(home, name, "left");
      }
    }
    return all;
  }

  /** Gives each panel the id of one that is shown and shares a series with it, as far as there is one. */
  #identified(panels: readonly PanelState[]): readonly PanelPlan[] {
    const free = new Map(this.#all.flatMap(({ id, names }) => names.map((name) => [name, id] as const)));
    const taken = new Set<string>();
    return panels.map((panel) => {
      const heritage = panel.names.map((name) => free.get(name)).find((id) => id !== undefined && !taken.has(id));
      const id = heritage ?? this.#newId();
      taken.add(id);
      return { ...panel, id };
    });
  }

  #newPanel(names: readonly string[]): PanelPlan {
    return { ...panelOf(names), id: this.#newId() };
  }

  #newId(): string {
    return `p${++this.#lastId}`;
  }
}
