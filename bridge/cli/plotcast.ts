#!/usr/bin/env node
/** The command as it is packed (scripts/build-bridge.ts). Within the repository Node runs main.ts as it is. */
import process from "node:process";

/** The first with node:sqlite unflagged: https://nodejs.org/api/sqlite.html */
const OLDEST = [22, 13] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(`Plotcast needs Node.js ${OLDEST.join(".")} or newer; this is ${process.versions.node}.\n`);
  process.exit(2);
}

// Node 22 warns of node:sqlite at each start, which tells a user of Plotcast nothing.
const emitWarning = process.emitWarning.bind(process);
process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
  if (String(warning).includes("SQLite is an experimental feature")) return;
  Reflect.apply(emitWarning, process, [warning, ...rest]);
};

await import("./main.ts");
