import type { GuardedConnection } from "./connection.ts";

/** The publisher's, and both ends of its way to libzmq. */
const FILES_OF_CONNECTION = 3;
/** For all else that has files: the spool, POSTs, metrics, what Node and libzmq need for themselves. */
const FILES_OF_OTHERS = 256;
/** POSIX promises fewer, and no system that has Node starts with less. */
const FILES_WHERE_UNKNOWN = 1024;

/** Whose connections are counted: those of one guard. */
export interface ConnectionTable extends Iterable<GuardedConnection> {
  /** Ends this one to make room, if it is of this table. @returns whether it is */
  makeLeave(connection: GuardedConnection): boolean;
}

/**
 * The connections of all guards of a process together, which share its files. libzmq 4.3.5 aborts the process if it has none
 * left when it accepts over ipc: `ipc_listener_t::accept` asserts on EMFILE. So the guards never let it come to that.
 */
export class ProcessRoom {
  /** Those with connections. */
  readonly tables = new Set<ConnectionTable>();
  /** Connections that are open; those that were ended and still have files are not among them. */
  open = 0;
  /** All that have files. */
  held = 0;
  readonly files: number;
  #reserved = 0;

  /** @param files that the process may have open; Infinity where nothing bounds them */
  constructor(files: number) {
    this.files = files;
  }

  /** Takes files out of what connections may have, or gives them back (a negative number). */
  reserve(files: number): void {
    this.#reserved += files;
  }

  /** Connections at once. */
  get most(): number {
    return Math.max(1, Math.floor(this.#forConnections / (FILES_OF_CONNECTION + 1)));
  }

  /** Of one address: others need room, too. */
  get mostOfAddress(): number {
    return Math.ceil(this.most / 2);
  }

  /** A third more may be ended and not closed yet. Beyond, nobody is let in. */
  get isSpent(): boolean {
    return this.held >= Math.max(1, Math.floor(this.#forConnections / FILES_OF_CONNECTION));
  }

  get #forConnections(): number {
    return this.files - Math.min(FILES_OF_OTHERS, this.files / 2) - this.#reserved;
  }
}

/**
 * How many files this process may have open: the soft limit. Node has raised that to the hard one at its start
 * (`PlatformInit` in https://github.com/nodejs/node/blob/v24.0.0/src/node.cc).
 * @returns Infinity where nothing bounds them
 */
export function openFilesLimit(report: unknown = systemReport()): number {
  const limits = memberOf(report, "userLimits");
  // Windows has none.
  if (limits === undefined) return process.platform === "win32" ? Number.POSITIVE_INFINITY : FILES_WHERE_UNKNOWN;
  const soft = memberOf(memberOf(limits, "open_files"), "soft");
  if (soft === "unlimited") return Number.POSITIVE_INFINITY;
  return typeof soft === "number" && soft > 0 ? soft : FILES_WHERE_UNKNOWN;
}

function systemReport(): unknown {
  const { report } = process;
  // The names of whoever is connected would be looked up: nodejs.org/api/process.html#processreportexcludenetwork, not in Node's types.
  const before: unknown = Reflect.get(report, "excludeNetwork");
  Reflect.set(report, "excludeNetwork", true);
  try {
    return report.getReport();
  } finally {
    Reflect.set(report, "excludeNetwork", before);
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}

let room: ProcessRoom | undefined;

/** That of this process. */
export function processRoom(): ProcessRoom {
  room ??= new ProcessRoom(openFilesLimit());
  return room;
}
