import type { Row } from "../table.ts";

/** A request's target, as it stands in the first line. */
export interface PathRow extends Row {
  target: string;
  /** The code of the refusal; `no-http` for one by the runtime; `there` where it is the row's own channel. */
  is: "channel-name-invalid" | "not-found" | "no-http" | "there";
}

/** Stands for the name of the row's channel, which holds a point. */
export const CHANNEL = "CHANNEL";

const invalid = (name: string, target: string): PathRow => ({ name, target, is: "channel-name-invalid" });
const nothing = (name: string, target: string): PathRow => ({ name, target, is: "not-found" });
const there = (name: string, target: string): PathRow => ({ name, target, is: "there" });
const refused = (name: string, target: string): PathRow => ({ name, target, is: "no-http" });

export const PATHS: PathRow[] = [
  invalid("a blank, encoded", "/c/a%20b"),
  invalid("two slashes", `/c/a//${CHANNEL}`),
  invalid("two slashes before the name", `/c//${CHANNEL}`),
  invalid("a slash at the end", `/c/${CHANNEL}/`),
  invalid("an encoded slash", `/c/${CHANNEL.slice(0, 1)}%2F${CHANNEL}`),
  invalid("an encoded letter", "/c/%61"),
  invalid("an encoded letter, encoded again", "/c/%2561"),
  invalid("encoded NUL", `/c/${CHANNEL}%00`),
  invalid("encoded NUL and an ending", `/c/${CHANNEL}%00.html`),
  invalid("an encoded tab", `/c/${CHANNEL}%09`),
  invalid("an encoded backslash", `/c/..%5c..%5cetc`),
  invalid("an encoded question mark", `/c/${CHANNEL}%3Fpoints=1`),
  invalid("an encoded number sign", `/c/${CHANNEL}%23`),
  invalid("an encoded percent sign", "/c/%25"),
  invalid("a percent sign alone", "/c/%"),
  invalid("half an encoding", "/c/a%2"),
  invalid("an encoding that is none", "/c/a%zz"),
  invalid("overlong UTF-8", "/c/%c0%af"),
  invalid("UTF-8 cut short", "/c/%E0%A4%A"),
  invalid("a letter with umlaut, encoded", "/c/%C3%BC"),
  invalid("a letter with umlaut, as it is", "/c/\u00c3\u00bc"),
  invalid("a right-to-left mark", "/c/%E2%80%AEniam"),
  invalid("a zero-width blank", "/c/main%E2%80%8B"),
  invalid("a full-width letter", "/c/%EF%BD%8Dain"),
  invalid("a semicolon and a parameter", `/c/${CHANNEL};jsessionid=1`),
  invalid("a colon", "/c/a:b"),
  invalid("an at sign", "/c/user@host"),
  invalid("a comma", "/c/a,b"),
  invalid("a plus", "/c/a+b"),
  invalid("a tilde", "/c/~root"),
  invalid("a pipe", "/c/a|id"),
  invalid("a dollar", "/c/$(id)"),
  invalid("a quote", "/c/a'b"),
  invalid("a double quote", '/c/a"b'),
  invalid("an asterisk as a name", "/c/*"),
  invalid("brackets", "/c/[a]"),
  invalid("braces", "/c/{field}"),
  invalid("SQL", "/c/a'%20OR%201=1--"),
  invalid("129 characters", `/c/${"a".repeat(129)}`),
  invalid("8,000 characters", `/c/${"a".repeat(8000)}`),
  invalid("2,000 segments", `/c/${"a/".repeat(2000)}a`),
  invalid("30,000 characters", `/c/${"a".repeat(30_000)}`),
  invalid("dots, half encoded, and a slash that is encoded", "/c/.%2e%2fetc%2fpasswd"),

  there("dots that go up and come back", `/c/x/../${CHANNEL}`),
  there("encoded dots that go up and come back", `/c/x/%2e%2E/${CHANNEL}`),
  there("a dot that stays", `/c/./${CHANNEL}`),
  there("an encoded dot that stays", `/c/%2e/${CHANNEL}`),
  there("dots that go up from the root", `/../../c/${CHANNEL}`),
  nothing("backslashes for slashes", `/c\\${CHANNEL}`),
  there("a fragment, which no client sends", `/c/${CHANNEL}#/c/other`),

  nothing("an encoded line break", `/c/${CHANNEL}%0d%0aX:1`),
  nothing("no name", "/c/"),
  nothing("no slash", "/c"),
  nothing("a capital C", `/C/${CHANNEL}`),
  nothing("an encoded c", `/%63/${CHANNEL}`),
  nothing("a slash before", `//c/${CHANNEL}`),
  nothing("dots out of the channels", "/c/../x"),
  nothing("encoded dots out of the channels", "/c/%2e%2e/%2e%2e/etc/passwd"),
  nothing("encoded slashes", `/c%2F${CHANNEL}`),
  nothing("a repository", "/.git/config"),
  nothing("secrets", "/.dev.vars"),
  nothing("variables", "/.env"),
  nothing("the source", "/worker/index.ts"),
  nothing("a source map", "/worker.js.map"),
  nothing("the configuration", "/wrangler.toml"),
  nothing("headers of the assets", "/_headers"),
  nothing("redirects of the assets", "/_redirects"),
  nothing("a routing file of the assets", "/_routes.json"),
  nothing("metrics", "/metrics"),
  nothing("a status", "/server-status"),
  nothing("the inspector's list", "/json/list"),
  nothing("a favicon in another place", "/favicon.ico"),
  nothing("the explorer's page", "/cdn-cgi/explorer"),
  nothing("the explorer's interface", "/cdn-cgi/explorer/api/durable_objects/namespaces"),
  nothing("a query by the explorer", "/cdn-cgi/explorer/api/durable_objects/x/query"),
  nothing("the mail handler", "/cdn-cgi/handler/email?from=a@b.example&to=c@d.example"),
  nothing("the scheduled handler", "/cdn-cgi/handler/scheduled?cron=*"),
  nothing("the old scheduled handler", "/__scheduled?cron=*"),
  nothing("the local platform's proxy", "/cdn-cgi/platform-proxy"),
  nothing("the live reload", "/cdn-cgi/mf/reload"),
  nothing("an encoded cdn-cgi", "/%63dn-cgi/explorer/api/durable_objects/namespaces"),
  nothing("cdn-cgi by way of a channel", "/c/../cdn-cgi/explorer/api/durable_objects/namespaces"),

  refused("no target", ""),
  refused("an asterisk", "*"),
  refused("no slash at the beginning", "c/main"),
  refused("backquotes", "/c/`id`"),
  refused("a script", "/c/<script>alert(1)</script>"),
  refused("a NUL", `/c/${CHANNEL}\0`),
  refused("a control character", `/c/${CHANNEL}\x01`),
  refused("a tab", `/c/${CHANNEL}\tx`),
  refused("a blank", `/c/${CHANNEL} x`),
  refused("a megabyte", `/c/${"a".repeat(1 << 20)}`),
];
