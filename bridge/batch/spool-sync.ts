import type { Backlog } from "./backlog.ts";
import type { OpenFrame } from "./open-frame.ts";
import type { HeldFrame, Identity } from "./spool/spool-state.ts";
import type { SpoolWriter } from "./spool/spool-writer.ts";

export interface SpoolSyncOptions {
  spoolWriter: SpoolWriter;
  backlog: Backlog;
  open: OpenFrame;
  /** Who the frames are of, and the number of the open one. */
  numbering: () => { identity: Identity; nextSeq: number };
  /** The open frame as it is now. */
  draft: () => HeldFrame;
  /** The spool was damaged, and a new one has taken its place: what only the old one had is lost. */
  onRenewed: () => void;
}

/** Keeps the spool as the collector is: every closed frame, the open one as a draft, and what belongs to them. */
export class SpoolSync {
  readonly #options: SpoolSyncOptions;
  /** The open frame as the spool has it. */
  #draft: { seq: number; version: number } | undefined;
  #haveGapsChanged = false;

  constructor(options: SpoolSyncOptions) {
    this.#options = options;
  }

  /** What must be told and stands in no frame yet has changed. */
  gapsChanged(): void {
    this.#haveGapsChanged = true;
  }

  /** Whether the spool has an earlier state of the frame with this number. */
  hasDraft(seq: number): boolean {
    return this.#draft?.seq === seq;
  }

  /** Writes whatever has changed, unless the disk fails: then it is written when that is over. */
  save(): void {
    const { spoolWriter, backlog, open, numbering, draft } = this.#options;
    if (!spoolWriter.isReady) return;
    const { nextSeq } = numbering();
    const { version } = open;
    const isDrafted = open.points === 0 || (this.#draft?.seq === nextSeq && this.#draft.version === version);
    const isSaved = isDrafted && !backlog.isUnsaved && !this.#haveGapsChanged && !spoolWriter.hasNumbers;
    if (isSaved && !spoolWriter.isFailing) {
      this.saveProgress();
      return;
    }
    const drafts = open.points > 0 ? [draft()] : [];
    const written = spoolWriter.save({
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
    if (this.#options.spoolWriter.saveProgress(this.#progress) === "renewed") this.#renewed();
  }

  #renewed(): void {
    this.#options.backlog.spoolRenewed();
    this.#draft = undefined;
    this.#options.onRenewed();
    this.save();
  }

  get #progress(): { identity: Identity; nextSeq: number; sentSeq: number; goneUpTo: number } {
    const { sentSeq, goneUpTo } = this.#options.backlog;
    return { ...this.#options.numbering(), sentSeq, goneUpTo };
  }
}
