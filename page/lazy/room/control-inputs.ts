import { type Control, type ControlValue, valueFault } from "../../../protocol/room/control.ts";
import { button, make, setText } from "../../ui/dom.ts";
import { isEmergency, labelOfControl, stepOf, stepped } from "./control-text.ts";

/** What a person does at a control. */
export interface ControlActions {
  /** A slider goes on. */
  move(value: ControlValue): void;
  set(value: ControlValue): void;
  call(): void;
  /** What was typed cannot be; undefined: it can. */
  fault(text: string | undefined): void;
}

/** What a control is worked with. */
export interface ControlInput {
  readonly element: HTMLElement;
  /** Shows a value, unless a person is changing it. */
  show(value: ControlValue | null, isReadOnly: boolean): void;
}

/** How many steps a page key goes. */
const PAGE_STEPS = 10;
/** So long a button waits for the second press. */
const CONFIRM_MS = 4_000;

/** @param statusId of the line that says how it stands */
export function inputOf(control: Control, actions: ControlActions, statusId: string): ControlInput {
  switch (control.kind) {
    case "number":
    case "integer":
      return numberInput(control, actions, statusId);
    case "toggle":
      return switchInput(control, actions, statusId);
    case "choice":
      return choiceInput(control, actions, statusId);
    case "text":
      return textInput(control, actions, statusId);
    case "button":
      return buttonInput(control, actions, statusId);
    default:
      return control.kind satisfies never;
  }
}

function numberInput(control: Control, actions: ControlActions, statusId: string): ControlInput {
  const { min, max, unit = "" } = control;
  const { field, show: showTyped } = typedField(control, actions, statusId, (text) =>
    text.trim() === "" ? Number.NaN : Number(text.trim().replace(",", ".")),
  );
  field.inputMode = "decimal";
  field.size = 8;
  let now: number | undefined;
  const stepBy = (steps: number): void => {
    if (now !== undefined || min !== undefined) actions.set(stepped(control, now ?? min ?? 0, steps));
  };
  field.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: PAGE_STEPS, PageDown: -PAGE_STEPS }[event.key];
    if (steps === undefined || field.disabled) return;
    event.preventDefault();
    stepBy(steps);
  });
  const slider = min !== undefined && max !== undefined ? sliderOf(control, min, max, actions, statusId) : undefined;
  const less = button("−", () => stepBy(-1));
  const more = button("+", () => stepBy(1));
  less.ariaLabel = `Less ${labelOfControl(control)}`;
  more.ariaLabel = `More ${labelOfControl(control)}`;
  const parts = slider === undefined ? [less, field, more] : [slider.element, field];
  return {
    element: make("div", "room-inputs", ...parts, make("span", "room-unit", unit)),
    show(value, isReadOnly) {
      now = typeof value === "number" ? value : undefined;
      less.disabled = more.disabled = isReadOnly;
      showTyped(value, isReadOnly);
      slider?.show(value, isReadOnly);
    },
  };
}

/** A native slider: arrows, page keys, Home and End are the browser's. Escape goes back to where it was. */
function sliderOf(control: Control, min: number, max: number, actions: ControlActions, statusId: string): ControlInput {
  const slider = make("input", "room-slider");
  slider.type = "range";
  // First the bounds: a value is moved into those that it finds.
  [slider.min, slider.max, slider.step] = [String(min), String(max), String(stepOf(control))];
  slider.ariaLabel = labelOfControl(control);
  slider.setAttribute("aria-describedby", statusId);
  /** By a pointer. A key's `change` follows at once. */
  let isPressed = false;
  let isMoving = false;
  let before: ControlValue | null = null;
  let now: ControlValue | null = null;
  const begin = (): void => {
    if (!isMoving) before = now;
  };
  slider.addEventListener("focus", begin);
  slider.addEventListener("pointerdown", () => {
    begin();
    isPressed = true;
  });
  for (const end of ["pointerup", "pointercancel"])
    slider.addEventListener(end, () => {
      isPressed = false;
    });
  slider.addEventListener("input", () => {
    if (!isPressed) return;
    isMoving = true;
    actions.move(slider.valueAsNumber);
  });
  slider.addEventListener("change", () => {
    isMoving = isPressed = false;
    actions.set(slider.valueAsNumber);
  });
  slider.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || before === null || before === now) return;
    event.stopPropagation();
    isMoving = false;
    slider.value = String(before);
    actions.set(before);
  });
  return {
    element: slider,
    show(value, isReadOnly) {
      now = value;
      slider.disabled = isReadOnly;
      if (isMoving || typeof value !== "number") return;
      slider.value = String(value);
      // It may lie between two steps, or out of the range: what it says is what there is.
      slider.ariaValueText = control.unit === undefined ? String(value) : `${value} ${control.unit}`;
    },
  };
}

function textInput(control: Control, actions: ControlActions, statusId: string): ControlInput {
  const { field, show } = typedField(control, actions, statusId, (text) => text);
  return { element: make("div", "room-inputs", field), show };
}

/** A field whose text is taken with Enter, or when it is left; Escape restores it. */
function typedField(
  control: Control,
  actions: ControlActions,
  statusId: string,
  read: (text: string) => ControlValue,
): { field: HTMLInputElement; show: ControlInput["show"] } {
  const field = make("input", "room-field");
  field.autocomplete = "off";
  field.spellcheck = false;
  field.ariaLabel = `${labelOfControl(control)}${control.kind === "text" ? "" : ", value"}`;
  field.setAttribute("aria-describedby", statusId);
  let shown = "";
  let isTyped = false;
  const restore = (): void => {
    isTyped = false;
    field.value = shown;
    field.ariaInvalid = null;
    actions.fault(undefined);
  };
  // What was typed and typed back again is no change to a browser: nothing else would end it.
  field.addEventListener("blur", () => {
    if (isTyped && field.value === shown) restore();
  });
  field.addEventListener("input", () => {
    isTyped = true;
  });
  const take = (): void => {
    if (!isTyped) return;
    const value = read(field.value);
    const fault = valueFault(control, value);
    field.ariaInvalid = fault === undefined ? null : "true";
    actions.fault(fault);
    if (fault !== undefined) return;
    isTyped = false;
    actions.set(value);
  };
  field.addEventListener("change", take);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") take();
    if (event.key !== "Escape") return;
    event.stopPropagation();
    restore();
  });
  return {
    field,
    show(value, isReadOnly) {
      field.disabled = isReadOnly;
      shown = value === null ? "" : String(value);
      if (!isTyped && field.value !== shown) field.value = shown;
    },
  };
}

function switchInput(control: Control, actions: ControlActions, statusId: string): ControlInput {
  let isOn = false;
  const element = button("", () => actions.set(!isOn));
  element.className = "room-switch";
  element.setAttribute("role", "switch");
  element.ariaLabel = labelOfControl(control);
  element.setAttribute("aria-describedby", statusId);
  return {
    element: make("div", "room-inputs", element),
    show(value, isReadOnly) {
      isOn = value === true;
      element.ariaChecked = String(isOn);
      element.disabled = isReadOnly;
      setText(element, value === null ? "?" : isOn ? "On" : "Off");
    },
  };
}

function choiceInput(control: Control, actions: ControlActions, statusId: string): ControlInput {
  const { choices = [] } = control;
  const select = make("select", "", ...choices.map((choice) => make("option", "", choice)));
  select.ariaLabel = labelOfControl(control);
  select.setAttribute("aria-describedby", statusId);
  select.addEventListener("change", () => {
    const chosen = choices[select.selectedIndex];
    if (chosen !== undefined) actions.set(chosen);
  });
  return {
    element: make("div", "room-inputs", select),
    show(value, isReadOnly) {
      select.disabled = isReadOnly;
      const index = typeof value === "string" ? choices.indexOf(value) : -1;
      if (select.selectedIndex !== index) select.selectedIndex = index;
    },
  };
}

/** An action. It asks once more, but for what is done in a hurry. */
function buttonInput(control: Control, actions: ControlActions, statusId: string): ControlInput {
  const label = labelOfControl(control);
  const isUrgent = isEmergency(control);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const disarm = (): void => {
    clearTimeout(timer);
    timer = undefined;
    setText(element, label);
    delete element.dataset.armed;
  };
  const element = button(label, () => {
    if (isUrgent || timer !== undefined) {
      disarm();
      return actions.call();
    }
    timer = setTimeout(disarm, CONFIRM_MS);
    element.dataset.armed = "";
    setText(element, `Press again: ${label}`);
  });
  element.className = isUrgent ? "room-action room-urgent" : "room-action";
  element.setAttribute("aria-describedby", statusId);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || timer === undefined) return;
    event.stopPropagation();
    disarm();
  });
  return {
    element: make("div", "room-inputs", element),
    show(_value, isReadOnly) {
      element.disabled = isReadOnly;
    },
  };
}
