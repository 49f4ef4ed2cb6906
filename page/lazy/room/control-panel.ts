import type { RoomServerMessage } from "../../../protocol/room/room-message.ts";
import { button, make, setText } from "../../ui/dom.ts";
import type { Context } from "../module.ts";
import { adoptStyles } from "../styles.ts";
import { remember, remembered } from "./browser-memory.ts";
import { ControlList } from "./control-list.ts";
import type { PageRoom } from "./page-room.ts";
import { isEnded } from "./sent-commands.ts";

/** Here the panel stands beside the plots, and opens by itself. */
const WIDE = "(min-width: 1100px) and (min-height: 481px)";

/** A part of the panel, under a heading of its own. */
export interface PanelPart {
  readonly element: HTMLElement;
  /** @returns whether there is anything to show */
  show(): boolean;
}

/** Beside the plots: controls, notes and people. A button in the header opens it. */
export class ControlPanel {
  readonly #context: Context;
  readonly #room: PageRoom;
  readonly #list: ControlList;
  readonly #parts: readonly PanelPart[];
  readonly #root = make("aside", "room");
  readonly #opener: HTMLButtonElement;
  readonly #controls: HTMLElement;
  readonly #heading = make("h2");
  readonly #rights = make("p", "room-quiet");
  /** What became of what this page sent, for who does not see it. */
  readonly #said = make("p", "heard");
  #isRequested = false;
  #isOpen = false;
  /** There was something to open it for. */
  #wasUsed = false;

  constructor(context: Context, room: PageRoom, parts: readonly PanelPart[]) {
    adoptStyles();
    this.#context = context;
    this.#room = room;
    this.#parts = parts;
    this.#list = new ControlList(room.sent);
    this.#opener = button("Controls", () => this.toggle());
    this.#opener.id = "room-button";
    const close = button("✕", () => this.toggle(false));
    close.ariaLabel = "Close this panel";
    this.#heading.id = "room-heading";
    this.#controls = make("section", "", this.#rights, this.#list.element);
    this.#said.setAttribute("role", "status");
    this.#root.append(
      make("div", "room-head", this.#heading, close),
      this.#controls,
      ...parts.map(({ element }) => element),
      this.#said,
    );
    this.#root.setAttribute("aria-labelledby", this.#heading.id);
    this.#root.hidden = true;
    this.#opener.hidden = true;
    document.getElementById("share")?.before(this.#opener);
    context.board.host.parentElement?.append(this.#root);
    room.heard.add((message) => this.#hear(message));
  }

  /** Whether there is anything in it. */
  get isUseful(): boolean {
    return !this.#opener.hidden;
  }

  /** As the menu offers it. */
  get menuText(): string {
    return this.#isOpen ? `Close ${this.#name.toLowerCase()}` : this.#name;
  }

  /** By the most that is in it. */
  get #name(): string {
    const { state } = this.#room;
    if (state.controls.size > 0) return "Controls";
    return state.notes.size > 0 || state.may("note") ? "Notes" : "People";
  }

  /** Opens or closes it; this browser remembers that for the channel. */
  toggle(isOpen = !this.#isOpen): void {
    remember(this.#key, isOpen ? "open" : "closed");
    const hadFocus = this.#root.contains(document.activeElement);
    this.#open(isOpen);
    if (isOpen) this.#root.querySelector<HTMLElement>("button, input:not(:disabled)")?.focus();
    else if (hadFocus) this.#opener.focus();
  }

  get #key(): string {
    return `plotcast:${this.#context.channel} room`;
  }

  #open(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#root.hidden = !isOpen;
    this.#opener.ariaExpanded = String(isOpen);
    this.#root.parentElement?.toggleAttribute("data-room", isOpen);
    if (isOpen) this.#show();
  }

  #hear(message: RoomServerMessage | undefined): void {
    if (message?.type === "command") {
      const { control, stage, id } = message.command;
      if (this.#room.sent.of(control)?.message.id === id) this.#list.viewOf(control)?.answered();
      const name = this.#room.state.controls.get(control)?.label ?? control;
      if (isEnded(message.command)) setText(this.#said, `${name}: ${stage}. ${message.command.detail ?? ""}`);
    }
    // Where people look changes nothing here.
    if (message?.type === "look" || this.#isRequested) return;
    this.#isRequested = true;
    requestAnimationFrame(() => {
      this.#isRequested = false;
      this.#show();
    });
  }

  #show(): void {
    const { state } = this.#room;
    // A file has nothing to set.
    const { isFile } = this.#context;
    const hasControls = state.controls.size > 0 && !isFile;
    const shown = this.#parts.map((part) => part.show());
    const isUseful = hasControls || (shown.includes(true) && !isFile);
    this.#opener.hidden = !isUseful;
    for (const named of [this.#opener, this.#heading]) setText(named, this.#name);
    this.#controls.hidden = !hasControls;
    if (!isUseful) return this.#open(false);
    if (!this.#wasUsed) {
      this.#wasUsed = hasControls;
      const choice = remembered(this.#key);
      const opensItself = hasControls && choice === "" && matchMedia(WIDE).matches;
      if (!this.#isOpen && (choice === "open" || opensItself)) return this.#open(true);
    }
    if (!this.#isOpen) return;
    const mayControl = state.may("control");
    this.#rights.hidden = mayControl;
    setText(
      this.#rights,
      "You can look, and not set anything: that takes a token with the right “control”. Ask whoever runs this channel for a link with one.",
    );
    this.#list.show(state.controls, !mayControl);
  }
}
