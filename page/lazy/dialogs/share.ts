import { button, make } from "../../ui/dom.ts";
import { openDialog } from "./dialog.ts";
import { type LinkSection, linkFields, type Say, saidLine } from "./link-fields.ts";

export type ShareKind = "live" | "now";

export interface ShareOptions {
  /** Who opens the link sees what comes, or this window in time; undefined where there is none. */
  links: Readonly<Record<ShareKind, string>> | undefined;
  /** The window in words, as `17:22:35 – 17:23:05`. */
  range: string;
  chosen: ShareKind;
  channel: string;
  /** Where not anybody may watch, or that is not known: who may, and what link there is for whom; undefined: anybody may. */
  linksOfPrivate?: (say: Say) => Promise<LinkSection | undefined>;
  /** Each makes a file and saves it; the dialog shows why one failed. */
  exports: { csv(): Promise<void>; png(): Promise<void>; snapshot(): Promise<void> };
  opener?: HTMLElement;
}

/** Opens the dialog with the links, and the files that can be saved. */
export function openShare(options: ShareOptions): HTMLDialogElement {
  const { links, exports, opener } = options;
  const { element: message, say } = saidLine();
  const chooser = links === undefined ? undefined : linkChooser(links, options, say);
  const body = make(
    "div",
    "lazy-body",
    ...(chooser?.elements ?? [
      make("p", "", "A snapshot has no link: send its file. Who opens it in any Plotcast page sees the same."),
    ]),
    make("h3", "", "Save what is in view"),
    exportButtons(exports, say),
    message,
  );
  const dialog = openDialog("Share", opener, body);
  chooser?.opened();
  return dialog;
}

/** What the link shows, and the link. */
function linkChooser(
  links: Readonly<Record<ShareKind, string>>,
  { range, chosen, channel, linksOfPrivate }: ShareOptions,
  say: Say,
): { elements: HTMLElement[]; opened(): void } {
  let link = links[chosen];
  let section: LinkSection | undefined;
  const place = make("div", "", make("p", "lazy-quiet", "Checking who may open a link …"));
  const choose = (kind: ShareKind): void => {
    link = links[kind];
    section?.show(link);
  };
  const use = (found: LinkSection): void => {
    section = found;
    place.replaceChildren(found.element);
    found.show(link);
  };
  if (linksOfPrivate === undefined) use(linkFields("Link", channel, say));
  const choices = make(
    "fieldset",
    "lazy-choices",
    make("legend", "", "The link shows"),
    choice("Live", "new data as it arrives", chosen === "live", () => choose("live")),
    choice("As it is now", range, chosen === "now", () => choose("now")),
  );
  const opened = async (): Promise<void> => {
    const focused = document.activeElement;
    if (linksOfPrivate !== undefined) use((await linksOfPrivate(say)) ?? linkFields("Link", channel, say));
    // Who was faster keeps the focus where it is.
    if (document.activeElement === focused) section?.focus();
  };
  return { elements: [choices, place], opened: () => void opened() };
}

function choice(name: string, what: string, checked: boolean, chosen: () => void): HTMLElement {
  const radio = make("input");
  radio.type = "radio";
  radio.name = "lazy-share";
  radio.checked = checked;
  radio.addEventListener("change", chosen);
  return make("label", "", radio, make("span", "", make("b", "", name), " ", make("span", "lazy-quiet", what)));
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
