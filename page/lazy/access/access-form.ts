import { make, setText } from "../../ui/dom.ts";

/** A field for a token or a link, and a button; what is wrong with it is said beside it. */
export interface AccessForm {
  element: HTMLFormElement;
  focus(): void;
  /** Says what is wrong with the last token. */
  showFault(text: string): void;
}

let forms = 0;

/** @param enter takes what was typed; @returns what is wrong with it */
export function accessForm(enter: (text: string) => Promise<string | undefined>): AccessForm {
  const fault = make("p", "access-fault lazy-bad");
  fault.id = `access-fault-${++forms}`;
  fault.setAttribute("role", "alert");
  const input = make("input");
  // As a password, nobody reads it on a shared screen, and screen readers do not say it.
  input.type = "password";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.autocapitalize = "none";
  input.setAttribute("aria-describedby", fault.id);
  const submit = make("button", "", "Watch");
  submit.type = "submit";
  const label = make("label", "", make("span", "", "Token or link"), input);
  const element = make("form", "access-form", make("div", "access-line", label, submit), fault);
  const showFault = (text: string): void => {
    input.ariaInvalid = text === "" ? null : "true";
    setText(fault, text);
    // In a low frame it is below what is seen.
    fault.scrollIntoView({ block: "nearest" });
  };
  let isBusy = false;
  const send = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    // Not `disabled`, which would take the focus away.
    submit.ariaDisabled = "true";
    setText(submit, "Checking …");
    const text = await enter(input.value);
    isBusy = false;
    submit.ariaDisabled = null;
    setText(submit, "Watch");
    showFault(text ?? "");
    if (text === undefined) {
      input.value = "";
      return;
    }
    input.focus();
    input.select();
  };
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  input.addEventListener("input", () => showFault(""));
  return { element, focus: () => input.focus(), showFault };
}
