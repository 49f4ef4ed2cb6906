/** What `npm start` and `npm run dev` are told: by flags, and by the environment. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { Command, InvalidArgumentError, Option } from "commander";
import { DEFAULT_BIND } from "../bridge/config/defaults.ts";
import { secretIn, tokensIn } from "../bridge/config/secrets/token.ts";
import { withoutSecrets } from "../bridge/config/secrets/usage-errors.ts";
import { adviceOnCode } from "../bridge/observability/error-advice.ts";
import { isChannelName } from "../protocol/names.ts";
import { suggestion } from "../protocol/suggestion.ts";

export type Environment = Readonly<Partial<Record<string, string>>>;

export interface Flags {
  port: number;
  bind: string[];
  connect: string[];
  /** Where programs are told what is set and called. */
  control: string[];
  /** REP programs that are told instead. */
  call: string[];
  topic: string[];
  channel: string;
  store?: string;
  /** Variables of the Worker. */
  var: Record<string, string>;
  demo: boolean;
  open: boolean;
}

/** SPEC.md, BR10: the same codes as the bridge's. */
export const ExitCode = { ok: 0, failed: 1, usage: 2, address: 4 } as const;

/** Why the Worker's port cannot be had, and what to do. @param code the system's, such as EADDRINUSE */
export function portFault({ code }: { code: string }, { port, demo }: Pick<Flags, "port" | "demo">): string {
  const again = demo ? "npm start" : "npm run dev";
  if (code === "EADDRINUSE") {
    return `Port ${port} is in use. Free it, or choose another: ${again} -- --port ${port === 65_535 ? 8787 : port + 1}`;
  }
  const why = adviceOnCode(code, "listen") ?? "the system does not say why";
  return `Port ${port} cannot be used: ${why} (${code}). Choose another: ${again} -- --port ${port < 1024 ? 8787 : port + 1}`;
}

/** What stops a start, in one line, with the exit code that says it to a script. */
export class StartError extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What the Worker has beside the variables of `wrangler.toml`: from the environment alone, as others can read a command line. */
const SECRETS = ["PUBLISH_TOKEN", "ADMIN_TOKEN", "JWT_SECRETS"];
/** Shorter ones are guessed. */
const MIN_TOKEN_LENGTH = 16;

/** @param vars the Worker's variables, which `--var` may set @throws CommanderError */
export function parseFlags(argv: readonly string[], vars: readonly string[]): Flags {
  const append = (value: string, before: string[]): string[] => [...before, value];
  return new Command(argv.includes("--demo") ? "npm start --" : "npm run dev --")
    .description("Plotcast on this machine: the Worker, the bridge, and with `npm start` a demo publisher.")
    .addOption(new Option("--port <port>", "of the page and the Worker").argParser(parsePort).default(8787))
    .addOption(
      new Option("--bind <address>", "where publishers connect to; tcp://*:5000 is open to the network; repeats")
        .argParser(append)
        .default([], DEFAULT_BIND),
    )
    .addOption(
      new Option("--control <address>", "where programs are told what is set and called (docs/CONTROLS.md); repeats")
        .argParser(append)
        .default([], "none"),
    )
    .addOption(
      new Option("--call <address>", "a REP program that is told what is set and called; repeats")
        .argParser(append)
        .default([], "none"),
    )
    .addOption(
      new Option("--connect <address>", "a publisher that binds; repeats").argParser(append).default([], "none"),
    )
    .addOption(
      new Option("--topic <prefix>", "subscribe to what begins so; repeats")
        .argParser(append)
        .default([], "everything"),
    )
    .addOption(new Option("--channel <name>", "the channel").argParser(parseChannelName).default("main"))
    .addOption(new Option("--store <dir>", "where Worker and bridge keep what they store (default: .plotcast)"))
    .addOption(
      new Option("--var <NAME=value>", "a variable of the Worker; repeats")
        .argParser((text: string, before: Record<string, string>) => ({ ...before, ...parseVar(text, vars) }))
        .default({}, "those of wrangler.toml"),
    )
    .addOption(new Option("--demo", "send a sine, as `npm start` does").default(false))
    .addOption(new Option("--no-open", "do not open a browser"))
    .helpOption("--help", "print this help")
    .addHelpText(
      "after",
      `
The Worker's variables are ${vars.join(", ")}.
Each may also be set in the environment; --var goes first. wrangler.toml says what they mean.

PUBLISH_TOKEN in the environment is the token for publishing; without it one is made up and printed. ADMIN_TOKEN and
JWT_SECRETS are taken from there, too. (PUBLISH_TOKEN_FILE, ADMIN_TOKEN_FILE and JWT_SECRETS_FILE name files with them.)`,
    )
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(withoutSecrets(text)) })
    .parse([...argv], { from: "user" })
    .opts<Flags>();
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError("A port is 1 to 65535.");
  return port;
}

function parseChannelName(text: string): string {
  if (!isChannelName(text))
    throw new InvalidArgumentError("A name is letters, digits and . _ - in segments joined by /.");
  return text;
}

/** `NAME=value`, of a variable that there is. */
function parseVar(text: string, vars: readonly string[]): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("Give NAME=value.");
  if (SECRETS.includes(name)) {
    throw new InvalidArgumentError(`Others can read a command line. Put ${name} into the environment.`);
  }
  if (vars.includes(name)) return { [name]: value };
  const hint = suggestion(name, vars) || `; there are ${vars.join(", ")}.`;
  throw new InvalidArgumentError(`The Worker has no variable ${name}${hint}`);
}

/**
 * The Worker's variables: those that were given, by flag or else in the environment, and the defaults of others. This
 * machine's own names are the allowed hosts unless ALLOWED_HOSTS says otherwise.
 *
 * @throws StartError if one that is a number by default is given as anything else
 */
export function workerVars(
  defaults: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
  env: Environment,
): Record<string, string> {
  const ofThisMachine = { ...defaults, ALLOWED_HOSTS: defaults.ALLOWED_HOSTS || namesOf(hostname()).join(", ") };
  return Object.fromEntries(
    Object.entries(ofThisMachine).map(([name, standard]) => {
      const value = given[name] ?? env[name] ?? standard;
      if (/^\d+$/.test(standard) && !(Number(value) > 0 && Number.isFinite(Number(value)))) {
        throw new StartError(
          ExitCode.usage,
          `${name} is "${value}", and must be a number above 0, such as ${standard}.`,
        );
      }
      return [name, value];
    }),
  );
}

/** A machine's names on its network: its own, and that of multicast DNS. */
export function namesOf(host: string): string[] {
  const name = host.toLowerCase();
  if (name === "" || name === "localhost") return [];
  const [first = ""] = name.split(".");
  return [...new Set([name, `${first}.local`])];
}

export interface Token {
  value: string;
  /** What the Worker is given: this token, and the one that it is exchanged with, if there is one. */
  secret: string;
  /** Whether it was made up by this start: only such a one may be printed. */
  isMadeUp: boolean;
  /** What is wrong with it, though it can be used. */
  warning?: string;
}

/** The token for publishing. @throws StartError if the one that is given cannot be used */
export function publishToken(env: Environment): Token {
  const secret = secretText(env, "PUBLISH_TOKEN");
  const [value, ...others] = tokensIn(secret) ?? [];
  if (value !== undefined) {
    const short = [value, ...others].find((token) => token.length < MIN_TOKEN_LENGTH);
    const token = { value, secret, isMadeUp: false };
    return short === undefined ? token : { ...token, warning: shortWarning("PUBLISH_TOKEN", short) };
  }
  if (secret !== "" || env.PUBLISH_TOKEN !== undefined) {
    throw new StartError(
      ExitCode.usage,
      "PUBLISH_TOKEN is empty, has characters that cannot stand in a header, or more than two tokens. Set another, or unset it.",
    );
  }
  const madeUp = randomBytes(16).toString("hex");
  return { value: madeUp, secret: madeUp, isMadeUp: true };
}

/** The Worker's other secrets: "" where one is not given, as workerd takes each from its environment. */
export interface OtherSecrets {
  vars: { ADMIN_TOKEN: string; JWT_SECRETS: string };
  /** What is wrong with them, though they can be used. */
  warnings: string[];
}

/** @throws StartError if one that is given cannot be used */
export function otherSecrets(env: Environment): OtherSecrets {
  const [ADMIN_TOKEN, JWT_SECRETS] = [secretText(env, "ADMIN_TOKEN"), secretText(env, "JWT_SECRETS")];
  const admins = ADMIN_TOKEN === "" ? [] : tokensIn(ADMIN_TOKEN);
  if (admins === undefined)
    throw new StartError(
      ExitCode.usage,
      "ADMIN_TOKEN has characters that cannot stand in a header, or more than two tokens. Set another.",
    );
  const short = admins.filter((token) => token.length < MIN_TOKEN_LENGTH);
  return { vars: { ADMIN_TOKEN, JWT_SECRETS }, warnings: short.map((token) => shortWarning("ADMIN_TOKEN", token)) };
}

function shortWarning(name: string, token: string): string {
  return `${name} has ${token.length} characters, which can be guessed. Give it ${MIN_TOKEN_LENGTH} or more; openssl rand -hex 16 makes one.`;
}

/** @throws StartError */
function secretText(env: Environment, name: string): string {
  const given = secretIn(env, name);
  if (given.kind === "fault") throw new StartError(ExitCode.usage, given.sentence);
  return given.kind === "absent" ? "" : given.text;
}
