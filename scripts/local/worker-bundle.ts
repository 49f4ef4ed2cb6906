import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { getStaticTOMLValue, parseTOML } from "toml-eslint-parser";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What `wrangler.toml` says of the Worker, as far as a runtime on this machine needs it. */
export interface WorkerConfig {
  name: string;
  /** The file that esbuild begins with. */
  main: string;
  compatibilityDate: string;
  compatibilityFlags: readonly string[];
  /** `[vars]`: every variable that the Worker knows, with its default. */
  vars: Readonly<Record<string, string>>;
  /** Its Durable Objects: what each is called in `env`, and its class. */
  durableObjects: readonly DurableObjectBinding[];
  assets: {
    /** Absolute. */
    directory: string;
    /** Paths that are the Worker's, whether there is a file of that name or not. */
    runWorkerFirst: readonly string[];
    htmlHandling: string;
    notFoundHandling: string;
  };
}

export interface DurableObjectBinding {
  binding: string;
  className: string;
}

/** Reads `wrangler.toml`. (Wrangler could, too, but takes a second to load.) @throws Error naming what is missing */
export async function readWorkerConfig(): Promise<WorkerConfig> {
  const config = getStaticTOMLValue(parseTOML(await readFile(join(ROOT, "wrangler.toml"), "utf8")));
  const bindings = at(config, "durable_objects", "bindings");
  const vars: Record<string, string> = {};
  for (const [name, value] of Object.entries(at(config, "vars") ?? {})) vars[name] = text(value, `vars.${name}`);
  return {
    name: text(at(config, "name"), "name"),
    main: join(ROOT, text(at(config, "main"), "main")),
    compatibilityDate: text(at(config, "compatibility_date"), "compatibility_date"),
    compatibilityFlags: texts(at(config, "compatibility_flags"), "compatibility_flags"),
    vars,
    durableObjects: (Array.isArray(bindings) ? bindings : []).map((each) => ({
      binding: text(at(each, "name"), "name of a durable_objects.bindings"),
      className: text(at(each, "class_name"), "class_name of a durable_objects.bindings"),
    })),
    assets: {
      directory: join(ROOT, text(at(config, "assets", "directory"), "assets.directory")),
      runWorkerFirst: texts(at(config, "assets", "run_worker_first"), "run_worker_first"),
      htmlHandling: text(at(config, "assets", "html_handling"), "assets.html_handling"),
      notFoundHandling: text(at(config, "assets", "not_found_handling"), "assets.not_found_handling"),
    },
  };
}

/** Bundles a Worker as wrangler does, into one module. `entry` is its main file. */
export async function bundleWorker(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    sourcemap: "inline",
    outfile: "worker.js",
    logLevel: "silent",
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error(`esbuild made nothing of ${entry}.`);
  return bundle.text;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (part, key) =>
      typeof part === "object" && part !== null ? Object.entries(part).find(([name]) => name === key)?.[1] : undefined,
    value,
  );
}

function texts(value: unknown, what: string): string[] {
  return Array.isArray(value) ? value.map((each) => text(each, what)) : [];
}

function text(value: unknown, what: string): string {
  if (typeof value !== "string") throw new Error(`wrangler.toml: ${what} is not a string.`);
  return value;
}
