/**
 * Adds to package-lock.json what npm left out: builds of optional dependencies for platforms that the registry in
 * use did not carry. Without their entries `npm ci` fails with "Missing … from lock file". Run it after every
 * `npm install` that changes the lock: `npm run lock`.
 */
import { readFile, writeFile } from "node:fs/promises";

const PLATFORMS: Record<string, string> = {
  darwin: "darwin",
  linux: "linux",
  windows: "win32",
  win32: "win32",
  android: "android",
};
const CPUS: Record<string, string> = { "64": "x64", x64: "x64", arm64: "arm64", arm: "arm" };

interface Lock {
  packages: Record<string, { optionalDependencies?: Record<string, string>; dev?: boolean } & Record<string, unknown>>;
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
const packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile("package-lock.json", `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
console.log(added.length === 0 ? "The lock is complete." : `Added ${added.join(", ")}.`);
