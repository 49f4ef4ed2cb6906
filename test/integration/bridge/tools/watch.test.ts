/** `plotcast watch` as its user runs it, with the real Worker. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { after, test } from "node:test";
import { createLineView, MAX_WAITING_BYTES } from "../../../../bridge/tools/channel/line-view.ts";
import { JSON_WRITER } from "../../../../bridge/tools/channel/point-writer.ts";
import { createScreenView } from "../../../../bridge/tools/channel/screen-view.ts";
import { runWatch } from "../../../../bridge/tools/channel/watch.ts";
import { TcpRelay } from "../../../browser/tcp-relay.ts";
import { startCommand } from "../../../support/command.ts";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer } from "../../../support/named-tokens.ts";
import { frameOf, newChannel, post, publishFrames, publishJson } from "../../../support/publish.ts";
import { Written } from "../../../support/tool.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const A = "00000000000000aa";
const edge = await startEdge({ vars: { WATCH: "lab/**=token", ADMIN_TOKEN: ADMIN } });
after(() => edge.close());

const ysOf = (lines: readonly string[]): unknown[] => lines.map((line) => JSON.parse(line).y);

test("[WA1] [WA4] points are lines as they come, through a cut line too, once and in order; Ctrl-C ends it with 0", async (t) => {
  const channel = newChannel();
  const relay = await TcpRelay.to(t, edge.url);
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const command = startCommand(t, ["watch", new URL(`/c/${channel}`, relay.url).href]);
  await command.lines(1);
  for (let round = 0; round < 2; round++) {
    relay.cut();
    for (let n = 2 + round * 5; n < 7 + round * 5; n++) await publishFrames(edge, channel, frameOf(A, n, [n]));
    relay.mend();
    await command.lines(6 + round * 5);
  }
  command.child.kill("SIGINT");
  assert.equal(await withDeadline("the end", command.ended), 0, command.stderr());
  assert.deepEqual(
    ysOf(command.stdout().trimEnd().split("\n")),
    Array.from({ length: 11 }, (_, i) => i + 1),
  );
});

test("[WA1] [WA3] CSV of the series that are picked, and what is missing", async (t) => {
  const channel = newChannel();
  const url = edge.channelUrl(channel);
  await publishJson(edge, channel, { x: 1, "cell.1": 2, other: 3 });
  const command = startCommand(t, ["watch", url.href, "--csv", "--series", "cell.*", "--from", "-1h"]);
  await command.lines(2);
  assert.equal((await fetch(url, { method: "DELETE", headers: bearer(ADMIN) })).status, 204);
  await publishJson(edge, channel, { x: 4, "cell.2": 5, other: 6 });
  await command.lines(4);
  assert.equal(command.stdout(), "x,series,y\r\n1,cell.1,2\r\ngap,epoch,\r\n4,cell.2,5\r\n");
});

test("[WA3] not so many points as come: peaks, the last, and no hole for what was left out; a series that is not there is said", async (t) => {
  const channel = newChannel();
  const url = edge.channelUrl(channel);
  await publishFrames(edge, channel, frameOf(A, 1, [0]));
  const command = startCommand(t, ["watch", url.href, "--max-rate", "1"]);
  await command.lines(1);
  for (let n = 2; n <= 40; n++) await publishFrames(edge, channel, frameOf(A, n, [n === 17 ? 1000 : n]));
  const lines = await waitFor("the last", () => {
    const all = command.stdout().trimEnd().split("\n");
    return ysOf(all).at(-1) === 40 && all;
  });
  assert.ok(ysOf(lines).includes(1000) && lines.length < 20, lines.join("\n"));
  const other = startCommand(t, ["watch", url.href, "--series", "x"]);
  await waitFor("the note", () => /never had a series called x/.test(other.stderr()));
  const wrong = startCommand(t, ["watch", url.href, "--max-rate", "0"]);
  assert.equal(await withDeadline("the end", wrong.ended), 2);
});

test("[WA1] it ends with 0 when nobody reads any more", async (t) => {
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  const command = startCommand(t, ["watch", edge.channelUrl(channel).href]);
  await command.lines(1);
  command.child.stdout?.destroy();
  await waitFor("its end", async () => {
    await publishJson(edge, channel, 2);
    return command.child.exitCode !== null;
  });
  assert.equal(command.child.exitCode, 0);
});

test("[WA5] a channel that may not be watched is a sentence and exit code 1; WATCH_TOKEN opens it", async (t) => {
  assert.equal((await post(edge, "lab/watch", '{"x":1,"y":2}')).status, 200);
  const url = edge.channelUrl("lab/watch").href;
  const stranger = startCommand(t, ["watch", url]);
  assert.equal(await withDeadline("the end", stranger.ended), 1);
  assert.match(stranger.stderr(), /refused: Nothing is here for you: .*\n$/);
  const known = startCommand(t, ["watch", url], { WATCH_TOKEN: ADMIN });
  assert.deepEqual(ysOf(await known.lines(1)), [2]);
});

test("[WA5] where nobody answers it says so, and goes on trying", async (t) => {
  const relay = await TcpRelay.to(t, edge.url);
  relay.cut();
  const channel = newChannel();
  await publishJson(edge, channel, { x: 1, y: 2 });
  const command = startCommand(t, ["watch", new URL(`/c/${channel}`, relay.url).href]);
  await waitFor("why", () => /cannot be reached: .* Trying again\.\n$/.test(command.stderr()));
  relay.mend();
  assert.deepEqual(ysOf(await command.lines(1)), [2]);
  await waitFor("that it is there", () => command.stderr().endsWith("The line is there again.\n"));
});

/** A pipe whose reader does not read. */
class FullPipe extends EventEmitter {
  text = "";
  writableLength = 0;

  write(text: string, done?: () => void): void {
    this.text += text;
    this.writableLength += text.length;
    done?.();
  }

  drain(): void {
    this.writableLength = 0;
    this.emit("drain");
  }
}

async function untilViewers(of: Edge, channel: string, count: number): Promise<void> {
  await waitFor(`${count} viewers`, async () => (await publishJson(of, channel, { seen: 1 })).viewers === count);
}

test("[WA4] for a reader that is slow it lets go of the channel, and goes on where it was", async (t) => {
  const channel = newChannel();
  const pipe = new FullPipe();
  const ending = new AbortController();
  const running = runWatch({
    access: { url: edge.channelUrl(channel), token: undefined },
    series: ["y"],
    seconds: undefined,
    createView: (control) => createLineView(JSON_WRITER, pipe, { write: () => undefined }, control),
    stderr: { write: () => undefined },
    signal: ending.signal,
  });
  t.after(() => ending.abort());
  await untilViewers(edge, channel, 1);
  pipe.writableLength = MAX_WAITING_BYTES;
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  await untilViewers(edge, channel, 0);
  await publishFrames(edge, channel, frameOf(A, 2, [2]));
  assert.deepEqual(ysOf(pipe.text.trimEnd().split("\n")), [1]);
  pipe.drain();
  await waitFor("the rest", () => pipe.text.split("\n").length === 3);
  assert.deepEqual(ysOf(pipe.text.trimEnd().split("\n")), [1, 2]);
  ending.abort();
  assert.equal(await withDeadline("the end", running), "ok");
});

test("[WA2] on a terminal a series is a line that is drawn anew in place, and the terminal is given back", async (t) => {
  const channel = newChannel();
  await publishJson(edge, channel, { x: 1, temp: 20 });
  const screen = new Written({ columns: 60, rows: 10 });
  const ending = new AbortController();
  t.after(() => ending.abort());
  const running = runWatch({
    access: { url: edge.channelUrl(channel), token: undefined },
    series: [],
    seconds: undefined,
    createView: () => createScreenView({ title: channel, screen, isStyled: false }),
    stderr: { write: () => undefined },
    signal: ending.signal,
  });
  await screen.waitFor(/live · 1 watching · Ctrl-C ends/);
  await screen.waitFor(/ {2}temp {7}20 {4}– {2}▄/);
  await publishJson(edge, channel, { x: 2, temp: 25 });
  await screen.waitFor(/ {2}temp {7}25 {2}\d\.\d s {2}▁█/);
  assert.equal((await fetch(edge.channelUrl(channel), { method: "DELETE", headers: bearer(ADMIN) })).status, 204);
  await screen.waitFor(/Points missing; the last reason: epoch/);
  ending.abort();
  assert.equal(await withDeadline("the end", running), "ok");
  assert.ok(screen.text.endsWith("\u001b[?7h\u001b[?25h\u001b[?1049l"));
});
