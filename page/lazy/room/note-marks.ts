import { NOTES_SERIES } from "../../../protocol/room/channel-itself.ts";
import type { Note } from "../../../protocol/room/room-contents.ts";
import type { Context } from "../module.ts";
import { editNote } from "./note-dialog.ts";
import { knownNotes } from "./note-texts.ts";
import type { OwnNotes } from "./own-notes.ts";

/** A flag stands to the right of its x. */
const BEFORE_PX = 5;
const BEHIND_PX = 11;

/** A press on the mark of a note that this page may change opens it, and is no press on the plot. */
export function pressMarks(context: Context, notes: OwnNotes): void {
  const { host } = context.board;
  let pressed: Note | undefined;
  host.addEventListener(
    "pointerdown",
    (event) => {
      pressed = event.button === 0 ? noteAt(context, event, notes) : undefined;
      if (pressed !== undefined) event.stopPropagation();
    },
    { capture: true },
  );
  host.addEventListener(
    "click",
    (event) => {
      const note = pressed;
      pressed = undefined;
      if (note === undefined) return;
      event.stopPropagation();
      editNote(context, notes, note);
    },
    { capture: true },
  );
}

function noteAt(
  { board, viewModel }: Context,
  { target, clientX, clientY }: MouseEvent,
  notes: OwnNotes,
): Note | undefined {
  const seen = viewModel();
  const panel = board.onScreen.find(({ over }) => over === target);
  if (seen === undefined || panel === undefined) return undefined;
  const rows = panel.series.filter(({ isHidden }) => !isHidden);
  const row = rows.findIndex(({ series }) => series.name === NOTES_SERIES);
  const { left, top, width, height } = panel.over.getBoundingClientRect();
  if (row < 0 || Math.floor(((clientY - top) / height) * rows.length) !== row) return undefined;
  const { min, max } = seen.x;
  const behindPx = ({ x }: Note): number => clientX - left - (width * (x - min)) / (max - min);
  return [...knownNotes()]
    .filter((note) => behindPx(note) >= -BEFORE_PX && behindPx(note) <= BEHIND_PX && notes.mayEdit(note))
    .sort((a, b) => Math.abs(behindPx(a)) - Math.abs(behindPx(b)))[0];
}
