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
  isDemo: boolean;
  /** For the command line of curl. */
  bearer: string;
  /** Who can connect, in sentences. */
  exposure: readonly string[];
}

const LABEL_WIDTH = 21;

export function bannerText({ url, publicUrl, bound, connected, isDemo, bearer, exposure }: Banner): string {
  const demo = isDemo ? "   (a demo sends a sine)" : "";
  const lines = [
    row("Plotcast is live", url.href),
    ...shareUrls(publicUrl, url).map((shared) => row("URL to share", shared)),
    ...(bound.length === 0 ? [] : [row("publishers go to", `${bound.join("  ")}${demo}`)]),
    ...(connected.length === 0 ? [] : [row("it connects to", connected.join("  "))]),
    row("or with curl", `curl -H "Authorization: Bearer ${bearer}" -d '{"y":1}' ${url.href}`),
    "",
    ...exposure,
    "",
    "Ctrl-C ends it.",
  ];
  return `\n${lines.map((line) => (line === "" ? "" : `  ${line}`)).join("\n")}\n`;
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
