import { webOriginOf, wordsOf } from "./origins.ts";

/**
 * Names by which the Worker may be asked. A page of another site can have its own name lead to this address (DNS rebinding), and is
 * then of the same origin to the browser: only the name in `Host` tells it apart.
 */
export interface Hosts {
  /** `*`: any name; something else sees to it. */
  isAny: boolean;
  exact: ReadonlySet<string>;
  /** With the dot they begin with. */
  suffixes: readonly string[];
  faults: readonly string[];
}

/** PUBLIC_URL: where browsers find the Worker behind a proxy. */
export interface PublicUrls {
  origins: ReadonlySet<string>;
  hosts: ReadonlySet<string>;
  faults: readonly string[];
}

/** ALLOWED_HOSTS: names with commas or blanks between them; `.board.example` or `*.board.example` is every name below. */
export function parseHosts(text: string): Hosts {
  const exact = new Set<string>();
  const suffixes: string[] = [];
  const faults: string[] = [];
  let isAny = false;
  for (const word of wordsOf(text)) {
    if (word === "*") {
      isAny = true;
      continue;
    }
    const [, wildcard, name = ""] = /^(\*?\.)?(.*)$/s.exec(word) ?? [];
    const hostname = hostnameOf(name);
    if (hostname === undefined || hostname.includes("*")) faults.push(`ALLOWED_HOSTS: "${word}" ${hostFault(word)}`);
    else if (wildcard === undefined) exact.add(hostname);
    else suffixes.push(`.${hostname}`);
  }
  return { isAny, exact, suffixes, faults };
}

/** PUBLIC_URL: one URL, or several with commas or blanks between them. */
export function parsePublicUrls(text: string): PublicUrls {
  const origins = new Set<string>();
  const hosts = new Set<string>();
  const faults: string[] = [];
  for (const word of wordsOf(text)) {
    const origin = webOriginOf(word);
    if (origin === undefined) {
      faults.push(`PUBLIC_URL: "${word}" is no URL of a page. Write it as browsers show it: https://board.example`);
      continue;
    }
    const { hostname, pathname } = new URL(word);
    origins.add(origin);
    hosts.add(withoutDot(hostname));
    if (pathname !== "/" && !pathname.startsWith("/c/")) {
      faults.push(
        `PUBLIC_URL: "${word}" has a path. Plotcast cannot be served below a path; give it a name of its own, as ${origin}`,
      );
    }
  }
  return { origins, hosts, faults };
}

/**
 * Whether a name is known: addresses (rebinding needs a name), localhost, Cloudflare's own, and those that are configured.
 *
 * @param host as in the header `Host`, with a port or without
 */
export function isKnownHost(host: string, allowed: Hosts, publicHosts: ReadonlySet<string>): boolean {
  const name = hostnameOf(host);
  if (name === undefined) return false;
  if (name.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(name)) return true;
  if (name === "localhost" || name.endsWith(".localhost") || name.endsWith(".workers.dev")) return true;
  if (allowed.isAny || allowed.exact.has(name) || publicHosts.has(name)) return true;
  return allowed.suffixes.some((suffix) => name.endsWith(suffix));
}

/** Whether PUBLIC_URL says by which scheme this host is asked. Proxies may leave out its port. @param host as in `Host` */
export function isOfPublicUrl(host: string, { origins, hosts }: PublicUrls): boolean {
  const name = hostnameOf(host);
  if (name === undefined || !hosts.has(name)) return false;
  const hasPort = /:\d+$/.test(host);
  return !hasPort || [...origins].some((origin) => new URL(origin).host === host.toLowerCase());
}

/** The name in a `Host` header, as URLs spell it: lower case, no port, no dot at the end; undefined if that is none. */
export function hostnameOf(host: string): string | undefined {
  if (host.length > 300 || !/^[^\s/\\@?#,]+$/.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  const name = withoutDot(new URL(`http://${host}`).hostname);
  return name === "" ? undefined : name;
}

function withoutDot(name: string): string {
  return name.replace(/\.$/, "");
}

function hostFault(word: string): string {
  const url = webOriginOf(word);
  if (url !== undefined) return `is a URL, and a host has no scheme. Write ${new URL(url).hostname}`;
  if (word.includes("*")) return 'has a "*" where none can be: it stands alone, or before the first dot.';
  return "is no host's name. Write it as in a URL, without scheme, port and path.";
}
