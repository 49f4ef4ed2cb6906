/** The notices that licences ask for: of each package that a build has put into its files, its licence as it came. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)\b/i;

interface Package {
  name: string;
  version: string;
  license: string;
  /** Of all its files of this kind. */
  texts: string[];
}

/** The folders of the packages whose code is in what was built, from `node_modules/` on; each once. */
export function packageFolders({ outputs }: Pick<Metafile, "outputs">): string[] {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      // Of a package in a package, the inner one; of what was shaken off nothing is left.
      const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? [];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  return [...folders].sort();
}

/**
 * The notices of these packages as one text.
 * @param root what the folders are relative to
 * @throws Error if a package brings no licence: then it must not be bundled before somebody has looked
 */
export async function noticesOf(root: string, folders: readonly string[]): Promise<string> {
  const packages = await Promise.all(folders.map((folder) => packageIn(join(root, folder))));
  const parts = packages.map(({ name, version, license, texts }) =>
    [`${name} ${version} (${license})`, ...texts].join("\n\n"),
  );
  return `${["What is bundled here beside Plotcast itself, and under which terms.", ...parts].join(RULE)}\n`;
}

const RULE = `\n\n${"-".repeat(80)}\n\n`;

async function packageIn(folder: string): Promise<Package> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const { name, version, license } = Object(manifest);
  const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map(async (file) => (await readFile(join(folder, file), "utf8")).trim()));
  if (typeof license !== "string" || texts.length === 0) {
    throw new Error(`${name} is bundled, and brings no licence: see what it says of its terms.`);
  }
  return { name: String(name), version: String(version), license, texts };
}
