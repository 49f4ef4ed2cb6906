import type { ShareAnswer } from "../../../protocol/messages/named-tokens.ts";
import { button, make, setText } from "../../ui/dom.ts";
import { minuteText } from "../../ui/time-text.ts";
import { selectField, textField } from "../dialogs/fields.ts";
import { type LinkSection, linkFields, memberLink, type Say, saidLine } from "../dialogs/link-fields.ts";
import { nameHint, namePart } from "./name-part.ts";
import type { PageAccess } from "./page-access.ts";
import { linkWithToken } from "./token-text.ts";

const HOUR_MS = 3_600_000;
const DURATIONS = [
  [HOUR_MS, "1 hour"],
  [24 * HOUR_MS, "1 day"],
  [7 * 24 * HOUR_MS, "7 days"],
  [31 * 24 * HOUR_MS, "31 days"],
] as const;
/** A day is long enough for a colleague, and short enough for a link that is passed on. */
const USUAL_MS = 24 * HOUR_MS;
const EMBED_NOTE = "A site can show it in a frame only if EMBED_ORIGINS of the Worker names that site.";

/**
 * Makes links by which others can watch a private channel, and takes them back; and the link for who needs no token. What became of the
 * first is said beside their list.
 */
export function watchLinks(access: PageAccess, channel: string, sayBelow: Say): LinkSection {
  const { element: said, say } = saidLine();
  const made = madeLinks(access, channel, say, () => create.focus());
  const member = memberLink(sayBelow);
  let forMs: number = USUAL_MS;
  const forWhom = textField("watch-name", "For whom (optional)");
  forWhom.input.autocomplete = "off";
  const hint = make("p", "lazy-quiet");
  hint.id = "watch-name-hint";
  hint.setAttribute("role", "status");
  forWhom.input.setAttribute("aria-describedby", hint.id);
  const showHint = (): void => setText(hint, nameHint(forWhom.input.value));
  forWhom.input.addEventListener("input", showHint);
  const duration = selectField("watch-for", "For how long", DURATIONS, (chosen) => {
    forMs = chosen;
  });
  duration.choose(USUAL_MS);
  let isBusy = false;
  const create = button("Make a link", async () => {
    if (isBusy) return;
    isBusy = true;
    create.ariaDisabled = "true";
    const name = namePart(forWhom.input.value);
    const outcome = await access.share(name === "" ? { forMs } : { forMs, for: name });
    isBusy = false;
    create.ariaDisabled = null;
    if (outcome.kind !== "done")
      return say(outcome.kind === "refused" ? outcome.text : "The Worker cannot be reached now. Try again.", true);
    forWhom.input.value = "";
    showHint();
    made.add(outcome.value);
    say("");
    made.focus();
  });
  const title = make("h3", "", "Link that lets others watch");
  const line = make("div", "access-line", forWhom.label, duration.label, create);
  return {
    element: make(
      "div",
      "lazy-fields",
      make("section", "access-share", title, line, hint, made.element, made.list, said),
      member.element,
    ),
    show(link) {
      made.show(link);
      member.show(link);
    },
    focus: () => create.focus(),
  };
}

/** The links that were made since the dialog was opened; of one there is the text, the QR code, and the code to embed it. */
interface MadeLinks extends LinkSection {
  list: HTMLElement;
  add(link: ShareAnswer): void;
}

/** @param removed one is gone, and the focus with its button */
function madeLinks(access: PageAccess, channel: string, say: Say, removed: () => void): MadeLinks {
  // The newest first. A Worker has 1,000 of them at most.
  let links: { answer: ShareAnswer; item: HTMLElement; choose: HTMLButtonElement }[] = [];
  let shown: ShareAnswer | undefined;
  let plain = "";
  const fields = linkFields("Link for others", channel, say, EMBED_NOTE);
  const until = make("p", "lazy-quiet");
  const element = make("div", "access-made", fields.element, until);
  const list = make("ul", "access-links");
  const update = (): void => {
    element.hidden = shown === undefined;
    for (const { answer, choose } of links) {
      choose.ariaPressed = String(answer === shown);
      choose.hidden = links.length < 2;
    }
    if (shown === undefined) return;
    const { token, expiresAtMs } = shown;
    fields.show(linkWithToken(plain, token));
    setText(until, `Anyone with this link can watch until ${minuteText(expiresAtMs, Date.now())}.`);
  };
  const show = (answer: ShareAnswer | undefined): void => {
    shown = answer;
    update();
  };
  const remove = (answer: ShareAnswer): void => {
    links.find((each) => each.answer === answer)?.item.remove();
    links = links.filter((each) => each.answer !== answer);
    if (shown === answer) shown = links[0]?.answer;
    update();
    say(`Taken back: ${answer.name}. Nobody watches by that link any more.`);
    removed();
  };
  const itemOf = (answer: ShareAnswer): { answer: ShareAnswer; item: HTMLElement; choose: HTMLButtonElement } => {
    const { name, expiresAtMs } = answer;
    const choose = button("Show", () => show(answer));
    choose.ariaLabel = `Show: ${name}`;
    let isBusy = false;
    const takeBack = button("Take it back", async () => {
      if (isBusy) return;
      isBusy = true;
      takeBack.ariaDisabled = "true";
      const fault = await access.takeBack(name);
      isBusy = false;
      takeBack.ariaDisabled = null;
      if (fault === undefined) remove(answer);
      else say(`${name} was not taken back. ${fault}`, true);
    });
    takeBack.ariaLabel = `Take it back: ${name}`;
    const what = make("span", "access-until lazy-quiet", `until ${minuteText(expiresAtMs, Date.now())}`);
    return { answer, choose, item: make("li", "", make("b", "", name), what, choose, takeBack) };
  };
  update();
  return {
    element,
    list,
    add(answer) {
      const entry = itemOf(answer);
      links.unshift(entry);
      list.prepend(entry.item);
      show(answer);
    },
    show(link) {
      plain = link;
      update();
    },
    focus: () => fields.focus(),
  };
}
