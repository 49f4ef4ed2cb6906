import type { Backlog } from "./backlog.ts";
import type { HeldFrame, Identity } from "./held-frame.ts";
import type { FrameKeeper } from "./keeper.ts";
import type { OpenFrame } from "./open-frame.ts";

export interface KeeperSyncOptions {
  keeper: FrameKeeper;
  backlog: Backlog;
  open: OpenFrame;
  /** Who the frames are of, and the number of the open one. */
  numbering: () => { identity: Identity; nextSeq: number };
  /** The open frame as it is now. */
  draft: () => HeldFrame;
  /** What was kept is lost, and a new place has been made for it. */
  onRenewed: () => void;
}

/** Keeps the keeper as the collector is: every closed frame, the open one as a draft, and what belongs to them. */
export class KeeperSync {
  readonly #options: KeeperSyncOptions;
  /** The open frame as the keeper has it. */
  #draft: { seq: number; version: number } | undefined;
  #haveGapsChanged = false;

  constructor(options: KeeperSyncOptions) {
    this.#options = options;
  }

  /** What must be told and stands in no frame yet has changed. */
  gapsChanged(): void {
    this.#haveGapsChanged = true;
  }

  /** Whether the keeper has an earlier state of the frame with this number. */
  hasDraft(seq: number): boolean {
    return this.#draft?.seq === seq;
  }

  /** Writes whatever has changed, unless the disk fails: then it is written when that is over. */
  save(): void {
    const { keeper, backlog, open, numbering, draft } = this.#options;
    if (!keeper.isReady) return;
    const { nextSeq } = numbering();
    const { version } = open;
    const isDrafted = open.points === 0 || (this.#draft?.seq === nextSeq && this.#draft.version === version);
    const isSaved = isDrafted && !backlog.isUnsaved && !this.#haveGapsChanged && !keeper.hasMore;
    if (isSaved && !keeper.isFailing) {
      this.saveProgress();
      return;
    }
    const drafts = open.points > 0 ? [draft()] : [];
    const written = keeper.save({
      ...this.#progress,
      frames: [...backlog.unsaved, ...drafts],
      losses: [...backlog.lossesChanged],
      gone: backlog.gone,
      unreported: open.unreported,
    });
    if (written === "renewed") this.#renewed();
    if (written !== "written") return;
    this.#draft = drafts.length > 0 ? { seq: nextSeq, version } : undefined;
    this.#haveGapsChanged = false;
    backlog.saved();
  }

  /** Writes how far delivery has come, and nothing else. */
  saveProgress(): void {
    if (this.#options.keeper.saveProgress(this.#progress) === "renewed") this.#renewed();
  }

  #renewed(): void {
    this.#options.backlog.keeperRenewed();
    this.#draft = undefined;
    this.#options.onRenewed();
    this.save();
  }

  get #progress(): { identity: Identity; nextSeq: number; sentSeq: number; goneUpTo: number } {
    const { sentSeq, goneUpTo } = this.#options.backlog;
    return { ...this.#options.numbering(), sentSeq, goneUpTo };
  }
}
