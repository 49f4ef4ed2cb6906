/** [CF2] [CF4] Any file may be named as configuration: it is refused in one sentence that says where, and has no secret. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { KNOWN } from "../../bridge/cli/known.ts";
import { ConfigError } from "../../bridge/config/errors.ts";
import { readConfigFile } from "../../bridge/config/file.ts";
import { CONFIGS } from "./rows/config.ts";

const folder = mkdtempSync(join(tmpdir(), "plotcast-hostile-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string | Buffer) {
  const file = join(folder, "plotcast.toml");
  writeFileSync(file, text);
  return readConfigFile(file, {}, KNOWN);
}

for (const { name, text, says, files = {} } of CONFIGS) {
  test(`[CF2] config: ${name}`, () => {
    for (const [beside, content] of Object.entries(files)) writeFileSync(join(folder, beside), content);
    assert.throws(
      () => read(text),
      (error) => {
        assert.ok(error instanceof ConfigError, String(error));
        assert.match(error.message, says);
        assert.doesNotMatch(error.message, /\n|secret-word/);
        assert.ok(error.message.length < 1000, `${error.message.length} characters`);
        return true;
      },
    );
    const [source] = read('[[source]]\nbind = "tcp://127.0.0.1:5001"\n').sources;
    assert.deepEqual(source?.socket.bind, ["tcp://127.0.0.1:5001"]);
  });
}
