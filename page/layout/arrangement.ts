import type { Derivation } from "../data/derivation.ts";
import { type Cluster, type KeyOf, keyOf, regroup, type Scaled } from "./grouping.ts";
import {
  type Axis,
  type PanelPlan,
  type PanelState,
  panelOf,
  present,
  settled,
  withName,
  without,
  type YChoices,
} from "./panels.ts";

export type { Axis, PanelPlan, PanelState, YAxisPlan, YChoices, YMode } from "./panels.ts";

/** What is worth remembering of an arrangement; no panels: they are made automatically. */
export interface ArrangementState {
  readonly panels: readonly PanelState[];
  readonly hidden: readonly string[];
  /** Never none. */
  readonly derived?: readonly Derivation[];
  /** Never none of both. */
  readonly y?: YChoices;
}

/** Where a series goes: into a panel, or into a new one beside a panel or after all others. */
export type Target = { readonly kind: "into" | "before" | "after"; readonly id: string } | { readonly kind: "end" };

/** Series that one arrangement remembers, and that one channel shows. */
export const MAX_NAMES = 256;

/** Which series is in which panel: automatic until a person moves something, and fixed from then on. */
export class Arrangement {
  #seen: Scaled[] = [];
  #clusters: readonly Cluster[] = [];
  /** Of a person, with the series that came later; names that the channel does not have may yet come. */
  #explicit: readonly PanelPlan[] | undefined;
  /** The same as it was when the person last moved something: what only came later is not remembered. */
  #moved: readonly PanelState[] = [];
  #shown: readonly PanelPlan[] = [];
  #hidden = new Set<string>();
  #derived: readonly Derivation[] = [];
  #y: YChoices | undefined;
  #lastId = 0;
  #version = 0;
  readonly #keyOf: KeyOf;

  /** @param sharesOnePanel whether all series of a kind share a panel, whatever they are called */
  constructor(sharesOnePanel: (kind: string) => boolean = () => false) {
    this.#keyOf = (series) => keyOf(series, sharesOnePanel);
  }

  /** Changes with whatever a person changes, and not with the data. */
  get version(): number {
    return this.#version;
  }

  get isAutomatic(): boolean {
    return this.#explicit === undefined;
  }

  get state(): ArrangementState {
    const derived = this.#derived;
    const hidden = [...this.#hidden].slice(-MAX_NAMES);
    return {
      panels: this.#moved,
      hidden,
      ...(derived.length === 0 ? {} : { derived }),
      ...(this.#y && { y: this.#y }),
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

  /** The derived series: the same array until a person changes it. */
  get derived(): readonly Derivation[] {
    return this.#derived;
  }

  set derived(derived: readonly Derivation[]) {
    this.#derived = derived;
    this.#version++;
  }

  /**
   * The panels to be shown. While nothing changes it is the same array, and a panel that has not changed the same object.
   * @param series all of the channel, in the order of first appearance
   */
  panels(series: Iterable<Scaled>): readonly PanelPlan[] {
    if (this.#notices(series)) this.#build();
    return this.#shown;
  }

  /** Moves a series to an axis of a panel; a panel that becomes empty goes away. */
  move(name: string, target: Target, axis: Axis): void {
    const panels = this.#all;
    const from = panels.find(({ names }) => names.includes(name));
    if (from === undefined) return;
    if (target.kind === "into") {
      if (target.id === from.id && from.right.has(name) === (axis === "right")) return;
      if (!panels.some(({ id }) => id === target.id)) return;
      this.#commit(
        panels.map((panel) => (panel.id === target.id ? withName(panel, name, axis) : without(panel, name))),
      );
      return;
    }
    const at = target.kind === "end" ? panels.length : panels.findIndex(({ id }) => id === target.id);
    if (at < 0) return;
    const rest = panels.map((panel) => without(panel, name));
    rest.splice(target.kind === "after" ? at + 1 : at, 0, withName(this.#newPanel([]), name, axis));
    this.#commit(rest);
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
    return this.#hidden.has(name);
  }

  /** Hides or shows a series. */
  toggle(name: string): void {
    if (!this.#hidden.delete(name)) this.#hidden.add(name);
    this.#version++;
  }

  /** Shows only this series of its panel; if that is so already, all of the panel. */
  showOnly(name: string): void {
    const panel = this.#shown.find(({ names }) => names.includes(name));
    if (panel === undefined) return;
    const others = panel.names.filter((other) => other !== name);
    const isOnly = !this.#hidden.has(name) && others.every((other) => this.#hidden.has(other));
    this.#hidden.delete(name);
    for (const other of others) {
      if (isOnly) this.#hidden.delete(other);
      else this.#hidden.add(other);
    }
    this.#version++;
  }

  /** Hides nothing any more. */
  showAll(): void {
    this.#hidden.clear();
    this.#version++;
  }

  /** Back to automatic panels; what is hidden stays so. */
  reset(): void {
    this.restore({ panels: [], hidden: [...this.#hidden], derived: this.#derived });
  }

  /** Takes a remembered state in place of the present one. */
  restore({ panels, hidden, derived = [], y }: ArrangementState): void {
    this.#derived = derived;
    this.#y = y;
    this.#hidden = new Set(hidden);
    this.#clusters = [];
    this.#moved = panels;
    this.#explicit = panels.length === 0 ? undefined : this.#identified(panels);
    this.#version++;
    this.#build();
  }

  get #all(): readonly PanelPlan[] {
    return this.#explicit ?? this.#shown;
  }

  #commit(panels: readonly PanelPlan[]): void {
    const size = panels.reduce((sum, { names }) => sum + names.length, 0);
    // Series that no longer exist must not push current ones out of what is remembered.
    const kept = size > MAX_NAMES ? present(panels, this.#seen) : panels;
    this.#explicit = kept.filter(({ names }) => names.length > 0);
    this.#moved = this.#explicit;
    this.#version++;
    this.#build();
  }

  #notices(series: Iterable<Scaled>): boolean {
    let count = 0;
    let isChanged = false;
    for (const { name, magnitude, kind } of series) {
      const seen = this.#seen[count];
      if (seen?.name !== name || !Object.is(seen.magnitude, magnitude) || seen.kind !== kind) {
        this.#seen[count] = kind === undefined ? { name, magnitude } : { name, magnitude, kind };
        // A person's panels do not depend on how large something is.
        isChanged ||= this.isAutomatic || seen?.name !== name;
      }
      count++;
    }
    if (count === this.#seen.length) return isChanged;
    this.#seen.length = count;
    return true;
  }

  #build(): void {
    if (this.#explicit !== undefined) {
      this.#explicit = this.#withNewcomers(this.#explicit);
      this.#shown = settled(this.#shown, present(this.#explicit, this.#seen));
      return;
    }
    const clusters = regroup(this.#clusters, this.#seen, this.#keyOf);
    if (clusters === this.#clusters && clusters.length > 0) return;
    this.#clusters = clusters;
    this.#shown = settled(this.#shown, this.#identified(clusters.map(panelOf)));
  }

  /** Series that no panel has join one that has their kind, else they have a new one at the end. */
  #withNewcomers(panels: readonly PanelPlan[]): readonly PanelPlan[] {
    const placed = new Set(panels.flatMap(({ names }) => names));
    const newcomers = this.#seen.filter(({ name }) => !placed.has(name));
    const keys = new Map(this.#seen.map((one) => [one.name, this.#keyOf(one)]));
    if (newcomers.length === 0) return panels;
    const all = [...panels];
    const homes = new Map<string, number>();
    for (const [at, { names }] of all.entries()) {
      for (const name of names) {
        const key = keys.get(name) ?? this.#keyOf({ name, magnitude: 0 });
        if (!homes.has(key)) homes.set(key, at);
      }
    }
    for (const { name } of newcomers) {
      const key = keys.get(name) ?? "";
      const at = homes.get(key) ?? all.length;
      homes.set(key, at);
      const home = all[at];
      all[at] = home === undefined ? this.#newPanel([name]) : withName(home, name, "left");
    }
    return all;
  }

  /** Gives each panel the id of one that is shown and shares a series with it, as far as there is one. */
  #identified(panels: readonly PanelState[]): readonly PanelPlan[] {
    const free = new Map(this.#shown.flatMap(({ id, names }) => names.map((name) => [name, id] as const)));
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
