import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

interface Entry {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
}

const text = await readFile(new URL("../../../package-lock.json", import.meta.url), "utf8");
const lock: { packages: Record<string, Entry> } = JSON.parse(text);
const manifest: { allowScripts: Record<string, boolean>; devDependencies: Record<string, string> } = JSON.parse(
  await readFile(new URL("../../../package.json", import.meta.url), "utf8"),
);
/** What is of this repository: the project, and the package that names its Node. */
const OWN = ["", "tools/node", "node_modules/plotcast-node"];

test("[ST14] every package of the lock is pinned by its hash", () => {
  const entries = Object.entries(lock.packages).filter(([path]) => !OWN.includes(path));
  assert.ok(entries.length > 150, "the lock is read");
  for (const [path, { integrity, version }] of entries) {
    assert.match(version ?? "", /^\d+\.\d+\.\d+/, path);
    assert.match(integrity ?? "", /^sha512-[A-Za-z0-9+/]{86}==$/, `${path} has no hash; npm run lock adds it`);
  }
});

test("[ST14] no package comes from anywhere but the registry that its user has", () => {
  for (const [path, { resolved }] of Object.entries(lock.packages)) {
    const isDefault = resolved === undefined || resolved.startsWith("https://registry.npmjs.org/");
    assert.ok(isDefault || OWN.includes(path), `${path}: ${resolved}`);
  }
});

test("[ST14] Node is a program for each platform, in the lock, and none that an install script fetches", () => {
  const programs = Object.entries(lock.packages["tools/node"]?.optionalDependencies ?? {});
  for (const platform of ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win-x64", "win-arm64"]) {
    assert.ok(
      programs.some(([name]) => name.endsWith(`-${platform}`)),
      platform,
    );
  }
  for (const [name, version] of programs) {
    const entry = lock.packages[`node_modules/${name}`];
    assert.equal(entry?.version, version, name);
    assert.ok(!entry?.hasInstallScript, name);
  }
  assert.ok(!("node_modules/node" in lock.packages), "the package node fetches its program without a hash");
});

test("[ST14] of the packages that fetch a missing program at installation none may run that script", () => {
  for (const name of ["esbuild", "workerd"]) assert.equal(manifest.allowScripts[name], false, name);
  assert.deepEqual(
    Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name]),
    ["zeromq"],
    "which builds from its own source where it has no program",
  );
});
