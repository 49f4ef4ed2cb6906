import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin, transform } from "esbuild";

/** Of the browsers that pages and elements run in. */
export const BROWSERS = ["es2022", "chrome111", "firefox111", "safari16.4"];
export const MAX_ELEMENT_GZIP_BYTES = 40 * 1024;

/**
 * A frame that cannot be read is counted by a page, which never says what is wrong with it: the sentences that say so, which the Worker
 * answers publishers with, stay out of what every page is sent.
 */
export const withoutFrameFaults: Plugin = {
  name: "without the sentences of FrameError",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]protocol[\\/]frame[\\/][a-z-]+\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const sentence = /(new FrameError\(\s*"[a-z-]+",\s*)(?:`[^`]*`|"[^"]*"|'[^']*')/g;
      return { contents: source.replace(sentence, '$1""'), loader: "ts" };
    });
  },
};

/** Styles as text, without what only people read of them. */
const smallStyles: Plugin = {
  name: "styles as minified text",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: BROWSERS });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const OPTIONS = {
  entryPoints: [fileURLToPath(new URL("../page/element/index.ts", import.meta.url))],
  bundle: true,
  minify: true,
  format: "esm",
  target: BROWSERS,
  charset: "utf8",
  plugins: [smallStyles, withoutFrameFaults],
  write: false,
  logLevel: "warning",
} as const satisfies BuildOptions;

/** Bundles `<plot-cast>` and `<plot-cast-value>` (page/element) into one module. @returns its text */
export async function bundleElement(): Promise<string> {
  const { outputFiles } = await build(OPTIONS);
  return outputFiles[0]?.text ?? "";
}
