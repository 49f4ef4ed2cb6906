/** Origins that a variable names, and what in it can never match. */
export interface Origins {
  /** `*`: every origin. */
  isAny: boolean;
  /** As browsers send them. */
  exact: ReadonlySet<string>;
  /** `https://*.board.example:8443`, as what an origin begins and ends with. */
  wildcards: readonly { scheme: string; suffix: string }[];
  /** A sentence each. */
  faults: readonly string[];
}

type Entry = { exact: string } | { scheme: string; suffix: string } | { fault: string };

/** Schemes of no page's origin. */
const NOT_OF_PAGES = new Set(["ws", "wss", "ftp", "data", "blob", "about", "javascript", "mailto", "view-source"]);

/**
 * Reads a list of origins with commas or blanks between them. Upper case, a slash at the end, a scheme's own port and letters
 * beyond ASCII are put as browsers send them. What is no origin matches nothing, and is a fault.
 *
 * @param name the variable, for the sentences
 */
export function parseOrigins(name: string, text: string): Origins {
  const exact = new Set<string>();
  const wildcards: { scheme: string; suffix: string }[] = [];
  const faults: string[] = [];
  let isAny = false;
  for (const word of wordsOf(text)) {
    if (word === "*") {
      isAny = true;
      continue;
    }
    const entry = parseOrigin(word);
    if ("exact" in entry) exact.add(entry.exact);
    else if ("suffix" in entry) wildcards.push(entry);
    else faults.push(`${name}: "${word}" ${entry.fault}`);
  }
  return { isAny, exact, wildcards, faults };
}

/** What in ALLOWED_ORIGINS can never match, a sentence each. */
export function originFaults(text: string): string[] {
  const { isAny, exact, faults } = parseOrigins("ALLOWED_ORIGINS", text);
  if (isAny || !exact.has("file://") || exact.has("null")) return [...faults];
  return [
    ...faults,
    'ALLOWED_ORIGINS: "file://" is what Chrome sends for the WebSocket of a page from a file; for all else, and in other browsers, such a page sends "null". Name null as well; frames that are sandboxed send it, too, whatever site they are of.',
  ];
}

/** Who may frame the page (EMBED_ORIGINS): `*`, `none`, or origins, as `frame-ancestors` has them. */
export function parseEmbedOrigins(text: string): { isAny: boolean; ancestors: string[]; faults: string[] } {
  const words = wordsOf(text);
  const { isAny, exact, wildcards, faults } = parseOrigins(
    "EMBED_ORIGINS",
    words.filter((word) => word.toLowerCase() !== "none").join(" "),
  );
  const isOfFile = (origin: string): boolean => origin === "null" || origin === "file://";
  return {
    isAny,
    ancestors: [
      ...[...exact].filter((origin) => !isOfFile(origin)),
      ...wildcards.map(({ scheme, suffix }) => `${scheme}*${suffix}`),
    ],
    faults: [
      ...faults,
      ...[...exact]
        .filter(isOfFile)
        .map((origin) => `EMBED_ORIGINS: "${origin}" cannot be named; pages from files may frame only if it is *.`),
    ],
  };
}

/** Whether these name an origin, as a browser sends it. */
export function includesOrigin({ isAny, exact, wildcards }: Origins, origin: string): boolean {
  if (isAny || exact.has(origin)) return true;
  return wildcards.some(({ scheme, suffix }) => origin.startsWith(scheme) && origin.endsWith(suffix));
}

/** The words of a variable: commas and blanks are between them. */
export function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

/** The origin of a URL, as browsers send it; undefined if it is none of http or https. */
export function webOriginOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, origin, hostname } = new URL(url);
  return (protocol === "http:" || protocol === "https:") && hostname !== "" ? origin : undefined;
}

function parseOrigin(word: string): Entry {
  if (word.toLowerCase() === "null") return { exact: "null" };
  if (/[;'"]/.test(word)) return { fault: "has a character that no origin has. Between origins put commas." };
  const [, scheme, rest = ""] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(word) ?? [];
  if (scheme === undefined) return { fault: `has no scheme, so no page's origin is that. Write https://${word}` };
  const lower = scheme.toLowerCase();
  if (NOT_OF_PAGES.has(lower)) return { fault: `has the scheme ${lower}, which no page's origin has. Write https://…` };
  if (lower === "file") {
    return /^\/?$/.test(rest)
      ? { exact: "file://" }
      : { fault: 'has a path, and files have no origins of their own. Write "file://" and "null".' };
  }
  const host = rest.replace(/\/$/, "");
  if (/[/?#]/.test(host)) {
    return { fault: `has a path, and an origin has none. Write ${lower}://${host.replace(/[/?#].*/s, "")}` };
  }
  if (host.includes("@")) return { fault: "has a user name, and an origin has none. Leave it out." };
  const isWildcard = host.startsWith("*.");
  const plain = isWildcard ? host.slice(2) : host;
  if (plain.includes("*")) return { fault: 'has a "*" where none can be: it stands alone, or before the first dot.' };
  if (lower !== "http" && lower !== "https") {
    // What extensions and apps send: chrome-extension://…, capacitor://localhost.
    return isWildcard || plain === "" ? { fault: "has no host." } : { exact: `${lower}://${plain.toLowerCase()}` };
  }
  const origin = webOriginOf(`${lower}://${plain}`);
  if (origin === undefined)
    return { fault: "has a host or a port that cannot be. An origin is scheme, host and port." };
  if (!isWildcard) return { exact: origin };
  return { scheme: `${lower}://`, suffix: `.${origin.slice(lower.length + 3)}` };
}
