/** What stands on the terminal once everything runs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Banner, bannerText } from "../../../scripts/banner.ts";
import { portFault } from "../../../scripts/start-options.ts";
import { run } from "../../support/started.ts";
import { waitFor } from "../../support/wait.ts";

const BANNER: Banner = {
  url: new URL("http://localhost:8787/c/lab/bench-3"),
  publicUrl: "",
  bound: ["tcp://127.0.0.1:5000"],
  connected: [],
  controls: [],
  isDemo: false,
  isPrivate: false,
  bearer: "$PUBLISH_TOKEN",
  hasAdminToken: false,
  exposure: ["Only programs on this machine can connect."],
};

test("[ST19] PUBLIC_URL is shown as the URL to share, each of several, and nothing without it", () => {
  assert.doesNotMatch(bannerText(BANNER), /to share/);
  const publicUrl = "https://board.example/, nonsense http://bench.local:8080";
  const rows = bannerText({ ...BANNER, publicUrl })
    .split("\n")
    .filter((line) => line.includes("to share"));
  assert.deepEqual(rows, [
    "  URL to share         https://board.example/c/lab/bench-3",
    "  URL to share         http://bench.local:8080/c/lab/bench-3",
  ]);
});

test("[ST19] how a private channel is opened", () => {
  assert.doesNotMatch(bannerText(BANNER), /private/);
  const text = bannerText({ ...BANNER, isPrivate: true });
  assert.match(text, /it is private +open it as http:\/\/localhost:8787\/c\/lab\/bench-3#token=</);
  assert.match(text, /token add me --watch lab\/bench-3\n/);
  const byAdmin = bannerText({ ...BANNER, isPrivate: true, bearer: "0123abcd", hasAdminToken: true });
  assert.match(byAdmin, /such a token +npm run --silent bridge -- token add me/, "PUBLISH_TOKEN makes none then");
  const madeUp = bannerText({ ...BANNER, isPrivate: true, bearer: "0123abcd" });
  assert.match(madeUp, / PUBLISH_TOKEN=0123abcd npm run --silent bridge -- token add me/);
  const other = bannerText({ ...BANNER, isPrivate: true, url: new URL("http://localhost:8963/c/lab/bench-3") });
  assert.match(other, /token add me --watch lab\/bench-3 --to http:\/\/localhost:8963\n/);
});

test("[ST19] where publishers go to and where it connects to are told apart", () => {
  const text = bannerText({ ...BANNER, connected: ["tcp://10.0.0.7:5556"], isDemo: true });
  assert.match(text, /^ {2}publishers go to +tcp:\/\/127\.0\.0\.1:5000 +\(a demo sends a sine\)$/m);
  assert.match(text, /^ {2}it connects to +tcp:\/\/10\.0\.0\.7:5556$/m);
  assert.doesNotMatch(bannerText({ ...BANNER, bound: [], connected: ["tcp://a:1"] }), /publishers go to/);
});

test("[ST19] npm run dev shows it", async (t) => {
  const started = await run(t, "dev", { env: { PUBLIC_URL: "https://board.example" } });
  await waitFor("the URL to share", () => /to share +https:\/\/board\.example\/c\/main\n/.test(started.output()), {
    deadlineMs: 60_000,
  });
});

test("[ST2] [BR39] a port that cannot be had is said with what to do, and the code", () => {
  const of = (code: string, port: number): string => portFault({ code }, { port, demo: true });
  assert.equal(of("EADDRINUSE", 8787), "Port 8787 is in use. Free it, or choose another: npm start -- --port 8788");
  assert.match(of("EADDRINUSE", 65_535), /--port 8787$/);
  assert.match(
    of("EACCES", 80),
    /^Port 80 cannot be used: .*below 1024.* \(EACCES\)\. Choose another: npm start -- --port 8787$/,
  );
  assert.match(of("EODD", 8787), /\(EODD\)/);
});

test("[ST19] where programs are told what is set is said if they are", () => {
  assert.doesNotMatch(bannerText(BANNER), /told/);
  assert.match(
    bannerText({ ...BANNER, controls: ["tcp://127.0.0.1:5001"] }),
    /they are told by\s+tcp:\/\/127\.0\.0\.1:5001/,
  );
});
