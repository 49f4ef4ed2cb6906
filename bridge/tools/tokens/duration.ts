import { InvalidArgumentError } from "commander";

const UNITS_MS: Readonly<Partial<Record<string, number>>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Ten years. What is to last longer has no expiry, and can be revoked. */
const MAX_MS = 3_650 * 86_400_000;

/** How long a token counts: `30s`, `15m`, `24h`, `7d` → milliseconds. @throws InvalidArgumentError */
export function parseTokenDuration(text: string): number {
  const [, digits, unit = ""] = /^([0-9]{1,9})([smhd])$/.exec(text.trim()) ?? [];
  const ms = Number(digits) * (UNITS_MS[unit] ?? Number.NaN);
  if (ms > 0 && ms <= MAX_MS) return ms;
  throw new InvalidArgumentError("Give a time such as 30s, 15m, 24h or 7d, up to 3650d.");
}
