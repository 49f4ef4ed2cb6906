/** What is remembered of commands in a file. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { FileCommandStore, MAX_KNOWN_COMMANDS } from "../../../../bridge/downlink/command-store.ts";
import { directoryOf } from "../../../support/bridge-process.ts";

test("[DL3a] a bridge that is restarted often remembers no more commands than another", async (t) => {
  const file = join(await directoryOf(t), "commands.db");
  let number = 0;
  while (number < MAX_KNOWN_COMMANDS + 1_000) {
    const store = new FileCommandStore(file);
    for (let i = 0; i < 900; i++) store.sent(`s${number++}`, "gain");
    store.close();
  }
  const store = new FileCommandStore(file);
  assert.equal(store.read(`s${number - MAX_KNOWN_COMMANDS - 1}`), undefined);
  assert.equal(store.read(`s${number - MAX_KNOWN_COMMANDS}`)?.kind, "sent");
  store.close();
});
