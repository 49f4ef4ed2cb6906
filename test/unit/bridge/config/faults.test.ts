import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { ConfigError } from "../../../../bridge/config/errors.ts";
import { readConfigFile } from "../../../../bridge/config/file.ts";
import { type Known, unknownName } from "../../../../bridge/config/known.ts";
import { suggestion } from "../../../../protocol/suggestion.ts";

const KNOWN: Known = {
  formatFault: (format) =>
    format === "auto" || format === "json" ? undefined : unknownName("format", format, ["auto", "json"]),
  presetFault: (preset) => (preset === "lab" ? undefined : unknownName("preset", preset, ["lab"])),
  framesFault: (frames) => (frames.includes("payload") ? undefined : "one of the frames is the payload."),
  presetTopics: () => [],
};

const folder = mkdtempSync(join(tmpdir(), "plotcast-config-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string) {
  const file = join(folder, "plotcast.toml");
  writeFileSync(file, text);
  return readConfigFile(file, {}, KNOWN);
}

/** What is wrong with it. */
function fault(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "nothing";
}

const SOURCE = '[[source]]\nbind = "tcp://*:5001"\n';

describe("what is wrong in plotcast.toml", () => {
  const cases: [text: string, message: string][] = [
    [
      `${SOURCE}name = "a"\n[[source]]\nname = "b"\nbind = "tcp://*:1"\nformat = "jsn"`,
      'plotcast.toml:7: source[1].format: there is no format "jsn"; did you mean json?',
    ],
    ["to = ", "plotcast.toml:1:6: this is not TOML: unspecified values are invalid."],
    [`buffer = "1GiB"\nbuffer = 2\n`, "plotcast.toml:2:1: this is not TOML: defining a key multiple times is invalid."],
    ["", "plotcast.toml:1: source: there is no source: write [[source]] and the keys of one below."],
    [
      "[source]\n",
      "plotcast.toml:1: source: there may be several of these: write [[source]] and the keys of one below.",
    ],
    [`${SOURCE}formt = "json"`, "plotcast.toml:3: source[0].formt: there is no such key; did you mean format?"],
    [
      `token = "x"\n${SOURCE}`,
      "plotcast.toml:1: token: the token comes from PUBLISH_TOKEN in the environment, never from a file.",
    ],
    [
      `${SOURCE}[source.plain]\npassword = "x"`,
      "plotcast.toml:4: source[0].plain.password: a password does not stand here: name a file with password_file, or a variable with password_env.",
    ],
    [
      `${SOURCE}zzzzz = 1\n[source.plain]`,
      "plotcast.toml:3: source[0].zzzzz: there is no such key; there are name, socket, ",
    ],
    [`to = "http://x/main"\n${SOURCE}`, "plotcast.toml:1: to: its path must be /c/<name>;"],
    [
      `to = "http://x/c/main#window=30s"\n${SOURCE}`,
      "plotcast.toml:1: to: leave out what comes after the channel's name, from ? or # on.",
    ],
    [`buffer = "much"\n${SOURCE}`, "plotcast.toml:1: buffer: give a size such as 64MiB."],
    [
      `buffer = true\n${SOURCE}`,
      "plotcast.toml:1: buffer: true or false cannot stand here: give text in quotes, or a number.",
    ],
    [`metrics = 99999\n${SOURCE}`, "plotcast.toml:1: metrics: give a port, or host:port"],
    [
      `${SOURCE}expect_every = 5`,
      "plotcast.toml:3: source[0].expect_every: a number cannot stand here: give text in quotes.",
    ],
    [`${SOURCE}skip_bytes = "8"`, "plotcast.toml:3: source[0].skip_bytes: text cannot stand here: give a number."],
    [
      `${SOURCE}skip_bytes = 1.5`,
      "plotcast.toml:3: source[0].skip_bytes: give a whole number such as 8: 0 at least, 1048576 at most.",
    ],
    [
      `${SOURCE}max_rate = 0`,
      "plotcast.toml:3: source[0].max_rate: give a number such as 100: more than 0, 1000000 at most.",
    ],
    [`${SOURCE}max_rate = nan`, "plotcast.toml:3: source[0].max_rate: give a number such as 100"],
    [
      `${SOURCE}topics = [\n"a",\n7]`,
      "plotcast.toml:5: source[0].topics[1]: a number cannot stand here: give text in quotes, or an array of such.",
    ],
    [`${SOURCE}socket = "sup"`, 'plotcast.toml:3: source[0].socket: there is no socket "sup"; did you mean sub?'],
    [
      `${SOURCE}socket = "rep-like"`,
      'plotcast.toml:3: source[0].socket: there is no socket "rep-like"; there are sub, xsub, pull.',
    ],
    [`${SOURCE}socket = "pull"\ntopics = "a"`, "plotcast.toml:4: source[0].topics: a pull socket has no topics"],
    [
      `[[source]]\nbind = "tcp://*"`,
      "plotcast.toml:2: source[0].bind: cannot bind to tcp://*: a tcp address ends with a port, as in tcp://*:5000.",
    ],
    [
      `${SOURCE}[[source]]\nname = "b"`,
      "plotcast.toml:1: source[0].name: this is missing: of several sources each has a name.",
    ],
    [
      `${SOURCE}name = "a"\n[[source]]\nname = "b"`,
      "plotcast.toml:4: source[1].bind: this is missing, and so is connect",
    ],
    [
      `${SOURCE}name = "a"\n[[source]]\nname = "a"\nbind = "tcp://*:2"`,
      'plotcast.toml:5: source[1].name: another source has the name "a".',
    ],
    [`${SOURCE}channel = "lab/{field}"`, "plotcast.toml:3: source[0].channel: a message goes to one channel"],
    [`${SOURCE}channel = "a b"`, "plotcast.toml:3: source[0].channel: the name of a channel is letters"],
    [
      `${SOURCE}series = "{0}"`,
      "plotcast.toml:3: source[0].series: there is no {0}: a template has {topic}, {1} to {99}, {field}, and the path of a field",
    ],
    [`${SOURCE}series = "{filed}"`, "plotcast.toml:3: source[0].series: there is no {filed}: "],
    [`${SOURCE}series = "{a.*}"`, "plotcast.toml:3: source[0].series: there is no {a.*}: "],
    [`${SOURCE}channel = "{device}"`, "plotcast.toml:3: source[0].channel: there is no {device}: "],
    [`${SOURCE}records = "a.*"`, "plotcast.toml:3: source[0].records: "],
    [`${SOURCE}series = "{1"`, "plotcast.toml:3: source[0].series: a brace is left open"],
    [`${SOURCE}time = "a.*"`, "plotcast.toml:3: source[0].time: one field has the time: leave * out."],
    [`${SOURCE}fields = ["a..b"]`, 'plotcast.toml:3: source[0].fields[0]: the path "a..b" has a part without a name'],
    [
      `${SOURCE}fields = ["a.*=b"]`,
      "plotcast.toml:3: source[0].fields[0]: the path a.* means several fields, which cannot have one name",
    ],
    [
      `${SOURCE}fields = ["**.a"]`,
      "plotcast.toml:3: source[0].fields[0]: ** stands for the rest of a path: put it last.",
    ],
    [`${SOURCE}[[source.field]]\nunit = "V"`, "plotcast.toml:3: source[0].field[0].field: this is missing"],
    [
      `${SOURCE}[[source.field]]\nfield = "a.*"\nas = "b"`,
      "plotcast.toml:5: source[0].field[0].as: the path a.* means several fields",
    ],
    [`${SOURCE}frames = "topic"`, "plotcast.toml:3: source[0].frames: one of the frames is the payload."],
    [`${SOURCE}preset = "lap"`, 'plotcast.toml:3: source[0].preset: there is no preset "lap"; did you mean lab?'],
    [
      `${SOURCE}curve = "x"`,
      "plotcast.toml:3: source[0].curve: this is a table: write [source.curve] and its keys below.",
    ],
    [`${SOURCE}__proto__ = 1`, "plotcast.toml:3: source[0].__proto__: there is no such key; there are"],
    [
      `${SOURCE}formt = 1\nskip_bytes = "8"\n[[source]]\nname = 1`,
      "plotcast.toml:3: source[0].formt: there is no such key; did you mean format?",
    ],
    [
      `${SOURCE}max_rate = 0\nbind_ = 1\nname = ""`,
      "plotcast.toml:3: source[0].max_rate: give a number such as 100: more than 0",
    ],
    ["source = []", "plotcast.toml:1: source: there is no source: write [[source]] and the keys of one below."],
    ["source = [1]", "plotcast.toml:1: source[0]: there may be several of these: write [[source]] and the keys of one"],
    [`${SOURCE}name = 1979-05-27`, "plotcast.toml:3: source[0].name: a time cannot stand here: give text in quotes."],
    [
      `${SOURCE}bind = {}`.replace('bind = "tcp://*:5001"\n', ""),
      "plotcast.toml:2: source[0].bind: a table cannot stand",
    ],
    [`spool = ""\n${SOURCE}`, "plotcast.toml:1: spool: give a file, or none."],
    [
      `${SOURCE}sequence_field = ""`,
      "plotcast.toml:3: source[0].sequence_field: give the name of a JSON field, such as",
    ],
    [`${SOURCE}heartbeat = "nothing"`, "plotcast.toml:3: source[0].heartbeat: give a time such as 500ms, 1s or 2min."],
    [`constructor.a = 1\n${SOURCE}`, "plotcast.toml:1: constructor: there is no such key; there are"],
  ];
  for (const [text, message] of cases) {
    it(`[CF2a] is one sentence that says where, and what to do: ${message.slice(0, 70)}`, () => {
      const said = fault(text);
      assert.ok(said.startsWith(message), said);
      assert.ok(!said.includes("\n"), said);
      assert.match(said, /[.?]$/);
    });
  }

  it("[CF2a] is said of a file that cannot be read", () => {
    assert.throws(
      () => readConfigFile(join(folder, "none.toml"), {}),
      /none\.toml cannot be read: there is no such file\.$/,
    );
    assert.throws(() => readConfigFile(folder, {}), ConfigError);
  });

  it("[CF2] is a ConfigError whatever the file is", () => {
    const word = fc.constantFrom(
      "[[source]]",
      "[source]",
      "bind",
      "=",
      '"a"',
      "1",
      "[",
      "]",
      "{",
      "}",
      ".",
      "\n",
      "field",
      "fields",
      "time",
      "to",
      "curve",
      "#",
      "1979-05-27",
      "__proto__",
      "true",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(" ")),
        ),
        (text) => {
          fault(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("[CF2b] has a suggestion only for what is near", () => {
    assert.equal(suggestion("conect", ["connect", "channel"]), "; did you mean connect?");
    assert.equal(suggestion("fromat", ["format"]), "; did you mean format?");
    assert.equal(suggestion("hello", ["connect", "to"]), "");
  });
});
