import { MAX_SERIES_LISTED, MAX_VIEWERS } from "../../protocol/limits.ts";

/** What has a bound: of a token all of these, of an address those in {@link ADDRESS_QUOTAS}. */
export const TOKEN_QUOTAS = ["points", "bytes", "series", "channels", "viewers", "reads", "announcements"] as const;
/** What nobody needs a token for; and announcements, of which there is never a need for many. */
export const ADDRESS_QUOTAS = ["viewers", "reads", "announcements"] as const;

export type QuotaName = (typeof TOKEN_QUOTAS)[number];

/** Points, bytes, reads and announcements are those of a second; series, channels and viewers are how many there may be. What is not here has no bound. */
export type Quotas = Readonly<Partial<Record<QuotaName, number>>>;

/** The variables. */
export interface QuotaVars {
  QUOTA_TOKEN?: string | undefined;
  QUOTA_ADDRESS?: string | undefined;
}

/** `QUOTA_TOKEN` and `QUOTA_ADDRESS`, read. */
export interface QuotaConfig {
  token: Quotas;
  address: Quotas;
  /** A sentence each. */
  faults: readonly string[];
}

/** What one address may do unless QUOTA_ADDRESS says otherwise: more than the people behind one address do. */
export const ADDRESS_DEFAULTS = { viewers: 2_000, reads: 100, announcements: 10 } as const satisfies Quotas;
/**
 * What one token may do unless QUOTA_TOKEN says otherwise. A bridge announces each of its channels once a minute: so this is for 6,000 channels,
 * and that of an address for 600.
 */
export const TOKEN_DEFAULTS = { announcements: 100 } as const satisfies Quotas;
/** What one token may do while a word of QUOTA_TOKEN cannot be read: whoever wrote it wanted a bound. */
export const TOKEN_IF_UNREADABLE = {
  points: 200_000,
  bytes: 4_000_000,
  series: MAX_SERIES_LISTED,
  channels: 1_000,
  viewers: 1_000,
  reads: 20,
  announcements: TOKEN_DEFAULTS.announcements,
} as const satisfies Quotas;

/** More of these there cannot be, so a higher bound would be none. */
const MOST: Quotas = { series: MAX_SERIES_LISTED, viewers: MAX_VIEWERS };
const OF_A_SECOND: ReadonlySet<QuotaName> = new Set(["points", "bytes", "reads", "announcements"]);
const BYTES: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};
const MAX_SHOWN = 40;

/**
 * Reads the quotas: words such as `points=200000/s bytes=4MB/s series=4096 channels=1000 viewers=1000 reads=20/s announcements=100/s`;
 * `reads=none` is no bound. A token has the bounds that are named and {@link TOKEN_DEFAULTS}, an address {@link ADDRESS_DEFAULTS}. What cannot be read is told, and never means that
 * there is no bound.
 */
export function parseQuotas({ QUOTA_TOKEN = "", QUOTA_ADDRESS = "" }: QuotaVars): QuotaConfig {
  const token = read("QUOTA_TOKEN", QUOTA_TOKEN, TOKEN_QUOTAS, TOKEN_IF_UNREADABLE);
  const address = read("QUOTA_ADDRESS", QUOTA_ADDRESS, ADDRESS_QUOTAS, ADDRESS_DEFAULTS);
  return {
    token: bounded({ ...TOKEN_DEFAULTS, ...token.instead, ...token.said }),
    address: bounded({ ...ADDRESS_DEFAULTS, ...address.said }),
    faults: [...token.faults, ...address.faults],
  };
}

/** A quota as its variable has it: `bytes=4000000/s`. */
export function quotaWord(name: QuotaName, value: number): string {
  return `${name}=${value}${OF_A_SECOND.has(name) ? "/s" : ""}`;
}

type Said = Partial<Record<QuotaName, number | null>>;

/** @returns what the words say, and the bounds `instead` of those that cannot be read */
function read(
  variable: string,
  text: string,
  names: readonly QuotaName[],
  ifUnreadable: Quotas,
): { said: Said; instead: Said; faults: string[] } {
  const [said, instead]: [Said, Said] = [{}, {}];
  const faults: string[] = [];
  for (const word of text.split(/[\s,]+/).filter((each) => each !== "")) {
    const [given = "", value = ""] = word.split(/=(.*)/s);
    const name = names.find((each) => each === given);
    const parsed = name === undefined ? undefined : boundIn(name, value);
    if (name !== undefined && said[name] !== undefined) {
      faults.push(`${variable}: "${shown(word)}" comes after another "${name}". Leave one of them; the first counts.`);
    } else if (name !== undefined && parsed !== undefined) {
      said[name] = parsed;
    } else {
      const meant = name === undefined ? names : [name];
      for (const each of meant) instead[each] = ifUnreadable[each] ?? null;
      const advice =
        name === undefined
          ? `is no quota. There are ${names.join(", ")}.`
          : `cannot be read. ${adviceOn(name, ifUnreadable)}`;
      const meanwhile = meant.map((each) => quotaWord(each, ifUnreadable[each] ?? 0)).join(" ");
      faults.push(`${variable}: "${shown(word)}" ${advice} Until then ${meanwhile} counts where nothing else is said.`);
    }
  }
  return { said, instead, faults };
}

/** null: no bound; undefined: it cannot be read. */
function boundIn(name: QuotaName, text: string): number | null | undefined {
  if (text === "none") return null;
  const [, digits, unit = "", second] = /^(\d{1,12})([A-Za-z]*)(\/s)?$/.exec(text) ?? [];
  const factor = name === "bytes" ? BYTES[unit] : unit === "" ? 1 : undefined;
  if (digits === undefined || factor === undefined || (second !== undefined) !== OF_A_SECOND.has(name))
    return undefined;
  const value = Number(digits) * factor;
  return value > 0 && value <= (MOST[name] ?? Number.POSITIVE_INFINITY) ? value : undefined;
}

function adviceOn(name: QuotaName, example: Quotas): string {
  const most = MOST[name] === undefined ? "" : `, ${MOST[name]} at most`;
  return `Write a number above 0${most}, such as ${quotaWord(name, example[name] ?? 1)}, or ${name}=none.`;
}

function shown(word: string): string {
  return word.length > MAX_SHOWN ? `${word.slice(0, MAX_SHOWN)}…` : word;
}

function bounded(said: Said): Quotas {
  const quotas: Partial<Record<QuotaName, number>> = {};
  for (const name of TOKEN_QUOTAS) {
    const value = said[name];
    if (value !== undefined && value !== null) quotas[name] = value;
  }
  return quotas;
}
