import type { RoomServerMessage } from "../../../protocol/room/room-message.ts";
import type { Context } from "../module.ts";
import { ControlPanel } from "./control-panel.ts";
import { leaveNote } from "./note-dialog.ts";
import { NoteList } from "./note-list.ts";
import { pressMarks } from "./note-marks.ts";
import { shareNotes } from "./note-texts.ts";
import { OwnNotes } from "./own-notes.ts";
import { PageRoom } from "./page-room.ts";
import { PeopleList } from "./people-list.ts";
import { hearKeys } from "./room-keys.ts";
import { SharedCursor } from "./shared-cursor.ts";

/** What the menu offers of the room. */
export interface RoomItem {
  text: string;
  key: string;
  run(): void;
}

interface RoomOfPage {
  room: PageRoom;
  items(): RoomItem[];
}

let made: RoomOfPage | undefined;

/** The page is live: it goes into its channel's room, unless it is there. A frame of another page has nothing to set. */
export function enterRoom(context: Context): void {
  if (document.body.dataset.embed !== undefined) return;
  made ??= begun(context);
  void made.room.enter();
}

/** What is shown is a file's. */
export function leaveRoom(): void {
  made?.room.leave();
}

/** None where there is no room. */
export function roomItems(): RoomItem[] {
  return made?.items() ?? [];
}

function begun(context: Context): RoomOfPage {
  const room = new PageRoom(context);
  const notes = new OwnNotes(room, context.channel);
  const cursor = new SharedCursor(context, room);
  const people = new PeopleList(room, (isTold) => {
    cursor.isTold = isTold;
  });
  const panel = new ControlPanel(context, room, [new NoteList(context, room, notes), people]);
  shareNotes(() => (context.isFile ? [] : room.state.notes.values()));
  pressMarks(context, notes);
  room.heard.add((message) => say(context, message));
  const items = (): RoomItem[] => [
    ...(panel.isUseful ? [{ text: panel.menuText, key: "K", run: () => panel.toggle() }] : []),
    ...(room.state.may("note") && room.isConnected
      ? [{ text: "Leave a note…", key: "A", run: () => leaveNote(context, notes) }]
      : []),
  ];
  hearKeys(context, items);
  addEventListener("pagehide", () => room.leave());
  return { room, items };
}

/** What is said over the plots. */
function say({ notice, layoutChanged }: Context, message: RoomServerMessage | undefined): void {
  if (message?.type === "announcement") notice.show("announcement", `${message.by}: ${message.text}`);
  // Of commands the panel says it.
  if (message?.type === "refused") notice.show("room", message.detail);
  // The marks have other texts, or fewer.
  if (message?.type === "note" || message?.type === "welcome") layoutChanged();
}
