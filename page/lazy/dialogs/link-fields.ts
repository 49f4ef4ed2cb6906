import { button, make, setText } from "../../ui/dom.ts";
import { qrCode } from "./qr.ts";

/** Says what became of something, where it was done. */
export type Say = (text: string, bad?: boolean) => void;

/** A line that says what became of something. */
export function saidLine(): { element: HTMLElement; say: Say } {
  const element = make("p", "lazy-said");
  element.setAttribute("role", "status");
  return {
    element,
    say(text, bad = false) {
      element.classList.toggle("lazy-bad", bad);
      setText(element, text);
    },
  };
}

/** A part of the dialog that has a link to what is seen. */
export interface LinkSection {
  element: HTMLElement;
  /** The link shows another thing now: live, or the window. @param link without a token */
  show(link: string): void;
  /** Puts the focus where a person begins. */
  focus(): void;
}

const COPIED_MS = 2000;

/** The code that shows a link inside another page. */
export function embedCode(link: string, channel: string): string {
  const url = new URL(link);
  url.searchParams.set("embed", "1");
  const attribute = (text: string): string =>
    text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<iframe src="${attribute(url.href)}" title="${attribute(`Plotcast: ${channel}`)}" width="100%" height="400" style="border:0" loading="lazy"></iframe>`;
}

/** A link, the code to embed it, and its QR code. @param name of the link's field @param embedNote what it takes that the code works */
export function linkFields(name: string, channel: string, say: Say, embedNote?: string): LinkSection {
  const link = linkInput();
  const embed = make("textarea");
  embed.readOnly = true;
  embed.rows = 3;
  embed.spellcheck = false;
  const code = make("div", "lazy-code");
  const fields = make("div", "lazy-fields", copyField(name, link, say), copyField("Embed in a page", embed, say));
  if (embedNote !== undefined) fields.append(make("p", "lazy-quiet", embedNote));
  return {
    element: make("div", "lazy-columns", fields, code),
    show(url) {
      link.value = url;
      embed.value = embedCode(url, channel);
      code.replaceChildren(
        qrCode(url, "QR code of the link") ?? make("p", "lazy-quiet", "This link is too long for a QR code."),
      );
    },
    focus: () => focusLink(link),
  };
}

/** A link that is no use to whoever has no access yet, which is said: so there is nothing to scan, and nothing to embed. */
export function memberLink(say: Say): LinkSection {
  const link = linkInput();
  return {
    element: make(
      "section",
      "access-share",
      make("h3", "", "Link for people who already have access"),
      make("p", "lazy-quiet", "This channel is private, and there is no token in this link."),
      copyField("Link", link, say),
    ),
    show(url) {
      link.value = url;
    },
    focus: () => focusLink(link),
  };
}

/** A field with a button that copies what is in it. */
export function copyField(name: string, input: HTMLInputElement | HTMLTextAreaElement, say: Say): HTMLElement {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const copy = button("Copy", async () => {
    if (!(await copied(input)))
      return say("This browser does not allow the page to copy. The text is selected: copy it by key or menu.");
    say("");
    setText(copy, "Copied");
    say(`Copied: ${name}.`);
    clearTimeout(timer);
    timer = setTimeout(() => setText(copy, "Copy"), COPIED_MS);
  });
  copy.className = "lazy-copy";
  copy.setAttribute("aria-label", `Copy: ${name}`);
  return make("div", "lazy-field", make("label", "", make("span", "", name), input), copy);
}

function focusLink(link: HTMLInputElement): void {
  link.focus();
  // Selected from its end: a browser shows the side of the text cursor.
  link.setSelectionRange(0, link.value.length, "backward");
  link.scrollLeft = 0;
}

function linkInput(): HTMLInputElement {
  const input = make("input");
  input.readOnly = true;
  return input;
}

/** Without https there is no clipboard to write to, and a browser may refuse it: then as it was done before. */
async function copied(input: HTMLInputElement | HTMLTextAreaElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    input.focus();
    input.select();
    return document.execCommand("copy");
  }
}
