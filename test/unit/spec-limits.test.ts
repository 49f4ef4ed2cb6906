/** The tables of limits, refusals and close codes in SPEC.md say what the code has. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import * as client from "../../client/connection-state.ts";
import { HEADER_BYTES } from "../../protocol/frame/header.ts";
import * as limits from "../../protocol/limits.ts";
import { PROBLEM_CODES, Problem } from "../../protocol/problem.ts";
import { MAX_FIRST_SEQUENCE, MAX_SEQUENCE_JUMP } from "../../protocol/publisher-number.ts";
import * as reads from "../../worker/channel/log/read-limits.ts";
import { MAX_AUTHORIZATION_LENGTH } from "../../worker/http/access/guard.ts";
import { NEW_NAMES_IN_ALL, NEW_NAMES_PER_ADDRESS } from "../../worker/http/access/new-names.ts";
import { MAX_WRONG_TOKENS } from "../../worker/http/access/wrong-tokens.ts";
import { MAX_ACCEPT_LENGTH, problemResponse } from "../../worker/http/problem-response.ts";
import { MAX_BODY_MS, MAX_PAUSE_MS, MAX_WAITING_BYTES } from "../../worker/http/publish/read-body.ts";
import { MAX_DETAIL_LENGTH } from "../../worker/http/said-back.ts";
import { MAX_JSON_TAIL_POINTS } from "../../worker/hub/hub.ts";
import { AT_ONCE, TURN_UNITS } from "../../worker/hub/send-budget.ts";
import { MAX_IDLE_MS } from "../../worker/hub/silence.ts";

const spec = await readFile(new URL("../../SPEC.md", import.meta.url), "utf8");

/** The limits of protocol/limits.ts by what SPEC.md calls them. */
const OF_PROTOCOL: Readonly<Record<string, keyof typeof limits>> = {
  "a frame, header included": "MAX_FRAME_BYTES",
  "series of a table": "MAX_COLUMNS",
  "a series' name": "MAX_SERIES_NAME_BYTES",
  "a gap's reason": "MAX_GAP_REASON_BYTES",
  "labels of a series in a frame": "MAX_LABELS",
  "a label's text": "MAX_LABEL_BYTES",
  "a body, as it comes and decompressed": "MAX_BODY_BYTES",
  "points of a body": "MAX_BODY_POINTS",
  "frames that are made of a body of JSON": "MAX_POINTS_BYTES",
  "levels of nesting in JSON": "MAX_NESTING",
  "a channel's name": "MAX_CHANNEL_NAME_LENGTH",
  "an announcement": "MAX_PRESENCE_BYTES",
  "an arrangement": "MAX_ARRANGEMENT_BYTES",
  "publishers whose numbers and presence are known": "MAX_PUBLISHERS",
  "silence of a publisher that is here": "PRESENCE_EXPIRES_MS",
  "trimmed frames that reported a loss, one by one": "MAX_TRIMMED_GAPS",
  "what waits for a viewer": "VIEWER_BUFFER_BYTES",
  "one step from the log, one binary message": "CATCH_UP_BYTES",
  "the tail that a viewer joins with": "MAX_TAIL_BYTES",
  "series that a `hello` lists": "MAX_SERIES_LISTED",
  "names in a `hello`": "MAX_SERIES_LISTED_BYTES",
  "a viewer's message": "MAX_VIEWER_MESSAGE_BYTES",
  "a viewer's messages, at once and in a second": "VIEWER_MESSAGES_PER_SECOND",
  "silence of a viewer": "MAX_SILENCE_MS",
  "viewers of a channel": "MAX_VIEWERS",
  "viewers that come back in a second": "RECONNECTS_PER_SECOND",
};

const OF_OTHERS: Readonly<Record<string, number>> = {
  "the header": HEADER_BYTES,
  "values of a frame": limits.MAX_FRAME_BYTES / 8,
  "a publisher's first number": MAX_FIRST_SEQUENCE,
  "a jump of a publisher's number": MAX_SEQUENCE_JUMP,
  "a body, from its first byte to its last": MAX_BODY_MS,
  "a pause in a body": MAX_PAUSE_MS,
  "bodies that are not whole, together": MAX_WAITING_BYTES,
  "an `Authorization`": MAX_AUTHORIZATION_LENGTH,
  "wrong tokens of an address in a minute": MAX_WRONG_TOKENS,
  "points of a step": reads.CATCH_UP.points,
  "values of a step, unless it is one frame": reads.CATCH_UP.values,
  "points of the log for a text viewer that joins": MAX_JSON_TAIL_POINTS,
  "units at once for viewers that join or continue": AT_ONCE.atOnce,
  "the same, in a second": AT_ONCE.perSecond,
  "of these, with a publish": TURN_UNITS.publish,
  "units of a round of an alarm": TURN_UNITS.alarm,
  "silence of both sides": MAX_IDLE_MS,
  "time between pings of a viewer": client.PING_EVERY_MS,
  "silence of the channel, before a viewer gives it up": client.SILENCE_MS,
  "wait of a viewer before it comes back, at first": client.BASE_DELAY_MS,
  "the same, at most": client.MAX_DELAY_MS,
  "a slice of a read": reads.READ_SLICE.bytes,
  "points of a slice": reads.READ_SLICE.points,
  "values of a slice": reads.READ_SLICE.values,
  "frames that a slice looks at": reads.READ_SLICE.rows,
  "pause before the next slice, for each read": reads.SLICE_PAUSE_MS,
  "reads of a channel at once": reads.MAX_READS,
  "reads of an address at once": reads.MAX_READS_PER_ADDRESS,
  "reads of an isolate at once": reads.MAX_READS_IN_WORKER,
  "a pause in which nothing is taken of a read": reads.MAX_READ_PAUSE_MS,
  "a read, from its beginning to its end": reads.MAX_READ_MS,
  "a search for the next point": reads.MAX_SEARCH_MS,
  "an `Accept`": MAX_ACCEPT_LENGTH,
  "a `detail`": MAX_DETAIL_LENGTH,
  "new channels of an address at once": NEW_NAMES_PER_ADDRESS.atOnce,
  "new channels of all addresses at once": NEW_NAMES_IN_ALL.atOnce,
};

/** The cells of every row below this heading. */
function rowsOf(heading: string): string[][] {
  const tables = spec.split(`| ${heading} |`).slice(1);
  assert.ok(tables.length > 0, heading);
  return tables.flatMap((rest) =>
    (rest.split("\n\n")[0] ?? "")
      .split("\n")
      .slice(2)
      .map((row) =>
        row
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
  );
}

test("every limit in SPEC.md has the value, and the rule, that it names", () => {
  const values = new Map(Object.entries(limits));
  const known = new Map<string, unknown>(Object.entries(OF_OTHERS));
  for (const [what, name] of Object.entries(OF_PROTOCOL)) known.set(what, values.get(name));
  const rows = rowsOf("limit | value | unit | rule");
  for (const [what = "", value = "", unit = "", rule = ""] of rows) {
    assert.equal(Number(value.replaceAll(",", "")), known.get(what), what);
    assert.match(unit, /^[a-z]+$/, what);
    assert.ok(spec.includes(`\n| ${rule} | `), `${what}: there is no rule ${rule}`);
  }
  assert.deepEqual(rows.map(([what]) => what).sort(), [...known.keys()].sort());
});

test("every limit of the protocol is in SPEC.md", () => {
  const listed = new Set<string>(Object.values(OF_PROTOCOL));
  const numbers = Object.entries(limits).filter(([, value]) => typeof value === "number");
  assert.deepEqual(
    numbers.map(([name]) => name).filter((name) => !listed.has(name)),
    [],
  );
});

test("[BAD3] every code of a refusal is in SPEC.md, with its status", () => {
  const listed = rowsOf("status | code").flatMap(([status = "", codes = ""]) =>
    [...codes.matchAll(/`([a-z-]+)`/g)].map(([, code = ""]) => `${code} ${status}`),
  );
  const actual = PROBLEM_CODES.map((code) => `${code} ${problemResponse(new Problem(code, "A sentence.")).status}`);
  assert.deepEqual(listed.sort(), actual.sort());
});

test("every close code of the Channel is in SPEC.md", () => {
  const codes = rowsOf("close code | meaning | what a viewer does").map(([code]) => code);
  for (const code of Object.values(limits.CloseCode)) assert.ok(codes.includes(String(code)), `${code}`);
});
