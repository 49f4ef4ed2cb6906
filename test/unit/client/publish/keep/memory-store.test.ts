import { test } from "node:test";
import { MemoryLocks, MemoryStore } from "../../../../../client/publish/keep/memory-store.ts";
import { LOCK_CASES, STORE_CASES } from "../../../../support/frame-store-suite.ts";

for (const [name, run] of Object.entries(STORE_CASES)) {
  test(`[CL8e] in memory: ${name}`, async () => await run(new MemoryStore()));
}

for (const [name, run] of Object.entries(LOCK_CASES)) {
  test(`[CL8c] in memory: ${name}`, async () => await run(new MemoryLocks()));
}
