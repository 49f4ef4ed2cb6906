import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { publishToken } from "../../../../bridge/config/secrets/token.ts";
import { directoryOf, startBridgeProcess } from "../../../support/bridge-process.ts";
import { withDeadline } from "../../../support/wait.ts";

const SECRET = "s3cret-token-of-a-file";

test("[BR11a] the token is PUBLISH_TOKEN, or what is in the file that PUBLISH_TOKEN_FILE names", async (t) => {
  const directory = await directoryOf(t);
  const file = join(directory, "token");
  writeFileSync(file, `${SECRET}\r\n`);
  symlinkSync(file, join(directory, "link"));
  assert.deepEqual(publishToken({ PUBLISH_TOKEN: " t\n" }), { kind: "token", token: "t" });
  for (const name of [file, ` ${file} `, join(directory, "link")])
    assert.deepEqual(publishToken({ PUBLISH_TOKEN_FILE: name }), { kind: "token", token: SECRET });
  assert.deepEqual(publishToken({ PUBLISH_TOKEN: "", PUBLISH_TOKEN_FILE: file }), { kind: "token", token: SECRET });
  for (const both of [`${SECRET} older`, `${SECRET}\nolder\n`])
    assert.deepEqual(publishToken({ PUBLISH_TOKEN: both }), { kind: "token", token: SECRET }, "the first of two");
  assert.partialDeepStrictEqual(publishToken({ PUBLISH_TOKEN: `Bearer ${SECRET}` }), {
    sentence: 'PUBLISH_TOKEN begins with "Bearer": leave that out.',
  });
  writeFileSync(file, `\ufeff${"x".repeat(4093)}`);
  assert.equal(publishToken({ PUBLISH_TOKEN_FILE: file }).kind, "token", "4,096 bytes");
});

test("[BR11a] [BR10c] a file that is none, or holds no token, is a sentence that does not quote it, and exit code 2", async (t) => {
  const directory = await directoryOf(t);
  const path = (name: string): string => join(directory, name);
  mkdirSync(path("folder"));
  writeFileSync(path("empty"), " \n");
  writeFileSync(path("two"), `${SECRET}\n${SECRET}\n${SECRET}\n`);
  writeFileSync(path("long"), SECRET.padEnd(4097, "x"));
  writeFileSync(path("binary"), Buffer.from([0xff, 0xfe, 0x00]));
  symlinkSync(path("circle"), path("circle"));
  const sentences: [file: string, sentence: RegExp][] = [
    [path("none"), /^The file that PUBLISH_TOKEN_FILE names cannot be read: there is no such file\.$/],
    [path("folder"), /cannot be read: it is a folder\.$/],
    [path("empty"), /names, is empty\.$/],
    [path("two"), /is not a token: it has characters that cannot stand in a header, or more than two tokens\.$/],
    [path("long"), /cannot be read: it is larger than 4 KiB\.$/],
    [path("binary"), /cannot be read: it is not UTF-8 text\.$/],
    [path("circle"), /cannot be read: its links lead in a circle\.$/],
    ["/dev/zero", /cannot be read: it is larger than 4 KiB\.$/],
    [path("x".repeat(300)), /cannot be read: its name is too long\.$/],
  ];
  for (const [file, sentence] of sentences) {
    const found = publishToken({ PUBLISH_TOKEN_FILE: file });
    assert.ok(found.kind === "fault");
    assert.match(found.sentence, sentence);
    assert.ok(!found.sentence.includes(SECRET));
  }
  const both = publishToken({ PUBLISH_TOKEN: "t", PUBLISH_TOKEN_FILE: path("two") });
  assert.deepEqual(both, {
    kind: "fault",
    sentence: "PUBLISH_TOKEN and PUBLISH_TOKEN_FILE are both set: leave one out.",
  });
  chmodSync(path("two"), 0o600);
  const bridge = startBridgeProcess(t, directory, [], { PUBLISH_TOKEN: undefined, PUBLISH_TOKEN_FILE: path("two") });
  assert.equal(await withDeadline("the exit", bridge.exit), 2);
  assert.ok(!bridge.stderr().includes(SECRET));
});
