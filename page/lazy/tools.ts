import { yieldToPage } from "../data/yield.ts";
import { SHORTCUTS, type Tool } from "../input/shortcuts.ts";
import { parseAddress } from "../layout/address.ts";
import { rememberUtc, timeZone } from "../layout/time-zone.ts";
import { unitOf } from "../layout/unit.ts";
import { button, make } from "../ui/dom.ts";
import { minuteText } from "../ui/time-text.ts";
import type { ViewModel } from "../viewport/viewport.ts";
import type { WindowName } from "../viewport/windows.ts";
import { accessOf } from "./access/access-of-page.ts";
import { hideAccessPanel } from "./access/access-view.ts";
import { linksOfPrivate } from "./access/links-of-private.ts";
import { labelOf } from "./appearance.ts";
import { openDerive, removeDerived } from "./derive/dialog.ts";
import { openAt } from "./dialogs/dialog.ts";
import { type HelpGroup, openHelp } from "./dialogs/help.ts";
import { openShare } from "./dialogs/share.ts";
import { SHORTCUT_WORDS } from "./dialogs/shortcut-words.ts";
import { openWindows } from "./dialogs/windows.ts";
import { csvBlob } from "./export/csv.ts";
import { datedRange, pictureOf, snapshotView, windowData } from "./export/in-view.ts";
import { type Picture, pngBlob } from "./export/png.ts";
import { beginsAsSnapshot, MAX_SNAPSHOT_BYTES, readSnapshot, SnapshotError, snapshotBlob } from "./export/snapshot.ts";
import { type SnapshotView, splitView, viewBytes } from "./export/snapshot-view.ts";
import { fileName } from "./export/window-data.ts";
import { openFilter } from "./filter.ts";
import type { Context } from "./module.ts";
import { leaveRoom, roomItems } from "./room/index.ts";
import { LatestTable, latestRows } from "./table.ts";
import { withPrefixes } from "./table-prefixes.ts";

/** Opens one of the tools that a key or a button asks for. */
export function openTool(tool: Tool, context: Context, opener?: HTMLElement): void {
  switch (tool) {
    case "table":
      return toggleTable(context);
    case "lengths":
      return chooseWindow(context, opener);
    case "filter":
      return openFilter(context);
    case "share":
      return share(context, opener);
    case "menu":
      return openMenu(context, opener);
    case "help":
      return help(context, opener);
    case "full-screen":
      return toggleFullScreen();
  }
}

function share(context: Context, opener?: HTMLElement): void {
  const { channel, persistence, viewport, viewModel } = context;
  const seen = viewModel();
  const access = accessOf(context);
  // Without a token, whoever sees anything sees what anybody may.
  const hasToken = access.isKept || access.isRefused;
  const withViewModel = async (make: (seen: ViewModel) => Promise<[Blob, string]>) => {
    const now = viewModel();
    if (now === undefined) throw new SnapshotError("There is no data yet.");
    save(...(await make(now)));
  };
  openShare({
    // Of a file there is no link: it is what can be sent.
    links: context.isFile ? undefined : { live: persistence.link(undefined), now: persistence.link(seen?.x) },
    range: seen === undefined ? "" : datedRange(seen),
    chosen: viewport.isLive ? "live" : "now",
    channel,
    ...(!context.isFile && hasToken ? { linksOfPrivate: (say) => linksOfPrivate(access, context, say) } : {}),
    exports: {
      csv: () =>
        withViewModel(async (now) => {
          const data = windowData(context, now);
          return [await csvBlob(data), fileName(data, "csv")];
        }),
      png: () =>
        withViewModel(async (now) => [
          await pngBlob(shownOf(context, now)),
          fileName({ channel, maxX: now.x.max, time: now.time }, "png"),
        ]),
      snapshot: () =>
        withViewModel(async (now) => {
          const data = windowData(context, now);
          const view = viewBytes(snapshotView(context, now, data));
          return [new Blob([await snapshotBlob(data, now.gaps), view]), fileName(data, "plotcast")];
        }),
    },
    ...(opener === undefined ? {} : { opener }),
  });
}

function shownOf(context: Context, now: ViewModel): Picture {
  const picture = pictureOf(context, now);
  if (picture.panels.length === 0) throw new Error("No plots are in view now.");
  return picture;
}

const GESTURES: readonly HelpGroup[] = [
  {
    heading: "Mouse",
    items: [
      { keys: ["Drag"], what: "Zoom to the selection: sideways in x, up and down in y, diagonally in both" },
      { keys: ["Shift+Drag", "Wheel sideways"], what: "Scroll back and forward" },
      { keys: ["Wheel", "Ctrl+Wheel"], what: "Zoom; where panels scroll, with Ctrl" },
      { keys: ["Drag", "Wheel"], what: "On a y axis: move it, zoom in y" },
      { keys: ["Click"], what: "Set a mark and measure from it" },
      { keys: ["Double click"], what: "Go live, with the whole y axis; on a y axis only that" },
    ],
  },
  {
    heading: "Touch",
    items: [
      { keys: ["Drag"], what: "Scroll back and forward" },
      { keys: ["Pinch"], what: "Zoom" },
      { keys: ["Drag", "Pinch"], what: "On a y axis: move it, zoom in y" },
      { keys: ["Tap"], what: "Place the cursor; tap it again to remove it" },
      { keys: ["Double tap"], what: "Go live, with the whole y axis; on a y axis only that" },
    ],
  },
  {
    heading: "Legend",
    items: [
      { keys: ["Click"], what: "Hide or show a series" },
      { keys: ["Shift+Click", "Shift+Enter"], what: "Show only this one" },
      { keys: ["Right click"], what: "Name, colour, thickness, points" },
      { keys: ["Drag"], what: "To another panel, its right edge (right axis), or between two panels" },
    ],
  },
];

function help({ keys }: Context, opener?: HTMLElement): void {
  const items = SHORTCUTS.map(({ command }) => {
    const { written, what } = SHORTCUT_WORDS[command];
    return { keys: written, what };
  });
  const ofRoom = roomItems().map(({ text, key }) => ({ keys: [key], what: text }));
  const room = ofRoom.length === 0 ? [] : [{ heading: "In the channel's room", items: ofRoom }];
  const dialog = openHelp([{ heading: "Keys", items }, ...room, ...GESTURES], opener);
  const single = make("input");
  single.type = "checkbox";
  single.checked = keys.enabled;
  single.addEventListener("change", () => {
    keys.enabled = single.checked;
  });
  dialog.append(make("p", "lazy-body", make("label", "lazy-line", single, " Listen to single keys, in this browser")));
}

function openMenu(context: Context, opener?: HTMLElement): void {
  const file = make("input");
  file.type = "file";
  file.accept = ".plotcast";
  file.hidden = true;
  file.addEventListener("change", () => {
    const [chosen] = file.files ?? [];
    dialog.close();
    if (chosen !== undefined) void openFile(context, chosen);
  });
  const item = (text: string, key: string, run: () => void): HTMLElement => {
    const element = button(text, () => {
      dialog.close();
      run();
    });
    if (key !== "") element.append(" ", make("kbd", "", key));
    return make("li", "", element);
  };
  const openIt = button("Open a snapshot…", () => file.click());
  const { arrangement } = context;
  const access = accessOf(context);
  const change = (text: string, run: () => void): HTMLElement =>
    item(text, "", () => {
      run();
      context.layoutChanged();
    });
  const items = [
    item(isTableShown() ? "Close the table" : "Table of values", "T", () => toggleTable(context)),
    ...roomItems().map(({ text, key, run }) => item(text, key, run)),
    item("Filter series", "/", () => openFilter(context)),
    item("Share and save", "S", () => share(context, opener)),
    ...(arrangement.isAutomatic ? [] : [change("Arrange panels automatically", () => arrangement.reset())]),
    ...(arrangement.hidden.length > 0
      ? [
          change("Show hidden series", () => {
            arrangement.hidden = [];
          }),
        ]
      : []),
    ...(arrangement.removed.length > 0
      ? [
          change("Bring back removed series", () => {
            arrangement.removed = [];
          }),
        ]
      : []),
    change(timeZone().isUtc ? "Show times of this device" : "Show times in UTC", () => {
      timeZone().isUtc = !timeZone().isUtc;
      rememberUtc(timeZone().isUtc);
    }),
    make("li", "", openIt),
    item("Add a derived series…", "", () => openDerive(context, opener)),
    ...arrangement.derived.map(({ name }) => item(`Remove ${name}`, "", () => removeDerived(context, name))),
    item("Full screen", "F", () => toggleFullScreen()),
    ...(access.isRefused && !context.isFile ? [item("Enter a token or link…", "", () => access.askAgain())] : []),
    ...(access.isKept ? [item("Forget my access on this browser", "", () => void access.forget())] : []),
    item("Keys and gestures", "?", () => help(context, opener)),
  ];
  const body = make("div", "lazy-body", make("ul", "lazy-menu", ...items), file);
  const dialog = openAt(document.getElementById("menu"), "Menu", opener, [body]);
}

function chooseWindow({ viewport, source, viewChanged }: Context, opener?: HTMLElement): void {
  const shown = viewport.range === undefined ? viewport.window(source) : undefined;
  const choose = (window: WindowName): void => {
    viewport.chooseWindow(window);
    viewChanged();
  };
  openWindows(shown, choose, opener);
}

let opened = 0;

/** Shows the points of a snapshot that was saved before; of several that are opened at once, the last. */
export async function openFile(context: Context, file: File): Promise<void> {
  const ours = ++opened;
  try {
    const { frames: bytes, view } = splitView(await bytesOf(file));
    const frames = await readSnapshot(bytes);
    if (ours !== opened) return;
    const { channel, madeMs, paths, seen, fragment, broke } = view ?? viewOfFile(file);
    const about = (): string => (madeMs === undefined ? "" : `made ${minuteText(madeMs, Date.now())}`);
    context.openSnapshot(channel, about, paths, seen);
    hideAccessPanel();
    leaveRoom();
    // What the channel's owner wants seen is not the file's.
    context.persistence.share("");
    const address = parseAddress(fragment);
    context.arrangement.restore(address);
    // A file cannot say which other zone it was made in: else the reader's own counts.
    if (address.utc) timeZone().isUtc = true;
    for (const frame of frames) {
      context.source.store.ingest(frame, true);
      await yieldToPage();
      if (ours !== opened) return;
    }
    // A gap of one publisher concerns its series alone. Of too many the oldest are forgotten.
    const { gaps } = context.source.store;
    for (const [i, gap] of gaps.entries()) gap.broke = broke?.lists[broke.of.at(i - gaps.length) ?? -1] ?? [];
    context.layoutChanged();
  } catch (error) {
    context.notice.show("snapshot", error instanceof SnapshotError ? error.message : "This file cannot be read.");
  }
}

/** Of a snapshot that says nothing of its view: the name of the file is that of its channel, and the time of its end. */
function viewOfFile({ name }: File): SnapshotView {
  return { channel: name.replace(/\.plotcast$/, ""), fragment: "", paths: [] };
}

/** @throws SnapshotError if it is none by its size or its beginning, before it is read whole */
async function bytesOf(file: File): Promise<Uint8Array> {
  if (file.size > MAX_SNAPSHOT_BYTES) throw new SnapshotError("This file is too large for a snapshot.");
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return beginsAsSnapshot(start) ? new Uint8Array(await file.arrayBuffer()) : start;
}

let table: LatestTable | undefined;

function isTableShown(): boolean {
  return table?.element.isConnected === true;
}

/** Shows the values of all series, those that a legend has no room for, too: in the table or, if that is there, by a filter. */
export function showAllValues(context: Context, opener: HTMLElement): void {
  openTool(isTableShown() ? "filter" : "table", context, opener);
}

/** The table beside the panels, and away again. */
function toggleTable(context: Context): void {
  const { onDraw, viewModel } = context;
  const isShown = isTableShown();
  const host = document.getElementById("table");
  if (host?.parentElement == null) return;
  host.hidden = isShown;
  host.parentElement.toggleAttribute("data-table", !isShown);
  if (isShown) {
    table?.element.remove();
    onDraw(undefined);
    return context.layoutChanged();
  }
  table ??= new LatestTable();
  host.append(table.element);
  // A screen reader announces what has the focus: the table.
  table.element.focus();
  const show = (): void => {
    const now = viewModel();
    if (now === undefined) return;
    const rows = () =>
      latestRows(windowData(context, now), (name) => unitOf(labelOf(context.arrangement.styles, name)));
    table?.show(() => withPrefixes(rows(), context.board.panels), now.time);
  };
  onDraw(show);
  show();
}

/** Saves a file as a download. */
export function save(blob: Blob, name: string): void {
  const link = make("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // Safari reads it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function toggleFullScreen(): void {
  // A browser may refuse; then the page stays as it is.
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  done.catch(() => undefined);
}
