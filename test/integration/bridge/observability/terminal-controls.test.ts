/** Nothing that a publisher or a server sends reaches a terminal as more than text. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { escaped } from "../../../../bridge/observability/printable.ts";
import { FootLine } from "../../../../bridge/observability/terminal.ts";
import { LiveScreen } from "../../../../bridge/tools/inspect/screen.ts";
import { directoryOf, startBridgeProcess } from "../../../support/bridge-process.ts";
import { startFakeWorker } from "../../../support/fake-worker.ts";
import { bindPublisher, connectPublisher } from "../../../support/publisher.ts";
import { inspectCode, Written } from "../../../support/tool.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

/** A title, a colour, C1's CSI and OSC, a turn of writing, zero width, a tag, a line's end, half a character. */
const HOSTILE =
  "\u001b]0;owned\u0007\u001b[31m\u009b2J\u009d0;x\u009c\u202egpj\u2066\u200b\ufeff\u{e0041}\u2028\r\n\ud83d";
/** How a tool of ours moves the cursor, and ends a line of its table. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for commands to a terminal
const OWN = /\u001b\[(?:\?\d+[hl]|[HKJ])|\r(?=\n|\u001b)/g;
/** All of them but the line feed. */
const CONTROLS = /(?!\u200c|\u200d|\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What no character of a publisher can be. */
function assertPlain(text: string, what: string): void {
  const found = CONTROLS.exec(text);
  assert.equal(found, null, `${what} has U+${found?.[0].codePointAt(0)?.toString(16)}: ${JSON.stringify(text)}`);
}

describe("control characters", () => {
  it("[IN2] are escaped, each by its number", () => {
    assert.equal(escaped("a\u001bb\u009b\u202e\u{e0041}\ud83d", 80), "a\\x1bb\\x9b\\u202e\\udb40\\udc41\\ud83d");
    assert.equal(escaped("می‌خواهم 👩‍🔬", 80), "می‌خواهم 👩‍🔬");
  });

  it("[BR24d] never leave a log, in words or fields, as text or as JSON, which means the same", () => {
    for (const format of ["text", "json"] as const) {
      let written = "";
      const log = createLog(format, "info", (line) => {
        written += line;
      });
      log.warn({ [HOSTILE]: HOSTILE, nested: { sample: HOSTILE } }, `said ${HOSTILE}`);
      assertPlain(written, format);
      assert.equal(written.split("\n").length, 2, "one line");
      if (format === "text") continue;
      const entry: unknown = JSON.parse(written);
      assert.ok(typeof entry === "object" && entry !== null && "msg" in entry);
      assert.equal(entry.msg, `said ${HOSTILE}`);
    }
  });

  it("[BR24d] never leave the foot of a terminal, nor a table that moves, but their own", () => {
    const terminal = new Written({ columns: 200, rows: 30 });
    const foot = new FootLine(terminal);
    foot.log(`${HOSTILE.replaceAll("\n", "")}\n`);
    foot.show(HOSTILE);
    foot.end();
    assertPlain(terminal.text.replaceAll(OWN, ""), "the foot");
    const screen = new Written({ columns: 400, rows: 30 });
    new LiveScreen(screen, false).draw([{ kind: "text", text: HOSTILE }]);
    assertPlain(screen.text.replaceAll(OWN, ""), "a table");
  });

  it("[BR3] [BR24d] of topics, payloads and a server's answers never leave the bridge", async (t) => {
    const worker = await startFakeWorker();
    t.after(() => worker.close());
    worker.script = () => ({
      take: false,
      status: 400,
      headers: { "content-type": "application/problem+json" },
      body: JSON.stringify({ type: "about:blank", status: 400, title: HOSTILE, detail: HOSTILE, code: "frame-column" }),
    });
    for (const format of ["text", "json"]) {
      const args = ["--bind", "tcp://127.0.0.1:*", "--to", worker.url.href, "--spool", "none", "--log", format];
      const bridge = startBridgeProcess(t, await directoryOf(t), args);
      const publisher = await connectPublisher(await bridge.address());
      t.after(() => publisher.close());
      await publisher.send(HOSTILE, "1");
      await publisher.send(`lab${HOSTILE}`, JSON.stringify({ [HOSTILE]: 1 }));
      await publisher.send("lab", JSON.stringify({ [HOSTILE]: 1 }));
      await publisher.send("lab", `not json ${HOSTILE}`);
      await publisher.send("lab", '{"y": 1}');
      await waitFor("the refusals in the log", () => /series-name-invalid/.test(bridge.stderr()));
      await waitFor(
        "the refusal by the server in the log",
        () => /0;owned/.test(bridge.stderr()) && /frame-column|refused/.test(bridge.stderr()),
      );
      await waitFor("the format in the log", () => /taken for json/.test(bridge.stderr()));
      bridge.child.kill("SIGTERM");
      await withDeadline("the end", bridge.exit, 20_000);
      assertPlain(bridge.stderr(), `a ${format} log`);
    }
  });

  it("[IN2b] of messages never leave inspect, live, printed or as JSON", async () => {
    for (const how of ["live", "printed", "json"]) {
      const publisher = await bindPublisher();
      const stdout = how === "live" ? new Written({ columns: 300, rows: 60 }) : new Written();
      const stop = new AbortController();
      const sources = [sourceOf({ connect: [publisher.address] })];
      const ended = inspectCode({
        sources,
        stdout,
        stderr: new Written(),
        env: { NO_COLOR: "1" },
        isJson: how === "json",
        signal: stop.signal,
        forMs: how === "live" ? 60_000 : 1500,
      });
      await publisher.subscribed();
      await publisher.send(HOSTILE, "1");
      await publisher.send("lab", JSON.stringify({ [HOSTILE]: 1, y: 2 }));
      await publisher.send("lab", HOSTILE);
      if (how === "live") await stdout.waitFor(/owned/);
      if (how === "live") stop.abort();
      await withDeadline("the end", ended, 20_000);
      publisher.close();
      assert.match(stdout.text, /owned/);
      if (how === "json") assert.doesNotThrow(() => JSON.parse(stdout.text));
      assertPlain(stdout.text.replaceAll(OWN, ""), how);
    }
  });
});
