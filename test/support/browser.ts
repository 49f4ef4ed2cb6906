/**
 * A browser for tests: the one CHROMIUM_PATH names, else one that is installed, else the Chromium inside the
 * npm package `@sparticuz/chromium`. Without any, opening one fails; no test is skipped.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { takeTurn } from "./wait.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const INSTALLED: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: [
    "/usr/bin/google-chrome-stable",
    "/usr/bin/google-chrome",
    "/opt/google/chrome/chrome",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
  ],
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ],
  win32: [process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, "Google", "Chrome", "Application", "chrome.exe")),
};

const ADVICE = "Install Chrome or Chromium, or set CHROMIUM_PATH to the file to run.";

export interface PageOptions {
  width: number;
  height: number;
  colorScheme: "light" | "dark";
  reducedMotion?: "reduce" | "no-preference";
}

export interface TestPage {
  page: Page;
  /** Console errors and uncaught errors so far; a test asserts that there are none. */
  errors: string[];
  close(): Promise<void>;
}

/**
 * Opens a browser, headless. It must be closed, or the test process stays.
 * @param args further flags of Chromium
 */
export async function openBrowser(args: readonly string[] = []): Promise<Browser> {
  const { source, executablePath, env } = await findBrowser();
  try {
    return await chromium.launch({ executablePath, args: [...FLAGS, ...args], env: { ...process.env, ...env } });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${executablePath} (${source}) did not start. ${ADVICE}\n${reason}`, { cause });
  }
}

/** Opens an empty page with a profile of its own. */
export async function newPage(browser: Browser, options: PageOptions): Promise<TestPage> {
  const context = await browser.newContext({
    viewport: { width: options.width, height: options.height },
    colorScheme: options.colorScheme,
    reducedMotion: options.reducedMotion ?? "no-preference",
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => errors.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("crash", () => errors.push("the page crashed"));
  return { page, errors, close: () => context.close() };
}

interface FoundBrowser {
  source: string;
  executablePath: string;
  env: Record<string, string>;
}

async function findBrowser(): Promise<FoundBrowser> {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen !== undefined && chosen !== "") {
    if (!existsSync(chosen)) throw new Error(`CHROMIUM_PATH names ${chosen}, which does not exist`);
    return { source: "from CHROMIUM_PATH", executablePath: chosen, env: {} };
  }
  const installed = INSTALLED[process.platform]?.find((path) => existsSync(path));
  if (installed !== undefined) return { source: "installed", executablePath: installed, env: {} };
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(`There is no browser to test with. ${ADVICE}`);
  }
  try {
    return await unpackBrowser();
  } catch (cause) {
    throw new Error(`No browser is installed, and @sparticuz/chromium could not be unpacked. ${ADVICE}`, { cause });
  }
}

/**
 * Unpacks `@sparticuz/chromium` (Linux on x64), once for all test processes and runs. The package itself unpacks
 * into the temporary directory without regard for a second process, so a child unpacks for us into a directory
 * that is renamed when complete.
 */
async function unpackBrowser(): Promise<FoundBrowser> {
  const manifest = new URL("../package.json", import.meta.resolve("@sparticuz/chromium"));
  const version = /"version": "([\w.-]+)"/.exec(await readFile(manifest, "utf8"))?.[1] ?? "unknown";
  const cache = join(ROOT, "node_modules", ".cache");
  const home = join(cache, `chromium-${version}`);
  if (!existsSync(home)) {
    await takeTurn(`${home}.lock`, async () => {
      if (existsSync(home)) return;
      const staging = await mkdtemp(join(cache, "chromium-"));
      try {
        await promisify(execFile)(
          process.execPath,
          ["--input-type=module", "--eval", 'await (await import("@sparticuz/chromium")).default.executablePath()'],
          // AWS_LAMBDA_JS_RUNTIME makes the package unpack the libraries that a bare machine lacks.
          { cwd: ROOT, env: { ...process.env, TMPDIR: staging, AWS_LAMBDA_JS_RUNTIME: "nodejs22.x" } },
        );
        await mkdir(join(staging, "font-cache"));
        await writeFile(join(staging, "fonts.conf"), fontConfig(home));
        await rename(staging, home);
      } finally {
        await rm(staging, { recursive: true, force: true });
      }
    });
  }
  return {
    source: "from @sparticuz/chromium",
    executablePath: join(home, "chromium"),
    env: {
      LD_LIBRARY_PATH: [join(home, "al2023", "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":"),
      FONTCONFIG_FILE: join(home, "fonts.conf"),
    },
  };
}

/** The machine's fonts, if it has any, and the package's Open Sans for whatever they cannot provide. */
function fontConfig(home: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(home, "fonts")}</dir>
  <cachedir>${join(home, "font-cache")}</cachedir>
  <match target="pattern">
    <edit name="family" mode="append_last"><string>Open Sans</string></edit>
  </match>
</fontconfig>
`;
}
