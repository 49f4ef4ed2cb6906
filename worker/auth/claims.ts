import { isObject } from "../../protocol/json/json.ts";
import type { Refusal } from "../../protocol/problem.ts";

/** What a token's claims must say, and by which variables. */
export interface Expected {
  audience: { value: string; variable: string };
  /** undefined: any. */
  issuer: { value: string; variable: string } | undefined;
}

/** A token's claims, looked at. */
export type Claims =
  | { kind: "claims"; claims: Readonly<Record<string, unknown>>; expiresAtMs: number }
  | { kind: "refused"; refusal: Refusal };

/** Clocks differ. AC7d. */
const MAX_NOT_BEFORE_AHEAD_MS = 5 * 60_000;
/** The year 10000 in seconds. Who writes milliseconds is beyond it. */
const MAX_SECONDS = 253_402_300_800;
const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

/** AC7a, AC7c, AC7d: the claims that every token has, after its signature was found right. What it says is for its bearer. */
export function readClaims(payload: Uint8Array, { audience, issuer }: Expected, nowMs: number): Claims {
  const claims = objectIn(payload);
  if (claims === undefined)
    return wrong("What the JWT holds is no JSON object. A token within a token does not count.");
  const { aud, iss, sub, nbf, exp } = claims;
  if (!(aud === audience.value || (Array.isArray(aud) && aud.includes(audience.value))))
    return wrong(
      `The JWT is for ${shown("aud", aud)}, and must be for ${quoted(audience.value)} (${audience.variable}).`,
    );
  if (issuer !== undefined && iss !== issuer.value)
    return wrong(`The JWT is by ${shown("iss", iss)}, and must be by ${quoted(issuer.value)} (${issuer.variable}).`);
  if (sub !== undefined && typeof sub !== "string") return wrong('The JWT\'s "sub" must be a text.');
  if (exp === undefined) return wrong('The JWT has no "exp", and one that never expires does not count.');
  if (!isSeconds(exp)) return wrong(notSeconds("exp"));
  if (nbf !== undefined && !isSeconds(nbf)) return wrong(notSeconds("nbf"));
  const [expiresAtMs, notBeforeMs] = [Math.floor(exp * 1000), Math.floor((nbf ?? 0) * 1000)];
  if (notBeforeMs - nowMs > MAX_NOT_BEFORE_AHEAD_MS)
    return wrong(
      `The JWT counts only in ${spanText(notBeforeMs - nowMs)}: ${beside("nbf", notBeforeMs, nowMs)} If a clock is off, set it.`,
    );
  if (nowMs < expiresAtMs) return { kind: "claims", claims, expiresAtMs };
  const detail = `The JWT expired ${spanText(nowMs - expiresAtMs)} ago: ${beside("exp", expiresAtMs, nowMs)} Ask whoever gave it to you for a new one; if a clock is off, set it.`;
  return { kind: "refused", refusal: { code: "token-expired", detail } };
}

/** A refusal of a token that can never be right. */
export function wrong(detail: string): { kind: "refused"; refusal: Refusal } {
  return { kind: "refused", refusal: { code: "token-wrong", detail } };
}

/** What a token says, to be said back: no more of it than fits into a sentence. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}

function objectIn(payload: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(payload));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isSeconds(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < MAX_SECONDS;
}

function notSeconds(name: string): string {
  return `The JWT's "${name}" must be a number of seconds since 1970; they may be milliseconds, or a text.`;
}

function shown(name: string, value: unknown): string {
  if (value === undefined) return `nobody (it has no "${name}")`;
  return typeof value === "string" ? quoted(value) : `others (${name})`;
}

function beside(name: string, atMs: number, nowMs: number): string {
  return `its ${name} is ${new Date(atMs).toISOString()}, and this Worker's clock says ${new Date(nowMs).toISOString()}.`;
}

/** `2 days`, `1 hour`, `90 seconds`: whole, in the largest unit of which there are two, or seconds. */
function spanText(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, each]) => ms >= 2 * each) ?? (["second", 1000] as const);
  const count = Math.max(1, Math.floor(ms / unitMs));
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
