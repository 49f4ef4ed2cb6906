/** What `npm start` and `npm run dev` print once everything runs. */
import { webOriginOf, wordsOf } from "../worker/http/access/origins.ts";

export interface Banner {
  /** The channel's URL on this machine. */
  url: URL;
  /** The Worker's variable: origins by which browsers elsewhere find it. */
  publicUrl: string;
  /** ZeroMQ addresses that publishers connect to. */
  bound: readonly string[];
  /** Those of publishers that bind. */
  connected: readonly string[];
  /** Where programs are told what is set and called. */
  controls: readonly string[];
  isDemo: boolean;
  /** Whether the channel needs a token to be watched. */
  isPrivate: boolean;
  /** For the command line of curl. */
  bearer: string;
  /** ADMIN_TOKEN is set: PUBLISH_TOKEN makes no tokens then. */
  hasAdminToken: boolean;
  /** Who can connect, in sentences. */
  exposure: readonly string[];
}

const LABEL_WIDTH = 21;

export function bannerText({
  url,
  publicUrl,
  bound,
  connected,
  controls,
  isDemo,
  isPrivate,
  bearer,
  hasAdminToken,
  exposure,
}: Banner): string {
  const demo = isDemo ? "   (a demo sends a sine)" : "";
  const lines = [
    row("Plotcast is live", url.href),
    ...shareUrls(publicUrl, url).map((shared) => row("URL to share", shared)),
    ...(bound.length === 0 ? [] : [row("publishers go to", `${bound.join("  ")}${demo}`)]),
    ...(connected.length === 0 ? [] : [row("it connects to", connected.join("  "))]),
    ...(controls.length === 0 ? [] : [row("they are told by", controls.join("  "))]),
    row("or with curl", `curl -H "Authorization: Bearer ${bearer}" -d '{"y":1}' ${url.href}`),
    ...(isPrivate ? privateRows(url, bearer, hasAdminToken) : []),
    "",
    ...exposure,
    "",
    "Ctrl-C ends it.",
  ];
  return `\n${lines.map((line) => (line === "" ? "" : `  ${line}`)).join("\n")}\n`;
}

/** How a channel is opened that WATCH has made private. */
function privateRows({ origin, pathname, href }: URL, bearer: string, hasAdminToken: boolean): string[] {
  const channel = pathname.slice("/c/".length);
  // A token that was made up is in no environment.
  const secret = bearer.startsWith("$") || hasAdminToken ? "" : `PUBLISH_TOKEN=${bearer} `;
  const to = origin === "http://localhost:8787" ? "" : ` --to ${origin}`;
  return [
    row("it is private", `open it as ${href}#token=<a token that may watch it>`),
    row("make such a token", `${secret}npm run --silent bridge -- token add me --watch ${channel}${to}`),
    row("", "(with ADMIN_TOKEN in the environment, or PUBLISH_TOKEN where there is none: docs/ACCESS.md)"),
  ];
}

/** The channel's URLs for others; what in the variable is no URL of the web is left out, and said elsewhere. */
function shareUrls(publicUrl: string, { pathname }: URL): string[] {
  return wordsOf(publicUrl)
    .map(webOriginOf)
    .filter((origin) => origin !== undefined)
    .map((origin) => `${origin}${pathname}`);
}

function row(label: string, text: string): string {
  return label.padEnd(LABEL_WIDTH) + text;
}
