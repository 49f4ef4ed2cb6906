import type { Rights } from "../../../protocol/access/rights.ts";
import type { ListedToken } from "../../../protocol/messages/named-tokens.ts";
import { adminToken, tokenWarnings } from "../../config/secrets/token.ts";
import { escaped, printableLines } from "../../observability/printable.ts";
import { tableLines } from "../inspect/text-table.ts";
import type { ToolEnd } from "../tool-end.ts";
import { TokenClient, TokenError } from "./token-client.ts";

/** Where the tools write: what a program may want to `stdout`, all else to `stderr`. */
export interface TokenToolOptions {
  /** The Worker's origin. */
  to: URL;
  env: Partial<Record<string, string>>;
  stdout: Writes & { columns?: number };
  stderr: Writes;
}

interface Writes {
  write(text: string, done?: () => void): unknown;
}

/** Where the output is no terminal: as wide as it takes. */
const ANY_WIDTH = 100_000;
const MAX_CELL_LENGTH = 200;

/** Makes a token, and prints it alone. */
export async function runTokenAdd(
  options: TokenToolOptions & { name: string; rights: Rights; forMs: number | undefined },
): Promise<ToolEnd> {
  return await withClient(options, async (client) => {
    const { name, rights, forMs } = options;
    const expiresAtMs = forMs === undefined ? null : Date.now() + Math.round(forMs);
    const made = await client.add({ name, rights, expiresAtMs });
    await written(options.stdout, `${made.token}\n`);
    options.stderr.write(
      `Made ${name}: ${rightsText(rights)}; ${expiryText(made.expiresAtMs)}. Its token is shown this once.\n`,
    );
  });
}

/** Prints the tokens that may be revoked. */
export async function runTokenList(options: TokenToolOptions & { isJson: boolean }): Promise<ToolEnd> {
  return await withClient(options, async (client) => {
    const { stdout, isJson } = options;
    const tokens = await client.list();
    if (isJson) await written(stdout, `${JSON.stringify(tokens, null, 2)}\n`);
    else if (tokens.length === 0) options.stderr.write("There are no named tokens. plotcast token add makes one.\n");
    else await written(stdout, `${printableLines(listLines(tokens, stdout.columns ?? ANY_WIDTH).join("\n"))}\n`);
  });
}

/** Takes a token back. */
export async function runTokenRevoke(options: TokenToolOptions & { name: string }): Promise<ToolEnd> {
  return await withClient(options, async (client) => {
    const { name, stderr } = options;
    const madeByIt = (await client.list()).filter(({ madeBy }) => madeBy === `named-token:${name}`);
    await client.revoke(name);
    stderr.write(`Revoked ${name}: it counts nowhere after five seconds, and its connections end.\n`);
    if (madeByIt.length > 0)
      stderr.write(
        `What it made counts on until that is revoked, too: ${madeByIt.map((each) => each.name).join(", ")}\n`,
      );
  });
}

async function withClient(options: TokenToolOptions, act: (client: TokenClient) => Promise<void>): Promise<ToolEnd> {
  const { to, env, stderr } = options;
  const admin = adminToken(env);
  if (admin.kind === "fault") {
    stderr.write(`${admin.sentence}\n`);
    return "usage";
  }
  for (const warning of tokenWarnings(to, admin.token, admin.name)) stderr.write(`${warning}\n`);
  try {
    await act(new TokenClient(to, admin.token));
    return "ok";
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    stderr.write(`${error.message}\n`);
    return "failed";
  }
}

/** Where a stream is a pipe it may write later (nodejs.org/api/process.html, "A note on process I/O"), and the process ends after this. */
async function written(stream: Writes, text: string): Promise<void> {
  await new Promise<void>((resolve) => stream.write(text, resolve));
}

function listLines(tokens: readonly ListedToken[], width: number): string[] {
  const columns = [
    { title: "NAME", dispensable: 0 },
    { title: "MADE", dispensable: 3 },
    { title: "BY", dispensable: 4 },
    { title: "EXPIRES", dispensable: 1 },
    { title: "PUBLISHED OR WATCHED LIVE IN", dispensable: 2 },
    // The last one is cut where there is no more room.
    { title: "RIGHTS", dispensable: 0 },
  ];
  const rows = tokens.map(({ name, rights, createdAtMs, expiresAtMs, madeBy, channels, channelCount }) => {
    const more = channelCount > channels.length ? ` and ${channelCount - channels.length} more` : "";
    const cells = [
      name,
      timeText(createdAtMs),
      madeBy,
      expiresAtMs === null ? "never" : timeText(expiresAtMs),
      channels.join(" ") + more,
      rightsText(rights),
    ];
    return cells.map((cell) => escaped(cell, MAX_CELL_LENGTH));
  });
  return tableLines(columns, rows, width);
}

/** `publish in lab/a and lab/b, watch and history in demo`. */
function rightsText(rights: Rights): string {
  const patternsOf = Map.groupBy(Object.entries(rights), ([, capabilities]) => listed(capabilities));
  return [...patternsOf]
    .map(([what, entries]) => `${what} in ${listed(entries.map(([pattern]) => pattern))}`)
    .join(", ");
}

function listed(words: readonly string[]): string {
  const [last = "", ...others] = [...words].reverse();
  return others.length === 0 ? last : `${others.reverse().join(", ")} and ${last}`;
}

function expiryText(expiresAtMs: number | null): string {
  return expiresAtMs === null ? "it does not expire" : `it expires ${timeText(expiresAtMs)}`;
}

/** `2026-12-24 18:00 UTC`; a number where no calendar has it. */
function timeText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
