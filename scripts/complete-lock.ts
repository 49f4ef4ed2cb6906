/**
 * Adds to package-lock.json what npm left out: builds of optional dependencies for platforms that the registry in use did
 * not carry when npm asked, and hashes. Without their entries `npm ci` fails with "Missing … from lock file"; without a
 * hash it installs whatever it is sent. Run it after every `npm install` that changes the lock: `npm run lock`.
 */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";

const PLATFORMS: Record<string, string> = {
  darwin: "darwin",
  linux: "linux",
  windows: "win32",
  win32: "win32",
  android: "android",
};
const CPUS: Record<string, string> = { "64": "x64", x64: "x64", arm64: "arm64", arm: "arm" };

interface Entry extends Record<string, unknown> {
  version?: string;
  integrity?: string;
  link?: boolean;
  dev?: boolean;
  optionalDependencies?: Record<string, string>;
}

interface Lock {
  packages: Record<string, Entry>;
}

const lock: Lock = JSON.parse(await readFile("package-lock.json", "utf8"));
const added: string[] = [];
for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const entry = `node_modules/${name}`;
    if (entry in lock.packages || `${path}/${entry}` in lock.packages) continue;
    const parts = name.split("-");
    const os = parts.map((part) => PLATFORMS[part]).find((value) => value !== undefined);
    const cpu = parts.map((part) => CPUS[part]).find((value) => value !== undefined);
    if (os === undefined || cpu === undefined) throw new Error(`For what platform is ${name}?`);
    const libc = name.endsWith("-musl") ? { libc: ["musl"] } : {};
    lock.packages[entry] = { version, cpu: [cpu], ...(dev && { dev }), ...libc, optional: true, os: [os] };
    added.push(name);
  }
}
for (const [path, entry] of Object.entries(lock.packages)) {
  const name = /.*node_modules\/(.+)$/.exec(path)?.[1];
  // What is of this repository has no hash.
  if (name === undefined || entry.link === true || entry.integrity !== undefined) continue;
  const { version, ...rest } = entry;
  lock.packages[path] = { version: version ?? "", integrity: await integrityOf(`${name}@${version}`), ...rest };
  added.push(`the hash of ${name}`);
}
const packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile("package-lock.json", `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
console.log(added.length === 0 ? "The lock is complete." : `Added ${added.join(", ")}.`);

/** The hash of a package, as the registry in use has it. @throws Error if it has none */
async function integrityOf(spec: string): Promise<string> {
  const { stdout } = await promisify(execFile)("npm", ["view", spec, "dist.integrity"]);
  const integrity = stdout.trim();
  if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity)) throw new Error(`The registry has no hash of ${spec}.`);
  return integrity;
}
