import type { DerivedClass } from "../data/derived.ts";
import type { LazyInput } from "../input/hands.ts";
import type { Tool } from "../input/shortcuts.ts";
import type { LazyRender } from "../render/lazy-render.ts";
import type { Notice } from "../ui/notice.ts";
import type { EmptyState } from "../ui/words.ts";
import type { Context } from "./context.ts";

/** The file that is loaded when a page needs something that most pages never need: `index.ts` is it. */
export interface LazyModule extends LazyRender, LazyInput {
  readonly Derived: DerivedClass;
  readonly EmptyState: new (host: HTMLElement, channelUrl: string) => EmptyState;
  /** Says why the page cannot connect, if anything answers at all. */
  explain(notice: Notice, channelUrl: URL): Promise<void>;
  openTool(tool: Tool, context: Context, opener?: HTMLElement): void;
  openPanelSettings(context: Context, id: string, opener?: HTMLElement): void;
  /** Shows the points of a snapshot that was saved before. */
  openFile(context: Context, file: File): Promise<void>;
}
