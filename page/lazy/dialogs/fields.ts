import { make } from "../../ui/dom.ts";

/** A field with what it is for. */
export interface TextField {
  label: HTMLElement;
  input: HTMLInputElement;
}

/** @param key by which it is found again when its dialog is made anew */
export function textField(key: string, name: string, text = ""): TextField {
  const input = make("input");
  input.value = text;
  input.dataset.key = key;
  return { label: make("label", "", make("span", "lazy-quiet", name), input), input };
}

export function numberField(key: string, name: string): TextField {
  const field = textField(key, name);
  // Not type=number, which takes no exponent from some keyboards and turns with the wheel.
  field.input.inputMode = "decimal";
  field.input.size = 9;
  return field;
}

/** A choice of one of some. */
export function selectField<Value>(
  key: string,
  name: string,
  options: readonly (readonly [value: Value, text: string])[],
  chosen: (value: Value) => void,
): { label: HTMLElement; choose(value: Value): void } {
  const select = make("select", "", ...options.map(([, text]) => make("option", "", text)));
  select.dataset.key = key;
  select.addEventListener("change", () => {
    const option = options[select.selectedIndex];
    if (option !== undefined) chosen(option[0]);
  });
  return {
    label: make("label", "", make("span", "lazy-quiet", name), select),
    choose(value) {
      select.selectedIndex = options.findIndex(([one]) => one === value);
    },
  };
}
