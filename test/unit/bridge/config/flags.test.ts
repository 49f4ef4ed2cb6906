import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { Command, CommanderError } from "commander";
import { KNOWN } from "../../../../bridge/cli/known.ts";
import { ConfigError } from "../../../../bridge/config/errors.ts";
import { readConfigFile } from "../../../../bridge/config/file.ts";
import { addBridgeOptions, addSourceOptions, configFromFlags } from "../../../../bridge/config/flags.ts";

const KEY = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

const folder = mkdtempSync(join(tmpdir(), "plotcast-flags-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function command(): Command {
  const command = new Command("bridge").exitOverride().configureOutput({ writeErr: () => undefined });
  return addSourceOptions(addBridgeOptions(command));
}

function parse(args: string[], env: Record<string, string> = {}) {
  return configFromFlags(command().parse(args, { from: "user" }).opts(), env);
}

/** What is wrong. */
function fault(args: string[], env?: Record<string, string>): string {
  try {
    parse(args, env);
  } catch (error) {
    if (error instanceof ConfigError || error instanceof CommanderError) return error.message;
    throw error;
  }
  return "nothing";
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe("flags", () => {
  it("[CF5] without any are the default: one source that binds", () => {
    assert.deepEqual(parse([]), readConfigFile(write("empty.toml", "[[source]]"), {}));
  });

  it("[CF5a] say of one source what a file says", () => {
    const file = write(
      "all.toml",
      `to = "http://localhost:1/c/a"
uplink = "ws"
buffer = "2MiB"
spool = "none"
spool_max = "3MiB"
metrics = "0.0.0.0:1"
log = "json"
[[source]]
name = "a"
socket = "xsub"
bind = ["tcp://*:1", "tcp://*:2"]
connect = "tcp://h:3"
topics = ["a", "b"]
format = "f32@48k"
preset = "p"
frames = ["topic", "payload", "time"]
topic_delimiter = "|"
skip_bytes = 4
inflate = "none"
decimal_comma = true
sequence_field = "seq"
expect_every = "1s"
channel = "lab/{1}"
series = "{field}"
time = "at"
time_unit = "ms"
time_epoch = "1899-12-30"
fields = ["a.*", "b=c"]
max_rate = 2.5
high_water_mark = 5
max_message = "2KiB"
heartbeat = "1s"
[source.plain]
user = "ann"
password_env = "P"`,
    );
    const args =
      `--to http://localhost:1/c/a --uplink ws --buffer 2MiB --spool none --spool-max 3MiB --metrics 0.0.0.0:1 --log json
      --name a --socket xsub --bind tcp://*:1 --bind tcp://*:2 --connect tcp://h:3 --topic a --topic b --format f32@48k
      --preset p --frames topic,payload,time --topic-delimiter | --skip-bytes 4 --inflate none --decimal-comma --sequence-field seq
      --expect-every 1s --channel lab/{1} --series {field} --time at --time-unit ms --time-epoch 1899-12-30 --field a.* --field b=c --max-rate 2.5
      --high-water-mark 5 --max-message 2KiB --heartbeat 1s --plain-user ann --plain-password-env P`.split(/\s+/);
    assert.deepEqual(parse(args, { P: "x" }), readConfigFile(file, { P: "x" }));
  });

  it("[CF5] [CF4] say how a source is secured", () => {
    const secret = write("s", "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");
    const [server] = parse(["--curve-server", "--curve-secret-key-file", secret, "--curve-allow", KEY]).sources;
    assert.deepEqual(server?.socket.security, {
      mechanism: "curve-server",
      publicKey: KEY,
      secretKey: "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6",
      allow: [KEY],
    });
    const [client] = parse(["--curve-server-key", KEY]).sources;
    assert.equal(client?.socket.security.mechanism, "curve-client");
  });

  it("[CF5] of a preset subscribe to its topics, unless others are given", () => {
    const topicsOf = (...args: string[]) =>
      configFromFlags(command().parse(args, { from: "user" }).opts(), {}, KNOWN).sources[0]?.socket.topics;
    assert.deepEqual(topicsOf("--preset", "misp"), ["misp_json"]);
    assert.deepEqual(topicsOf("--preset", "misp", "--topic", "misp_json_self"), ["misp_json_self"]);
    assert.deepEqual(topicsOf("--preset", "gnuradio"), []);
    assert.deepEqual(topicsOf("--preset", "misp", "--socket", "pull"), []);
  });

  it("[CF5] that are wrong are said by their name, with what to do", () => {
    const cases: [args: string[], message: RegExp, env?: Record<string, string>][] = [
      [
        ["--socket", "pul"],
        /option '--socket <type>' argument 'pul' is invalid\. There is no socket "pul"; did you mean pull\?$/,
      ],
      [
        ["--field", "a..b"],
        /'--field <path\[=name\]>' argument 'a\.\.b' is invalid\. The path "a\.\.b" has a part without a name/,
      ],
      [["--skip-bytes", "x"], /Give a whole number such as 8: 0 at least, 1048576 at most\.$/],
      [["--frames", "topic,,payload"], /Give what each frame is, such as topic,payload,time\.$/],
      [["--socket", "pull", "--topic", "a"], /^--topic: a pull socket has no topics/],
      [["--curve-server"], /^--curve-secret-key-file: a server needs a secret key/],
      [["--curve-allow", KEY], /^--curve-allow: only a server has this/],
      [["--plain-user", "ann"], /^--plain-password-env: PLAIN_PASSWORD is not set/],
      [
        ["--plain-password-env", "P"],
        /^--plain-user: this is missing: give a client's name, or --plain-users-file for a server\.$/,
      ],
    ];
    for (const [args, message, env] of cases) assert.match(fault(args, env), message);
    assert.match(fault(["--curve-secret-key", "x"]), /unknown option/);
  });

  it("[CF5b] [CF5c] with --config are those of the whole bridge alone, and go before the file's", () => {
    const file = write("some.toml", 'to = "http://localhost:1/c/a"\nbuffer = "2MiB"\n[[source]]\nname = "a"\n');
    const config = parse(["--config", file, "--buffer", "3MiB", "--spool", "own.db", "--log", "json"]);
    assert.equal(config.to.href, "http://localhost:1/c/a");
    assert.deepEqual([config.bufferBytes, config.spool, config.log], [3 * 2 ** 20, "own.db", "json"]);
    assert.equal(config.sources[0]?.name, "a");
    const all = "--to http://localhost:2/c/b --buffer 4MiB --spool none --spool-max 5MiB --metrics 7 --log text".split(
      " ",
    );
    const { sources: _, ...own } = parse(all);
    const { sources, ...overridden } = parse(["--config", file, ...all]);
    assert.deepEqual(overridden, own);
    assert.equal(sources[0]?.name, "a");
    assert.equal(
      fault(["--config", file, "--bind", "tcp://*:1", "--curve-server"]),
      "--bind, --curve-server: with --config, sources stand in the file: write it there, or leave --config out.",
    );
    assert.match(fault(["--config", join(folder, "none.toml")]), /none\.toml cannot be read: there is no such file\.$/);
  });

  it("[CF5] are all in --help, with their defaults", () => {
    const help = command().helpInformation().replace(/\s+/g, " ");
    for (const flag of [
      "--config <file>",
      "--curve-allow <z85>",
      "--max-rate <points>",
      "default: tcp://127.0.0.1:5000",
      "64MiB",
    ]) {
      assert.ok(help.includes(flag), flag);
    }
  });
});
