import { HttpProblem } from "../problem-response.ts";

const NUMBER = "a number";

/** What each of the Worker's variables and secrets must be. In `[vars]` there may be anything that TOML and JSON have: numbers, tables, lists. */
const MUST_BE: Readonly<Record<string, string>> = {
  STORE_SECONDS: number("900"),
  STORE_BYTES: number("33554432"),
  FORGET_AFTER_DAYS: number("30"),
  RELAY_AFTER: number("1000"),
  RELAY_VIEWERS: number("2000"),
  STREAM_CPU_MS: number("20000"),
  PUBLIC_URL: text("https://board.example"),
  ALLOWED_HOSTS: text("board.example, .lab.example"),
  ALLOWED_ORIGINS: text("https://a.example, https://b.example"),
  EMBED_ORIGINS: text("https://a.example"),
  WATCH: text("lab/**=token, demo=public"),
  PUBLIC_RIGHTS: text("demo=note+presence"),
  QUOTA_TOKEN: text("points=200000/s reads=20/s"),
  QUOTA_ADDRESS: text("viewers=2000 reads=100/s"),
  AUDIT: text("on"),
  JWT_AUDIENCE: text("plotcast"),
  JWT_ISSUER: text("https://login.example"),
  JWT_JWKS_URL: text("https://login.example/keys.json"),
  ACCESS_TEAM: text("https://team.cloudflareaccess.com"),
  ACCESS_AUD: text("0123abcd"),
  ACCESS_RIGHTS: text("**=watch+history"),
  PUBLISH_TOKEN: secret(),
  ADMIN_TOKEN: secret(),
  JWT_SECRETS: secret(),
};
/** Looked at with each request. */
const VARIABLES = Object.entries(MUST_BE);

/**
 * AC15: nothing else is answered while a variable is of a type that cannot be read. It might have been meant to close something, or be a token
 * whose last digits are lost already. The sentence has nothing of its value.
 */
export function variableProblem(env: object): HttpProblem | undefined {
  for (const [name, mustBe] of VARIABLES) {
    const value: unknown = Reflect.get(env, name);
    if (value === undefined || typeof value === "string") continue;
    if (mustBe.startsWith(NUMBER) && typeof value === "number") continue;
    const detail = `The variable ${name} of this Worker is ${kindOf(value)}, and must be ${mustBe}. Until it is, nothing is answered.`;
    return new HttpProblem("variable-invalid", detail, {
      "Retry-After": "60",
      "Cross-Origin-Resource-Policy": "same-origin",
    });
  }
  return undefined;
}

function number(example: string): string {
  return `${NUMBER}, such as ${example}`;
}

function text(example: string): string {
  return `text in quotes, such as "${example}"`;
}

function secret(): string {
  return "text: npx wrangler secret put sets it, or in a file it stands in quotes";
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a table" : `a ${typeof value}`;
}
