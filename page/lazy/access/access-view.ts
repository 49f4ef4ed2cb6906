import { make, setText } from "../../ui/dom.ts";
import { momentText } from "../../ui/time-text.ts";
import { openDialog } from "../dialogs/dialog.ts";
import type { Context } from "../module.ts";
import { adoptStyles } from "../styles.ts";
import type { AccessView, Refused } from "./access-environment.ts";
import { type AccessForm, accessForm } from "./access-form.ts";

const WORDS: Record<Refused, { title: string; what: string }> = {
  private: {
    title: "This channel is private",
    what: "To watch it, enter a token, or paste the link that you were given.",
  },
  ended: {
    title: "Access has ended",
    what: "The token counts no more. Enter a new one, or paste a new link.",
  },
  revoked: {
    title: "Access was taken back",
    what: "The token was revoked, or has no right here any more. Enter another one, or paste another link.",
  },
  "not-permitted": {
    title: "This token may not watch",
    what: "It has other rights here, and none to watch. Enter another one, or paste another link.",
  },
};

/** What there is in place of the plot, while there are no points. */
interface Panel {
  section: HTMLElement;
  title: HTMLElement;
  what: HTMLElement;
  form: AccessForm;
}

let panel: Panel | undefined;

/** The points of a file are shown: nothing is asked in their place. */
export function hideAccessPanel(): void {
  if (panel !== undefined) panel.section.hidden = true;
}

/** {@link AccessView} in the page. @param enter takes what a person typed; @returns what is wrong with it */
export function accessView(context: Context, enter: (text: string) => Promise<string | undefined>): AccessView {
  const { notice, presenter, source } = context;
  let dialog: HTMLDialogElement | undefined;

  const openForm = ({ title, what }: { title: string; what: string }): void => {
    const form = accessForm(enter);
    dialog = openDialog(title, undefined, make("div", "lazy-body", make("p", "", what), form.element));
    form.focus();
  };
  const showPanel = ({ title, what }: { title: string; what: string }, fault = ""): void => {
    const isNew = panel === undefined;
    panel ??= makePanel(enter);
    setText(panel.title, title);
    setText(panel.what, what);
    panel.section.hidden = false;
    panel.form.showFault(fault);
    // Another site that has this page in a frame keeps its focus.
    if (isNew && window === top && document.activeElement === document.body) panel.form.focus();
  };
  return {
    ask(why, fault) {
      if (context.isFile) return;
      presenter.override = { kind: why === "ended" || why === "revoked" ? "ended" : "private" };
      presenter.show();
      notice.hide("refusal");
      notice.hide("access-note");
      const words = WORDS[why];
      if (source.store.size === 0) return showPanel(words, fault);
      notice.show("access", `${words.title}. What came until now stays here.`, {
        label: "Enter a new token",
        run: () => openForm(words),
      });
    },
    open: (why) => openForm(WORDS[why]),
    warn(atMs) {
      // A countdown would be read out each second.
      const at = momentText(Math.round(atMs / 1000));
      notice.show("access", `Access ends at ${at}.`, {
        label: "Enter a new token",
        run: () =>
          openForm({
            title: "Access ends soon",
            what: `It ends at ${at}. With a new token, or a new link, you go on.`,
          }),
      });
    },
    settle() {
      hideAccessPanel();
      dialog?.close();
      notice.hide("access");
      notice.hide("access-note");
      if (!context.isFile) presenter.override = undefined;
      presenter.show();
    },
    notify: (text) => notice.show("access-note", text),
  };
}

function makePanel(enter: (text: string) => Promise<string | undefined>): Panel {
  adoptStyles();
  const [title, what, form] = [make("h2"), make("p"), accessForm(enter)];
  title.id = "access-title";
  const section = make("section", "", make("div", "access-box", title, what, form.element));
  section.id = "access";
  section.setAttribute("aria-labelledby", title.id);
  document.getElementById("main")?.append(section);
  return { section, title, what, form };
}
