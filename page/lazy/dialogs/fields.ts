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
  isChosen: (value: Value) => boolean,
  chosen: (value: Value) => void,
): HTMLElement {
  const select = make("select");
  select.dataset.key = key;
  for (const [value, text] of options) {
    const option = make("option", "", text);
    option.selected = isChosen(value);
    select.append(option);
  }
  select.addEventListener("change", () => {
    const option = options[select.selectedIndex];
    if (option !== undefined) chosen(option[0]);
  });
  return make("label", "", make("span", "lazy-quiet", name), select);
}
