import assert from "node:assert/strict";
import { test } from "node:test";
import { isOutdated } from "../../../../page/data/renewal.ts";

const SCRIPT = "/assets/page-AAAA.js";
const html = (script: string): string => `<!doctype html><script type="module" src="${script}"></script>`;

test("[PG4] a page is outdated when the Worker serves another script, and not while it serves this one", async () => {
  assert.equal(await isOutdated(async () => html(SCRIPT), SCRIPT), false);
  assert.equal(await isOutdated(async () => html("/assets/page-BBBB.js"), SCRIPT), true);
});

test("[PG4] nothing is known where nobody answers, or somebody else does", async () => {
  assert.equal(await isOutdated(() => Promise.reject(new TypeError("no network")), SCRIPT), false);
  assert.equal(await isOutdated(async () => "", SCRIPT), false);
  assert.equal(await isOutdated(async () => "<title>Log in to this network</title>", SCRIPT), false);
});
