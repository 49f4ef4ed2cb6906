import type { Row } from "../table.ts";

/** A `plotcast.toml`, and what is said of it. */
export interface ConfigRow extends Row {
  text: string | Buffer;
  says: RegExp;
  /** Beside it, by name. */
  files?: Record<string, string | Buffer>;
}

const SOURCE = '[[source]]\nbind = "tcp://127.0.0.1:5001"\n';
const MIB = 1 << 20;

const file = (name: string, text: ConfigRow["text"], says: RegExp): ConfigRow => ({ name, text, says });
/** A key at the top, before a source that is right. */
const top = (line: string, says: RegExp, name = line): ConfigRow => ({ name, text: `${line}\n${SOURCE}`, says });
/** A key of a source that is right but for it. */
const of = (line: string, says: RegExp, name = line): ConfigRow => ({ name, text: `${SOURCE}${line}\n`, says });
const bound = (address: string, says = /source\[0\]\.bind: /, name = address): ConfigRow => ({
  name: `bind to ${name}`,
  text: `[[source]]\nbind = ${JSON.stringify(address)}\n`,
  says,
});
const connected = (address: string, says = /source\[0\]\.connect: /): ConfigRow => ({
  name: `connect to ${address}`,
  text: `[[source]]\nconnect = ${JSON.stringify(address)}\n`,
  says,
});
const to = (url: string): ConfigRow => ({
  name: `to ${url}`,
  text: `to = ${JSON.stringify(url)}\n${SOURCE}`,
  says: /^plotcast\.toml:1: to: /,
});
const templated = (key: "channel" | "series", template: string): ConfigRow =>
  of(`${key} = ${JSON.stringify(template)}`, new RegExp(`source\\[0\\]\\.${key}: `), `${key} ${template.slice(0, 40)}`);
const secret = (name: string, text: string, says: RegExp, files: ConfigRow["files"] = {}): ConfigRow => ({
  name,
  text: `${SOURCE}${text}\n`,
  says,
  files,
});

/** Each of these keys with each value that it cannot have. */
const WRONG_TYPES: ConfigRow[] = Object.entries({
  name: ["1", "true", "[]", "{}", "1979-05-27"],
  socket: ["1", "true", "[]", "{}", '""'],
  format: ["1", "true", "[]", "{}", '""'],
  topics: ["1", "true", "{}", "[1]", "[[]]"],
  max_rate: ['"x"', "true", "[]", "-1", "inf"],
  high_water_mark: ['"x"', "true", "0", "1.5", "2147483648"],
  skip_bytes: ['"x"', "-1", "nan", "1048577", "{}"],
  max_message: ["true", '"x"', '"-1"', '"1e999GiB"', "[]"],
  curve: ["1", '"x"', "[]", "[{}]"],
}).flatMap(([key, values]) =>
  values.map((value) => of(`${key} = ${value}`, new RegExp(`^plotcast\\.toml:3: source\\[0\\]\\.${key}`))),
);

export const CONFIGS: ConfigRow[] = [
  ...WRONG_TYPES,
  file("nothing", "", /there is no source/),
  file("noise", Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 167 + 13) % 256)), /cannot be read|not TOML/),
  file("zeros", Buffer.alloc(1000), /not TOML/),
  file("UTF-16", Buffer.from(`\ufeff${SOURCE}`, "utf16le"), /not UTF-8|not TOML/),
  file("Latin-1", Buffer.from(`${SOURCE}name = "\u00fc"`, "latin1"), /not UTF-8/),
  file("half a character", Buffer.concat([Buffer.from(SOURCE), Buffer.from([0xe2, 0x82])]), /not UTF-8/),
  file("1 MiB and a byte", `#${" ".repeat(MIB - SOURCE.length)}\n${SOURCE}`, /cannot be read/),
  file("100,000 arrays in each other", `${SOURCE}topics = ${"[".repeat(100_000)}${"]".repeat(100_000)}`, /too deep/),
  file(
    "10,000 tables in each other",
    `${SOURCE}curve = ${"{a=".repeat(10_000)}1${"}".repeat(10_000)}`,
    /too deep|not TOML|curve/,
  ),
  file("10,000 dots in a key", `${"a.".repeat(10_000)}a = 1\n${SOURCE}`, /too deep|there is no such key/),
  file("JSON", '{"source": [{"bind": "tcp://*:1"}]}', /not TOML/),
  file("YAML", "source:\n  - bind: tcp://*:1\n", /not TOML/),
  file("a script", "#!/bin/sh\nrm -rf /\n", /not TOML/),
  file("a text that does not end", `${SOURCE}name = "a`, /not TOML/),
  file("a control character", `${SOURCE}name = "a\u0007"`, /not TOML/),
  file("an escape that is none", `${SOURCE}name = "\\x"`, /not TOML/),
  file("half a surrogate", `${SOURCE}name = "\\uD800"`, /not TOML|name/),
  file("one key twice", `${SOURCE}name = "a"\nname = "b"`, /not TOML/),
  file("one table twice", `${SOURCE}[source.curve]\n[source.curve]`, /not TOML/),
  file("a table that is an array", `[source]\n[[source]]`, /not TOML|several of these/),
  file("1,000 sources on one address", SOURCE.repeat(1000), /source\[0\]\.name|another source/),
  top("__proto__ = 1", /__proto__: there is no such key/),
  top("constructor.prototype.to = 1", /constructor: there is no such key/),
  top('"to\\u0000" = "x"', /there is no such key/),
  top('"" = 1', /there is no such key/),
  top('token = "secret-word"', /never from a file/),
  top('publish_token = "secret-word"', /there is no such key/),
  top('include = "/etc/passwd"', /there is no such key/),
  top("buffer = -1", /buffer: /),
  top('buffer = "1e999"', /buffer: /),
  top("metrics = 0.5", /metrics: /),
  top('metrics = "0.0.0.0:99999"', /metrics: /),
  to("javascript:alert(1)"),
  to("file:///c/main"),
  to("ftp://localhost/c/main"),
  to("http://localhost"),
  to("http://localhost/"),
  to("http://localhost/c/"),
  to("http://localhost/c/a b"),
  to("http://localhost/c/%61"),
  to("http://localhost/c/a/../../x"),
  to("http://localhost:99999/c/main"),
  to("http:///c/main\u0000"),
  to("/c/main"),
  to(""),
  bound(""),
  bound("tcp://"),
  bound("tcp://*"),
  bound("tcp://*:"),
  bound("tcp://*:65536"),
  bound("tcp://*:-1"),
  bound("tcp://*:5000x"),
  bound("http://*:5000"),
  bound("udp://*:5000"),
  bound("inproc://x"),
  bound("ipc://"),
  bound(`ipc:///tmp/${"x".repeat(200)}`, undefined, "a path of 200 letters"),
  bound("tcp://*:5000\u0000", /not TOML|source\[0\]\.bind/),
  connected("tcp://*:5000"),
  connected("tcp://:5000"),
  connected("tcp://localhost:0"),
  connected("file:///etc/passwd"),
  templated("channel", "{field}"),
  templated("channel", "../x"),
  templated("channel", "a b"),
  templated("channel", "/"),
  templated("channel", "x".repeat(129)),
  templated("series", "{"),
  templated("series", "}"),
  templated("series", "{}"),
  templated("series", "{0}"),
  templated("series", "{100}"),
  templated("series", "{-1}"),
  templated("series", "{ device}"),
  templated("series", "{device.*}"),
  templated("series", "{{topic}}"),
  of('fields = ["a..b"]', /fields\[0\]/),
  of('fields = [""]', /fields\[0\]/),
  of('fields = ["**.a"]', /fields\[0\]/),
  of('time = "a.*"', /\.time: /),
  of('format = "f32x0@1"', /\.format: /),
  of('format = "f32x99999999@1"', /\.format: /),
  of('format = "f32@1e999"', /\.format: /),
  of('format = "__proto__"', /\.format: /),
  of('preset = "constructor"', /\.preset: /),
  of('frames = ["payload", "payload", "topic", "topic"]', /\.frames: /),
  secret(
    "a key that is not there",
    '[source.curve]\nrole = "server"\nsecret_key_file = "none"',
    /there is no such file/,
  ),
  secret(
    "a key that is a folder",
    '[source.curve]\nrole = "server"\nsecret_key_file = "/"',
    /cannot be read|is a|no secret key/,
  ),
  secret(
    "a key without end",
    '[source.curve]\nrole = "server"\nsecret_key_file = "/dev/zero"',
    /cannot be read|larger|too large|no secret key/,
  ),
  secret("a key of noise", '[source.curve]\nrole = "server"\nsecret_key_file = "k"', /no secret key/, {
    k: "x".repeat(1000),
  }),
  secret("a key of 41 letters", '[source.curve]\nrole = "server"\nsecret_key_file = "k"', /no secret key/, {
    k: "0".repeat(41),
  }),
  secret("an empty key", '[source.curve]\nrole = "server"\nsecret_key_file = "k"', /no secret key|empty/, { k: "" }),
  secret(
    "users without end",
    '[source.plain]\nusers_file = "/dev/zero"',
    /cannot be read|larger|too large|not user=password/,
  ),
  secret("users without names", '[source.plain]\nusers_file = "u"', /not user=password/, {
    u: "=secret-word\n",
  }),
  secret("users of nobody", '[source.plain]\nusers_file = "u"', /has no users/, { u: "# none\n" }),
  secret("a password in the file", '[source.plain]\nuser = "a"\npassword = "secret-word"', /does not stand here/),
];
