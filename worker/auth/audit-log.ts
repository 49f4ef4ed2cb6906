import { replaceControl } from "../../protocol/characters.ts";
import type { ProblemCode } from "../../protocol/problem.ts";
import { QuotaBuckets } from "./bounds/quota-buckets.ts";
import { RateLimit } from "./bounds/rate-limit.ts";
import { keepNewest } from "./keep-newest.ts";

/** What happened. Nothing of it is what a client sent, as it sent it. */
export type AuditEvent =
  | { audit: "refused"; status: number; code: ProblemCode }
  /** Every point of a channel was forgotten; what everybody should see was stored; a page's token went into a cookie. */
  | { audit: "deleted" | "arranged" | "session-kept" }
  /** A token was used that this isolate did not see in this channel from this address before. */
  | { audit: "token-used" }
  /** A publisher published that this isolate did not see in this channel with this token before. */
  | { audit: "published-first"; publisher: string }
  /** `name` is that of the token. */
  | { audit: "token-made" | "token-revoked" | "shared"; name: string };

/** An event, and of whom and of what it is. */
export type AuditLine = AuditEvent & {
  method: string;
  /** "": none, or a name that is none. */
  channel: string;
  address: string;
  principal: string;
  atMs: number;
  /** How many lines of its kind, refusals, uses or changes, were left out before it. */
  dropped?: number;
};

/** Whoever is refused decides how often that is: so few lines a second are for them. Uses need a token. */
export const MAX_REFUSED_PER_S = 10;
export const MAX_USES_PER_S = 100;
/** Of each token: what one does, or only uses, hides no change that another makes. */
export const MAX_CHANGES_PER_S = 100;
const SESSION_EVERY_MS = 60_000;
/** So many uses and publishers are known as seen. */
export const MAX_SEEN = 4_096;
const MAX_TEXT_LENGTH = 128;
/**
 * A named token; or a JWT, whose first part is the base64url of `{"`, or of `{` and a space or a line's end. Also without the last characters, which
 * could be guessed, and with others around it; but not `pct_humidity`, or `eye.left.x`.
 */
const TOKEN_FORM = /pct_[\w-]{24,}|e[wy][\w-]{16,}\.[\w-]{16,}\.[\w-]{16,}/g;

/** Refusals that say that somebody wanted what they may not, or too much of it. */
const AUDITED: ReadonlySet<ProblemCode> = new Set([
  "token-missing",
  "token-wrong",
  "token-expired",
  "not-permitted",
  "origin-not-allowed",
  "host-not-allowed",
  "cross-site",
  "too-many-requests",
  "quota-exceeded",
]);

/** Writes down who was refused, and what was done with a token: so many lines a second, and then how many were left out. */
export class AuditLog {
  readonly #write: (line: AuditLine) => void;
  readonly #refusals: Kind;
  readonly #uses: Kind;
  readonly #changes: Kind;
  /** In the order of use. */
  readonly #seen = new Set<string>();

  constructor(write: (line: AuditLine) => void, nowMs: number) {
    this.#write = write;
    const refusals = new RateLimit(MAX_REFUSED_PER_S, nowMs);
    const uses = new RateLimit(MAX_USES_PER_S, nowMs);
    const changes = new QuotaBuckets(MAX_CHANGES_PER_S);
    this.#refusals = { isWithin: ({ atMs }) => refusals.take(atMs), dropped: 0 };
    this.#uses = { isWithin: ({ atMs }) => uses.take(atMs), dropped: 0 };
    this.#changes = {
      isWithin({ principal, atMs }) {
        if (changes.waitMs(principal, 1, atMs) > 0) return false;
        changes.spend(principal, 1, atMs);
        return true;
      },
      dropped: 0,
    };
  }

  add(line: AuditLine): void {
    if (!this.#isNews(line)) return;
    const kind = this.#kindOf(line);
    if (!kind.isWithin(line)) {
      kind.dropped++;
      return;
    }
    this.#write(kind.dropped > 0 ? { ...line, dropped: kind.dropped } : line);
    kind.dropped = 0;
  }

  #kindOf(line: AuditLine): Kind {
    switch (line.audit) {
      case "refused":
        return this.#refusals;
      case "token-used":
      case "published-first":
      case "session-kept":
        return this.#uses;
      case "deleted":
      case "arranged":
      case "token-made":
      case "token-revoked":
      case "shared":
        return this.#changes;
      default:
        return line satisfies never;
    }
  }

  /** What is told once only was not told yet. */
  #isNews(line: AuditLine): boolean {
    switch (line.audit) {
      case "refused":
        return AUDITED.has(line.code) || (line.code === "not-found" && line.channel !== "");
      case "token-used":
        return this.#isFirst([line.audit, line.channel, line.principal, line.address]);
      case "published-first":
        return this.#isFirst([line.audit, line.channel, line.principal, line.publisher]);
      case "session-kept":
        return this.#isFirst([line.audit, line.channel, line.principal, `${Math.floor(line.atMs / SESSION_EVERY_MS)}`]);
      case "deleted":
      case "arranged":
      case "token-made":
      case "token-revoked":
      case "shared":
        return true;
      default:
        return line satisfies never;
    }
  }

  #isFirst(parts: readonly string[]): boolean {
    const key = parts.join("\n");
    const isFirst = !this.#seen.delete(key);
    keepNewest(this.#seen.add(key), MAX_SEEN);
    return isFirst;
  }
}

interface Kind {
  /** Whether a line may be written, which is then counted. */
  isWithin(line: AuditLine): boolean;
  dropped: number;
}

/** Of this isolate. Workers Logs keeps the fields of an object that is logged alone, each to be searched (Cloudflare docs, "Workers Logs"). */
export const auditLog = new AuditLog((line) => console.log(line), Date.now());

/** A text as it may stand in a line: short, without control characters, and without what has the form of a token. */
export function shown(text: string): string {
  return replaceControl(text.slice(0, MAX_TEXT_LENGTH).replace(TOKEN_FORM, "<token>"), () => " ");
}
