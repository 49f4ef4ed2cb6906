import type { Range } from "../../data/segment.ts";
import type { Axis, PanelPlan, ShownPanel, YAxisPlan, YMode } from "../../layout/arrangement.ts";
import { isRange, MAX_THRESHOLDS, namesOn } from "../../layout/panels.ts";
import { fromAxis } from "../../render/y-axis.ts";
import { button, make, setText } from "../../ui/dom.ts";
import type { Context } from "../module.ts";
import { NO_UNIT, unitOn } from "../pointing/shared-y.ts";
import { tidyRange } from "../pointing/tidy-range.ts";
import { withShared, withZoom } from "../pointing/y-choices.ts";
import { movePanel, setTitle, setY } from "./arrange.ts";
import { openDialog } from "./dialog.ts";
import { numberField, textField } from "./fields.ts";
import { seriesFields } from "./panel-series.ts";
import { numberIn, tidyText } from "./typed-text.ts";

const NOT_BELOW = "“From” must be a number below “To”.";
const NOT_ABOVE_0 = "A logarithmic axis must begin above 0.";
const NO_LINES = "Threshold lines must be numbers, separated by commas or spaces.";
const TOO_MANY_LINES = `A panel has at most ${MAX_THRESHOLDS} lines.`;
const MAX_TITLE = 256;
const RESET = "Arrange all panels automatically";

/**
 * Opens the settings of a panel: its title, its y axes, its place, where its series stand and how they look.
 * @param series how this one looks is shown at once
 */
export function openPanelSettings(
  context: Context,
  id: string,
  opener?: HTMLElement,
  series?: string,
): HTMLDialogElement | undefined {
  const styled = new Set(series === undefined ? [] : [series]);
  const body = make("div", "lazy-body");
  // It outlives each rendering: a person may be typing.
  const filter = textField("filter", "Filter");
  filter.input.type = "search";
  filter.input.placeholder = "Part of a name";
  const render = (): void => {
    const plan = planOf(context, id);
    if (plan === undefined) return dialog.close();
    const focus = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
    const hasRight = plan.names.some((name) => plan.right.has(name));
    body.replaceChildren(
      titleField(context, plan, changed),
      axisFields(context, plan, "left", hasRight ? "Left axis" : "Y axis", changed),
      ...(hasRight ? [axisFields(context, plan, "right", "Right axis", changed)] : []),
      seriesFields(context, plan, filter, styled, render),
      placeFields(context, plan, render),
    );
    if (focus === undefined) return;
    // The pressed control is a new element now, or went with its series.
    const again = body.querySelector<HTMLElement>(`[data-key="${CSS.escape(focus)}"]`);
    (again ?? body.querySelector("select"))?.focus();
  };
  const changed = (): void => {
    context.layoutChanged();
    showReset(context, body);
  };
  if (planOf(context, id) === undefined) return undefined;
  const dialog = openDialog("Panel", opener, body);
  render();
  if (series !== undefined) body.querySelector<HTMLElement>(`[data-key="${CSS.escape(`label ${series}`)}"]`)?.focus();
  return dialog;
}

function planOf({ arrangement }: Context, id: string): ShownPanel | undefined {
  return arrangement.shown.find((plan) => plan.id === id);
}

function titleField({ arrangement }: Context, { id, title }: PanelPlan, changed: () => void): HTMLElement {
  const field = textField("title", "Title", title);
  field.input.maxLength = MAX_TITLE;
  field.input.placeholder = "None";
  field.input.addEventListener("input", () => {
    setTitle(arrangement, id, tidyText(field.input.value));
    changed();
  });
  return make("div", "lazy-title", field.label);
}

/** Nothing here is replaced when it changes: a person may be on the way to the next field, or to a button. */
function axisFields(context: Context, plan: PanelPlan, axis: Axis, title: string, changed: () => void): HTMLElement {
  const current = (): YAxisPlan => {
    const { left, rightAxis } = planOf(context, plan.id) ?? plan;
    return axis === "left" ? left : rightAxis;
  };
  const message = make("p", "lazy-said lazy-bad");
  message.setAttribute("role", "alert");
  const [from, to] = [numberField(`${axis} from`, "From"), numberField(`${axis} to`, "To")];
  const fill = (): void => {
    const { min, max } = seenRange(context, plan, axis);
    if (document.activeElement !== from.input) from.input.value = String(min);
    if (document.activeElement !== to.input) to.input.value = String(max);
  };
  const set = (next: YAxisPlan): void => {
    // What is chosen here is seen whole.
    if (next.mode !== current().mode)
      context.arrangement.y = withZoom(context.arrangement.y, namesOn(plan, axis), undefined);
    setY(context.arrangement, plan.id, axis, next);
    const { mode, log } = current();
    setText(message, log && "min" in mode && mode.min <= 0 ? NOT_ABOVE_0 : "");
    changed();
    requestAnimationFrame(fill);
  };
  const lines = textField(`${axis} lines`, "Threshold lines", current().thresholds?.join(", "));
  lines.input.placeholder = "80, 95.5";
  lines.input.addEventListener("change", () => {
    const numbers = numbersOf(lines.input.value);
    const others = planOf(context, plan.id)?.[axis === "left" ? "rightAxis" : "left"].thresholds?.length ?? 0;
    if (!numbers.every(Number.isFinite)) return setText(message, NO_LINES);
    if (numbers.length + others > MAX_THRESHOLDS) return setText(message, TOO_MANY_LINES);
    const { mode, log } = current();
    set({ mode, log, ...(numbers.length === 0 ? {} : { thresholds: numbers }) });
  });
  const choose = (kind: YMode["kind"], text: string, chosen: () => void) => {
    const radio = make("input");
    radio.type = "radio";
    radio.name = `lazy-y-${axis}`;
    radio.checked = current().mode.kind === kind;
    radio.dataset.key = `${axis} ${kind}`;
    radio.addEventListener("change", chosen);
    return { label: make("label", "", radio, make("span", "", text)), radio };
  };
  const setFixed = (): void => {
    const [min, max] = [from, to].map(({ input }) => numberIn(input.value));
    if (min === undefined || max === undefined || !isRange(min, max)) return setText(message, NOT_BELOW);
    if (current().log && min <= 0) return setText(message, NOT_ABOVE_0);
    fixed.radio.checked = true;
    set({ ...current(), mode: { kind: "fixed", min, max } });
  };
  for (const { input } of [from, to]) input.addEventListener("change", setFixed);
  const fixed = choose("fixed", "Fixed", setFixed);
  const locked = choose("locked", "Lock current range", () =>
    set({ ...current(), mode: { kind: "locked", ...seenRange(context, plan, axis) } }),
  );
  // Of times and values none is.
  const isPath = axis === "left" && plan.names.some((name) => context.source.seriesOf(name)?.ring.isPath);
  const log = make("input");
  log.type = "checkbox";
  log.checked = current().log;
  log.dataset.key = `${axis} log`;
  log.addEventListener("change", () => set({ ...current(), log: log.checked }));
  // What was moved here a moment ago is drawn before that.
  fill();
  requestAnimationFrame(fill);
  return make(
    "fieldset",
    "lazy-choices",
    make("legend", "", title),
    choose("auto", "Automatic", () => set({ ...current(), mode: { kind: "auto" } })).label,
    ...(isPath
      ? [
          choose("equal", "The scale of x: a circle is round", () =>
            set({ ...current(), log: false, mode: { kind: "equal" } }),
          ).label,
        ]
      : []),
    locked.label,
    make("div", "lazy-fixed", fixed.label, from.label, to.label),
    make("label", "", log, make("span", "", "Logarithmic")),
    ...sharedField(context, plan, axis, () => {
      changed();
      requestAnimationFrame(fill);
    }),
    lines.label,
    message,
  );
}

/** Whether all panels of the axis' unit have the same range; none where no other panel has that unit. */
function sharedField({ arrangement, board }: Context, plan: PanelPlan, axis: Axis, changed: () => void): HTMLElement[] {
  const { styles } = arrangement;
  const unit = unitOn(plan, axis, styles);
  const sides = board.panels.flatMap((panel) =>
    (["left", "right"] as const).map((side) => ({ plan: panel.plan, side })),
  );
  const like = sides.filter((one) => unitOn(one.plan, one.side, styles) === unit);
  if (unit === undefined || like.length < 2) return [];
  const shared = make("input");
  shared.type = "checkbox";
  shared.checked = arrangement.y?.sharedUnits.has(unit) === true;
  shared.dataset.key = `${axis} shared`;
  shared.addEventListener("change", () => {
    let { y } = arrangement;
    for (const one of like) y = withZoom(y, namesOn(one.plan, one.side), undefined);
    arrangement.y = withShared(y, unit, shared.checked);
    changed();
  });
  const which = unit === NO_UNIT ? "without a unit" : `in ${unit}`;
  return [make("label", "", shared, make("span", "", `The same range for all panels ${which}`))];
}

/** The range of y that is seen. */
function seenRange({ board }: Context, plan: PanelPlan, axis: Axis): Range {
  const axes = board.panels.find((panel) => panel.plan.id === plan.id)?.axes;
  const seen = (axis === "right" ? axes?.right : undefined) ?? axes?.left ?? { range: { min: 0, max: 1 }, log: false };
  const [min, max] = [fromAxis(seen, seen.range.min), fromAxis(seen, seen.range.max)];
  return tidyRange({ min, max });
}

/** The numbers of a list, each once; NaN for what is none. */
function numbersOf(list: string): number[] {
  const words = list.split(/[\s,;]+/).filter((word) => word !== "");
  return [...new Set(words.map(Number))];
}

function placeFields(context: Context, { id }: PanelPlan, again: () => void): HTMLElement {
  const { arrangement } = context;
  const count = arrangement.shown.length;
  const act = (text: string, run: () => void): HTMLElement => {
    const element = button(text, () => {
      run();
      context.layoutChanged();
      again();
    });
    element.dataset.key = text;
    return element;
  };
  const buttons: HTMLElement[] = [];
  if (count > 1) {
    buttons.push(
      act("Panel up", () => movePanel(arrangement, id, -1)),
      act("Panel down", () => movePanel(arrangement, id, 1)),
    );
  }
  buttons.push(act(RESET, () => arrangement.reset()));
  const places = make("div", "lazy-buttons", ...buttons);
  showReset(context, places);
  return places;
}

function showReset({ arrangement }: Context, within: HTMLElement): void {
  const reset = within.querySelector<HTMLElement>(`[data-key="${RESET}"]`);
  if (reset !== null) reset.hidden = arrangement.isAutomatic;
}
