/** [RC2] A file from anybody may be replayed: what is no recording is refused, and of a damaged one nothing is taken for a message. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { RecordingError } from "../../bridge/tools/record/recording.ts";
import { readAll } from "../support/recording.ts";
import { RECORDINGS } from "./rows/recordings.ts";

const folder = mkdtempSync(join(tmpdir(), "plotcast-hostile-"));
after(() => rmSync(folder, { recursive: true, force: true }));

for (const { name, bytes, is } of RECORDINGS) {
  test(`[RC2] recordings: ${name}`, async () => {
    const file = join(folder, "any.plotrec");
    writeFileSync(file, bytes);
    if (is instanceof RegExp) {
      await assert.rejects(readAll(file), (error) => {
        assert.ok(error instanceof RecordingError, String(error));
        assert.match(error.message, is);
        return true;
      });
      return;
    }
    const { messages, ending } = await readAll(file);
    assert.deepEqual(messages, new Array(is.messages).fill(["a", "one"]));
    assert.equal(ending.kind, is.ending);
  });
}
