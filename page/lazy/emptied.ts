import type { Notice } from "../ui/notice.ts";
import { momentText } from "../ui/time-text.ts";

/**
 * Says that the channel was emptied: what is seen is stored nowhere any more.
 * @param atMs when that was heard
 * @param isSeen it happened before the eyes of this page; else at some time while it was away
 */
export function noteEmptied(notice: Notice, atMs: number, isSeen: boolean): void {
  const when = isSeen ? `at ${momentText(atMs / 1000)}` : "while this page was not connected";
  notice.show("emptied", `The channel was emptied ${when}. What you see from before is kept only here.`);
}
