import { button, make, setText } from "../../ui/dom.ts";
import { openDialog } from "./dialog.ts";
import { qrCode } from "./qr.ts";

export type ShareKind = "live" | "now";

export interface ShareOptions {
  /** Who opens the link sees what comes, or this window in time; undefined where there is none. */
  links: Readonly<Record<ShareKind, string>> | undefined;
  /** The window in words, as `17:22:35 – 17:23:05`. */
  range: string;
  chosen: ShareKind;
  channel: string;
  /** Each makes a file and saves it; the dialog shows why one failed. */
  exports: { csv(): Promise<void>; png(): Promise<void>; snapshot(): Promise<void> };
  opener?: HTMLElement;
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

/** Opens the dialog with the link, its QR code, the code to embed it, and the files that can be saved. */
export function openShare({ links, range, chosen, channel, exports, opener }: ShareOptions): HTMLDialogElement {
  const message = make("p", "lazy-said");
  message.setAttribute("role", "status");
  const say = (text: string, bad = false): void => {
    message.classList.toggle("lazy-bad", bad);
    setText(message, text);
  };
  const link = make("input");
  link.readOnly = true;
  const embed = make("textarea");
  embed.readOnly = true;
  embed.rows = 3;
  embed.spellcheck = false;
  const code = make("div", "lazy-code");

  const ofLink = (urls: Readonly<Record<ShareKind, string>>): Node[] => {
    const choose = (kind: ShareKind): void => {
      link.value = urls[kind];
      embed.value = embedCode(urls[kind], channel);
      code.replaceChildren(
        qrCode(urls[kind], "QR code of the link") ?? make("p", "lazy-quiet", "This link is too long for a QR code."),
      );
    };
    choose(chosen);
    return [
      make(
        "fieldset",
        "lazy-choices",
        make("legend", "", "The link shows"),
        choice("Live", "new data as it arrives", chosen === "live", () => choose("live")),
        choice("As it is now", range, chosen === "now", () => choose("now")),
      ),
      make(
        "div",
        "lazy-columns",
        make("div", "lazy-fields", field("Link", link, say), field("Embed in a page", embed, say)),
        code,
      ),
    ];
  };
  const body = make(
    "div",
    "lazy-body",
    ...(links === undefined
      ? [make("p", "", "A snapshot has no link: send its file. Who opens it in any Plotcast page sees the same.")]
      : ofLink(links)),
    make("h3", "", "Save what is in view"),
    exportButtons(exports, say),
    message,
  );
  const dialog = openDialog("Share", opener, body);
  if (links === undefined) return dialog;
  link.focus();
  link.select();
  return dialog;
}

function choice(name: string, what: string, checked: boolean, chosen: () => void): HTMLElement {
  const radio = make("input");
  radio.type = "radio";
  radio.name = "lazy-share";
  radio.checked = checked;
  radio.addEventListener("change", chosen);
  return make("label", "", radio, make("span", "", make("b", "", name), " ", make("span", "lazy-quiet", what)));
}

type Say = (text: string, bad?: boolean) => void;

function field(name: string, input: HTMLInputElement | HTMLTextAreaElement, say: Say): HTMLElement {
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

function exportButtons({ csv, png, snapshot }: ShareOptions["exports"], say: Say): HTMLElement {
  const made: HTMLButtonElement[] = [];
  let busy = false;
  const add = (name: string, what: string, run: () => Promise<void>): HTMLElement => {
    const start = async (): Promise<void> => {
      if (busy) return;
      busy = true;
      // Not `disabled`, which would take the focus away.
      for (const each of made) each.setAttribute("aria-disabled", "true");
      say(`Preparing ${name} …`);
      try {
        await run();
        say(`${name} saved.`);
      } catch (error) {
        say(`${name} could not be saved. ${error instanceof Error ? error.message : String(error)}`, true);
      }
      busy = false;
      for (const each of made) each.removeAttribute("aria-disabled");
    };
    const element = button(name, () => void start());
    made.push(element);
    return make("li", "", element, make("span", "lazy-quiet", what));
  };
  return make(
    "ul",
    "lazy-exports",
    add("CSV", "every point of the series that are shown, for a spreadsheet or a script", csv),
    add("PNG", "the picture", png),
    add("Snapshot", "the same in a file that this page can open again", snapshot),
  );
}
