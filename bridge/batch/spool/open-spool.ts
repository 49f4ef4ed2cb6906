import { renameSync } from "node:fs";
import { gapOf, type PublisherGap } from "../../../client/publish/collect/gaps.ts";
import { newPublisherId } from "../../../client/publish/collect/held-frame.ts";
import type { Log } from "../../observability/log.ts";
import { counted, errorText } from "../../observability/printable.ts";
import { fileFault, restrict } from "./private-files.ts";
import { Spool } from "./spool.ts";
import { isDamage, type SpoolState, SqliteCode, sqliteCode } from "./spool-state.ts";
import { isWhole, markNotWhole, WHOLE_SUFFIX } from "./whole-numbers.ts";

/** What SQLite puts beside a database. */
const SUFFIXES = ["-wal", "-shm", "-journal"];

export interface SpoolOptions {
  file: string;
  /** Bound of the undelivered frames in it; beyond, the oldest are dropped. */
  maxBytes: number;
  /** SQLite's `max_page_count`: what a full disk is to the tests. */
  maxPages?: number;
}

/** A spool that must not be used; in a sentence for whoever started the bridge. */
export class SpoolError extends Error {
  override readonly name = "SpoolError";
}

export interface OpenedSpool {
  /** Undefined: in memory only. */
  spool: Spool | undefined;
  state: SpoolState;
  /** Why it could be read but not written yet. */
  failure?: unknown;
}

/**
 * Opens the spool for the channel at `to`. A damaged one is set aside and a new one begun; one that can be read but not
 * written, as on a full disk, is used as it is; one that cannot be opened is gone without: what comes in is worth more
 * than what waits in a file.
 * @throws SpoolError if another bridge has it, it holds points for another channel, or it is a link or another user's
 */
export function openSpool(options: SpoolOptions | undefined, to: URL, log: Log): OpenedSpool {
  if (options === undefined) return { spool: undefined, state: emptyState() };
  const { file } = options;
  for (const suffix of ["", ...SUFFIXES, WHOLE_SUFFIX]) {
    const fault = fileFault(file + suffix);
    if (fault === undefined) continue;
    throw new SpoolError(`The spool ${file} is not used: ${file}${suffix} ${fault}. Give another file with --spool.`);
  }
  // SQLite gives these the rights of the file itself when it makes them. https://sqlite.org/src/file/src/os_unix.c
  for (const suffix of SUFFIXES) restrict(file + suffix);
  try {
    return openOnce(options, to, [], log);
  } catch (error) {
    if (error instanceof SpoolError) throw error;
    const code = sqliteCode(error);
    if (code === SqliteCode.busy || code === SqliteCode.locked) {
      throw new SpoolError(
        `The spool ${file} is in use by another bridge. End that one, or give this one a file of its own (--spool FILE; with npm start and npm run dev, --store DIR).`,
      );
    }
    if (!isDamage(error)) return without(file, error, log);
    try {
      const aside = setAside(file);
      log.error(`The spool ${file} is damaged (${errorText(error)}). It is now ${aside}; going on with a new one.`);
      return openOnce(options, to, [gapOf("spool-damaged", null)], log);
    } catch (second) {
      return without(file, second, log);
    }
  }
}

function openOnce(options: SpoolOptions, to: URL, gaps: readonly PublisherGap[], log: Log): OpenedSpool {
  const { file } = options;
  const spool = new Spool(file, options);
  try {
    const before = spool.to;
    const { points } = spool;
    if (before !== undefined && before !== to.href && points > 0) {
      throw new SpoolError(
        `The spool ${file} holds ${counted(points, "point")} for ${before}, not for ${to.href}. ` +
          `Start once with --to ${before} to deliver them, or give another file with --spool, or remove this one.`,
      );
    }
    const isSure = spool.isNew || isWhole(file);
    const state = spool.load(to.href, gaps, isSure);
    if (!isSure) log.warn(`The spool ${file} could not be written to the last: what was lost then, nobody knows.`);
    try {
      spool.begin();
    } catch (failure) {
      if (sqliteCode(failure) === SqliteCode.corrupt) throw failure;
      return { spool, state, failure };
    }
    return { spool, state };
  } catch (error) {
    spool.close();
    throw error;
  }
}

/**
 * Begins a new spool in the place of one that was found damaged while it was in use; that is set aside. May be called
 * again if it throws.
 * @returns the new one, which holds nothing yet
 * @throws what SQLite or the system says
 */
export function renewSpool(spool: Spool, error: unknown, log: Log): Spool {
  const { file, to = "" } = spool;
  if (spool.isOpen) {
    spool.abandon();
    const aside = setAside(file);
    log.error(`The spool ${file} is damaged (${errorText(error)}). It is now ${aside}; going on with a new one.`);
  }
  const renewed = new Spool(file);
  renewed.load(to, [], true);
  return renewed;
}

/** A publisher of its own then, because nobody knows which numbers the one in the file has used. */
function without(file: string, error: unknown, log: Log): OpenedSpool {
  log.error(
    `The spool ${file} cannot be used: ${errorText(error)}. Going on in memory alone: what is undelivered at the end is lost.`,
  );
  // What is sent now, it will not know.
  markNotWhole(file);
  return { spool: undefined, state: { ...emptyState(), gaps: [gapOf("bridge-restarted", null)] } };
}

function emptyState(): SpoolState {
  return { publisher: newPublisherId(), base: 0, nextSeq: 1, sentSeq: 0, frames: [], gaps: [], numbers: [] };
}

function setAside(file: string): string {
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(":", "-")}`;
  renameSync(file, aside);
  // What else belongs to it would be taken for the new one's.
  for (const suffix of SUFFIXES) {
    try {
      renameSync(file + suffix, aside + suffix);
    } catch {
      // There is none.
    }
  }
  return aside;
}
